"""Which interrupted set a planned set continues."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.flats.resume import StartedSet, missing_numbers, resumable
from tsplug.model import FlatSet, FlatSetState, FlatSpec, TrainedFlat

NOW = datetime(2026, 1, 16, 6, tzinfo=UTC)
SPEC = FlatSpec(filter_name="L", gain=100, offset=30, binning=1, readout_mode=0, roi_percent=100.0, rotation_deg=359.9)
TRAINING = TrainedFlat(profile_id=1, filter_name="L", brightness=50, exposure_s=1.0, trained_at=NOW)


def begun(state: FlatSetState = FlatSetState.INTERRUPTED, **changes: Any) -> StartedSet:
    """Return a set of this night that fits the spec."""
    fields: dict[str, Any] = SPEC.model_dump() | {"brightness": 50, "exposure_s": 1.0}
    flat_set = FlatSet(profile_id=1, wanted=5, night=date(2026, 1, 15), state=state, started=NOW, **(fields | changes))
    return StartedSet(flat_set, frozenset({1, 2}))


def found(*started: StartedSet) -> StartedSet | None:
    """Return what is resumed of the sets begun."""
    return resumable(SPEC, TRAINING, started=started, tolerance_deg=1.0)


@pytest.mark.parametrize("state", list(FlatSetState))
def test_only_unfinished_sets_are_resumed(state: FlatSetState) -> None:
    """Running and interrupted sets are continued, finished and flagged ones are not."""
    item = begun(state)
    assert found(item) is (item if state in (FlatSetState.RUNNING, FlatSetState.INTERRUPTED) else None)


@pytest.mark.parametrize(
    "change",
    [{"brightness": 51}, {"exposure_s": 1.1}, {"rotation_deg": 2.0}, {"rotation_deg": None}, {"gain": 0}],
)
def test_panel_spec_and_angle_must_match(change: dict[str, Any]) -> None:
    """A set lit, exposed, turned or read out otherwise is taken anew; a near angle will do."""
    assert found(begun(**change)) is None
    assert found(begun(rotation_deg=0.5)) is not None


def test_a_corrected_exposure_matches_after_a_flagged_set() -> None:
    """Where the trained exposure was flagged tonight, a set with the corrected one is continued."""
    corrected = begun(exposure_s=0.8)
    assert found(begun(FlatSetState.FLAGGED), corrected) is corrected
    assert found(begun(FlatSetState.FLAGGED, rotation_deg=90.0), corrected) is corrected
    assert found(begun(FlatSetState.FLAGGED, gain=0), corrected) is None


@given(st.integers(1, 30), st.sets(st.integers(1, 40)))
def test_missing_frames_fill_the_set(wanted: int, on_disk: set[int]) -> None:
    """What is missing completes the set exactly, and repeats no number on disk."""
    missing = missing_numbers(wanted, on_disk)
    assert len(missing) == max(0, wanted - len(on_disk))
    assert not set(missing) & on_disk
    assert list(missing) == sorted(set(missing))
