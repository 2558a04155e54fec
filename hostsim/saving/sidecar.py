"""Small files beside a frame, each wholly there or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from hostsim.saving.fits import PART
from tsplug import FileError

TRUTH = ".truth.json"
"""The ending that takes the place of a frame's own."""


def write_truth(text: str, *, frame: Path) -> Path:
    """Write the truth about a frame beside it, and return the file.

    Raises:
        FileError: the folder cannot be written, or the disk is full.
    """
    final = frame.with_suffix(TRUTH)
    part = final.with_name(f".{final.name}{PART}")
    try:
        with part.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(final)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise FileError(f"{final}: the truth cannot be saved ({error}): make room or correct the folder") from error
    return final
