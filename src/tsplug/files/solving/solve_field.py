"""astrometry.net's solve-field as a solver: it gets our star list, so that it need not look for stars itself."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from astropy.io import fits

from tsplug.files.headers.cards import Keywords, read_cards
from tsplug.files.solving.programs import STOPPING_S, ProgramEnd, run_program
from tsplug.files.solving.results import SCALE_ERROR, misfit, wcs_of
from tsplug.imaging.astrometry.matcher import FrameStars, Matched
from tsplug.ports import SolveOutcome, SolveRequest, SolveState

_MOST_STARS = 200
_STARTING_S = 10.0
"""What it may take beside its search at most: the start of its parts, and reading indexes from a slow disk."""
_BLIND_SCALE = (0.1, 180.0)
"""Arcseconds per pixel from a long telescope to a wide lens."""
_NO_INDEX = "You must list at least one index"
_EVERY = Keywords()


class SolveField:
    """Runs solve-field on a list of stars: around the place that is expected, and then anywhere."""

    name = "solve-field"

    def longest_s(self, request: SolveRequest) -> float:
        """Return how long it may take; see `tsplug.ports.PlateSolver`."""
        return len(_searches(request)) * (_patience_s(request.preferences.solve_timeout_s) + STOPPING_S)

    def solve(self, request: SolveRequest) -> SolveOutcome:
        """Solve; see `tsplug.ports.PlateSolver`."""
        with tempfile.TemporaryDirectory(prefix="tsplug-solve-") as scratch:
            folder = Path(scratch)
            write_star_list(folder / "stars.xyls", request.stars)
            for hinted in _searches(request):
                end = run_program(
                    _command(request, folder, hinted=hinted),
                    folder=folder,
                    timeout_s=_patience_s(request.preferences.solve_timeout_s),
                    setting="pipeline.solve_field",
                )
                said = _outcome(end, folder, request=request, hinted=hinted)
                if said.state is not SolveState.NOT_SOLVED:
                    return said
            return said


def _searches(request: SolveRequest) -> Sequence[bool]:
    """Return whether each search is around the place that is expected."""
    return (False,) if request.place is None else (True, False)


def _patience_s(searching_s: float) -> float:
    """Return how long to wait for it: its own limit counts processor time, and it says so when that is through."""
    return 2.0 * searching_s + min(searching_s, _STARTING_S)


def write_star_list(file: Path, stars: FrameStars) -> None:
    """Write stars as a FITS table of columns X, Y (from 1 on) and FLUX, which falls from star to star."""
    count = min(stars.x.size, _MOST_STARS)
    columns = [
        fits.Column("X", "D", array=stars.x[:count] + 1.0),
        fits.Column("Y", "D", array=stars.y[:count] + 1.0),
        fits.Column("FLUX", "D", array=np.arange(count, 0, -1, dtype=np.float64)),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(file, overwrite=True)


def _command(request: SolveRequest, folder: Path, *, hinted: bool) -> Sequence[str]:
    likes, stars = request.preferences, request.stars
    scale = request.scale_arcsec
    low, high = _BLIND_SCALE if scale is None else (scale * (1.0 - SCALE_ERROR), scale * (1.0 + SCALE_ERROR))
    command = [
        *(likes.solve_field, "--overwrite", "--no-plots", "--no-tweak", "--crpix-center", "--dir", str(folder)),
        *("--x-column", "X", "--y-column", "Y", "--sort-column", "FLUX"),
        *("--width", str(stars.width_px), "--height", str(stars.height_px)),
        *("--scale-units", "arcsecperpix", "--scale-low", f"{low:.6f}", "--scale-high", f"{high:.6f}"),
        *("--cpulimit", f"{max(1.0, likes.solve_timeout_s):.0f}", "--wcs", str(folder / "found.wcs")),
        *(part for name in ("solved", "match", "rdls", "corr", "index-xyls") for part in (f"--{name}", "none")),
    ]
    if hinted and request.place is not None:
        ra, dec = request.place
        command += ["--ra", f"{ra:.6f}", "--dec", f"{dec:.6f}", "--radius", f"{likes.search_radius_deg:g}"]
    if likes.solve_field_indexes:
        config = folder / "indexes.cfg"
        config.write_text(f"add_path {likes.solve_field_indexes}\nautoindex\n", "utf-8")
        command += ["--config", str(config)]
    return [*command, str(folder / "stars.xyls")]


def _outcome(end: ProgramEnd, folder: Path, *, request: SolveRequest, hinted: bool) -> SolveOutcome:
    if end.problem:
        state = SolveState.UNAVAILABLE if end.missing else SolveState.FAILED
        return SolveOutcome(SolveField.name, state, end.problem)
    if _NO_INDEX in end.said:
        return SolveOutcome(
            SolveField.name,
            SolveState.UNAVAILABLE,
            "it has no index files: install some, or name their folder (pipeline.solve_field_indexes)",
        )
    answer = folder / "found.wcs"
    if not answer.exists():
        if end.status != 0:
            last = end.said.strip().splitlines()[-1:] or ["it said nothing"]
            return SolveOutcome(SolveField.name, SolveState.FAILED, f"it ended with status {end.status}: {last[0]}")
        return SolveOutcome(SolveField.name, SolveState.NOT_SOLVED, "found nothing")
    data = answer.read_bytes()
    found = wcs_of(read_cards(data[: len(data) - len(data) % 80], _EVERY).values)
    if found is None:
        return SolveOutcome(SolveField.name, SolveState.FAILED, "its answer is no tangent plane")
    wrong = misfit(found, request, around=hinted)
    if wrong:
        return SolveOutcome(SolveField.name, SolveState.NOT_SOLVED, wrong)
    return SolveOutcome(SolveField.name, SolveState.SOLVED, found=Matched(found, 0, float("nan"), float("-inf")))
