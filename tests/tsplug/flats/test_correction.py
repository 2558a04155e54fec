"""What a night's sets tell of the panel: corrected exposures, and settings that are given up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tsplug.flats.correction import corrections_of, flagged_in_a_row, lit
from tsplug.flats.resume import StartedSet
from tsplug.model import FlatSet, FlatSetState, FlatSpec, FlatsType

NOW = datetime(2026, 1, 16, 6, tzinfo=UTC)
SPEC = FlatSpec(filter_name="L", gain=100, offset=30, binning=1, readout_mode=0, roi_percent=100.0, rotation_deg=20.0)
FLAGGED, COMPLETE, INTERRUPTED = FlatSetState.FLAGGED, FlatSetState.COMPLETE, FlatSetState.INTERRUPTED


def night(*sets: dict[str, Any]) -> list[StartedSet]:
    """Return a night's sets in order; each with two frames unless it says otherwise."""
    made = []
    for number, given in enumerate(sets, 1):
        frames = given.get("frames", 2)
        fields: dict[str, Any] = SPEC.model_dump() | {"brightness": 50, "state": COMPLETE} | given
        fields.pop("frames", None)
        started = NOW + timedelta(minutes=number)
        flat_set = FlatSet(id=number, profile_id=1, wanted=5, night=date(2026, 1, 15), started=started, **fields)
        made.append(StartedSet(flat_set, frozenset(range(1, frames + 1))))
    return made


KEY = lit(SPEC, brightness=50, exposure_s=4.0)
WRONG = {"exposure_s": 4.0, "state": FLAGGED}


@pytest.mark.parametrize(
    ("sets", "exposure_s"),
    [
        ([WRONG, {"exposure_s": 3.0}], 3.0),
        ([WRONG, {"exposure_s": 3.0, "rotation_deg": 200.0}], 3.0),
        ([WRONG, {"exposure_s": 3.0, "state": INTERRUPTED}], 3.0),
        ([WRONG, {"exposure_s": 3.0}, {"exposure_s": 3.0, "state": FLAGGED}, {"exposure_s": 2.5}], 2.5),
        ([WRONG, {"exposure_s": 3.0}, {"exposure_s": 4.0}], None),
        ([WRONG, {"exposure_s": 3.0, "state": INTERRUPTED, "frames": 0}], None),
        ([WRONG, {"exposure_s": 3.0, "state": FLAGGED}], None),
        ([WRONG, {"exposure_s": 3.0, "brightness": 60}], None),
        ([WRONG, {"exposure_s": 3.0, "gain": 0}], None),
        ([WRONG, {"exposure_s": 3.0, "flats_type": FlatsType.SKY}], None),
        ([{"exposure_s": 3.0}, WRONG], None),
        ([], None),
    ],
)
def test_a_correction_that_held_is_known(sets: list[dict[str, Any]], exposure_s: float | None) -> None:
    """An exposure is replaced by that of a later set of the same settings whose level was right, the latest one."""
    assert corrections_of(night(*sets)).get(KEY) == exposure_s


@pytest.mark.parametrize(
    ("sets", "count"),
    [
        ([], 0),
        ([WRONG, {"exposure_s": 3.0, "state": FLAGGED}], 2),
        ([WRONG, {"exposure_s": 3.0}, WRONG, {"exposure_s": 3.0}], 0),
        ([WRONG, {"exposure_s": 3.0, "rotation_deg": 200.0}, WRONG], 1),
        ([WRONG, WRONG | {"rotation_deg": 20.4}, WRONG | {"rotation_deg": 22.0}], 2),
        ([WRONG, WRONG | {"flats_type": FlatsType.SKY}, WRONG | {"filter_name": "R"}], 1),
    ],
)
def test_only_what_stays_wrong_counts_as_given_up(sets: list[dict[str, Any]], count: int) -> None:
    """Sets that were flagged count at their angle, until one of their settings is complete."""
    found = [item.flat_set for item in night(*sets)]
    assert flagged_in_a_row(found, SPEC, tolerance_deg=1.0) == count
