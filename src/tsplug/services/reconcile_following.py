"""Records follow their frames: where a recorded file is gone and the frame was found elsewhere, its path is noted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tsplug.model import AcquiredImage, FileMove, MoveState
from tsplug.ports import FrameFiles, Unit

_UNDER_WAY = (MoveState.MOVING, MoveState.RETURNING)
# Where these files are, the journal says to whoever settles it.


def follow(unit: Unit, found: Iterable[tuple[AcquiredImage, str]], *, files: FrameFiles, dry_run: bool) -> int:
    """Give records the paths at which their frames were found, where nothing is left at the recorded ones.

    A copy beside the recorded file changes nothing. A rejected frame moved aside comes back from its new place.

    Args:
        unit: one that writes, unless it is a dry run.
        found: records and the files that are theirs.
        files: what looks at files.
        dry_run: count, and change nothing.

    Returns:
        How many records have (or would have) another path.
    """
    moved = 0
    for image, file in found:
        if image.file == file or files.status(Path(image.file)).exists:
            continue
        aside = unit.last(FileMove, image_id=image.id, image_guid=image.guid)
        if aside is not None and aside.state in _UNDER_WAY:
            continue
        moved += 1
        if not dry_run:
            unit.update(image.model_copy(update={"file": file}))
            if aside is not None and aside.state is MoveState.MOVED:
                unit.update(aside.model_copy(update={"to_file": file}))
    return moved
