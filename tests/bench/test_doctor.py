"""What examining a store costs beside reading its file once, and how cost and memory grow with the number of images."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from front_queries import catalogue
from large_store import fill
from stopwatch import line

from tsplug.ports import FrameStatus
from tsplug.services.catalogue import load_catalogue
from tsplug.services.doctor import examine
from tsplug.store.database import SqlStore, transaction
from tsplug.store.opening import open_sql_store
from tsplug.testing import ManualClock, PresentFiles

SIZES = (10_000, 100_000, 1_000_000)


class AllPresent(PresentFiles):
    def status(self, file: Path) -> FrameStatus:
        return FrameStatus(exists=True)


def large(file: Path, count: int) -> SqlStore:
    """Return a store of so many images, without thumbnails: their decoding is no matter of the store's size."""
    store = open_sql_store(str(file), ManualClock())
    load_catalogue(catalogue(), store, clock=ManualClock())
    fill(store, count)
    with transaction(store._engine, writable=True) as connection:
        connection.exec_driver_sql("DELETE FROM thumbnail")
    return store


@pytest.mark.timeout(1800)
def test_an_examination_grows_with_the_store_and_its_memory_does_not(tmp_path: Path) -> None:
    """Seconds for each size beside reading the file, and the most memory that the smaller ones needed at once."""
    for count in SIZES:
        file = tmp_path / f"{count}.sqlite"
        store = large(file, count)
        begun = time.perf_counter()
        checked = examine(store, AllPresent()).checked
        ours = time.perf_counter() - begun
        begun = time.perf_counter()
        file.read_bytes()
        print(line(f"examine {count} images", ours_s=ours, peer="file read", peer_s=time.perf_counter() - begun))
        print(f"  {checked} checks, {ours / count * 1e6:.0f} us an image")
        if count < SIZES[-1]:
            tracemalloc.start()
            examine(store, AllPresent())
            print(f"  peak of {tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB")
            tracemalloc.stop()
        store.close()
