"""The meridian window and the flip's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from tsplug.planning.meridian import MeridianLimits, minutes_from_transit


@pytest.mark.parametrize(("window", "inside"), [(0, [True] * 5), (60, [False, True, True, True, False])])
def test_a_window_reaches_so_many_minutes_to_each_side(window: float, inside: list[bool]) -> None:
    """The borders belong to it; without a window everything is inside."""
    assert MeridianLimits(window, 0, 0).in_window(np.array([-61.0, -60, 0, 60, 61])).tolist() == inside


def test_the_flip_forbids_from_the_pause_to_the_flip_with_half_a_minute_around() -> None:
    """With 10 minutes before and 5 after, nothing is exposed from -10.5 to +5.5 minutes."""
    minutes = np.array([-10.6, -10.5, 0, 5.5, 5.6])
    assert MeridianLimits(0, 10, 5).can_track(minutes).tolist() == [True, False, False, False, True]
    assert MeridianLimits(0, 0, 5).can_track(minutes).all()


def test_minutes_are_sidereal() -> None:
    """15.04 degrees pass in an hour, so 90 degrees in 359 minutes."""
    assert minutes_from_transit(np.array([90.0]))[0] == pytest.approx(359.017, abs=0.001)


def test_ic_1805_transits_when_it_does(make: Any) -> None:
    """A transit is the moment of the highest altitude, to the minute of the tables."""
    site = make.site(56.5, 0.0)
    candidate = make.candidate(guid="ic", ra_hours=2 + 32.7 / 60, dec_deg=61.45)
    now = datetime(2023, 12, 17, 21, tzinfo=UTC)
    tables = make.situation(now, (candidate,), site=site).outlook.tables
    transit = tables.transit(0, tables.sample_before(now))
    assert transit is not None
    truth = float(np.argmax(tables.altitude_deg[0]))
    assert abs((transit - tables.night.start).total_seconds() / 60 - truth) < 1.0
