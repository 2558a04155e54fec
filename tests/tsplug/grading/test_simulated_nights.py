"""Robust grading against the reference's rule on short simulated nights whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence

import measured_nights
import pytest
from confusion import confusion, graded, ours, reference
from nights_to_grade import SUPERB_FIRST_HOUR, SUPERB_TWO_THIRDS
from simulated_nights import SimulatedFrame, simulated

from hostsim.sky.scenario import Scenario
from tsplug.model import GraderMode

SIZE = (480, 360)

pytestmark = pytest.mark.timeout(600)


def frames_of(*evenings: str | Scenario) -> Sequence[SimulatedFrame]:
    return simulated(evenings, every_min=13, size=SIZE)


@pytest.mark.parametrize("name", ["thin-cloud", "wind"])
def test_bad_frames_are_found_that_the_reference_accepts(name: str) -> None:
    """When about half of a night is bad, mean and deviation hide it; good frames are kept all the same."""
    frames = frames_of(name)
    theirs = confusion(frames, graded(frames, reference(immediate=False), immediate=False))
    robust = confusion(frames, graded(frames, ours(GraderMode.ROBUST, immediate=False), immediate=False))
    assert robust.bad >= 5
    assert robust.bad_rejected > 0.8 * robust.bad > theirs.bad_rejected
    assert robust.good_rejected <= theirs.good_rejected == 0


def test_the_sharpest_stars_are_measured_as_stars() -> None:
    """Stars of hardly two pixels are no discs, though many of them look like single pixels."""
    for frame in simulated((SUPERB_TWO_THIRDS,), every_min=6, hours=(4.1, 4.2), seed=202):
        assert frame.image.metrics["star_count"] > 900
        assert frame.image.metrics["hfr"] == pytest.approx(frame.truth.hfr_px, rel=0.03)


def test_a_superb_first_hour_rejects_nothing_that_follows() -> None:
    """Ordinary frames stay accepted, also when each is graded as it comes."""
    frames = frames_of(SUPERB_FIRST_HOUR)
    for immediate in (False, True):
        robust = confusion(frames, graded(frames, ours(GraderMode.ROBUST, immediate=immediate), immediate=immediate))
        assert robust.good >= 20
        assert robust.good_rejected == 0


@pytest.mark.parametrize("immediate", [False, True], ids=["at 80 %", "at once"])
@pytest.mark.parametrize(
    ("night", "bad", "found"),
    [
        (measured_nights.SUPERB_FIRST_HOUR_606, 2, 2),
        (measured_nights.SUPERB_FIRST_HOUR_505, 1, 1),
        (measured_nights.BAD_FROM_MIDNIGHT_606, 23, 18),
        (measured_nights.BAD_FROM_MIDNIGHT_404, 23, 18),
    ],
    ids=[
        "ordinary after a superb hour",
        "by pixels that show it",
        "bad from midnight on",
        "hardly bad from midnight on",
    ],
)
def test_nights_that_rules_once_got_wrong(night: str, bad: int, found: int, immediate: bool) -> None:
    """Ordinary seeing after superb is kept, and what is worse by half is not, however long it lasts."""
    frames = measured_nights.frames_of(night)
    robust = confusion(frames, graded(frames, ours(GraderMode.ROBUST, immediate=immediate), immediate=immediate))
    theirs = confusion(frames, graded(frames, reference(immediate=immediate), immediate=immediate))
    assert (robust.bad, robust.bad_rejected, robust.good_rejected) == (bad, found, 0)
    assert theirs.bad_rejected <= robust.bad_rejected
