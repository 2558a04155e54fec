"""What a frame's peers have: medians of the others."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
import pytest
from comparable_lights import light
from hypothesis import given
from hypothesis import strategies as st

from tsplug.grading.criteria import Criteria
from tsplug.grading.criteria_baseline import baselines_of, medians_of_others
from tsplug.model import AcquiredImage, CriteriaRow, CriteriaSet, GradingStatus, Trend


def frame(number: int, hfr: float, status: str = "accepted", **changes: Any) -> AcquiredImage:
    """Return a frame of a plan."""
    return light(number, {"hfr": hfr}, **{"plan_id": 1, "status": GradingStatus(status), "detector": "d"} | changes)


CRITERIA = Criteria(
    CriteriaSet(name="s"),
    (CriteriaRow(set_id=0, metric="hfr", trend=Trend.LOWER_IS_BETTER, good=1.8, bad=5.0, weight=1.0, deviation=True),),
)


def baselines(*frames: AcquiredImage) -> list[float | None]:
    """Return the HFR baseline of each frame."""
    found = baselines_of(CRITERIA, frames).values["hfr"]
    return [None if math.isnan(value) else float(value) for value in found]


def test_a_baseline_is_the_median_of_the_other_accepted_frames() -> None:
    """The frame itself, pending and rejected ones are nobody's peers; all frames have peers."""
    frames = [frame(n, hfr) for n, hfr in enumerate((2.0, 2.2, 2.4, 3.0))]
    others = [frame(4, 9.0, "rejected"), frame(5, 9.0, "pending")]
    assert baselines(*frames, *others) == pytest.approx([2.4, 2.4, 2.2, 2.2, 2.3, 2.3])


def test_three_others_are_needed() -> None:
    """Two accepted frames beside itself are no baseline; three are."""
    assert baselines(*(frame(n, 2.0) for n in range(3))) == [None] * 3
    assert baselines(*(frame(n, 2.0) for n in range(3)), frame(3, 5.0, "pending")) == [None, None, None, 2.0]


@pytest.mark.parametrize(
    "other",
    [
        {"exposure_s": 30.0},
        {"gain": 7},
        {"offset": 7},
        {"binning": 2},
        {"roi_percent": 50.0},
        {"readout_mode": 3},
        {"filter_name": "R"},
        {"detector": "e"},
        {"profile_id": 9},
        {"plan_id": 2},
    ],
)
def test_frames_of_another_setup_are_no_peers(other: dict[str, Any]) -> None:
    """Whatever was taken or measured otherwise is not comparable."""
    assert baselines(*(frame(n, 2.0) for n in range(3)), frame(3, 5.0, "pending", **other))[-1] is None


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_what_was_not_measured_is_nobodys_sample(bad: float) -> None:
    """A failed measurement in an accepted frame does not spoil the median of the others."""
    assert baselines(*(frame(n, 2.0) for n in range(3)), frame(3, bad)) == [None, None, None, 2.0]


@given(st.lists(st.one_of(st.just(math.nan), st.sampled_from([1.0, 2.0, 2.5]), st.floats(0.0, 10.0)), max_size=12))
def test_all_medians_at_once_are_those_one_by_one(samples: list[float]) -> None:
    """Sorting once gives for every frame exactly the median of the others."""
    medians, counts = medians_of_others(np.array(samples, dtype=np.float64))
    for place in range(len(samples)):
        others = [each for at, each in enumerate(samples) if at != place and not math.isnan(each)]
        assert counts[place] == len(others)
        if len(others) < 3:
            assert math.isnan(medians[place])
        else:
            assert medians[place] == statistics.median(others)
