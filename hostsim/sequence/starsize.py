"""Where a frame is looked at for the size of its stars, which must not cost the frame."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from hostsim.sequence.host import Host
from hostsim.sequence.stars import half_flux_radius

_log = logging.getLogger(__name__)


def star_size_px(pixels: NDArray[np.uint16], host: Host) -> float | None:
    """Return the half-flux radius of the stars of a frame in pixels, None with too few or, with a warning, on failure.

    Args:
        pixels: the frame, rows by columns.
        host: who is warned.
    """
    try:
        return half_flux_radius(pixels)
    except Exception as error:  # noqa: BLE001 - whatever measuring trips over, the night goes on with the focus it has
        _log.exception("the stars of a frame could not be measured")
        host.warn(f"the stars of a frame could not be measured for the focus ({error}); imaging goes on without")
        return None
