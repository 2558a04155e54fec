"""Frames that wait for later ones of their night, and how long they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from short_nights import BEGUN, ShortNight

from tsplug.model import Contribution, GraderPreferences, GradingStatus, Profile, Project, ProjectState
from tsplug.services.explaining import explain_image
from tsplug.services.manual_grading import ManualGrade, grade_manually
from tsplug.services.regrade_scope import RegradeRequest
from tsplug.services.regrading import regrade
from tsplug.services.settling import plans_that_waited

NOON = datetime(2026, 1, 16, 11, 0, tzinfo=UTC)
"""The noon after, in Zurich."""

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("zone", "longitude_deg", "noon"),
    [
        ("Europe/Zurich", 8.5, NOON),
        ("America/Santiago", -70.4, datetime(2026, 1, 16, 15, 0, tzinfo=UTC)),
        ("UTC", 8.5, datetime(2026, 1, 16, 12, 0, tzinfo=UTC)),
    ],
)
def test_a_short_last_night_is_settled_at_the_next_grading_after_its_noon(
    zone: str, longitude_deg: float, noon: datetime
) -> None:
    """Until noon at the site more frames may come; then none will, and what is known decides."""
    night = ShortNight(zone, longitude_deg=longitude_deg)
    night.grade(noon - SECOND)
    assert night.statuses() == "aaaapp"
    night.grade(noon)
    assert night.statuses() == "aaaaar"


def test_where_no_site_is_known_a_night_is_over_a_day_after_each_frame() -> None:
    """No night lasts longer, wherever its noon may be."""
    night = ShortNight(None)
    last = BEGUN + timedelta(minutes=30)
    night.grade(last + timedelta(days=1) - SECOND)
    assert night.statuses() == "aaaaap"
    night.grade(last + timedelta(days=1))
    assert night.statuses() == "aaaaar"


def test_a_regrade_after_noon_settles_what_waited_and_then_changes_nothing() -> None:
    """What a regrade decides does not change by time alone: only what is pending waits."""
    night = ShortNight()
    everything = RegradeRequest(everything=True)
    night.clock.set(NOON - SECOND)
    regrade(everything, night.context)
    assert night.statuses() == "aaaapp"
    night.clock.set(NOON)
    assert regrade(everything, night.context).updated == 2
    assert night.statuses() == "aaaaar"
    night.clock.set(NOON + timedelta(days=3))
    assert regrade(everything, night.context).updated == 0


def test_a_frame_that_is_cleared_by_hand_later_waits_for_nothing() -> None:
    """Its night is long over."""
    night = ShortNight()
    night.grade(NOON)
    cleared = ManualGrade(to_status=GradingStatus.PENDING)
    grade_manually([5, 6], cleared, store=night.store, clock=night.clock)
    assert night.statuses() == "aaaapp"
    night.grade(NOON + timedelta(days=30))
    assert night.statuses() == "aaaaar"


def test_a_frame_that_waits_says_for_what_and_until_when() -> None:
    """In a young night nothing is a spell yet."""
    night = ShortNight()
    night.grade(BEGUN + timedelta(hours=1))
    [verdict] = explain_image(night.store, "6")["verdicts"]
    [check] = [each for each in verdict["inputs"]["checks"] if each["outcome"] == "wait"]
    assert check["rule"] == "night too young"
    assert check["detail"].endswith("; its night is too young to tell: later frames will, or the noon after it")


def test_plans_that_waited_are_those_that_are_graded_and_of_nights_that_are_over() -> None:
    """A host that begins a night has them graded; the rest has nothing to be graded by, or to wait for."""
    night = ShortNight()
    plan, rig = night.plan(), night.profile.guid
    night.grade(NOON - SECOND)
    assert plans_that_waited(rig, night.context) == []
    night.clock.set(NOON)
    assert plans_that_waited(rig, night.context) == [plan.guid]
    assert plans_that_waited("another rig", night.context) == []
    night.change(Profile, grader=GraderPreferences(delay_percent=80))
    assert plans_that_waited(rig, night.context) == []
    night.change(Profile, grader=GraderPreferences(delay_percent=50))
    assert plans_that_waited(rig, night.context) == [plan.guid]
    night.grade(NOON)
    assert plans_that_waited(rig, night.context) == []


@pytest.mark.parametrize("change", [{"grading_enabled": False}, {"state": ProjectState.INACTIVE}])
def test_what_is_not_graded_or_not_imaged_has_not_waited(change: dict[str, Any]) -> None:
    """Nothing is asked of projects that are put away."""
    night = ShortNight()
    night.clock.set(NOON)
    night.change(Project, **change)
    assert plans_that_waited(night.profile.guid, night.context) == []


def test_a_rig_looks_after_the_projects_that_it_contributes_to() -> None:
    """Its own exposures wait there."""
    night = ShortNight()
    night.clock.set(NOON)
    with night.store.write() as unit:
        other = unit.add(Profile(name="Second", site_id=night.profile.site_id))
    assert plans_that_waited(other.guid, night.context) == []
    with night.store.write() as unit:
        unit.add(Contribution(project_id=unit.list(Project)[0].id or 0, profile_id=other.id or 0))
    assert plans_that_waited(other.guid, night.context) == [night.plan().guid]
