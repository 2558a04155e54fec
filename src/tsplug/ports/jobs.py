"""The queue of the image pipeline as services see it: which jobs to list, and what runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from tsplug.model import JobState, Value


class JobQuery(Value):
    """Which jobs to list; None leaves a field open.

    ``due_at`` chooses those that wait and may begin at a moment: their time has come, and no other job works on their
    file; they come in the order of the queue. ``expired_at`` chooses running ones whose lease ended by then. Without
    ``due_at`` the newest come first. ``before_id`` goes on behind a job.
    """

    ids: tuple[int, ...] | None = None
    states: tuple[JobState, ...] | None = None
    files: tuple[str, ...] | None = None
    owner: str | None = None
    due_at: datetime | None = None
    expired_at: datetime | None = None
    before_id: int | None = None
    limit: int | None = None


@dataclass(frozen=True)
class FrameTask:
    """What a process is told of a job: everything that it needs, in plain values that travel to other machines.

    ``store_url`` is where the records are; ``switched`` says of modules by name whether they are on. ``address`` is
    what the frame is known by where ``file`` is a copy of what lies in a storage. ``owner`` is who has the job: once
    another has it, nothing is written into the frame any more; empty asks nobody. ``begun_at`` tells one attempt of an
    owner from the next. ``profile_id`` is the rig of a frame that has no record. ``stopped`` holds modules that are not
    tried again, with the reason. ``previews`` is the folder for the picture where that is not to lie where
    the rig wants it.
    """

    job_id: int
    file: str
    store_url: str = field(repr=False)
    image_id: int | None = None
    switched: Mapping[str, bool] = field(default_factory=dict)
    profile_id: int | None = None
    address: str = ""
    owner: str = ""
    begun_at: datetime | None = None
    stopped: Mapping[str, str] = field(default_factory=dict)
    previews: str = ""


@dataclass(frozen=True)
class TaskNews:
    """What a runner has to say of a task: something it told (``told``), that it ended, or whether it has begun.

    ``begun`` is False of a task that waits for a free machine, and True once it is at work there; None says nothing of
    that, and a task of which nothing is said has begun when it was started.

    ``problem`` is empty when it ended well; ``passing`` says that another attempt may succeed, because its process was
    killed or the store was away, and ``away`` that none can as long as the disk or the storage of its frame does not
    answer.
    """

    key: int
    told: object = None
    ended: bool = False
    problem: str = ""
    passing: bool = False
    away: bool = False
    begun: bool | None = None


@dataclass(frozen=True)
class MoreTime:
    """What a task tells where the module at work may take longer than others, in seconds."""

    more_s: float


Tell = Callable[[object], None]
"""Sends a picklable value to whoever started a task."""

Work = Callable[[FrameTask, Tell], None]
"""What a runner runs: a function that can be imported by name in another process."""


class Runner(Protocol):
    """Runs tasks beside each other, in processes of this machine or of others."""

    def free(self) -> int:
        """Return how many more tasks it can take now."""
        ...

    def stuck(self) -> int:
        """Return how many of its places are taken by what was ended and does not end."""
        ...

    def start(self, key: int, task: FrameTask) -> None:
        """Begin a task; ``key`` names it in news.

        Raises:
            OSError: the machine cannot do one more right now.
        """
        ...

    def stop(self, key: int) -> bool:
        """End a task at once, whatever it does, without further news of it; nothing happens to one that is gone.

        One that cannot be ended is left, and takes the place of another until it ends.

        Returns:
            Whether it is gone; one that waits for a disk which does not answer is not.
        """
        ...

    def wait(self, timeout_s: float) -> Sequence[TaskNews]:
        """Return what is new; wait for it for a while where nothing is.

        Raises:
            NetworkError: what runs tasks cannot be reached any more; what was started comes to nothing.
        """
        ...

    def close(self) -> None:
        """End everything that runs."""
        ...


class BufferSweep(Protocol):
    """Removes what processes that died left half done: in the buffers, and beside a frame."""

    def __call__(self, file: Path | None = None) -> int:
        """Remove it, and return how much there was; what belongs to processes that live stays."""
        ...
