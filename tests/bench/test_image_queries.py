"""What the fronts' queries cost in stores of a thousand, a hundred thousand and a million images, on both databases."""

from __future__ import annotations

import time

import pytest
from databases import Database
from front_queries import QUERIES, LargeStore, catalogue
from large_store import fill
from stopwatch import best_s

from tsplug.services.catalogue import load_catalogue
from tsplug.store.database import transaction
from tsplug.store.opening import open_sql_store
from tsplug.testing import ManualClock

SIZES = (1_000, 100_000, 1_000_000)


@pytest.mark.timeout(1200)
def test_cost_of_queries_beside_the_same_in_a_small_store(database: Database) -> None:
    """Each query finds as much in every store, so a ratio of 1 means that its cost does not follow the table."""
    stores = [_filled(database.empty_url(), size) for size in SIZES]
    print(f"\n{database.kind:<44}" + "".join(f"{size:>12,} images" for size in SIZES))
    for name, query in QUERIES.items():
        times_s = [best_s(lambda at=at, query=query: query(at)) for at in stores]  # type: ignore[misc]
        cells = (f"{taken_s * 1e3:9.2f} ms {taken_s / times_s[0]:5.2f} x" for taken_s in times_s)
        print(f"{name:<44}" + " ".join(cells))
    for at in stores:
        at.store.close()


def _filled(url: str, size: int) -> LargeStore:
    begun = time.perf_counter()
    store = open_sql_store(url, ManualClock())
    load_catalogue(catalogue(), store, clock=ManualClock())
    fill(store, size)
    if store._engine.dialect.name == "postgresql":
        # A server in use does so by itself.
        with transaction(store._engine, writable=True) as connection:
            connection.exec_driver_sql("ANALYZE")
    print(f"\n{size:,} images stored in {time.perf_counter() - begun:.1f} s", end="")
    return LargeStore(store, size)
