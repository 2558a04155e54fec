"""Processes of this machine run tasks, and whatever becomes of one of them, the others are not touched."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tsplug.jobs.local import LocalRunner
from tsplug.ports import FrameTask, TaskNews

LIMIT_S = 60
WORKS = Path(__file__).parents[2] / "jobs"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalRunner]:
    """Give a runner of two processes."""
    monkeypatch.setenv("PYTHONPATH", str(WORKS))
    runner = LocalRunner("works:by_name", processes=2, patience_s=LIMIT_S)
    yield runner
    try:
        in_time(runner.close)
    except AssertionError:
        for child in runner._children:
            child._process.kill()
        raise


def in_time(act: Callable[[], object]) -> None:
    """Do something that waits for a process to end; where none ends, fail instead of waiting for ever."""
    acting = threading.Thread(target=act, daemon=True)
    acting.start()
    acting.join(LIMIT_S)
    assert not acting.is_alive(), "a process that should have ended goes on"


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; it comes in no time at all, or never."""
    ends = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < ends, "it does not come to pass"
        time.sleep(0.01)


def start(runner: LocalRunner, key: int, file: Path) -> None:
    """Begin a task that does what the file's name says."""
    runner.start(key, FrameTask(key, str(file), "sqlite://"))


def news_until_end(runner: LocalRunner, key: int) -> list[TaskNews]:
    """Return all news of a task, the last of which is its end."""
    found: list[TaskNews] = []
    while not (found and found[-1].ended):
        got = runner.wait(LIMIT_S)
        assert got, "nothing came of it"
        found += [each for each in got if each.key == key]
    return found


def is_alive(process: str) -> bool:
    """Return whether a process runs, a zombie aside."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_task_tells_of_itself_and_ends(runner: LocalRunner) -> None:
    """What a task tells comes in order, what it prints does not disturb, and its process takes the next task."""
    for key, name in enumerate(("fine.fits", "print.fits"), start=1):
        start(runner, key, Path(name))
        news = news_until_end(runner, key)
        told = [getattr(each.told, "state", None) for each in news]
        assert told == ["running", "completed", None]
        assert (news[-1].problem, news[-1].passing, runner.free()) == ("", False, 2)
    assert len(runner._children) == 1


@pytest.mark.parametrize(
    ("name", "problem", "passing"),
    [
        ("raise", "ValueError: no such thing", False),
        ("away", "the store is away", True),
        ("crash", "its process was killed (SIGSEGV)", True),
        ("leave", "its process ended with status 7", True),
        ("end", "its process ended with status 3", True),
    ],
)
def test_a_task_that_fails_is_told_of(runner: LocalRunner, name: str, problem: str, passing: bool) -> None:
    """What a task raises is told, and so is the death of its process; the next task is run all the same."""
    start(runner, 1, Path(f"{name}.fits"))
    end = news_until_end(runner, 1)[-1]
    assert (end.problem, end.passing) == (problem, passing)
    start(runner, 2, Path("fine.fits"))
    assert news_until_end(runner, 2)[-1].problem == ""


def test_a_task_that_hangs_is_stopped_with_all_it_started(runner: LocalRunner, tmp_path: Path) -> None:
    """Stopping a task kills its process and what that has started; the other process goes on, and nothing is told."""
    start(runner, 1, tmp_path / "hang.fits")
    assert runner.wait(LIMIT_S)[0].key == 1
    start(runner, 2, tmp_path / "fine.fits")
    assert news_until_end(runner, 2)[-1].problem == ""
    pids = wait_for(tmp_path / "hang.pid").split()
    assert runner.free() == 1
    for _ in range(2):
        in_time(lambda: runner.stop(1))
    assert runner.free() == 2
    start(runner, 3, tmp_path / "fine_again.fits")
    assert {each.key for each in news_until_end(runner, 3)} == {3}
    assert [pid for pid in pids if is_alive(pid)] == []


def test_a_process_that_is_killed_takes_along_what_it_started(runner: LocalRunner, tmp_path: Path) -> None:
    """A solver does not outlive the process that started it, whoever kills that."""
    start(runner, 1, tmp_path / "hang.fits")
    own, other = wait_for(tmp_path / "hang.pid").split()
    os.kill(int(own), signal.SIGKILL)
    assert news_until_end(runner, 1)[-1].problem == "its process was killed (SIGKILL)"
    until(lambda: not is_alive(other))


def test_a_process_that_cannot_be_killed_keeps_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it for ever; no other takes its place until it is gone, which is told, and then one does."""
    monkeypatch.setenv("PYTHONPATH", str(WORKS))
    runner = LocalRunner("works:by_name", processes=1, patience_s=0.01)
    start(runner, 1, tmp_path / "hang.fits")
    own = int(wait_for(tmp_path / "hang.pid").split()[0])
    with monkeypatch.context() as deaf:
        # As one that waits for a disk: the signal is sent, and nothing comes of it.
        deaf.setattr("tsplug.jobs.child.end_session", lambda session: None)
        in_time(lambda: runner.stop(1))
    assert runner.free() == 0
    with pytest.raises(BlockingIOError, match="one that was killed does not end"):
        start(runner, 2, tmp_path / "fine.fits")
    os.kill(own, signal.SIGKILL)
    until(runner.free)
    start(runner, 2, tmp_path / "fine.fits")
    assert [each.key for each in news_until_end(runner, 2)] == [2] * 3
    in_time(runner.close)


def wait_for(file: Path) -> str:
    """Return what is in a file once there is something."""
    until(lambda: file.exists() and file.read_text(encoding="utf-8"))
    return file.read_text(encoding="utf-8")


def test_a_process_ends_when_its_parent_was_killed_amid_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a task is none: the process must not wait for the other half for ever."""
    monkeypatch.setenv("PYTHONPATH", str(WORKS))
    task = pickle.dumps((1, FrameTask(1, "fine.fits", "sqlite://")))
    command = [sys.executable, "-m", "tsplug.jobs.child_process", "works:by_name"]
    ended = subprocess.run(command, input=task[: len(task) // 2], start_new_session=True, timeout=LIMIT_S, check=False)
    assert ended.returncode != 0
