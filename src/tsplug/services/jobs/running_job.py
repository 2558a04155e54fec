"""A job that a worker has at work: how far its modules are, and what to do about one that hangs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tsplug.model import Job, JobStep, ModuleState
from tsplug.ports import FrameTask

_BEFORE_MODULES = "the frame"


@dataclass
class RunningJob:
    """One job at work; ``hung`` holds what was stopped because it took too long, by module."""

    job: Job
    store_url: str
    since: datetime
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
        """Return what a process is told: all that is wanted but what hung."""
        switched = {**self.job.switched, **dict.fromkeys(self.hung, False)}
        return FrameTask(self.key, self.job.file, self.store_url, self.job.image_id, switched, owner=self.job.owner)

    def take(self, step: JobStep, *, at: datetime) -> None:
        """Take in that a module has begun or ended; another attempt does not make good what hung."""
        self.steps[step.module] = step
        self.since = at
        self.written = False

    def begin(self, begun: bool, *, at: datetime) -> None:
        """Take in that it has begun, or waits."""
        self.waits, self.since = not begun, at

    def stop_module(self, after_s: float, *, at: datetime) -> bool:
        """Note that the module at work was stopped, and return whether the others can go on without it."""
        name = self.module
        message = f"stopped after {after_s:.0f} s without an end"
        spent_s = max(0.0, (at - self.since).total_seconds())
        step = JobStep(
            job_id=self.key,
            module=name or _BEFORE_MODULES,
            state=ModuleState.FAILED,
            duration_s=spent_s,
            message=message,
        )
        self.hung[step.module] = self.steps[step.module] = step
        self.since, self.written = at, False
        waiting = any(each.state in (ModuleState.PENDING, ModuleState.RUNNING) for each in self.steps.values())
        return bool(name) and waiting

    def all_steps(self) -> list[JobStep]:
        """Return the modules in the order of the pipeline; what hung stays failed."""
        return list({**self.steps, **self.hung}.values())
