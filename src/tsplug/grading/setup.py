"""What frames must share to be held against each other, in every grader."""

from __future__ import annotations

from operator import attrgetter

from tsplug.model import AcquiredImage

SETUP = (
    "profile_id",
    "plan_id",
    "filter_name",
    "exposure_s",
    "gain",
    "offset",
    "binning",
    "roi_percent",
    "readout_mode",
    "detector",
)
"""The fields of an image in which frames must be equal to be held against each other.

Rotation is none of them: it is compared within a tolerance, where a grader looks at it.
"""

_setup_of = attrgetter(*SETUP)


def setup_of(image: AcquiredImage) -> tuple[object, ...]:
    """Return what an image has in the fields of `SETUP`."""
    found: tuple[object, ...] = _setup_of(image)
    return found
