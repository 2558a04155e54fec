"""The composition root of the queue: what runs jobs, where frames are kept, and what is left of the dead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tsplug.app import buffers, open_store, pipeline_modules, pipeline_tools, system_clock

if TYPE_CHECKING:
    from tsplug.ports import FrameStorage, FrameTask, PipelineModule, PipelineTools, Runner, Tell


def work_on_frame(task: FrameTask, tell: Tell) -> None:
    """Do one job of the image pipeline in this process, which keeps the store and a folder for temporary files."""
    from tsplug.services.jobs.fencing import check_lease
    from tsplug.services.jobs.frame_work import work_on_frame as work
    from tsplug.services.jobs.moved_frames import work_where_it_is
    from tsplug.services.jobs.stored_work import is_stored, work_on_stored

    _own_temporary_folder()
    tools, modules = _pipeline_at(task.store_url)

    def on_copy(local: FrameTask) -> None:
        work(local, tell, tools=tools, modules=modules, clock=system_clock())
        check_lease(task, tools.store)

    def there(found: FrameTask) -> None:
        if not is_stored(found.file):
            work(found, tell, tools=tools, modules=modules, clock=system_clock())
            return
        with buffers().claimed() as folder:
            copy = folder / "frame"
            copy.mkdir()
            work_on_stored(found, frame_storage(found.file.rpartition("/")[0]), folder=copy, work=on_copy)

    work_where_it_is(task, there, store=tools.store, files=tools.files)


def work_on_frame_again(task: FrameTask, tell: Tell) -> None:
    """Do one job that may have been begun elsewhere already, by a machine that is out of reach; it writes no more."""
    from tsplug.services.jobs.fencing import taken_over

    tools, _ = _pipeline_at(task.store_url)
    task = taken_over(task, tools.store, at=system_clock().now())
    if "://" not in task.file:
        sweep_buffers(Path(task.file))
    work_on_frame(task, tell)


@cache
def _pipeline_at(store_url: str) -> tuple[PipelineTools, tuple[PipelineModule, ...]]:
    store = open_store(store_url, system_clock(), create=False, keep_copy=False)
    return pipeline_tools(store), pipeline_modules()


@cache
def _own_temporary_folder() -> Path:
    """Let whatever this process and its children leave half done lie where `sweep_buffers` finds it."""
    import atexit
    import os
    import tempfile

    claim = buffers().claimed()
    folder = claim.__enter__()
    atexit.register(claim.__exit__, None, None, None)
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    return folder


def sweep_buffers(file: Path | None = None) -> int:
    """Remove or complete what processes left half done that are gone, in the buffers and of a frame; return how much.

    What was removed is counted; a header is completed.
    """
    from tsplug.files.headers.turns import finish_header
    from tsplug.files.parts import sweep_parts

    if file is not None:
        finish_header(file)
    return buffers().sweep() + (0 if file is None else sweep_parts(file, at=system_clock().now()))


def frame_storage(place: str) -> FrameStorage:
    """Return the storage that a folder or an address like ``s3://bucket/frames`` names.

    Raises:
        InputError: there is no such kind of place, or what reaches it is not installed.
    """
    from tsplug.files.storage import storage_at

    return storage_at(place)


def list_folder(folder: Path) -> Mapping[str, tuple[int, int]]:
    """Return size and time of the last change of every frame in and below a folder, by path."""
    from tsplug.files.folder_listing import list_folder as listed

    return listed(folder)


def dask_runner(scheduler: str) -> Runner:
    """Return what runs jobs on the workers of a Dask cluster.

    Raises:
        InputError: nobody answers at the scheduler's address, or Dask is not installed.
    """
    from tsplug.jobs.dask_runner import DaskRunner

    return DaskRunner("tsplug.app_jobs:work_on_frame_again", scheduler=scheduler)


def local_runner(processes: int) -> Runner:
    """Return what runs jobs in processes of this machine."""
    from tsplug.jobs.local import LocalRunner

    return LocalRunner("tsplug.app_jobs:work_on_frame", processes=processes)
