"""Frames in and below folders, in order of path: links are followed, nothing is visited twice."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from tsplug.errors import InputError
from tsplug.model import BadFile

SUFFIXES = (".fits", ".fit", ".fts", ".xisf", ".fz", ".fits.gz", ".fit.gz", ".fts.gz")
"""How the names of frames end, in lower case."""
_COMPANION = "._"
"""How the names of those files begin that macOS lays beside others on foreign disks."""
_WASTE = frozenset({"$recycle.bin", ".trash", ".trashes", "system volume information"})


def is_frame_name(name: str) -> bool:
    """Say whether a file of this name holds a frame, by how the name ends."""
    return name.lower().endswith(SUFFIXES) and not name.startswith(_COMPANION)


def frames_below(places: Sequence[Path]) -> Iterator[str | BadFile]:
    """Yield the paths of the frames in and below folders, and what is named like one but is none or cannot be reached.

    A folder that is reached again, by a link or because it lies in another place, is passed over; so are a link to a
    frame beside it and what an operating system keeps of deleted files. Names of one file in several folders all
    come; who opens them tells them apart.

    Raises:
        InputError: a place does not exist; before anything is yielded.
    """
    for place in places:
        if not os.path.lexists(place):
            raise InputError(f"{place} does not exist")
    return _walk(places)


class _Folder(str):
    """The path of a folder: a text, as there are many of them."""


def _walk(places: Sequence[Path]) -> Iterator[str | BadFile]:
    visited: set[tuple[int, int]] = set()
    for place in places:
        if not place.is_dir():
            yield str(place)
            continue
        # A stack of its own instead of recursion: a tree may be deeper than Python calls.
        stack = [iter(_entries(str(place), visited))]
        while stack:
            entry = next(stack[-1], None)
            if entry is None:
                stack.pop()
            elif isinstance(entry, _Folder):
                stack.append(iter(_entries(entry, visited)))
            else:
                yield entry


def _entries(folder: str, visited: set[tuple[int, int]]) -> list[_Folder | str | BadFile]:
    """Return what is in a folder, in order of name."""
    try:
        status = os.stat(folder)  # noqa: PTH116 - a Path for each of many folders takes longer than the call
        if (status.st_dev, status.st_ino) in visited:
            return []
        visited.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=_by_name)
    except OSError as error:
        return [BadFile(Path(folder), f"cannot be listed: {error.strerror or error}")]
    own = {entry.name for entry in entries if not entry.is_symlink()}
    return [found for entry in entries if not _is_double(entry, own) and (found := _found(entry)) is not None]


def _is_double(entry: os.DirEntry[str], own: Collection[str]) -> bool:
    """Return whether an entry is a link to a file beside it, which comes under its own name."""
    if not entry.is_symlink() or not is_frame_name(entry.name):
        return False
    folder, _, name = os.path.realpath(entry.path).rpartition(os.sep)
    return name in own and is_frame_name(name) and folder == os.path.realpath(entry.path.rpartition(os.sep)[0])


def _by_name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _found(entry: os.DirEntry[str]) -> _Folder | str | BadFile | None:
    try:
        if entry.is_dir():
            waste = entry.name.lower() in _WASTE or entry.name.lower().startswith(".trash-")
            return None if waste else _Folder(entry.path)
        if not is_frame_name(entry.name):
            return None
        return entry.path if entry.is_file() else BadFile(Path(entry.path), _what(entry))
    except OSError as error:
        return BadFile(Path(entry.path), f"cannot be reached: {error.strerror or error}")


def _what(entry: os.DirEntry[str]) -> str:
    if not entry.is_symlink():
        return "is no regular file"
    there = os.path.exists(entry.path)  # noqa: PTH110 - the entry has a text
    return "is a link to what is no regular file" if there else "is a link to nothing"
