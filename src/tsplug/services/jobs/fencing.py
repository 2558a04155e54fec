"""A worker that was silent for so long that another has its job writes neither the frame nor its picture any more.

It is asked immediately before a header or picture is written or a copy is put back, and what is written in the moment
after that is what a lease cannot prevent: writers of one file on one machine, and where a network disk has locks, wait
for each other as well; see `tsplug.files.headers.writing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tsplug.errors import Cancelled
from tsplug.model import FramePlace, HeaderChange, HeaderEdit, Job, JobState
from tsplug.ports import FrameTask, HeaderEditor, Pictures, Store


def check_lease(task: FrameTask, store: Store | None) -> None:
    """Return where a job is still its owner's.

    Raises:
        Cancelled: another has it, or it has ended.
        StoreError: nobody can tell.
    """
    if not task.owner or store is None:
        return
    with store.read() as unit:
        job = unit.find(Job, id=task.job_id, owner=task.owner, state=JobState.RUNNING)
    if job is None or task.begun_at not in (None, job.started_at):
        raise _lost(task)


def taken_over(task: FrameTask, store: Store | None, *, at: datetime) -> FrameTask:
    """Return a task that alone may write from now on: who began the same attempt before, elsewhere, may not any more.

    Raises:
        Cancelled: another has the job, or it has ended.
        StoreError: nobody can tell.
    """
    if not task.owner or store is None:
        return task
    with store.write() as unit:
        its = {"id": task.job_id, "owner": task.owner, "state": JobState.RUNNING}
        if not unit.set_all(Job, {"started_at": at}, **its):
            raise _lost(task)
    return replace(task, begun_at=at)


def _lost(task: FrameTask) -> Cancelled:
    return Cancelled(f"job {task.job_id} is no longer that of {task.owner}: nothing more is written")


class FencedPictures:
    """Keeps pictures as another does, and asks whether it still may just before."""

    def __init__(self, pictures: Pictures, check: Callable[[], None]) -> None:
        """Take what keeps them, and what raises something where it must not any more."""
        self._pictures = pictures
        self._check = check

    def put(self, file: Path, content: bytes) -> bool:
        """Write a picture; see `tsplug.ports.Pictures`."""
        self._check()
        return self._pictures.put(file, content)


class FencedEditor:
    """Writes headers as another does, and asks whether it still may just before."""

    def __init__(self, editor: HeaderEditor, check: Callable[[], None]) -> None:
        """Take what writes, and what raises something where it must not any more."""
        self._editor = editor
        self._check = check

    def edit(
        self,
        file: FramePlace,
        edit: HeaderEdit,
        *,
        keep: Callable[[bytes], None],
        of: Mapping[str, Any] = MappingProxyType({}),
    ) -> HeaderChange:
        """Do an edit; see `tsplug.ports.HeaderEditor`."""

        def kept(header: bytes) -> None:
            keep(header)
            self._check()

        return self._editor.edit(file, edit, keep=kept, of=of)

    def restore(self, file: FramePlace, header: bytes) -> HeaderChange:
        """Put a header back; see `tsplug.ports.HeaderEditor`."""
        self._check()
        return self._editor.restore(file, header)

    def of_one_frame(self, one: bytes, other: bytes) -> bool:
        """Say whether two headers can be those of one frame; see `tsplug.ports.HeaderEditor`."""
        return self._editor.of_one_frame(one, other)
