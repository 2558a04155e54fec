"""The frames in a folder with their sizes and times, by as few questions to the disk as there can be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tsplug.files.headers.walking import is_frame_name

_HIDDEN = "."


def list_folder(folder: Path) -> Mapping[str, tuple[int, int]]:
    """Return size in bytes and time of the last change in nanoseconds of every frame in and below a folder, by path.

    Hidden files and folders are passed over, and so is what cannot be reached right now: a network comes back.
    """
    found: dict[str, tuple[int, int]] = {}
    waiting = [str(folder.absolute())]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith(_HIDDEN):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif is_frame_name(entry.name) and entry.is_file():
                    told = entry.stat()
                    found[entry.path] = (told.st_size, told.st_mtime_ns)
    return found
