"""A runner without processes: tests say what its tasks tell and how they end, and time passes while it waits."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.model import JobStep, ModuleState
from tsplug.ports import FrameTask, MoreTime, TaskNews
from tsplug.testing import ManualClock


class FakeRunner:
    """Takes tasks and does nothing with them."""

    def __init__(self, clock: ManualClock, slots: int = 2) -> None:
        self._clock = clock
        self._slots = slots
        self.news: list[TaskNews] = []
        self.running: dict[int, FrameTask] = {}
        self.started: list[FrameTask] = []
        self.stopped: list[int] = []
        self.lost = 0
        self.refusal: OSError | None = None
        """What the system says instead of starting one more process."""

    def free(self) -> int:
        """Return how many more tasks it takes."""
        return self._slots - len(self.running)

    def stuck(self) -> int:
        """Return how many places are lost."""
        return self.lost

    def start(self, key: int, task: FrameTask) -> None:
        """Take a task."""
        assert key not in self.running
        assert self.free() > 0
        if self.refusal is not None:
            raise self.refusal
        self.running[key] = task
        self.started.append(task)

    def stop(self, key: int) -> bool:
        """Drop a task."""
        self.stopped.append(key)
        self.running.pop(key, None)
        return not self.lost

    def wait(self, timeout_s: float) -> Sequence[TaskNews]:
        """Return what tests said; let time pass where that is nothing."""
        news, self.news = self.news, []
        if not news:
            self._clock.advance(timeout_s)
        return news

    def close(self) -> None:
        """Drop all."""
        self.running.clear()

    def tell(self, key: int, module: str, state: str, message: str = "") -> None:
        """Let a task tell of a module."""
        step = JobStep(job_id=key, module=module, state=ModuleState(state), message=message)
        self.news.append(TaskNews(key, told=step))

    def ask_time(self, key: int, more_s: float) -> None:
        """Let a module take longer than others."""
        self.news.append(TaskNews(key, told=MoreTime(more_s)))

    def begin(self, key: int, *, begun: bool) -> None:
        """Let a task wait for a free machine, or begin there."""
        self.news.append(TaskNews(key, begun=begun))

    def end(self, key: int, problem: str = "", *, passing: bool = False, away: bool = False) -> None:
        """Let a task end."""
        self.running.pop(key)
        self.news.append(TaskNews(key, ended=True, problem=problem, passing=passing, away=away))
