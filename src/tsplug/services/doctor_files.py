"""What must hold of the journal of moved files: nothing is left half done."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from tsplug.model import FileMove, MoveState, frame_place
from tsplug.ports import FrameFiles, Unit
from tsplug.services.cut_off_moves import is_at_rest, is_made
from tsplug.services.doctor_images import Look
from tsplug.services.doctor_ledger import Ledger, Problem, every
from tsplug.services.rejected_files import note_place

_LOST_AFTER = timedelta(days=1)


def check_moves(unit: Unit, ledger: Ledger, *, look: Look, files: FrameFiles) -> None:
    """Check that every move of a file came to its end, or goes on; where it was cut off, the disk says where it is."""
    for move in every(unit, FileMove, ledger=ledger):
        if move.state in (MoveState.MOVED, MoveState.RETURNED):
            ledger.check()
            continue
        left, kept = look(frame_place(move.to_file)), look(frame_place(move.from_file))
        if left.out_of_reach or kept.out_of_reach or is_made(move, is_at_rest(move, files), now=ledger.now):
            # Out of reach is a problem of the record already, and nothing is known to mend this by.
            ledger.check()
            continue
        away = left.exists and not kept.exists
        known = left.exists or kept.exists
        where = move.to_file if away else move.from_file
        ledger.check(
            Problem(
                invariant="a move of a rejected file came to its end",
                subject=f"image {move.image_id}",
                found=f"{move.state.value}, begun {move.moved_at.isoformat()}",
                expected=f"the file is {where}" if known else f"the file is {move.from_file} or {move.to_file}",
                fix=f"tsplug doctor --fix, or the next grading{_there(known)}, notes where it is",
            ),
            mend=partial(_end, key=move.id or 0) if not known and _is_lost(move, ledger, look=look) else None,
        )


def _there(known: bool) -> str:
    return "" if known else " on a machine with its disk"


def _is_lost(move: FileMove, ledger: Ledger, *, look: Look) -> bool:
    """Return whether a file is gone for good that is at neither end of its move: both folders are here."""
    folders = [frame_place(name).parent for name in (move.from_file, move.to_file)]
    long_ago = ledger.now is not None and ledger.now - move.moved_at > _LOST_AFTER
    return long_ago and all(look(folder).exists for folder in folders)


def _end(unit: Unit, now: datetime, *, key: int) -> str:
    move = unit.find(FileMove, id=key)
    if move is None or move.state not in (MoveState.MOVING, MoveState.RETURNING):
        return ""
    _, way = note_place(unit, move, state=MoveState.RETURNED, now=now)
    return f"image {move.image_id}: its file is gone; the record says {way.new}"
