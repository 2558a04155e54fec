"""Where a frame in memory looks, for a host that centers by its stars."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tsplug.model import PipelinePreferences
from tsplug.ports import SolveOutcome, SolveRequest, SolveState, StarCatalogue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Look:
    """Where a telescope is believed to look (J2000, degrees), how large a pixel is, and how far off that may be."""

    ra_deg: float
    dec_deg: float
    scale_arcsec: float
    radius_deg: float = 1.0


def solve_pixels(
    pixels: NDArray[np.generic], look: Look, *, catalogue: StarCatalogue | None = None
) -> tuple[SolveOutcome, tuple[float, float] | None]:
    """Return how solving a frame went, and where its middle looks (degrees); None where that was not found.

    Args:
        pixels: rows by columns, as the camera gave them.
        look: what is known.
        catalogue: the stars to match with; without one those that are installed on this machine.
    """
    from tsplug.app import plate_solvers
    from tsplug.imaging.astrometry.star_list import stars_to_solve
    from tsplug.imaging.measure import measure_frame
    from tsplug.imaging.preview import full_scale_of
    from tsplug.imaging.settings import StarSettings
    from tsplug.services.plate_solving import MATCHER, CatalogueMatcher

    solver = plate_solvers()[MATCHER] if catalogue is None else CatalogueMatcher(catalogue)
    try:
        measured = measure_frame(pixels, StarSettings(full_scale_adu=full_scale_of(pixels)))
    except ValueError as error:
        return SolveOutcome(MATCHER, SolveState.FAILED, str(error)), None
    stars = stars_to_solve(measured)
    request = SolveRequest(
        stars,
        Path(),
        place=(look.ra_deg, look.dec_deg),
        scale_arcsec=look.scale_arcsec,
        preferences=PipelinePreferences(search_radius_deg=look.radius_deg),
    )
    said = solver.solve(request)
    middle = None if said.found is None else said.found.wcs.at((stars.width_px - 1) / 2, (stars.height_px - 1) / 2)
    return said, middle
