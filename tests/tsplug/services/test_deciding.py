"""Deciding for a host, over a stored catalogue."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tsplug.errors import NotFoundError
from tsplug.model import (
    DecisionRequest,
    NothingLeft,
    Profile,
    Project,
    ProjectState,
    SlewCenter,
    TakeExposure,
    Target,
    WaitUntil,
)
from tsplug.services.deciding import decide
from tsplug.testing import ManualClock, stocked_store
from tsplug.testing.context import FakeContext
from tsplug.testing.devices import recording_devices

EVENING = datetime(2026, 1, 15, 20, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    """Return surroundings on a winter evening over the small catalogue."""
    clock = ManualClock(EVENING)
    return FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))


def guid(context: FakeContext) -> str:
    with context.store.read() as unit:
        return unit.list(Profile)[0].guid


def test_a_winter_evening_takes_the_urgent_nebula(context: FakeContext) -> None:
    """M 42 is up, its project is of high priority, and its first plan is Ha."""
    decision = decide(DecisionRequest(profile_guid=guid(context)), context)
    assert isinstance(decision, TakeExposure)
    assert (decision.project_name, decision.target_name, decision.filter_name) == ("Nebulae", "M 42", "Ha")
    assert isinstance(decision.steps[0], SlewCenter)
    assert decision.session_id >= 1


def test_the_afternoon_waits_and_the_wait_ends_in_an_exposure(context: FakeContext) -> None:
    """At the end of the wait the target waited for can be imaged."""
    context.clock.set(datetime(2026, 1, 15, 14, tzinfo=UTC))
    request = DecisionRequest(profile_guid=guid(context))
    wait = decide(request, context)
    assert isinstance(wait, WaitUntil)
    context.clock.set(wait.until)
    assert isinstance(decide(request, context), TakeExposure)


def test_projects_that_are_not_active_are_left_out(context: FakeContext) -> None:
    """With every project closed nothing is left, and the reason says so."""
    with context.store.write() as unit:
        for project in unit.list(Project):
            project.state = ProjectState.CLOSED
            unit.update(project)
    decision = decide(DecisionRequest(profile_guid=guid(context)), context)
    assert isinstance(decision, NothingLeft)
    assert decision.reason == "no active project has a target"


def test_a_host_that_can_image_no_target_is_told_so(context: FakeContext) -> None:
    """Where a host leaves all of them out, that is the reason."""
    with context.store.read() as unit:
        targets = tuple(target.guid for target in unit.list(Target))
    decision = decide(DecisionRequest(profile_guid=guid(context), left_out=targets), context)
    assert isinstance(decision, NothingLeft)
    assert decision.reason == "every target is left out: the host cannot image any"


def test_an_unknown_profile_is_named(context: FakeContext) -> None:
    """A host that asks for a profile that is not there is told which."""
    with pytest.raises(NotFoundError, match="nobody"):
        decide(DecisionRequest(profile_guid="nobody"), context)
