"""What a move of a file left on disk that was cut off: which of its two names the file keeps."""

from __future__ import annotations

from datetime import datetime, timedelta

from tsplug.errors import FileError
from tsplug.model import Address, FileMove, FramePlace, MoveState, frame_place
from tsplug.ports import FrameFiles

_LEFT_AFTER = timedelta(minutes=10)
# Where there are no locks, a move that began longer ago than this was cut off: no copy takes that long.


def is_at_rest(move: FileMove, files: FrameFiles) -> bool | None:
    """Return whether nobody is at the file of a move; None where the disk knows no locks, and nobody can tell."""
    # Whoever makes a move holds the file before it is journalled, and until the file is where it goes.
    found = {files.is_at_rest(frame_place(name)) for name in (move.from_file, move.to_file)}
    return False if False in found else None if None in found else True


def is_made(move: FileMove, rests: bool | None, *, now: datetime | None) -> bool:
    """Return whether somebody makes a move right now, or may.

    Args:
        move: what the journal says of it, which is not that it came to its end.
        rests: whether nobody is at the file; see `is_at_rest`.
        now: without it a move of which nobody can tell counts as cut off.
    """
    return rests is False or (rests is None and now is not None and now - began(move) < _LEFT_AFTER)


def began(move: FileMove) -> datetime:
    """Return when a move that has not ended began; the way back of older stores says only when the way out did."""
    back = move.returned_at if move.state is MoveState.RETURNING else None
    return move.moved_at if back is None else back


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
