"""Where a frame in memory looks, for a host that centers by its stars."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tsplug.model import PipelinePreferences
from tsplug.ports import SolveOutcome, SolveRequest, SolveState, StarCatalogue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_READS_FILES = {"astap"}
"""Solvers that find the stars of a frame themselves."""


@dataclass(frozen=True)
class Look:
    """Where a telescope is believed to look (J2000, degrees), how large a pixel is, and how far off that may be.

    ``mosaic`` says that the pixels lie under a colour mosaic; ``preferences`` name the solvers that are asked.
    """

    ra_deg: float
    dec_deg: float
    scale_arcsec: float
    radius_deg: float = 1.0
    mosaic: bool = False
    preferences: PipelinePreferences = field(default_factory=PipelinePreferences)


def solve_pixels(
    pixels: NDArray[np.generic], look: Look, *, catalogue: StarCatalogue | None = None
) -> tuple[SolveOutcome, tuple[float, float] | None]:
    """Return how solving a frame went, and where its middle looks (degrees); None where that was not found.

    The solvers of the preferences are asked in order until one solves; the outcome is the last one's, or that of one
    that looked and did not find where the last one is not there.

    Args:
        pixels: rows by columns, as the camera gave them.
        look: what is known.
        catalogue: the stars that the matcher takes; without one those that are installed on this machine.
    """
    from tsplug.app import plate_solvers, scratch_frame
    from tsplug.imaging.astrometry.star_list import stars_to_solve
    from tsplug.imaging.measure import measure_frame
    from tsplug.imaging.preview import full_scale_of
    from tsplug.imaging.settings import StarSettings
    from tsplug.services.plate_solving import MATCHER, CatalogueMatcher, solve_frame

    solvers = plate_solvers() | ({} if catalogue is None else {MATCHER: CatalogueMatcher(catalogue)})
    try:
        measured = measure_frame(pixels, StarSettings(full_scale_adu=full_scale_of(pixels)), mosaic=look.mosaic)
    except ValueError as error:
        return SolveOutcome(MATCHER, SolveState.FAILED, str(error)), None
    stars = stars_to_solve(measured)
    names = look.preferences.solvers
    with scratch_frame(pixels) if _READS_FILES.intersection(names) else nullcontext(Path()) as file:
        request = SolveRequest(
            stars,
            file,
            place=(look.ra_deg, look.dec_deg),
            scale_arcsec=look.scale_arcsec,
            preferences=look.preferences.model_copy(update={"search_radius_deg": look.radius_deg}),
        )
        said = _telling(solve_frame(request, solvers, names=names))
    middle = None if said.found is None else said.found.wcs.at((stars.width_px - 1) / 2, (stars.height_px - 1) / 2)
    return said, middle


def _telling(said: Sequence[SolveOutcome]) -> SolveOutcome:
    if not said:
        return SolveOutcome("", SolveState.UNAVAILABLE, "the profile names no solver")
    looked = [each for each in said if each.state is not SolveState.UNAVAILABLE]
    words = "; ".join(f"{each.solver}: {each.message}" for each in said if each.message)
    return replace((looked or said)[-1], message=words)
