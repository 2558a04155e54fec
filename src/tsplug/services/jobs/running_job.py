"""A job that a worker has at work: how far its modules are, and what to do about one that hangs."""

from __future__ import annotations

from dataclasses import dataclass, field

from tsplug.model import Job, JobStep, ModuleState
from tsplug.ports import FrameTask

_BEFORE_MODULES = "the frame"
_STOPPED = "stopped after "


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
        )

    def take(self, step: JobStep, *, at_s: float) -> None:
        """Take in that a module has begun or ended; another attempt does not make good what hung."""
        self.steps[step.module] = step
        self.since_s = at_s
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
        self.since_s, self.written = at_s, False
        waiting = any(each.state in (ModuleState.PENDING, ModuleState.RUNNING) for each in self.steps.values())
        return bool(name) and waiting

    def all_steps(self) -> list[JobStep]:
        """Return the modules in the order of the pipeline; what hung stays failed."""
        return list({**self.steps, **self.hung}.values())


def was_stopped(step: JobStep) -> bool:
    """Return whether a module was stopped because it took too long, and would again."""
    return step.state is ModuleState.FAILED and step.message.startswith(_STOPPED)
