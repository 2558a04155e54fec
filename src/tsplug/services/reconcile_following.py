"""Records follow their frames: where a recorded file is gone and the frame was found elsewhere, its path is noted."""

from __future__ import annotations

from collections.abc import Iterable

from tsplug.model import AcquiredImage, FileMove, MoveState, frame_place
from tsplug.ports import FrameFiles, Unit

_UNDER_WAY = (MoveState.MOVING, MoveState.RETURNING)
# Where these files are, the journal says to whoever settles it.


def gone(found: Iterable[tuple[AcquiredImage, str]], files: FrameFiles) -> list[tuple[AcquiredImage, str]]:
    """Return those of records and the files that are theirs of whose recorded file nothing is left.

    A storage may take long to answer, so that no writing unit should be open meanwhile; one that does not answer has
    its frames still.
    """
    return [
        (image, file)
        for image, file in found
        if image.file != file and not files.status(frame_place(image.file)).exists
    ]


def follow(unit: Unit, lost: Iterable[tuple[AcquiredImage, str]], *, dry_run: bool) -> int:
    """Give records the paths at which their frames were found.

    A rejected frame moved aside comes back from its new place.

    Args:
        unit: one that writes, unless it is a dry run.
        lost: records whose files are `gone`, and where the frames are.
        dry_run: count, and change nothing.

    Returns:
        How many records have (or would have) another path.
    """
    moved = 0
    for image, file in lost:
        aside = unit.last(FileMove, image_id=image.id, image_guid=image.guid)
        # Somebody may have moved it since it was looked for.
        known = image if dry_run else unit.find(AcquiredImage, id=image.id, file=image.file)
        if known is None or (aside is not None and aside.state in _UNDER_WAY):
            continue
        moved += 1
        if not dry_run:
            unit.update(known.model_copy(update={"file": file}))
            if aside is not None and aside.state is MoveState.MOVED:
                unit.update(aside.model_copy(update={"to_file": file}))
    return moved
