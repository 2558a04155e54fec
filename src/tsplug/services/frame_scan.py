"""Frames below folders, read header by header: what is kept of each, and what had to be left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tsplug.model import BadFile, CardProblem, FrameHeader, FramePlace
from tsplug.ports import FrameHeaders, ScanProgress

Kept = TypeVar("Kept")


@dataclass
class FrameScan(Generic[Kept]):
    """What came of a scan: what was kept of each good frame, the bad files, and the bad cards of good frames."""

    kept: list[Kept] = field(default_factory=list)
    bad_files: list[BadFile] = field(default_factory=list)
    bad_cards: list[tuple[FramePlace, CardProblem]] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """Return how many files and cards were left out."""
        return len(self.bad_files) + len(self.bad_cards)


def scan_frames(
    headers: FrameHeaders,
    places: Sequence[FramePlace],
    *,
    keep: Callable[[FrameHeader], Kept | BadFile],
    wanted: Collection[str] | None = None,
    progress: ScanProgress | None = None,
) -> FrameScan[Kept]:
    """Read the header of every frame in and below folders; only what ``keep`` returns of one stays in memory.

    Args:
        headers: what reads them.
        places: folders or single files.
        keep: what to keep of a frame, or why it is of no use.
        wanted: the keywords that ``keep`` looks at; all where None.
        progress: is told how far it is.

    Raises:
        InputError: a place does not exist.
    """
    scan = FrameScan[Kept]()
    for header in headers.scan(places, wanted=wanted, progress=progress):
        if isinstance(header, BadFile):
            scan.bad_files.append(header)
            continue
        scan.bad_cards += [(header.file, problem) for problem in header.problems]
        kept = keep(header)
        if isinstance(kept, BadFile):
            scan.bad_files.append(kept)
        else:
            scan.kept.append(kept)
    return scan
