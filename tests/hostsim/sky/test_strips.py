"""A frame falls into strips that are all worked on, once."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.strips import Strip, share_out, strips


@given(st.integers(1, 7000), st.integers(1, 200_000))
def test_strips_cover_the_frame(columns: int, pixels_per_column: int) -> None:
    """Strips follow each other without gap or overlap, numbered, each at most the cache's size or one column."""
    parts = strips(columns, pixels_per_column=pixels_per_column)
    assert [part.number for part in parts] == list(range(len(parts)))
    assert [part.first for part in parts] == [0, *(part.end for part in parts[:-1])]
    assert parts[-1].end == columns
    assert max(part.end - part.first for part in parts) <= max(1, 65_536 // pixels_per_column)


def test_every_strip_is_worked_on_once() -> None:
    """Whatever the number of threads, each strip is somebody's."""
    parts, done, lock = strips(1000, pixels_per_column=5000), [], threading.Lock()

    def work(mine: list[Strip]) -> None:
        with lock:
            done.extend(part.number for part in mine)

    share_out(parts, work)
    assert sorted(done) == [part.number for part in parts]


@pytest.mark.parametrize("columns", [1, 1000])
def test_errors_are_raised(columns: int) -> None:
    """What goes wrong in a strip is raised to who asked, on one thread or several."""

    def work(mine: list[Strip]) -> None:
        raise ValueError(f"{len(mine)} strips")

    with pytest.raises(ValueError, match="strips"):
        share_out(strips(columns, pixels_per_column=65_536), work)
