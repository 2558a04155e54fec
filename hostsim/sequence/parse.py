"""Reads a sequence file, and says of every problem where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from hostsim.devices.parts.limits import FaultyError
from hostsim.faults.parts.schedule import FaultSchedule
from hostsim.sequence.catalogue_check import catalogue_problems
from hostsim.sequence.document import Sequence
from hostsim.sequence.errors import SequenceFileError
from hostsim.sequence.fault_check import impossible_faults
from hostsim.sequence.flat_check import camera_problems, flat_problems, items_of, slew_problems
from hostsim.sequence.nodes import Document, Path, Problem, shown
from hostsim.sequence.wording import worded


@dataclass(frozen=True)
class Parsed:
    """A sequence, the file it came from, the line of each instruction by path, and a digest of what it says."""

    sequence: Sequence
    file: FilePath
    lines: dict[Path, int] = field(default_factory=dict)
    digest: str = ""


def parse(file: FilePath) -> Parsed:
    """Read and validate a sequence file.

    Raises:
        SequenceFileError: it cannot be read or is wrong; the text holds every problem as ``FILE:LINE: path: message``.
    """
    document = Document(_text(file))
    if document.data is None or document.problems:
        problems = document.problems or [Problem(1, "", "the file is empty")]
        raise SequenceFileError(_shown(file, problems))
    try:
        sequence = Sequence.model_validate(document.data, context={"folder": file.parent})
    except ValidationError as error:
        raise SequenceFileError(_shown(file, _problems(error, document) + _catalogue(document))) from error
    problems = _catalogue(document) or [
        Problem(document.line_of(path), shown(path), message)
        for path, message in (*camera_problems(sequence), *slew_problems(sequence), *flat_problems(sequence))
    ]
    if problems:
        raise SequenceFileError(_shown(file, problems))
    lines = {path: document.line_of(path) for path, _ in items_of(sequence.run, ("run",))}
    digest = sha256(sequence.model_dump_json().encode()).hexdigest()
    return Parsed(sequence, file, lines, digest)


class _FaultFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    faults: FaultSchedule


def parse_faults(file: FilePath, *, start: datetime) -> FaultSchedule:
    """Read and validate a file of faults for a night that begins at ``start``: a list of them, as sequences have it.

    Raises:
        SequenceFileError: it cannot be read or is wrong; the text holds every problem as ``FILE:LINE: path: message``.
    """
    document = Document(_text(file))
    if document.data is None or document.problems:
        problems = document.problems or [Problem(1, "", "the file is empty")]
        raise SequenceFileError(_shown(file, problems))
    # A list alone, or under the name that it has in a sequence.
    data = {"faults": document.data} if isinstance(document.data, list) else document.data
    root: Path = () if isinstance(document.data, list) else ("faults",)
    try:
        faults = _FaultFile.model_validate(data).faults
    except ValidationError as error:
        raise SequenceFileError(_shown(file, _problems(error, document))) from error
    found = [
        Problem(document.line_of((*root, *place)), shown((*root, *place)), said)
        for place, said in impossible_faults(faults, start)
    ]
    if found:
        raise SequenceFileError(_shown(file, found))
    return faults


def _text(file: FilePath) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SequenceFileError([f"{file}: there is no such file"]) from error
    except IsADirectoryError as error:
        raise SequenceFileError([f"{file}: is a folder: give the sequence file in it"]) from error
    except UnicodeDecodeError as error:
        raise SequenceFileError([f"{file}: is not UTF-8 text: save it as UTF-8 in your editor"]) from error
    except OSError as error:
        raise SequenceFileError([f"{file}: cannot be read ({error.strerror or error})"]) from error


def _problems(error: ValidationError, document: Document) -> list[Problem]:
    found: list[Problem] = []
    for problem in error.errors():
        path = document.known_path(problem["loc"], missing=problem["type"] == "missing")
        reason = problem.get("ctx", {}).get("error")
        several = reason.faults if isinstance(reason, FaultyError) else (((), worded(problem)),)
        for place, said in several:
            found.append(Problem(document.line_of((*path, *place)), shown((*path, *place)), said))
    return found


def _catalogue(document: Document) -> list[Problem]:
    data = document.data if isinstance(document.data, dict) else {}
    catalogue, second = data.get("catalogue"), data.get("second_camera")
    if not isinstance(catalogue, dict):
        return []
    found = [
        (("catalogue", *path), said) for path, said in catalogue_problems(catalogue) or _filter_problems(catalogue)
    ]
    if not found and isinstance(second, dict) and isinstance(second.get("profile"), dict):
        found += [(("second_camera", *path), said) for path, said in _second_problems(catalogue, second)]
    return [Problem(document.line_of(path), shown(path), said) for path, said in found]


def _second_problems(catalogue: dict[str, Any], second: dict[str, Any]) -> list[tuple[Path, str]]:
    if second["profile"].get("name") == catalogue["profile"]["name"]:
        return [(("profile", "name"), "is that of the first camera: each has a profile of its own")]
    beside: dict[str, Any] = {"site": catalogue["site"]}
    beside |= {key: second[key] for key in ("profile", "templates", "trained_flats") if key in second}
    return catalogue_problems(beside) or _filter_problems(beside)


def _filter_problems(catalogue: dict[str, Any]) -> list[tuple[Path, str]]:
    """Return what is wrong with the filters of a catalogue that can be loaded."""
    needed = sorted({template["filter_name"] for template in catalogue.get("templates") or []})
    if catalogue["profile"].get("filters") or not needed:
        return []
    return [(("profile", "filters"), f"names no filter, but the templates need {', '.join(needed)}: list the wheel's")]


def _shown(file: FilePath, problems: list[Problem]) -> list[str]:
    ordered = sorted(problems, key=lambda problem: problem.line)
    return [
        f"{file}:{each.line}: {each.path}: {each.message}" if each.path else f"{file}:{each.line}: {each.message}"
        for each in ordered
    ]
