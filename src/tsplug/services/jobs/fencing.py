"""A worker that was silent for so long that another has its job writes nothing into the frame any more.

It is asked immediately before a header is written or a copy is put back, and what is written in the moment after that
is what a lease cannot prevent: writers of one file on one machine, and where a network disk has locks, wait for each
other as well; see `tsplug.files.headers.writing`.
"""

from __future__ import annotations

from collections.abc import Callable

from tsplug.errors import Cancelled
from tsplug.model import FramePlace, HeaderChange, HeaderEdit, Job, JobState
from tsplug.ports import FrameTask, HeaderEditor, Store


def check_lease(task: FrameTask, store: Store | None) -> None:
    """Return where a job is still its owner's.

    Raises:
        Cancelled: another has it, or it has ended.
        StoreError: nobody can tell.
    """
    if not task.owner or store is None:
        return
    with store.read() as unit:
        if unit.find(Job, id=task.job_id, owner=task.owner, state=JobState.RUNNING) is None:
            raise Cancelled(f"job {task.job_id} is no longer that of {task.owner}: nothing more is written")


class FencedEditor:
    """Writes headers as another does, and asks whether it still may just before."""

    def __init__(self, editor: HeaderEditor, check: Callable[[], None]) -> None:
        """Take what writes, and what raises something where it must not any more."""
        self._editor = editor
        self._check = check

    def edit(self, file: FramePlace, edit: HeaderEdit, *, keep: Callable[[bytes], None]) -> HeaderChange:
        """Do an edit; see `tsplug.ports.HeaderEditor`."""

        def kept(header: bytes) -> None:
            keep(header)
            self._check()

        return self._editor.edit(file, edit, keep=kept)

    def restore(self, file: FramePlace, header: bytes) -> HeaderChange:
        """Put a header back; see `tsplug.ports.HeaderEditor`."""
        self._check()
        return self._editor.restore(file, header)

    def of_one_frame(self, one: bytes, other: bytes) -> bool:
        """Say whether two headers can be those of one frame; see `tsplug.ports.HeaderEditor`."""
        return self._editor.of_one_frame(one, other)
