"""How far an order of exposures came, kept with every light that is recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tsplug.model import ExposurePlan, ExposureSaved, OrderAction, OrderItem, Profile, Project, Target
from tsplug.services.recording import record_exposure
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store

NOW = datetime(2026, 1, 15, 21, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    clock = ManualClock(NOW)
    return FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))


def settle(context: FakeContext, project: dict[str, Any], *, order: bool = False) -> list[str]:
    """Give the project of M 81 settings, and its target an order; return the guids of its plans."""
    with context.store.write() as unit:
        target = unit.list(Target, name="M 81")[0]
        unit.update(unit.get(Project, target.project_id).model_copy(update=project))
        guids = [plan.guid for plan in unit.list(ExposurePlan, target_id=target.id)]
        if order:
            items = [OrderItem(action=OrderAction.EXPOSURE, plan_guid=guids[1]), OrderItem(action=OrderAction.DITHER)]
            unit.update(target.model_copy(update={"override_order": items}))
        return guids


def record(context: FakeContext, plan_guid: str, guid: str = "light-1", *, beside: bool = False) -> Target:
    with context.store.read() as unit:
        profile = unit.list(Profile)[0].guid
    record_exposure(
        ExposureSaved(
            guid=guid, profile_guid=profile, plan_guid=plan_guid, file=Path("x.fits"), filter_name="L", started=NOW,
            ended=NOW + timedelta(seconds=60), exposure_s=60.0, session_id=1, beside=beside,
        ),
        context,
    )  # fmt: skip
    with context.store.read() as unit:
        return unit.list(Target, name="M 81")[0]


def test_the_cadence_goes_on_after_the_light_that_was_saved(context: FakeContext) -> None:
    """With turns of one, after the second of four plans the third is next; telling of it again moves nothing.

    Nor does what a second camera takes beside the first one's exposures.
    """
    guids = settle(context, {"filter_switch_frequency": 1})
    for _ in range(2):
        target = record(context, guids[1])
        assert [item.next for item in target.filter_cadence] == [False, False, True, False]
    assert record(context, guids[2], "light-2", beside=True).filter_cadence == target.filter_cadence


def test_an_override_order_is_kept_with_its_dithers(context: FakeContext) -> None:
    """After the exposure its dither is next."""
    guids = settle(context, {}, order=True)
    target = record(context, guids[1])
    assert [(item.action, item.next) for item in target.filter_cadence] == [
        (OrderAction.EXPOSURE, False),
        (OrderAction.DITHER, True),
    ]


def test_turns_of_the_smart_order_belong_to_the_night_of_the_light(context: FakeContext) -> None:
    """At nine in the evening of 15 January the night is that of 15 January."""
    guids = settle(context, {"smart_exposure_order": True, "filter_switch_frequency": 2})
    turns = record(context, guids[0]).smart_turns
    assert (turns.night, turns.taken) == (date(2026, 1, 15), {guids[0]: 1})


@pytest.mark.parametrize("project", [{}, {"smart_exposure_order": True}])
def test_without_an_order_nothing_is_kept(project: dict[str, Any], context: FakeContext) -> None:
    """A plan that is repeated until it is done needs no memory."""
    guids = settle(context, project)
    target = record(context, guids[0])
    assert (target.filter_cadence, target.smart_turns.night) == ([], None)


def test_a_light_of_a_plan_that_was_disabled_meanwhile_moves_nothing(context: FakeContext) -> None:
    """It is recorded, but has no place in the order any more."""
    guids = settle(context, {"filter_switch_frequency": 1})
    with context.store.write() as unit:
        plan = unit.find(ExposurePlan, guid=guids[0])
        assert plan is not None
        unit.update(plan.model_copy(update={"enabled": False}))
    assert record(context, guids[0]).filter_cadence == []
