"""What bringing in a large Target Scheduler database costs beside copying its rows with bare SQLite."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from imports import export_file, import_file
from large_databases import make_large_database
from stopwatch import line

from tsplug.app import open_store
from tsplug.testing import ManualClock


@pytest.mark.timeout(600)
def test_a_large_import_beside_a_bare_copy(tmp_path: Path) -> None:
    """First and second import and export of 200 targets and 50 000 images, as ratios to a copy of the same rows."""
    file = make_large_database(tmp_path / "schedulerdb.sqlite")
    copy_s = _once_s(lambda: _bare_copy(file, tmp_path / "copy.sqlite"))
    store = open_store(str(tmp_path / "store.sqlite"), ManualClock())
    for name in ("first", "second"):
        import_s = _once_s(lambda: import_file(file, store))
        print(line(f"{name} import of 50 000 images", ours_s=import_s, peer="bare copy", peer_s=copy_s))
    export_s = _once_s(lambda: export_file(tmp_path / "out.sqlite", store))
    print(line("export of 50 000 images", ours_s=export_s, peer="bare copy", peer_s=copy_s))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    assert import_file(file, store).changes == 0
    store.close()


def _bare_copy(file: Path, copy: Path) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS source", (str(file),))
        tables = [row[0] for row in connection.execute("SELECT name FROM source.sqlite_master WHERE type = 'table'")]
        connection.execute("BEGIN")
        for table in tables:
            rows = connection.execute(f"SELECT * FROM source.{table}")
            marks = ", ".join("?" * len(rows.description))
            names = ", ".join(f'"{each[0]}"' for each in rows.description)
            connection.execute(f"CREATE TABLE main.{table} ({names})")
            connection.executemany(f"INSERT INTO main.{table} VALUES ({marks})", rows)
        connection.execute("COMMIT")


def _once_s(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun
