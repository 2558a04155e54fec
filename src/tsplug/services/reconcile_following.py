"""Records follow their frames: where a recorded file is gone and the frame was found elsewhere, its path is noted."""

from __future__ import annotations

from collections.abc import Iterable

from tsplug.model import AcquiredImage, frame_place
from tsplug.ports import FrameFiles, FrameHeaders, Store, Unit
from tsplug.services.following import bring_picture, follow, is_under_way, preferences_of


def gone(
    found: Iterable[tuple[AcquiredImage, str]], files: FrameFiles, *, headers: FrameHeaders, store: Store
) -> list[tuple[AcquiredImage, str]]:
    """Return those of records and the files that are theirs of whose recorded file nothing is left, each record once.

    A storage may take long to answer, so that no writing unit should be open meanwhile; one that does not answer has
    its frames still. A calibrated copy or a stack says the identifier of its light too, and takes no record.
    """
    # What compares frames needs arrays, whose import takes most of a short command's time.
    from tsplug.services.record_claims import Witnesses, may_be_of

    known = Witnesses(files, headers, store)
    lost: dict[int | None, tuple[AcquiredImage, str]] = {}
    for image, file in found:
        if image.id in lost or image.file == file or files.status(frame_place(image.file)).exists:
            continue
        if may_be_of(frame_place(file), image, known=known):
            lost[image.id] = image, file
    return list(lost.values())


def let_follow(unit: Unit, lost: Iterable[tuple[AcquiredImage, str]], *, dry_run: bool) -> int:
    """Give records the paths at which their frames were found, with all that is stored of these.

    A rejected frame moved aside comes back from its new place.

    Args:
        unit: one that writes, unless it is a dry run.
        lost: records whose files are `gone`, and where the frames are.
        dry_run: count, and change nothing.

    Returns:
        How many records have (or would have) another path.
    """
    if dry_run:
        return sum(not is_under_way(unit, image) for image, _ in lost)
    # Somebody may have moved one since it was looked for.
    return sum(follow(unit, image.file, new=file, image=image) for image, file in lost)


def bring_pictures(lost: Iterable[tuple[AcquiredImage, str]], store: Store, *, files: FrameFiles) -> None:
    """Let pictures that still lie where frames were follow these."""
    with store.read() as unit:
        found = [(image, file, preferences_of(unit, image)) for image, file in lost]
    for image, file, preferences in found:
        bring_picture(frame_place(image.file), frame_place(file), preferences=preferences, files=files)
