"""Which frame a record is of, where another one says its identifier.

Copies that are calibrated, and stacks, keep the identifier of a light in their headers, and whoever sends a frame may
write any into it. So an identifier alone takes no record from a frame that is still there.
"""

from __future__ import annotations

from tsplug.errors import FileError
from tsplug.model import AcquiredImage, FramePlace, frame_place
from tsplug.ports import FrameFiles


def is_of_record(file: FramePlace, image: AcquiredImage, *, files: FrameFiles, place: FramePlace | None = None) -> bool:
    """Return whether a frame is that of a record: it lies where that says, nothing does, or both hold one frame.

    Args:
        file: the frame, which says the record's identifier or lies at its place.
        image: the record.
        files: what looks at frames.
        place: where the frame is kept, if the file is a copy of what lies there.
    """
    if image.file == str((place or file).absolute()):
        return True
    recorded = frame_place(image.file)
    status = files.status(recorded)
    if status.out_of_reach or not status.exists:
        # Of a storage that does not answer nobody knows; it has its frame still.
        return not status.out_of_reach
    try:
        return files.of_one_frame(file, recorded)
    except FileError:
        return False


def refusal(image: AcquiredImage) -> str:
    """Return what is told of a frame that is not that of the record whose identifier it says."""
    return f"it says the identifier of image {image.id}, whose own frame is {image.file}; the record stays with that"
