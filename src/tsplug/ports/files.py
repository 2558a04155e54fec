"""Frames on disk, as tsplug reads them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from tsplug.model import BadFile, FrameHeader, FramePlace, HeaderChange, HeaderEdit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tsplug.imaging.reduction import FirstPass

ScanProgress = Callable[[int, int], None]
"""Is told how many files of how many were looked at; called at the start, at the end, and now and then between."""


@dataclass(frozen=True)
class FramePixels:
    """A frame in memory: rows by columns as stored, header cards by keyword.

    ``passed`` is what measuring needs of one pass over all pixels, where that was made while they were read.
    """

    pixels: NDArray[np.generic]
    header: dict[str, Any]
    passed: FirstPass | None = None


@dataclass(frozen=True)
class FrameStatus:
    """What lies at a place: there or not, and whether it can be read; ``problem`` is empty when all is well.

    ``out_of_reach`` says of a storage that does not answer that nobody knows: ``exists`` is True then, as nothing may
    be done to a record for want of its frame. ``pixel_bytes`` is how many bytes its pixels have, unpacked, as its
    header claims; 0 where nobody looked.
    """

    exists: bool
    problem: str = ""
    out_of_reach: bool = False
    pixel_bytes: int = field(default=0, compare=False)


class FrameFiles(Protocol):
    """Reads, checks and moves frames."""

    def read(self, file: FramePlace, *, to_measure: bool = False) -> FramePixels:
        """Read a frame.

        Args:
            file: where it lies: a path, or an address in a storage.
            to_measure: go over each part of it while it is in the processor's cache, where the file's form allows
                that; measuring then need not go over all pixels again.

        Raises:
            FileError: missing, truncated, or not an image; the text says which.
        """
        ...

    def status(self, file: FramePlace) -> FrameStatus:
        """Say whether a frame is on disk and whole, without reading its pixels."""
        ...

    def move(self, source: FramePlace, target: FramePlace, *, begin: Callable[[], None] | None = None) -> None:
        """Give a file another name, folders on the way included; another file is never overwritten.

        Args:
            source: where it is.
            target: where it goes.
            begin: called once when nothing but the move itself is left to do and the file is held, where the disk knows
                locks; what it raises leaves the file where it is.

        Raises:
            FileError: it could not be moved; it is where it was.
        """
        ...

    def is_at_rest(self, file: FramePlace) -> bool | None:
        """Return whether nobody moves a file or writes into its header; None where that cannot be told."""
        ...

    def same(self, one: FramePlace, other: FramePlace) -> bool:
        """Return whether two names are those of one file."""
        ...

    def of_one_frame(self, one: FramePlace, other: FramePlace) -> bool:
        """Return whether two places hold one frame: the same pixels, whatever else was written into a header since.

        Raises:
            FileError: one is missing or cannot be read.
        """
        ...

    def is_frame_of(self, file: FramePlace, header: bytes) -> bool | None:
        """Return whether a place holds the frame that a header was kept of, by what both say and by a mark of its data.

        Returns:
            None where nobody can tell: nothing lies there, it is damaged, or of a form of which no header is kept.

        Raises:
            OutOfReachError: the disk or the storage does not answer.
        """
        ...

    def remove_copy(self, file: FramePlace, *, of: FramePlace) -> bool:
        """Remove one of two names of a file, or one of two files that hold one frame.

        Args:
            file: goes, if the other is there.
            of: the other one, at which nobody may be meanwhile.

        Returns:
            Whether it was removed.
        """
        ...

    def remove_name(self, file: FramePlace) -> None:
        """Take one of several names from a file."""
        ...


class Pictures(Protocol):
    """Keeps pictures of frames."""

    def put(self, file: Path, content: bytes) -> bool:
        """Write a picture, folders on the way included, unless it is there as it should be; return whether it was not.

        It appears under its name when it is whole.

        Raises:
            FileError: it cannot be written.
        """
        ...


class HeaderEditor(Protocol):
    """Writes into the headers of frames; pixels stay as they are, bit by bit."""

    def edit(
        self,
        file: FramePlace,
        edit: HeaderEdit,
        *,
        keep: Callable[[bytes], None],
        of: Mapping[str, Any] = MappingProxyType({}),
    ) -> HeaderChange:
        """Do an edit: in place where the header has room, else in a copy that takes the file's name when it is whole.

        A card that has its value already is not touched, so that the same edit again writes nothing. A CHECKSUM that
        is there is right afterwards.

        Args:
            file: a frame, also at an address; through links what they lead to.
            edit: what is to stand in its header, and what not.
            keep: is given the header and a mark of the data, before anything is written; what it raises stops the edit.
            of: the header of the frame that is meant, as it was read; where what tells frames apart differs, as the
                moment of the exposure, another one has taken its name.

        Returns:
            What became of it; XISF, packed files and what lies on a read-only file system are refused with the reason.

        Raises:
            FileError: it is missing, read-only, damaged or no FITS, the disk is full, or it was moved or replaced
                meanwhile; it is as it was.
        """
        ...

    def restore(self, file: FramePlace, header: bytes) -> HeaderChange:
        """Put a header as it was kept in place of the one that is there; otherwise as `edit`.

        Raises:
            FileError: as for `edit`, or the header is that of another frame.
        """
        ...

    def of_one_frame(self, one: bytes, other: bytes) -> bool:
        """Say whether two headers can be those of one frame: same size, same moment, same identifier, same data.

        Data are held against each other where both headers are as they were kept, with a mark of their data.
        """
        ...


class FrameHeaders(Protocol):
    """Reads the headers of frames, never their pixels."""

    def scan(
        self,
        places: Sequence[FramePlace],
        *,
        wanted: Collection[str] | None = None,
        history: bool = False,
        progress: ScanProgress | None = None,
    ) -> Iterator[FrameHeader | BadFile]:
        """Yield the header of every FITS and XISF file in and below places, one at a time, in order of path.

        Links are followed; a file or folder that is reached twice, by whatever names, comes once. What cannot be read
        comes as a `BadFile` in its place: nothing of a single file ends the scan.

        Args:
            places: folders, single files, or addresses of either; a place inside another one comes once.
            wanted: keywords to read, in upper case; all where None. The fewer, the quicker.
            history: keep the texts of HISTORY cards.
            progress: what is told how far it is.

        Raises:
            InputError: a place does not exist, with its name; before anything is read.
        """
        ...

    def read(
        self, file: FramePlace, *, wanted: Collection[str] | None = None, history: bool = False
    ) -> FrameHeader | BadFile:
        """Return the header of one file, or why it cannot be read."""
        ...
