"""Which frame a record is of, where another one says its identifier.

Copies that are calibrated, and stacks, keep the identifier of a light in their headers, and whoever sends a frame may
write any into it. So an identifier alone takes no record from a frame that is still there.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tsplug.errors import FileError, OutOfReachError
from tsplug.model import AcquiredImage, Address, BadFile, FrameHeader, FramePlace, KeptHeader, frame_place
from tsplug.ports import FrameFiles, FrameHeaders, FrameStorage, Store
from tsplug.services.disk_frames import frame_row

_SAME_START = timedelta(seconds=2)
_SAME_LENGTH = 0.01
# Hosts round both, and some read the clock when the camera has answered.
_COUNTS, _MASTER = ("STACKCNT", "NCOMBINE"), "master"
# Where programs say of how many frames one was made.


@dataclass(frozen=True)
class Witnesses:
    """What knows of frames: what looks at them, what reads what they say of themselves, and where they are on record.

    Without a store no header is known that was kept of one.
    """

    files: FrameFiles
    headers: FrameHeaders
    store: Store | None = None

    def is_other(self, file: FramePlace, image: AcquiredImage) -> bool:
        """Return whether a frame is surely not that of a record: its pixels are not those that the pipeline saw."""
        if self.store is None:
            return False
        with self.store.read() as unit:
            kept = unit.find(KeptHeader, image_id=image.id)
        try:
            return kept is not None and self.files.is_frame_of(file, zlib.decompress(kept.header)) is False
        except OutOfReachError:
            return False


def is_of_record(file: FramePlace, image: AcquiredImage, *, known: Witnesses, place: FramePlace | None = None) -> bool:
    """Return whether a frame is that of a record: it lies where that says, nothing does, or both hold one frame.

    A frame that has the name or the identifier, and other pixels than the pipeline saw, is not. Where nothing lies,
    nothing else can be compared: the frame is that of the record then unless its header speaks against it, as that of a
    stack or of what has pixels of floats does. Where not even the folder is that the record says, its disk may be
    another machine's: the header must tell of a light of the same start, length and filter then.

    Args:
        file: the frame, which says the record's identifier or lies at its place.
        image: the record.
        known: what knows of both.
        place: where the frame is kept, if the file is a copy of what lies there.
    """
    if known.is_other(file, image):
        return False
    if image.file == str((place or file).absolute()):
        return True
    recorded = frame_place(image.file)
    status = known.files.status(recorded)
    if status.out_of_reach:
        # Nobody knows; the storage has its frame still.
        return False
    if not status.exists:
        is_here = isinstance(recorded, Address) or known.files.status(recorded.parent).exists
        header = known.headers.read(file)
        return not isinstance(header, BadFile) and _can_be_of(header, image) and (is_here or _tells_of(header, image))
    try:
        return known.files.of_one_frame(file, recorded)
    except FileError:
        return False


def is_kept_already(file: Path, image: AcquiredImage, *, storage: FrameStorage, files: FrameFiles) -> bool:
    """Return whether a storage has the frame of a file already, as that of a record.

    A second name for it would take the record, and its jobs, from the first.

    Args:
        file: the frame, which says the record's identifier.
        image: the record.
        storage: where the frame is to go.
        files: what looks at frames.

    Raises:
        OutOfReachError: nobody can tell.
    """
    recorded = frame_place(image.file)
    if not storage.holds(image.file):
        return False
    status = files.status(recorded)
    if status.out_of_reach:
        raise OutOfReachError(f"{image.file} {status.problem}")
    if not status.exists:
        return False
    try:
        return files.of_one_frame(file, recorded)
    except OutOfReachError:
        raise
    except FileError:
        return False


def may_be_of(file: FramePlace, image: AcquiredImage, *, known: Witnesses) -> bool:
    """Return whether a frame that says the identifier of a record may be its own, by what its header tells of it.

    Args:
        file: the frame, which somebody has shown to be where the record's own went.
        image: the record, whose own frame is gone.
        known: what knows of both.
    """
    header = known.headers.read(file)
    return not isinstance(header, BadFile) and _can_be_of(header, image) and not known.is_other(file, image)


def _can_be_of(header: FrameHeader, image: AcquiredImage) -> bool:
    """Return whether nothing in a header says that a frame is not as the camera gave it, or another one."""
    cards, row = header.cards, frame_row(header)
    made_of_floats = _number(cards.get("BITPIX")) < 0
    made_of_several = any(_number(cards.get(keyword)) > 1 for keyword in _COUNTS) or (
        _MASTER in str(cards.get("IMAGETYP", "")).lower()
    )
    if made_of_floats or made_of_several or row["kind"] not in (None, "light"):
        return False
    length = row["exposure_s"]
    return length is None or abs(length - image.exposure_s) <= _SAME_LENGTH * image.exposure_s


def _tells_of(header: FrameHeader, image: AcquiredImage) -> bool:
    row = frame_row(header)
    if row["kind"] is None or row["started"] is None or row["exposure_s"] is None:
        return False
    is_of_its_time = abs(datetime.fromisoformat(row["started"]) - image.started) <= _SAME_START
    return is_of_its_time and row["filter"] in (None, image.filter_name)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def refusal(image: AcquiredImage) -> str:
    """Return what is told of a frame that is not that of the record whose identifier it says."""
    return f"it says the identifier of image {image.id}, whose own frame is {image.file}; the record stays with that"


def same_frame(image: AcquiredImage) -> str:
    """Return what is told of a frame that its storage has already, as that of a record."""
    return f"it is the same frame as {image.file}, which is on record as image {image.id}"
