"""ASTAP as a solver: it reads the frame itself and answers with a file of settings."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tsplug.files.headers.cards import bare_value
from tsplug.files.solving.programs import STOPPING_S, ProgramEnd, run_program
from tsplug.files.solving.results import misfit, wcs_of
from tsplug.imaging.astrometry.matcher import Matched
from tsplug.model import CardValue
from tsplug.ports import SolveOutcome, SolveRequest, SolveState

# What its manual says of exit statuses.
_NO_SOLUTION, _FEW_STARS, _NO_DATABASE, _BAD_DATABASE = 1, 2, 32, 33
_FAR_DEG = 30.0
# Some versions write numbers as the user's country does.
_DECIMAL_COMMA = re.compile(r"^([-+]?\d+),(\d+(?:[eE][-+]?\d+)?)$")


class Astap:
    """Runs ASTAP's command line program around the place that is expected, or over a wide part of the sky."""

    name = "astap"

    def longest_s(self, request: SolveRequest) -> float:
        """Return how long it may take; see `tsplug.ports.PlateSolver`."""
        return request.preferences.solve_timeout_s + STOPPING_S

    def solve(self, request: SolveRequest) -> SolveOutcome:
        """Solve; see `tsplug.ports.PlateSolver`."""
        with tempfile.TemporaryDirectory(prefix="tsplug-solve-") as scratch:
            folder = Path(scratch)
            end = run_program(
                _command(request, folder),
                folder=folder,
                timeout_s=request.preferences.solve_timeout_s,
                setting="pipeline.astap",
            )
            return _outcome(end, _answer(folder / "found.ini"), request=request)


def _command(request: SolveRequest, folder: Path) -> Sequence[str]:
    likes = request.preferences
    command = [likes.astap, "-f", str(request.file.absolute()), "-o", str(folder / "found"), "-z", "0"]
    if request.scale_arcsec is not None:
        command += ["-fov", f"{request.scale_arcsec * request.stars.height_px / 3600.0:.4f}"]
    if request.place is not None:
        ra, dec = request.place
        command += ["-ra", f"{ra / 15.0:.6f}", "-spd", f"{dec + 90.0:.6f}", "-r", f"{likes.search_radius_deg:g}"]
    else:
        command += ["-r", f"{_FAR_DEG:g}"]
    if likes.astap_database:
        command += ["-d", likes.astap_database]
    return command


def _answer(file: Path) -> Mapping[str, CardValue]:
    """Return what its file says, by keyword."""
    if not file.exists():
        return {}
    told: dict[str, CardValue] = {}
    for line in file.read_text("utf-8", "replace").splitlines():
        keyword, equals, text = line.partition("=")
        value = bare_value(_DECIMAL_COMMA.sub(r"\1.\2", text.strip()).encode())
        if equals and isinstance(value, str | int | float | bool):
            told[keyword.strip()] = value
    return told


def _outcome(end: ProgramEnd, answer: Mapping[str, CardValue], *, request: SolveRequest) -> SolveOutcome:
    if end.problem:
        state = SolveState.UNAVAILABLE if end.missing else SolveState.FAILED
        return SolveOutcome(Astap.name, state, end.problem)
    if answer.get("PLTSOLVD") is True:
        return _solved(answer, request)
    told = str(answer.get("ERROR") or answer.get("WARNING") or "")
    if end.status in (_NO_DATABASE, _BAD_DATABASE):
        why = told or (
            "it finds no star database" if end.status == _NO_DATABASE else "it cannot read its star database"
        )
        return SolveOutcome(
            Astap.name, SolveState.UNAVAILABLE, f"{why}: install one, or name its folder (pipeline.astap_database)"
        )
    if end.status in (0, _NO_SOLUTION, _FEW_STARS):
        few = "too few stars" if end.status == _FEW_STARS else "found nothing"
        return SolveOutcome(Astap.name, SolveState.NOT_SOLVED, told or few)
    return SolveOutcome(Astap.name, SolveState.FAILED, told or f"it ended with status {end.status}")


def _solved(answer: Mapping[str, CardValue], request: SolveRequest) -> SolveOutcome:
    found = wcs_of(answer)
    if found is None:
        return SolveOutcome(Astap.name, SolveState.FAILED, "its answer is no tangent plane")
    wrong = misfit(found, request, around=True)
    if wrong:
        return SolveOutcome(Astap.name, SolveState.NOT_SOLVED, wrong)
    return SolveOutcome(Astap.name, SolveState.SOLVED, found=Matched(found, 0, float("nan"), float("-inf")))
