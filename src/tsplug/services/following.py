"""What is stored of a frame follows it to another place: record, header as it was, jobs; its picture does too."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from tsplug.errors import FileError
from tsplug.model import (
    AcquiredImage,
    FileMove,
    FlatSetFile,
    FramePlace,
    Job,
    KeptHeader,
    MoveState,
    PipelinePreferences,
    Profile,
    is_nameable,
)
from tsplug.ports import FrameFiles, Unit
from tsplug.services.preview_places import preview_place


def follow(
    unit: Unit, old: str, *, new: str, image: AcquiredImage | None = None, went_at: datetime | None = None
) -> bool:
    """Let everything that is stored of a frame follow it from one place to another.

    That is the record of a light or of a flat, its header as it was, and jobs, also those that are at work on it: they
    find it again where it is now. A light that was moved aside comes back from its new place.

    Args:
        unit: one that writes.
        old: the path or address where the frame was.
        new: where it is.
        image: its record as it was read, if it has one. What is of another record then stays.
        went_at: when it went; what came under its old name since is another frame's, and stays.

    Returns:
        Whether the record follows: nobody has given it another place meanwhile, and it has none or is on its way.
    """
    follows = image is not None and _record_follows(unit, image, new=new)
    if not is_nameable(old) or old == new:
        return follows
    if image is None:
        for kind in (FlatSetFile, KeptHeader, Job):
            unit.set_all(kind, {"file": new}, file=old)
        return follows
    jobs = [job.id for job in unit.list(Job, file=old, image_id=None) if _is_before(job.created_at, went_at)]
    headers = unit.list(KeptHeader, file=old, image_id=None)
    for kind in (KeptHeader, Job):
        unit.set_all(kind, {"file": new}, file=old, image_id=image.id)
    unit.set_all(Job, {"file": new}, id=jobs)
    unit.set_all(KeptHeader, {"file": new}, id=[kept.id for kept in headers if _is_before(kept.kept_at, went_at)])
    return follows


def _is_before(at: datetime, went_at: datetime | None) -> bool:
    return went_at is None or at <= went_at


def is_under_way(unit: Unit, image: AcquiredImage) -> bool:
    """Return whether the file of a light is on its way: where it is, the journal says to whoever settles it."""
    aside = unit.last(FileMove, image_id=image.id, image_guid=image.guid)
    return aside is not None and aside.state in (MoveState.MOVING, MoveState.RETURNING)


def _record_follows(unit: Unit, image: AcquiredImage, *, new: str) -> bool:
    known = unit.find(AcquiredImage, id=image.id, file=image.file)
    if known is None or is_under_way(unit, image):
        return False
    if known.file != new:
        unit.update(known.model_copy(update={"file": new}))
        aside = unit.last(FileMove, image_id=image.id, image_guid=image.guid)
        if aside is not None and aside.state is MoveState.MOVED:
            unit.update(aside.model_copy(update={"to_file": new}))
    return True


def preferences_of(unit: Unit, image: AcquiredImage | None) -> PipelinePreferences:
    """Return how the rig of a frame likes its frames processed; the defaults for a frame of no rig."""
    known = image is not None and image.profile_id is not None
    profile = unit.find(Profile, id=image.profile_id) if image is not None and known else None
    return PipelinePreferences() if profile is None else profile.pipeline


def bring_picture(old: FramePlace, new: FramePlace, *, preferences: PipelinePreferences, files: FrameFiles) -> None:
    """Let the picture of a frame follow it, in place of one that a frame before it left there.

    What cannot be moved stays: the next processing makes it again.
    """
    source, target = preview_place(old, preferences), preview_place(new, preferences)
    if source == target:
        return
    with suppress(FileError, OSError):
        if files.status(source).exists:
            if files.status(target).exists:
                files.remove_name(target)
            files.move(source, target)
