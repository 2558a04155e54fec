"""Plate solving with a catalogue of stars, and asking one solver after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tsplug.errors import FileError
from tsplug.imaging.astrometry.matcher import SCALE_ERROR, FrameStars, Hint, Matched, match_frame, search_radius_deg
from tsplug.imaging.astrometry.sky_plane import separation_deg
from tsplug.model.coordinates import shown_dec, shown_ra
from tsplug.ports import PlateSolver, SolveOutcome, SolveRequest, SolveState, StarCatalogue

MATCHER = "matcher"
_FEWEST_STARS = 6


class CatalogueMatcher:
    """Our own solver: matches pairs of stars with those of a catalogue around the place that is expected."""

    name = MATCHER

    def __init__(self, catalogue: StarCatalogue | None) -> None:
        """Take the catalogue; None where none is installed."""
        self._catalogue = catalogue

    def solve(self, request: SolveRequest) -> SolveOutcome:
        """Match; a place and a scale are needed."""
        lacking = self._lacking(request)
        if lacking:
            return SolveOutcome(self.name, SolveState.UNAVAILABLE, lacking)
        if request.stars.x.size < _FEWEST_STARS:
            return _not_solved(f"{request.stars.x.size} stars, and {_FEWEST_STARS} are needed")
        hints = list(_hints(request))
        try:
            found = next(filter(None, (_matched(self._catalogue, request.stars, hint=hint) for hint in hints)), None)
        except FileError as error:
            return SolveOutcome(self.name, SolveState.FAILED, str(error))
        if found is not None:
            return SolveOutcome(self.name, SolveState.SOLVED, found=found)
        return _not_solved(f"{request.stars.x.size} stars fit nowhere {_where(hints)}")

    def _lacking(self, request: SolveRequest) -> str:
        if self._catalogue is None:
            return "no star catalogue is installed: tsplug catalogue install FILE"
        if request.place is None:
            return "neither header nor record says where the frame looks"
        if request.scale_arcsec is None:
            return "neither rig nor header says how large a pixel is: set focal length and pixel size of the rig"
        return ""


def solve_frame(
    request: SolveRequest, solvers: Mapping[str, PlateSolver], *, names: Sequence[str]
) -> Sequence[SolveOutcome]:
    """Ask solvers in order until one solves, and return what each said."""
    said: list[SolveOutcome] = []
    for name in names:
        solver = solvers.get(name)
        if solver is None:
            known = ", ".join(solvers) or "none"
            said.append(SolveOutcome(name, SolveState.UNAVAILABLE, f"there is no solver {name!r}; known: {known}"))
            continue
        said.append(solver.solve(request))
        if said[-1].state is SolveState.SOLVED:
            break
    return said


def _matched(catalogue: StarCatalogue | None, stars: FrameStars, *, hint: Hint) -> Matched | None:
    radius_deg = search_radius_deg(stars, hint)
    near = None if catalogue is None else catalogue.near(hint.ra_deg, hint.dec_deg, radius_deg=radius_deg)
    return None if near is None else match_frame(stars, near, hint=hint)


def _hints(request: SolveRequest) -> Iterator[Hint]:
    """Yield where a frame may look: at its place, and at the other one if that lies elsewhere."""
    radius_deg, scale_arcsec = request.preferences.search_radius_deg, request.scale_arcsec or 0.0
    first, second = request.place or (0.0, 0.0), request.other_place
    yield Hint(*first, radius_deg, scale_arcsec)
    if second is not None and separation_deg(first, second) > radius_deg / 2.0:
        yield Hint(*second, radius_deg, scale_arcsec)


def _where(hints: Sequence[Hint]) -> str:
    radius_deg, scale_arcsec = hints[0].radius_deg, hints[0].scale_arcsec
    places = " or ".join(f"{shown_ra(hint.ra_deg / 15.0)} {shown_dec(hint.dec_deg)}" for hint in hints)
    return (
        f"within {radius_deg:g} deg of {places} at {scale_arcsec:.3f} arcsec/px: that scale must be right to"
        f" {100.0 * SCALE_ERROR:.0f} % (focal length, pixel size, binning)"
    )


def _not_solved(message: str) -> SolveOutcome:
    return SolveOutcome(MATCHER, SolveState.NOT_SOLVED, message)
