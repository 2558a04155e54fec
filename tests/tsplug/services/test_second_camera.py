"""What a second camera on the mount takes while the first one exposes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from tsplug import Expose, SwitchFilter, TakeExposure, load_second_camera
from tsplug.errors import NotFoundError
from tsplug.hookspecs import plugin_manager
from tsplug.instructions import SecondCamera, Session
from tsplug.model import (
    Contribution,
    DecisionRequest,
    ExposurePlan,
    FittedExposures,
    Lease,
    Overheads,
    Profile,
    Project,
)
from tsplug.services.deciding import decide
from tsplug.services.second_camera import fit_exposures
from tsplug.testing import FakeContext, ManualClock, first_catalogue, recording_devices, stocked_store

EVENING = datetime(2026, 1, 15, 20, tzinfo=UTC)
PROFILE = {"name": "Wide", "filters": ["Clear", "H"], "focal_length_mm": 200.0}
TEMPLATE: dict[str, Any] = {"name": "Ha", "filter_name": "H", "default_exposure_s": 90.0, "gain": 7, "readout_mode": 1}


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A winter evening on which the first camera would take M 42 in Ha for 300 s."""
    clock = ManualClock(EVENING)
    context = FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))
    with context.store.read() as unit:
        return Session(plugin_manager(), unit.list(Profile)[0].guid, context)


def paired(session: Session, **template: Any) -> Profile:
    """Return a second camera with one template, which contributes to all projects."""
    context = session.context
    document = {
        "site": first_catalogue()["site"],
        "profile": PROFILE,
        "templates": [TEMPLATE | template],
    }
    with context.store.read() as unit:
        first = unit.find(Profile, guid=session.profile_guid)
    assert first is not None
    return load_second_camera(document, context.store, clock=context.clock, first=first)


def fitted(session: Session, second: Profile) -> FittedExposures:
    """Return what fits into the exposure that is decided now."""
    decision = decide(DecisionRequest(profile_guid=session.profile_guid), session.context)
    assert isinstance(decision, TakeExposure)
    assert decision.template_name == "Ha"
    parameters = SecondCamera.Parameters(profile_guid=second.guid)
    return SecondCamera().fit(parameters, session, decision=decision)


@pytest.mark.parametrize(("seconds", "count"), [(300.0, 1), (301.0, 1), (150.0, 2), (90.0, 3), (400.0, 1)])
def test_as_many_as_fit_are_taken_and_at_least_one(session: Session, seconds: float, count: int) -> None:
    """The whole part of the first camera's length over the second's, by its own template of the same name."""
    second = paired(session, default_exposure_s=seconds)
    found = fitted(session, second)
    assert found.count == count
    assert found.exposure is not None
    assert (found.exposure.profile_guid, found.exposure.filter_name) == (second.guid, "H")
    assert found.exposure.steps[0] == SwitchFilter(filter_name="H")
    assert isinstance(expose := found.exposure.steps[-1], Expose)
    assert (expose.exposure_s, expose.gain) == (seconds, 7)


@pytest.mark.parametrize(("desired", "count"), [(1, 0), (2, 1), (3, 2), (4, 3), (9, 3)])
def test_no_more_are_taken_than_the_plan_wants(session: Session, desired: int, count: int) -> None:
    """The first camera's own exposure is counted before them."""
    second = paired(session)
    with session.context.store.write() as unit:
        unit.set_all(ExposurePlan, {"desired": desired})
    found = fitted(session, second)
    assert found.count == count
    assert (found.reason == "") == (count > 0)


@pytest.mark.parametrize(
    ("limit", "left_s", "count"),
    [("until", 400, 0), ("until", 1000, 1), ("plan_until", 800, 0), ("plan_until", 1000, 1)],
)
def test_none_is_begun_that_outlasts_target_or_plan(session: Session, limit: str, left_s: int, count: int) -> None:
    """A long exposure beside a short one must not go on when the target is lost, or the plan not wanted any more."""
    second, clock = paired(session, default_exposure_s=900.0), cast("ManualClock", session.context.clock)
    decision = decide(DecisionRequest(profile_guid=session.profile_guid), session.context)
    assert isinstance(decision, TakeExposure)
    ends = decision.until - timedelta(hours=2 if limit == "plan_until" else 0)
    decision = decision.model_copy(update={limit: ends, "plan_until": ends})
    clock.set(ends - timedelta(seconds=left_s))
    parameters = SecondCamera.Parameters(profile_guid=second.guid)
    found = SecondCamera().fit(parameters, session, decision=decision)
    assert (found.count, found.reason) == (count, "" if count else "900 s of it would end after M 42 is lost")


