"""Objects of a storage that has no folders: each appears under its name when all of it was sent.

S3 gives a name on a condition, which it looks at in the moment when it does (``If-Match``, ``If-None-Match``): whatever
happens to the name while a frame travels is seen there. Servers that do not know conditions say so or heed none.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from tsplug.errors import FileError

OF_OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"})
"""Storages of objects. To make a folder there would be to make the bucket of a misspelt name."""

CONDITIONAL = frozenset({"s3", "s3a"})
"""Those of which it is known how to name conditions."""

_PART_BYTES = 50 << 20
_REFUSED = (errno.EINVAL, errno.EBUSY)
# What "precondition failed" and "conflict" are told as.


def tag_of(files: Any, name: str) -> str:
    """Return the tag of what has a name now, which is another one for other content; empty where nothing has it."""
    files.invalidate_cache(name)
    try:
        told = files.info(name)
    except FileNotFoundError:
        return ""
    return str(told.get("ETag") or told.get("etag") or "")


def send_if(files: Any, file: Path, *, name: str, instead_of: str) -> bool:
    """Send a file to a name in S3; return whether it has that now.

    An answer that was lost is asked for once more: a file that was refused may be there all the same.

    Args:
        files: the storage, as fsspec has it.
        file: what is sent.
        name: what it is to be called.
        instead_of: the tag of what must have the name until then; nothing may where it is empty.
    """
    condition = {"IfMatch": instead_of} if instead_of else {"IfNoneMatch": "*"}
    # In one piece: what is sent in several has no condition, and only from five gigabytes on must it be.
    whole = {"chunksize": max(_PART_BYTES, file.stat().st_size)}
    try:
        files.put_file(str(file), name, **whole, **condition)
    except FileExistsError:
        return False
    except OSError as error:
        if isinstance(error, FileNotFoundError) and instead_of:
            return False
        if error.errno == errno.ENOSYS:
            files.put_file(str(file), name)
            return True
        if error.errno in _REFUSED:
            return False
        raise
    return True


def rename(files: Any, name: str, *, target: str) -> None:
    """Give a file another name, in one step where a place has one, else as a copy.

    What fsspec has for all places takes brackets and stars in names for patterns, and moves other files.
    """
    from fsspec import AbstractFileSystem

    if type(files).mv is not AbstractFileSystem.mv:
        files.mv(name, target)
        return
    files.cp_file(name, target)
    files.rm_file(name)


def move_object(files: Any, name: str, *, target: str) -> None:
    """Give an object another name, unless something is sent under the old one meanwhile.

    Raises:
        FileError: something was; it stays, and nothing has the other name.
    """
    tag = tag_of(files, name)
    files.cp_file(name, target)
    if tag_of(files, name) != tag:
        files.rm_file(target)
        raise FileError(f"{name} stays: it was written to meanwhile; tsplug doctor --fix moves it later")
    files.rm_file(name)
