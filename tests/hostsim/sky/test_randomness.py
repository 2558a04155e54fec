"""Random streams are named, repeatable and independent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from hostsim.sky.randomness import hours_since_epoch, microseconds_since_epoch, stream


def test_streams_are_repeatable_and_apart() -> None:
    """The same seed, name and keys repeat; changing any of them gives other numbers."""
    first = stream(1, "a", 2).random(4)
    assert np.array_equal(first, stream(1, "a", 2).random(4))
    for other in (stream(2, "a", 2), stream(1, "b", 2), stream(1, "a", 3), stream(1, "a", -2)):
        assert not np.array_equal(first, other.random(4))


def test_streams_are_the_same_everywhere() -> None:
    """The numbers are fixed for good: a changed stream would change every recorded night."""
    assert stream(1, "a", 2).integers(0, 1000, 3).tolist() == [626, 607, 199]


def test_moments_count_whatever_their_zone() -> None:
    """A moment has one number, in whichever zone it is written."""
    moment = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(hours=5)))
    assert microseconds_since_epoch(moment) == microseconds_since_epoch(elsewhere)
    assert microseconds_since_epoch(moment) / 3.6e9 == pytest.approx(hours_since_epoch(moment))
    assert hours_since_epoch(datetime(2000, 1, 2, tzinfo=UTC)) == 24.0
