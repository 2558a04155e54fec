"""What commands open, and the moments they are given."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import typer

from tsplug.cli.opening import Common, parse_moment


def test_the_clock_of_a_given_moment_is_in_utc() -> None:
    """``--at`` takes any offset; the clock tells UTC as every clock does, so no text shows another zone as UTC."""
    now = Common(at="2026-01-15T21:00:00+01:00").clock().now()
    assert (now, now.tzinfo) == (datetime(2026, 1, 15, 20, tzinfo=UTC), UTC)


@pytest.mark.parametrize("text", ["2026-01-15T21:00:00", "tonight"])
def test_a_moment_needs_an_offset(text: str) -> None:
    """What is no time, or belongs to no zone, is wrong use and shows an example."""
    with pytest.raises(typer.BadParameter, match=r"2026-01-15T21:00:00\+01:00"):
        parse_moment(text, "--at")
