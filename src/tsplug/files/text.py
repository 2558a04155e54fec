"""Reads text files as other programs leave them: in any usual encoding, with or without a mark at the beginning."""

from __future__ import annotations

import codecs
from pathlib import Path

from tsplug.errors import InputError

LARGEST = 32 * 1024 * 1024
"""Bytes: no list of targets and no profile comes near; what is larger is something else."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = frozenset(range(32)) - {9, 10, 11, 12, 13, 26}


def read_text(file: Path, *, wanted: str) -> str:
    """Return the text of a file: by its mark, as UTF-16 or UTF-8 without one, else as Windows wrote it (Latin-1).

    Args:
        file: to read.
        wanted: what the file should be, for messages: "a list of targets (CSV)".

    Raises:
        InputError: it is missing, a folder, empty, too large, or no text.
    """
    data = _bytes_of(file, wanted)
    text = _decoded(data)
    if text is None:
        raise InputError(f"{file} is not text; name {wanted}")
    if not text.strip():
        raise InputError(f"{file} is empty; name {wanted}")
    return text


def _bytes_of(file: Path, wanted: str) -> bytes:
    if file.is_dir():
        raise InputError(f"{file} is a folder; name {wanted} in it")
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}; name {wanted}") from error
    if len(data) > LARGEST:
        raise InputError(f"{file} is larger than {LARGEST // 1024 // 1024} MB; name {wanted}")
    return data


def _decoded(data: bytes) -> str | None:
    """Return the text, or None where it is none."""
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        if _marked(data) is not None:
            return None
        # Every byte is a letter in Latin-1; what Windows puts into its gaps is worth a try before.
        text = data.decode("cp1252", errors="replace")
        text = data.decode("latin-1") if "\ufffd" in text else text
    return None if any(ord(letter) in _CONTROLS for letter in text) else text


def _encoding(data: bytes) -> str:
    marked = _marked(data)
    if marked is not None:
        return marked
    start = data[:200]
    # Text in a Western language has a zero in every other byte.
    if start[1::2].count(0) * 2 > len(start[1::2]):
        return "utf-16-le"
    return "utf-16-be" if start[::2].count(0) * 2 > len(start[::2]) else "utf-8"


def _marked(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
