"""What commands open, and the moments they are given."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from tsplug.cli.opening import Common, parse_moment
from tsplug.errors import InputError
from tsplug.model import Site
from tsplug.ports import Store


def test_the_clock_of_a_given_moment_is_in_utc() -> None:
    """``--at`` takes any offset; the clock tells UTC as every clock does, so no text shows another zone as UTC."""
    now = Common(at="2026-01-15T21:00:00+01:00").clock().now()
    assert (now, now.tzinfo) == (datetime(2026, 1, 15, 20, tzinfo=UTC), UTC)


@pytest.mark.parametrize("text", ["2026-01-15T21:00:00", "tonight"])
def test_a_moment_needs_an_offset(text: str) -> None:
    """What is no time, or belongs to no zone, is wrong use and shows an example."""
    with pytest.raises(typer.BadParameter, match=r"2026-01-15T21:00:00\+01:00"):
        parse_moment(text, "--at")


def test_a_new_store_goes_with_the_work_that_failed(tmp_path: Path) -> None:
    """A store made for work that fails is taken away while it is empty, with what lies beside it."""
    with pytest.raises(InputError), Common(db=str(tmp_path / "new.sqlite")).store(create=True):
        raise InputError("no")
    assert list(tmp_path.iterdir()) == []


def keep_and_fail(store: Store) -> None:
    with store.write() as unit:
        unit.add(Site(name="Sternwarte", latitude_deg=47, longitude_deg=8))
    raise InputError("no")


def test_a_store_with_something_in_it_stays(tmp_path: Path) -> None:
    """What was stored before the work failed stays, and so does a store that was there before, though it be empty."""
    common = Common(db=str(tmp_path / "new.sqlite"))
    with pytest.raises(InputError), common.store(create=True) as store:
        keep_and_fail(store)
    with common.store() as store, store.read() as unit:
        assert unit.count(Site) == 1
    empty = Common(db=str(tmp_path / "empty.sqlite"))
    with empty.store(create=True):
        pass
    with pytest.raises(InputError), empty.store(create=True):
        raise InputError("no")
    assert (tmp_path / "empty.sqlite").exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite+pysqlite:///", "sqlite:///?timeout=3"])
def test_an_address_without_a_file_is_refused(url: str) -> None:
    """What would be lost at the end of the command is refused; a store in memory has to be asked for by name."""
    with pytest.raises(InputError, match="names no file"), Common(db=url).store(create=True):
        pass
    with Common(db=":memory:").store(create=True) as store, store.read() as unit:
        assert unit.count(Site) == 0
