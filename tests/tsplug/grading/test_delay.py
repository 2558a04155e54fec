"""When a plan is graded."""

from __future__ import annotations

import pytest

from tsplug.grading.delay import waiting_text
from tsplug.model import ExposurePlan


def plan(acquired: int, desired: int) -> ExposurePlan:
    return ExposurePlan(target_id=1, template_id=1, desired=desired, acquired=acquired)


@pytest.mark.parametrize(
    ("acquired", "desired", "delay", "waits"),
    [
        (10, 20, 60, True),
        (10, 14, 60, False),
        (7, 10, 80, True),
        (8, 10, 80, False),
        (0, 10, 0, False),
        (0, 0, 80, True),
        (29, 100, 29, False),
        (12, 10, 80, False),
    ],
)
def test_grading_waits_until_enough_is_taken(acquired: int, desired: int, delay: int, waits: bool) -> None:
    """The threshold is inclusive and computed in whole numbers; zero grades at once."""
    assert plan(acquired, desired).is_provisional(delay) is waits
    assert bool(waiting_text(plan(acquired, desired), delay)) is waits


def test_waiting_says_what_it_waits_for() -> None:
    """How many are there, and with how many grading begins."""
    assert waiting_text(plan(10, 21), 60) == "10 of 21 taken; grading begins with 13 (60 %)"
