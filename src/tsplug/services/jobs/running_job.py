"""A job that a worker has at work: how far its modules are, and what to do about one that hangs."""

from __future__ import annotations

from dataclasses import dataclass, field

from tsplug.model import Job, JobState, JobStep, ModuleState
from tsplug.model.job_flow import ENDED
from tsplug.ports import FrameTask

_BEFORE_MODULES = "the frame"
_STOPPED = "stopped after "
_UNFINISHED = (ModuleState.PENDING, ModuleState.RUNNING)


@dataclass
class RunningJob:
    """One job at work, ``since_s`` in seconds of a steady clock.

    ``hung`` holds what was stopped because it took too long, by module, in this attempt or one before.
    """

    job: Job
    store_url: str
    since_s: float
    steps: dict[str, JobStep] = field(default_factory=dict)
    hung: dict[str, JobStep] = field(default_factory=dict)
    waits: bool = False
    """Whether it waits for a free machine, which is not held against it."""
    written: bool = True
    """Whether the store knows the steps as they are."""
    known: bool = False
    """Whether the store knows of any step."""
    starting: bool = True
    """Whether its process has told nothing yet, which takes its time to begin."""
    more_s: float = 0.0
    """How much longer than others the module at work may take, in seconds."""

    @property
    def key(self) -> int:
        """Return the job's id."""
        return self.job.id or 0

    @property
    def module(self) -> str:
        """Return the module at work; empty before the first and after the last."""
        return next((name for name, step in self.steps.items() if step.state is ModuleState.RUNNING), "")

    def task(self) -> FrameTask:
        """Return what a process is told: all that is wanted, and what hung."""
        job = self.job
        return FrameTask(
            self.key,
            job.file,
            self.store_url,
            job.image_id,
            job.switched,
            job.profile_id,
            owner=job.owner,
            begun_at=job.started_at,
            stopped={name: step.message for name, step in self.hung.items()},
            previews=job.previews,
        )

    def take(self, step: JobStep, *, at_s: float) -> None:
        """Take in that a module has begun or ended; another attempt does not make good what hung."""
        self.steps[step.module] = step
        self.since_s, self.more_s, self.starting = at_s, 0.0, False
        self.written = False

    def begin(self, begun: bool, *, at_s: float) -> None:
        """Take in that it has begun, or waits."""
        self.waits, self.since_s = not begun, at_s

    def stop_module(self, after_s: float, *, at_s: float) -> bool:
        """Note that the module at work was stopped, and return whether the others can go on without it."""
        name = self.module
        step = JobStep(
            job_id=self.key,
            module=name or _BEFORE_MODULES,
            state=ModuleState.FAILED,
            duration_s=at_s - self.since_s,
            message=f"{_STOPPED}{after_s:.0f} s without an end",
        )
        self.hung[step.module] = self.steps[step.module] = step
        self.since_s, self.written, self.starting = at_s, False, True
        waiting = any(each.state in _UNFINISHED for each in self.steps.values())
        return bool(name) and waiting

    def forget_steps(self) -> None:
        """Forget what was told of the modules."""
        self.steps.clear()
        self.hung.clear()

    def all_steps(self) -> list[JobStep]:
        """Return the modules in the order of the pipeline; what hung stays failed."""
        return list({**self.steps, **self.hung}.values())


def step_at_end(step: JobStep, job: Job) -> JobStep:
    """Return a module as it is when nobody works on its job any more, whatever stopped that.

    Args:
        step: the module as it was told last.
        job: the job, which has ended or waits for another attempt.
    """
    if step.state is ModuleState.RUNNING and job.state is not JobState.CANCELLED:
        # A job that was given back unharmed has no message, and its modules wait as it does.
        state = ModuleState.FAILED if job.message else ModuleState.PENDING
        return step.model_copy(update={"state": state, "message": job.message})
    if step.state in _UNFINISHED and job.state in ENDED:
        message = "cancelled" if job.state is JobState.CANCELLED else "not begun"
        return step.model_copy(update={"state": ModuleState.SKIPPED, "message": message})
    return step


def was_stopped(step: JobStep) -> bool:
    """Return whether a module was stopped because it took too long, and would again."""
    return step.state is ModuleState.FAILED and step.message.startswith(_STOPPED)
