"""A job about a frame that is moved while the job waits or is at work: it is done where the frame is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tsplug.errors import FileError
from tsplug.model import AcquiredImage, FileMove, Job, MoveState, frame_place
from tsplug.ports import FrameFiles, FrameTask, Store
from tsplug.services.following import bring_picture, preferences_of

_MOST_TIMES = 3
_UNDER_WAY = (MoveState.MOVING, MoveState.RETURNING)


def work_where_it_is(
    task: FrameTask, work: Callable[[FrameTask], None], *, store: Store | None, files: FrameFiles
) -> None:
    """Work on a frame where it is now, and again where it is when it was moved meanwhile.

    Modules change nothing that is as it should be, so what was done before the move is not done twice.

    Args:
        task: names the frame as the queue did when the job was taken.
        work: works on a frame, and raises something where that must not go on.
        store: where the frame is on record; None asks nobody.
        files: what looks at frames.

    Raises:
        FileError: it cannot be worked on, wherever it is.
    """
    if store is None:
        work(task)
        return
    place = _place(task, store, files=files)
    for turn in range(_MOST_TIMES):
        problem: FileError | None = None
        try:
            work(replace(task, file=place))
        except FileError as error:
            problem = error
        before, place = place, _place(task, store, files=files)
        if place != before:
            _bring_picture(task, store, files=files, way=(before, place))
        if place == before or turn + 1 == _MOST_TIMES:
            if problem is not None:
                raise problem
            return


def _place(task: FrameTask, store: Store, *, files: FrameFiles) -> str:
    """Return where a frame is: where its job says, else where its record or the journal of moves does."""
    with store.read() as unit:
        job = unit.find(Job, id=task.job_id)
        image = None if task.image_id is None else unit.find(AcquiredImage, id=task.image_id)
        move = None if image is None else unit.last(FileMove, image_id=image.id, image_guid=image.guid)
    known = task.file if job is None else job.file
    others = [] if image is None else [image.file]
    if move is not None and move.state in _UNDER_WAY:
        others += [move.to_file, move.from_file]
    places = list(dict.fromkeys([known, *others]))
    if len(places) == 1:
        return known
    found = next((place for place in places if files.status(frame_place(place)).exists), known)
    if image is not None and found == image.file != known:
        with store.write() as unit:
            unit.set_all(Job, {"file": found}, id=task.job_id, file=known)
    return found


def _bring_picture(task: FrameTask, store: Store, *, files: FrameFiles, way: tuple[str, str]) -> None:
    with store.read() as unit:
        image = None if task.image_id is None else unit.find(AcquiredImage, id=task.image_id)
        preferences = preferences_of(unit, image)
    bring_picture(frame_place(way[0]), frame_place(way[1]), preferences=preferences, files=files)
