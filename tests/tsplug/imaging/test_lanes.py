"""Work that two threads share."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tsplug.imaging.lanes import Meanwhile, in_lanes, in_order, slices


def test_every_part_is_worked_on_once_by_one_of_two_threads() -> None:
    """Both lanes get parts, none is left out, and none comes twice."""
    both = threading.Barrier(2, timeout=60.0)

    def lane(parts: Iterator[int]) -> list[int]:
        first = next(parts)
        both.wait()
        return [first, *parts]

    one, other = in_lanes(lane, range(100))
    assert one
    assert other
    assert sorted(one + other) == list(range(100))


@pytest.mark.parametrize("parts", [[], [3], list(range(50))], ids=["none", "one", "many"])
def test_results_come_in_the_order_of_the_parts(parts: list[int]) -> None:
    """Whichever thread is quicker, the order is that of the parts."""
    assert in_order(lambda part: part * part, parts) == [part * part for part in parts]


@pytest.mark.parametrize("fails_in", ["own", "beside"])
def test_what_a_lane_raises_comes_out_once_both_have_stopped(fails_in: str) -> None:
    """An error in either thread ends the other one at its next part, and is raised."""
    mine, both = threading.current_thread(), threading.Barrier(2, timeout=60.0)
    drawn: list[int] = []

    def lane(parts: Iterator[int]) -> None:
        next(parts)
        both.wait()
        if (threading.current_thread() is mine) == (fails_in == "own"):
            raise OSError("the disk is gone")
        for part in parts:
            drawn.append(part)
            time.sleep(0.001)

    with pytest.raises(OSError, match="the disk is gone"):
        in_lanes(lane, range(60_000))
    assert len(drawn) < 50_000


def test_work_that_is_begun_goes_on_beside_the_thread_that_began_it() -> None:
    """Who began it is free, and helps with what is left when it asks for the results, which come in order."""
    begun, free = threading.Event(), threading.Event()
    workers: list[threading.Thread] = []

    def work(part: int) -> int:
        workers.append(threading.current_thread())
        if part == 0:
            begun.set()
            assert free.wait(60.0)
        if part == 3:
            free.set()
        return 10 * part

    meanwhile = Meanwhile(work, range(4))
    meanwhile.begin()
    assert begun.wait(60.0)
    meanwhile.begin()
    assert meanwhile.results() == [0, 10, 20, 30]
    assert workers[0] is not threading.current_thread()
    assert workers[1:] == [threading.current_thread()] * 3


@pytest.mark.parametrize("parts", [[], [3], list(range(50))], ids=["none", "one", "many"])
def test_work_that_was_not_begun_is_done_when_its_results_are_asked_for(parts: list[int]) -> None:
    """Results come in order, whoever works on what."""
    assert Meanwhile(lambda part: part * part, parts).results() == [part * part for part in parts]


def test_what_begun_work_raises_comes_out_when_it_is_asked_for() -> None:
    """An error in the other thread is not lost."""

    def work(part: int) -> None:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        Meanwhile(work, [1, 2]).results()


@pytest.mark.parametrize("fails", [0, 1])
@pytest.mark.parametrize("parts", [[0, 1], [0, 1, 2, 3, 4]], ids=["two", "many"])
def test_what_work_raised_comes_out_again_when_it_is_asked_for_again(parts: list[int], fails: int) -> None:
    """Memory that was short once is told as such also by who asks next, whichever thread it was short in."""
    short = MemoryError("no room for a table")

    def work(part: int) -> int:
        if part == fails:
            raise short
        return part

    meanwhile = Meanwhile(work, parts)
    for _ in range(3):
        with pytest.raises(MemoryError) as raised:
            meanwhile.results()
        assert raised.value is short


def workers_of_two_lanes() -> set[threading.Thread]:
    """Return the threads that work where both lanes have a part."""
    both = threading.Barrier(2, timeout=60.0)

    def lane(parts: Iterator[int]) -> threading.Thread:
        next(parts)
        both.wait()
        return threading.current_thread()

    return set(in_lanes(lane, range(2)))


def test_threads_are_kept_for_the_next_work() -> None:
    """Work that comes after other work hardly ever begins a thread of its own."""
    workers = set().union(*(workers_of_two_lanes() for _ in range(40)))
    assert 2 <= len(workers) <= 9


def test_one_thread_does_all_while_the_others_are_busy() -> None:
    """Nobody waits for a thread that works for others: part by part is done meanwhile."""
    free = threading.Event()
    busy = [Meanwhile(lambda _: free.wait(60.0), [0]) for _ in range(30)]
    for each in busy:
        each.begin()
    alone = in_lanes(list, range(100))
    free.set()
    assert alone == (list(range(100)), [])
    assert [each.results() for each in busy] == [[True]] * 30


def test_slices_cover_everything_once() -> None:
    """The last slice may be shorter."""
    assert slices(7, 3) == [slice(0, 3), slice(3, 6), slice(6, 7)]
    assert slices(0, 3) == []


def test_one_thread_does_all_while_the_interpreter_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame that is at work when the program ends is measured to its end, though no thread can be begun any more."""
    monkeypatch.setattr("concurrent.futures.thread._shutdown", True)
    assert in_lanes(sum, range(100)) == (4950, 0)


# In a process of its own, where there is one thread beside, and that one is busy for a moment.
_NO_MORE_THREADS = """
import threading, time
from tsplug.imaging.lanes import Meanwhile, in_lanes, in_order

in_order(time.sleep, [0.01, 0.01])
time.sleep(0.05)
busy = Meanwhile(time.sleep, [0.05])
busy.begin()
time.sleep(0.01)

def refused(thread):
    raise RuntimeError("can't start new thread")

threading.Thread.start = refused
mine, made = threading.current_thread(), set()

def lane(parts):
    for part in parts:
        time.sleep(0.01 if threading.current_thread() is mine else 0.1)
        made.add(part)

in_lanes(lane, range(12))
print(sorted(set(range(12)) - made))
"""


def test_a_lane_that_no_thread_could_be_begun_for_is_not_begun_later() -> None:
    """The system has no more threads, and the one there is gets free amid the work: all parts are made by its end."""
    command = [sys.executable, "-c", _NO_MORE_THREADS]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (told.stdout.strip(), told.stderr) == ("[]", "")
