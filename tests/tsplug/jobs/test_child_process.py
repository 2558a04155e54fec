"""What a process tells of how a task ended."""

from __future__ import annotations

import pytest

from tsplug.errors import FileError, InputError, OutOfReachError, StoreUnavailableError
from tsplug.jobs.child_process import outcome
from tsplug.ports import FrameTask, TaskNews


@pytest.mark.parametrize(
    ("error", "problem", "more"),
    [
        (None, "", {}),
        (StoreUnavailableError("the store is away"), "the store is away", {"passing": True}),
        (OutOfReachError("s3://frames cannot be reached"), "s3://frames cannot be reached", {"away": True}),
        (FileError("a.fits: truncated"), "a.fits: truncated", {}),
        (InputError("there is no module 'x'"), "there is no module 'x'", {}),
        (KeyError("x"), "KeyError: 'x'", {}),
    ],
)
def test_what_may_be_back_is_tried_again(error: Exception | None, problem: str, more: dict[str, bool]) -> None:
    """A store that does not answer costs a job one attempt of several, a storage none; what is wrong stays wrong."""

    def work(task: FrameTask, tell: object) -> None:
        if error is not None:
            raise error

    told = outcome(work, 7, task=FrameTask(1, "/a", ""), tell=lambda value: None)
    assert told == TaskNews(7, ended=True, problem=problem, **more)
