"""What frames must share to be held against each other, in every grader."""

from __future__ import annotations

from tsplug.model import AcquiredImage


def setup_of(image: AcquiredImage) -> tuple[object, ...]:
    """Return what frames must share to be held against each other.

    Rotation is none of it: it is compared within a tolerance, where a grader looks at it.
    """
    return (
        image.profile_id,
        image.plan_id,
        image.filter_name,
        image.exposure_s,
        image.gain,
        image.offset,
        image.binning,
        image.roi_percent,
        image.readout_mode,
        image.detector,
    )
