"""What a process does for one job: the modules that are wanted, over one frame, telling of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tsplug.errors import OutOfReachError
from tsplug.model import AcquiredImage, JobStep
from tsplug.model.wording import storable
from tsplug.ports import FrameFiles, FrameTask, MoreTime, PipelineModule, PipelineTools, SteadyClock, Tell
from tsplug.services.jobs.fencing import FencedEditor, FencedPictures, check_lease
from tsplug.services.pipeline.choosing import StoppedModule, chosen_modules
from tsplug.services.pipeline.frame import frame_at_work
from tsplug.services.pipeline.running import ModuleReport, run_modules


def work_on_frame(
    task: FrameTask, tell: Tell, *, tools: PipelineTools, modules: Sequence[PipelineModule], clock: SteadyClock
) -> None:
    """Run the modules of a job over its frame.

    Each state of a module is told as a `JobStep`, and `MoreTime` where it waits for programs.

    Raises:
        InputError: the job switches a module that there is not.
        StoreError: the store failed; another attempt may succeed.
        OutOfReachError: so it may where a disk or a storage did not answer.
        Cancelled: the job is another worker's by now.
    """
    store = tools.store
    if not task.address:
        _check_reach(Path(task.file), tools.files)

    def check() -> None:
        check_lease(task, store)

    tools = replace(tools, editor=FencedEditor(tools.editor, check), pictures=FencedPictures(tools.pictures, check))
    frame = frame_at_work(
        Path(task.file), tools, image=_image(task, tools), address=task.address, profile_id=task.profile_id
    )
    frame.previews = task.previews
    frame.on_more_time = lambda more_s: tell(MoreTime(more_s))
    chosen = chosen_modules(modules, frame.preferences, switched=task.switched)
    chosen = tuple(StoppedModule(each, why) if (why := task.stopped.get(each.name)) else each for each in chosen)
    run_modules(frame, chosen, clock=clock, on_state=lambda report: tell(_step(task, report)))


def _check_reach(file: Path, files: FrameFiles) -> None:
    """Let a job wait whose frame cannot be reached; one that is gone from its folder is for the modules to tell.

    Raises:
        OutOfReachError: its disk does not answer, or has gone with the folder.
    """
    status = files.status(file)
    if status.out_of_reach:
        raise OutOfReachError(f"{file}: {status.problem}")
    if not status.exists and not files.status(file.parent).exists:
        raise OutOfReachError(f"{file}: the folder {file.parent} is not there, as where a disk is not mounted")


def _image(task: FrameTask, tools: PipelineTools) -> AcquiredImage | None:
    if tools.store is None or task.image_id is None:
        return None
    with tools.store.read() as unit:
        return unit.find(AcquiredImage, id=task.image_id)


def _step(task: FrameTask, report: ModuleReport) -> JobStep:
    # The copy is gone when somebody reads this.
    said = report.message.replace(task.file, task.address) if task.address else report.message
    return JobStep(
        job_id=task.job_id,
        module=storable(report.module),
        state=report.state,
        duration_s=report.duration_s,
        message=storable(said),
    )
