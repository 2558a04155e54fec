"""One exposure is one frame, however many calibrated, cosmetised, registered or converted copies of it lie about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from tsplug.astrobin.frames import Frame, LeftOut

_CHAIN = re.compile(r"(?:_(?:cc|c|d|b|rn|r|s|lps|a))+$")
_COMPRESSED = (".gz", ".fz")
_RAW_FIRST = (".fits", ".fit", ".fts", ".xisf")

_Identity = tuple[object, ...]


def without_copies(frames: Iterable[Frame]) -> tuple[list[Frame], list[LeftOut]]:
    """Return each exposure once, in the order given, and the copies that are not counted.

    Two files are one exposure if they start in the same second, last as long, have kind and filter in common, and
    their names differ in suffix and in what PixInsight adds at the end alone (``_c``, ``_cc``, ``_d``, ``_b``, ``_r``,
    in chains). What was processed least is kept. Frames without a start, and masters, are never taken for copies.
    """
    groups: dict[_Identity, list[Frame]] = {}
    for number, frame in enumerate(frames):
        groups.setdefault(_identity(frame, number), []).append(frame)
    kept, copies = [], []
    for members in groups.values():
        best = min(members, key=_processing) if len(members) > 1 else members[0]
        kept.append(best)
        copies += [LeftOut(f.name, f"is a copy of {best.name}", wanted=False) for f in members if f is not best]
    return kept, copies


def _identity(frame: Frame, number: int) -> _Identity:
    if frame.started is None or frame.is_master:
        return (number,)
    stem, _ = _parts(frame.name)
    start = frame.started.replace(microsecond=0)
    return (_CHAIN.sub("", stem), start, round(frame.exposure_s, 3), frame.kind, frame.filter_name.strip().casefold())


def _processing(frame: Frame) -> tuple[int, int, str]:
    stem, suffix = _parts(frame.name)
    chain = _CHAIN.search(stem)
    steps = chain[0].count("_") if chain else 0
    return steps, _RAW_FIRST.index(suffix) if suffix in _RAW_FIRST else len(_RAW_FIRST), frame.name


def _parts(name: str) -> tuple[str, str]:
    """Return a file's name without suffixes, and its suffix in lower case, that of compression apart."""
    base = PurePath(name).name
    for ending in _COMPRESSED:
        if base.lower().endswith(ending):
            base = base[: -len(ending)]
    path = PurePath(base)
    return path.stem, path.suffix.lower()