@pytest.mark.parametrize(("left_s", "count"), [(300, 3), (200, 2), (100, 1), (80, 0)])
def test_only_those_are_taken_that_all_end_in_time(session: Session, left_s: int, count: int) -> None:
    """Three of 90 s fit into 300 s, fewer into what is left of them."""
    second = paired(session)
    decision = decide(DecisionRequest(profile_guid=session.profile_guid), session.context)
    assert isinstance(decision, TakeExposure)
    ends = {"plan_until": session.context.clock.now() + timedelta(seconds=left_s)}
    parameters = SecondCamera.Parameters(profile_guid=second.guid)
    assert SecondCamera().fit(parameters, session, decision=decision.model_copy(update=ends)).count == count


@pytest.mark.parametrize(("download_s", "count"), [(0.0, 5), (1.0, 4), (20.0, 4), (60.0, 3), (241.0, 1)])
def test_downloads_between_them_are_reckoned_with(session: Session, download_s: float, count: int) -> None:
    """Five of 60 s last longer than 300 s where each but the last is read out meanwhile."""
    second = paired(session, default_exposure_s=60.0)
    with session.context.store.write() as unit:
        planner = second.planner.model_copy(update={"overheads": Overheads(download_s=download_s)})
        unit.set_all(Profile, {"planner": planner}, guid=second.guid)
    assert fitted(session, second).count == count


MOON_DOWN = {"moon_avoidance": True, "moon_separation_deg": 180.0, "moon_must_be_down": True}


@pytest.mark.parametrize(
    ("day", "hour", "template", "count"),
    [
        (15, 20, {}, 1),
        (16, 5, {}, 0),
        (16, 5, {"twilight": "nautical"}, 1),
        (16, 12, {}, 0),
        (15, 20, MOON_DOWN, 1),
        (28, 20, MOON_DOWN, 0),
    ],
)
def test_its_own_template_must_permit_it(
    session: Session, day: int, hour: int, template: dict[str, Any], count: int
) -> None:
    """40 minutes from 5 h UTC on reach into twilight, noon is bright, and on 28 January the Moon is up."""
    second = paired(session, **{"default_exposure_s": 2400.0, **template})
    decision = decide(DecisionRequest(profile_guid=session.profile_guid), session.context)
    assert isinstance(decision, TakeExposure)
    now = EVENING.replace(day=day, hour=hour)
    cast("ManualClock", session.context.clock).set(now)
    later = decision.model_copy(update={"until": now + timedelta(hours=2), "plan_until": None})
    parameters = SecondCamera.Parameters(profile_guid=second.guid)
    found = SecondCamera().fit(parameters, session, decision=later)
    assert found.count == count
    assert ("its template 'Ha' does not permit it" in found.reason) == (count == 0)


def test_a_template_of_another_name_is_not_used(session: Session) -> None:
    """Without a template of the first camera's name the second one takes nothing, and says why."""
    found = fitted(session, paired(session, name="Hydrogen"))
    assert (found.count, found.reason) == (0, "profile 'Wide' has no template 'Ha'")


def test_a_filter_that_is_gone_from_the_wheel_is_not_asked_for(session: Session) -> None:
    """The wheel may have changed since the template was made."""
    second = paired(session)
    with session.context.store.write() as unit:
        unit.set_all(Profile, {"filters": ["Clear"]}, guid=second.guid)
    found = fitted(session, second)
    assert (found.count, found.reason) == (0, "filter 'H' is not in the wheel of profile 'Wide'")


def test_pairing_twice_is_pairing_once(session: Session) -> None:
    """It contributes to every project of the first camera, whenever the night begins."""
    first, again = paired(session), paired(session)
    assert first.guid == again.guid
    with session.context.store.read() as unit:
        assert unit.count(Contribution) == unit.count(Project)
    assert SecondCamera().validate(SecondCamera.Parameters(profile_guid=first.guid), session) == []


def test_what_it_takes_is_held_with_the_first_cameras(session: Session) -> None:
    """Asked twice it holds them once, in the name of the first camera, whose next decision ends all of them."""
    context, second = session.context, paired(session)
    for _ in range(2):
        assert fitted(session, second).count == 3
        with context.store.read() as unit:
            assert [(lease.plan_id, lease.owner) for lease in unit.list(Lease)] == [(1, "Refractor")] * 4
    decide(DecisionRequest(profile_guid=session.profile_guid), context)
    with context.store.read() as unit:
        assert unit.count(Lease) == 1


def test_a_plan_that_is_gone_is_told(session: Session) -> None:
    """Somebody deleted the plan, or the first camera's profile, since the decision."""
    second = paired(session)
    decision = decide(DecisionRequest(profile_guid=session.profile_guid), session.context)
    assert isinstance(decision, TakeExposure)
    for gone in ({"plan_guid": "gone"}, {"profile_guid": "gone"}):
        with pytest.raises(NotFoundError, match="gone"):
            fit_exposures(decision.model_copy(update=gone), session.context, profile_guid=second.guid)
