"""Hosts may fork while frames are measured."""

from __future__ import annotations

import multiprocessing
import os
import threading

import pytest

import tsplug.files.frames
from tsplug.imaging.lanes import in_order


def _measures_in_a_fork() -> None:
    if in_order(lambda part: part * part, [1, 2, 3]) != [1, 4, 9]:
        os._exit(1)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_process_that_was_forked_amid_measuring_measures_as_well() -> None:
    """It has none of the threads, and gets none of their locks, wherever frames are read."""
    assert tsplug.files.frames
    over = threading.Event()

    def measure() -> None:
        while not over.is_set():
            in_order(lambda part: part, [1, 2])

    beside = [threading.Thread(target=measure) for _ in range(2)]
    for thread in beside:
        thread.start()
    forked = [multiprocessing.get_context("fork").Process(target=_measures_in_a_fork) for _ in range(8)]
    try:
        for process in forked:
            process.start()
        for process in forked:
            process.join(60.0)
    finally:
        over.set()
        for process in forked:
            process.kill()
        for thread in beside:
            thread.join()
    assert [process.exitcode for process in forked] == [0] * len(forked)
