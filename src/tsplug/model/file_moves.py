"""The journal of files that were moved because their frames were rejected."""

from __future__ import annotations

from enum import StrEnum

from tsplug.model.base import Record, UtcDatetime


class MoveState(StrEnum):
    """How far a move came; what is under way is finished or forgotten by whoever finds it."""

    MOVING = "moving"
    MOVED = "moved"
    RETURNING = "returning"
    RETURNED = "returned"


class FileMove(Record):
    """One file's way out of the stacking tree, and back again.

    ``image_id`` is a weak reference. ``from_file`` is where the frame was saved, ``to_file`` where it was moved to.
    """

    image_id: int
    image_guid: str
    from_file: str
    to_file: str
    state: MoveState = MoveState.MOVING
    moved_at: UtcDatetime
    returned_at: UtcDatetime | None = None
