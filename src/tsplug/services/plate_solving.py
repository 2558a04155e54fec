"""Plate solving with a catalogue of stars, and asking one solver after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tsplug.errors import FileError
from tsplug.imaging.astrometry.matcher import Hint, match_frame, search_radius_deg
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
        ra_deg, dec_deg = request.place or (0.0, 0.0)
        hint = Hint(ra_deg, dec_deg, request.preferences.search_radius_deg, request.scale_arcsec or 0.0)
        radius_deg = search_radius_deg(request.stars, hint)
        try:
            stars = self._catalogue.near(ra_deg, dec_deg, radius_deg=radius_deg) if self._catalogue else None
        except FileError as error:
            return SolveOutcome(self.name, SolveState.FAILED, str(error))
        found = None if stars is None else match_frame(request.stars, stars, hint=hint)
        if found is None:
            return _not_solved(f"{request.stars.x.size} stars fit nowhere within {hint.radius_deg:g} degrees")
        return SolveOutcome(self.name, SolveState.SOLVED, found=found)

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


def _not_solved(message: str) -> SolveOutcome:
    return SolveOutcome(MATCHER, SolveState.NOT_SOLVED, message)
