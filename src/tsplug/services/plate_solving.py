"""Plate solving with a catalogue of stars, and asking one solver after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

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

    def __init__(
        self, catalogue: StarCatalogue | None = None, *, find: Callable[[], StarCatalogue | None] | None = None
    ) -> None:
        """Take the catalogue, or what tells for each frame which one is installed by then, None where none is."""
        self._find = find or (lambda: catalogue)

    def longest_s(self, request: SolveRequest) -> float:
        """Return 0: it runs no program."""
        return 0.0

    def solve(self, request: SolveRequest) -> SolveOutcome:
        """Match; a place and a scale are needed."""
        catalogue, lacking = self._find(), _lacking(request)
        if catalogue is None or lacking:
            lacking = lacking if catalogue else "no star catalogue is installed: tsplug catalogue install FILE"
            return SolveOutcome(self.name, SolveState.UNAVAILABLE, lacking)
        if request.stars.x.size < _FEWEST_STARS:
            return _not_solved(f"{request.stars.x.size} stars, and {_FEWEST_STARS} are needed")
        hints = list(_hints(request))
        try:
            found = next(filter(None, (_matched(catalogue, request.stars, hint=hint) for hint in hints)), None)
        except FileError as error:
            return SolveOutcome(self.name, SolveState.FAILED, str(error))
        if found is not None:
            return SolveOutcome(self.name, SolveState.SOLVED, found=found)
        return _not_solved(f"{request.stars.x.size} stars fit nowhere {_where(hints)}")


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


def longest_s(request: SolveRequest, solvers: Mapping[str, PlateSolver], *, names: Sequence[str]) -> float:
    """Return how long the programs of solvers may take at most, one after the other, in seconds."""
    return sum(solvers[name].longest_s(request) for name in names if name in solvers)


def _lacking(request: SolveRequest) -> str:
    if request.place is None:
        return "neither header nor record says where the frame looks"
    if request.scale_arcsec is None:
        return "neither rig nor header says how large a pixel is: set focal length and pixel size of the rig"
    return ""


def _matched(catalogue: StarCatalogue, stars: FrameStars, *, hint: Hint) -> Matched | None:
    near = catalogue.near(hint.ra_deg, hint.dec_deg, radius_deg=search_radius_deg(stars, hint))
    return match_frame(stars, near, hint=hint)


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
