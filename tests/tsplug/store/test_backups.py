from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tsplug.errors import StoreUnavailableError
from tsplug.store.backups import keep_copy, rotate_backup


def write(file: Path, number: int) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS t (n)")
        connection.execute("INSERT INTO t VALUES (?)", (number,))


def newest(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT max(n) FROM t").fetchone()[0])


def test_three_backups_rotate(tmp_path: Path) -> None:
    """The newest three states of a store are kept, the newest as number 1."""
    file = tmp_path / "store.sqlite"
    for number in range(1, 6):
        write(file, number)
        rotate_backup(file)
    kept = {path.name: newest(path) for path in tmp_path.glob("*backup*")}
    assert kept == {"store-backup-1.sqlite": 5, "store-backup-2.sqlite": 4, "store-backup-3.sqlite": 3}


def test_unchanged_store_is_not_copied_again(tmp_path: Path) -> None:
    """Starts that change nothing leave the earlier backups where they are."""
    file = tmp_path / "store.sqlite"
    write(file, 1)
    for _ in range(4):
        rotate_backup(file)
    assert [path.name for path in tmp_path.glob("*backup*")] == ["store-backup-1.sqlite"]


def test_failing_backup_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A backup that cannot be made costs a log line, not the night."""
    file = tmp_path / "store.sqlite"
    file.write_text("not a database")
    with caplog.at_level(logging.WARNING):
        rotate_backup(file)
    assert "no backup of" in caplog.text
    assert [path.name for path in tmp_path.iterdir()] == ["store.sqlite"]


def test_copy_before_a_migration_must_succeed(tmp_path: Path) -> None:
    """Where the copy cannot be made, the migration is refused."""
    file = tmp_path / "store.sqlite"
    write(file, 1)
    (tmp_path / "store-before-0002.sqlite").mkdir()
    with pytest.raises(StoreUnavailableError, match="cannot be backed up"):
        keep_copy(file, "before-0002")


def test_a_damaged_store_replaces_no_backup(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where pages are damaged the good backups stay, and the log says what to do."""
    file = tmp_path / "store.sqlite"
    for number in range(1, 4):
        write(file, number)
        rotate_backup(file)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*backup*")}
    data = bytearray(file.read_bytes())
    data[4096:4200] = b"\xa5" * 104
    file.write_bytes(data)
    rotate_backup(file)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*backup*")} == before
    assert "is damaged" in caplog.text
    assert "restore it from" in caplog.text
    with pytest.raises(StoreUnavailableError, match=r"is damaged \(.*nothing was changed"):
        keep_copy(file, "before-fix")
    assert len(list(tmp_path.iterdir())) == 1 + len(before)


def test_what_a_killed_program_left_in_its_log_is_kept(tmp_path: Path) -> None:
    """Records that only the write-ahead log holds are in the backup, which needs no log of its own."""
    file = tmp_path / "store.sqlite"
    writing = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA journal_mode = WAL'); c.execute('CREATE TABLE t (n)');"
        "c.execute('PRAGMA wal_checkpoint(TRUNCATE)'); c.execute('INSERT INTO t VALUES (7)'); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", writing, str(file)], check=False).returncode == -9
    assert (tmp_path / "store.sqlite-wal").stat().st_size > 0
    rotate_backup(file)
    assert newest(tmp_path / "store-backup-1.sqlite") == 7
    assert not list(tmp_path.glob("*backup*-wal"))
