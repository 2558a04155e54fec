"""What a move of a file left on disk that was cut off: which of its two names the file keeps."""

from __future__ import annotations

from tsplug.errors import FileError
from tsplug.model import Address, FileMove, FramePlace, MoveState, frame_place
from tsplug.ports import FrameFiles


def end_of(move: FileMove, files: FrameFiles, *, surely: bool) -> MoveState | None:
    """Bring a move to an end, and return which: moved or returned; None where nobody here can tell.

    Where both names are those of one file it goes on, as whoever makes the move would, should he come back; a copy that
    another disk has already goes, where surely nobody comes back to it, as the frame may have been written to since.

    Args:
        move: what the journal says of it.
        files: what looks at files.
        surely: nobody is at the file.
    """
    kept, left = frame_place(move.from_file), frame_place(move.to_file)
    here, there = files.status(kept), files.status(left)
    if here.out_of_reach or there.out_of_reach or not (here.exists or there.exists):
        return None
    if not (here.exists and there.exists):
        return MoveState.MOVED if there.exists else MoveState.RETURNED
    out = move.state is MoveState.MOVING
    source, target = (kept, left) if out else (left, kept)
    ended, undone = (MoveState.MOVED, MoveState.RETURNED) if out else (MoveState.RETURNED, MoveState.MOVED)
    if files.same(source, target):
        return ended if files.remove_copy(source, of=target) else None
    if not _is_copy(source, target, files=files):
        # Another file has the name.
        return undone
    if surely or isinstance(source, Address):
        # Whoever moves in a storage looks once more before he takes the old name away.
        return undone if files.remove_copy(target, of=source) else None
    return ended if files.remove_copy(source, of=target) else None


def _is_copy(source: FramePlace, target: FramePlace, *, files: FrameFiles) -> bool:
    try:
        return files.of_one_frame(source, target)
    except FileError:
        return False
