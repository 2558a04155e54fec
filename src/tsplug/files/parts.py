"""Files in the making beside what they become, named so that whoever finds one knows whether somebody writes it still.

Machines that share a disk need different names: by its name each knows which parts its own processes have left.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

_PART = ".part"
_NAMED_BYTES = 120
_HOST_LETTERS = 40
_MARK = re.compile(r"([A-Za-z0-9_]+)-(\d+)-[0-9a-f]{12}")

ABANDONED_AFTER_S = 3600.0
"""How long a part of another machine must have been untouched to count as left, in seconds: copies stall."""


def part_beside(file: Path) -> Path:
    """Return a place beside a file to write to until it is whole: hidden, of this process, and at each call another."""
    return file.with_name(part_of(file.name))


def part_of(name: str) -> str:
    """Return what a file is called until it is whole: hidden, of this process, and at each call something else."""
    return f"{_start(name)}{_host()}-{os.getpid()}-{uuid4().hex[:12]}{_PART}"


def is_part(name: str) -> bool:
    """Return whether something is called as what a process writes."""
    return name.startswith(".") and name.endswith(_PART) and _mark(name) is not None


def is_of_the_dead(name: str) -> bool:
    """Return whether something is called as what a process of this machine wrote that is gone."""
    mark = _mark(name) if is_part(name) else None
    return mark is not None and mark[1] == _host() and not _is_alive(int(mark[2]))


def sweep_folder(folder: Path) -> None:
    """Remove whatever processes of this machine that are gone have left half written in a folder."""
    try:
        left = [entry.path for entry in os.scandir(folder) if is_of_the_dead(entry.name)]
    except OSError:
        return
    for part in left:
        with suppress(OSError):
            Path(part).unlink()


def sweep_parts(file: Path, *, at: datetime | None = None) -> int:
    """Remove what is left half written of a file: by a process of this machine that is gone, and what is abandoned.

    Looks beside the file and in the folders there, where pictures of frames lie. Return how many files there were.

    Args:
        file: what they should have become.
        at: now; without it parts of other machines stay, however old they are.
    """
    left = [part for part in _parts_of(_start(file.name), file.parent, deep=True) if _is_left(part, at)]
    for part in left:
        with suppress(OSError):
            part.unlink()
    return len(left)


def _start(name: str) -> str:
    # As many bytes as every disk has room for, with all that follows.
    return f".{os.fsencode(name)[:_NAMED_BYTES].decode('utf-8', 'ignore')}."


@cache
def _host() -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", socket.gethostname())[:_HOST_LETTERS] or "_"


def _parts_of(start: str, folder: Path, *, deep: bool) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(start) and entry.name.endswith(_PART):
            yield Path(entry.path)
        elif deep and entry.is_dir(follow_symlinks=False):
            yield from _parts_of(start, Path(entry.path), deep=False)


def _mark(name: str) -> re.Match[str] | None:
    """Return host and process that a name tells."""
    return _MARK.fullmatch(name.removesuffix(_PART).rpartition(".")[2])


def _is_left(part: Path, at: datetime | None) -> bool:
    mark = _mark(part.name)
    if mark is not None and mark[1] == _host():
        return not _is_alive(int(mark[2]))
    try:
        return at is not None and at.timestamp() - part.stat().st_mtime > ABANDONED_AFTER_S
    except OSError:
        return False


def _is_alive(process: int) -> bool:
    """Return whether a process of this machine is, by its number."""
    if os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
