"""How long a run takes, as it is told before it begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tsplug.flats.estimate import FRAME_OVERHEAD_S, frame_overhead_s, steps_s
from tsplug.flats.steps import CloseCover, LightOff, RotateTo
from tsplug.model import FlatSet

NOW = datetime(2026, 1, 16, 6, tzinfo=UTC)


def taken(seconds: float, *, wanted: int = 10) -> FlatSet:
    """Return a complete set of frames of 2 s that took so long."""
    return FlatSet(
        profile_id=1,
        filter_name="L",
        brightness=1,
        exposure_s=2.0,
        wanted=wanted,
        night=date(2026, 1, 15),
        started=NOW,
        finished=NOW + timedelta(seconds=seconds),
    )


def test_moves_have_usual_times() -> None:
    """Moves take round numbers of seconds."""
    assert steps_s([CloseCover(), RotateTo(mechanical_deg=3.0), LightOff()]) == pytest.approx(51.0)


def test_what_a_frame_takes_is_measured() -> None:
    """Earlier sets tell what a frame takes beside its exposure; a set that was interrupted for hours does not."""
    assert frame_overhead_s([]) == FRAME_OVERHEAD_S
    assert frame_overhead_s([taken(35.0), taken(37.0), taken(36.0), taken(9000.0)]) == pytest.approx(1.6)
