"""What a frame is, from what programs write into IMAGETYP, or from the folder it lies in."""

from __future__ import annotations

import re

from tsplug.astrobin.frames import FrameKind

_LETTERS = re.compile(r"[^A-Z]+")
_WORDS: dict[str, FrameKind] = {
    "LIGHT": FrameKind.LIGHT,
    "OBJECT": FrameKind.LIGHT,
    "SCIENCE": FrameKind.LIGHT,
    "FLAT": FrameKind.FLAT,
    "FLATFIELD": FrameKind.FLAT,
    "SKYFLAT": FrameKind.FLAT,
    "TWILIGHTFLAT": FrameKind.FLAT,
    "DOMEFLAT": FrameKind.FLAT,
    "PANELFLAT": FrameKind.FLAT,
    "DARK": FrameKind.DARK,
    "BIAS": FrameKind.BIAS,
    "OFFSET": FrameKind.BIAS,
    "ZERO": FrameKind.BIAS,
    "SUPERBIAS": FrameKind.BIAS,
    "DARKFLAT": FrameKind.FLAT_DARK,
    "FLATDARK": FrameKind.FLAT_DARK,
}
_ENDINGS = ("FIELDS", "FRAMES", "FIELD", "FRAME", "ES", "S")
_MASTER = ("MASTER", "INTEGRATED", "STACKED")


def kind_of(text: str) -> tuple[FrameKind, bool] | None:
    """Return the kind that a word means and whether it is a master, or None where it means none.

    Case, blanks and punctuation do not matter: ``Light Frame``, ``Dark_Flat``, ``masterFlat``, ``Master Bias``.
    """
    word = _LETTERS.sub("", text.upper())
    master = next((start for start in _MASTER if word.startswith(start)), "")
    word = word.removeprefix(master)
    for ending in ("", *_ENDINGS):
        kind = _WORDS.get(word.removesuffix(ending)) if word.endswith(ending) else None
        if kind is not None:
            return kind, bool(master)
    return None


def kind_of_folder(name: str) -> FrameKind | None:
    """Return the kind of raw frames that a folder's name promises (``LIGHT``, ``Flats``, ``DarkFlats``), or None."""
    found = kind_of(name)
    return None if found is None or found[1] else found[0]
