"""Files in the making in a storage: each sender has a name of its own, and what the dead have left goes.

Who died is known of this machine's processes by their names. What others have left goes when it is an hour older than
what was just sent, by the storage's own clock, since those of machines differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from tsplug.files.parts import ABANDONED_AFTER_S, is_of_the_dead, is_part, part_of

_TIMES = ("mtime", "LastModified", "last_modified", "created")
# What kinds of storages call the moment when something was written.


def own_part(target: str) -> str:
    """Return where a file lies in a storage until it takes its name."""
    folder, _, name = target.rpartition("/")
    return f"{folder}/{part_of(name)}"


def sweep_beside(files: Any, sent: str) -> None:
    """Remove what is left half sent in the folder of something that was just sent.

    Args:
        files: the storage, as fsspec has it.
        sent: the part that was just sent, which stays.
    """
    # To tidy up is no reason to fail.
    with suppress(Exception):
        folder = sent.rpartition("/")[0]
        files.invalidate_cache(folder)
        found = {str(each["name"]).rpartition("/")[2]: each for each in files.ls(folder, detail=True)}
        own = found.get(sent.rpartition("/")[2], {})
        for name, told in found.items():
            if told is not own and (is_of_the_dead(name) or (is_part(name) and _is_old(told, own))):
                with suppress(FileNotFoundError):
                    files.rm_file(f"{folder}/{name}")


def _is_old(told: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    then, now = _written_s(told), _written_s(own)
    return then is not None and now is not None and now - then > ABANDONED_AFTER_S


def _written_s(told: Mapping[str, Any]) -> float | None:
    at = next((told[key] for key in _TIMES if told.get(key) is not None), None)
    if isinstance(at, datetime):
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    return float(at) if isinstance(at, int | float) else None
