"""Which frame a record is of, where another one says its identifier.

Copies that are calibrated, and stacks, keep the identifier of a light in their headers, and whoever sends a frame may
write any into it. So an identifier alone takes no record from a frame that is still there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tsplug.errors import FileError
from tsplug.model import AcquiredImage, Address, BadFile, FramePlace, frame_place
from tsplug.ports import FrameFiles, FrameHeaders
from tsplug.services.disk_frames import frame_row

_SAME_START = timedelta(seconds=2)
_SAME_LENGTH = 0.01
# Hosts round both, and some read the clock when the camera has answered.


def is_of_record(
    file: FramePlace,
    image: AcquiredImage,
    *,
    files: FrameFiles,
    headers: FrameHeaders,
    place: FramePlace | None = None,
) -> bool:
    """Return whether a frame is that of a record: it lies where that says, nothing does, or both hold one frame.

    Where not even the folder is that the record says, its disk may be another machine's: the frame is that of the
    record then if its header tells of a light of the same start, length and filter.

    Args:
        file: the frame, which says the record's identifier or lies at its place.
        image: the record.
        files: what looks at frames.
        headers: what reads what the frame says of itself.
        place: where the frame is kept, if the file is a copy of what lies there.
    """
    if image.file == str((place or file).absolute()):
        return True
    recorded = frame_place(image.file)
    status = files.status(recorded)
    if status.out_of_reach:
        # Nobody knows; the storage has its frame still.
        return False
    if not status.exists:
        is_here = isinstance(recorded, Address) or files.status(recorded.parent).exists
        return is_here or _tells_of(file, image, headers=headers)
    try:
        return files.of_one_frame(file, recorded)
    except FileError:
        return False


def _tells_of(file: FramePlace, image: AcquiredImage, *, headers: FrameHeaders) -> bool:
    header = headers.read(file)
    if isinstance(header, BadFile):
        return False
    row = frame_row(header)
    if row["kind"] != "light" or row["started"] is None or row["exposure_s"] is None:
        return False
    return (
        abs(datetime.fromisoformat(row["started"]) - image.started) <= _SAME_START
        and abs(row["exposure_s"] - image.exposure_s) <= _SAME_LENGTH * image.exposure_s
        and row["filter"] in (None, image.filter_name)
    )


def refusal(image: AcquiredImage) -> str:
    """Return what is told of a frame that is not that of the record whose identifier it says."""
    return f"it says the identifier of image {image.id}, whose own frame is {image.file}; the record stays with that"
