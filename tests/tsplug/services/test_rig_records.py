"""Candidates made of records, and brought up to later records without looking at what is as before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tsplug.model import Counter, ExposurePlan, ExposureTemplate, Profile, Project, ProjectState, Target
from tsplug.ports import Store, Unit
from tsplug.services.rig_records import Candidates, RigRecords, read_records
from tsplug.testing import ManualClock, stocked_store

NOW = datetime(2026, 1, 15, 20, tzinfo=UTC)


@pytest.fixture
def store() -> Store:
    return stocked_store(ManualClock(NOW))


def counted(unit: Unit) -> None:
    unit.adjust_counter(unit.list(ExposurePlan)[0].id or 0, Counter.ACQUIRED, delta=1, why="edited", at=NOW)


def other_template(unit: Unit) -> None:
    plan, template = unit.list(ExposurePlan)[0], unit.list(ExposureTemplate)[-1]
    unit.update(plan.model_copy(update={"template_id": template.id}))


def other_target(unit: Unit) -> None:
    plan, target = unit.list(ExposurePlan)[0], unit.list(Target)[-1]
    unit.update(plan.model_copy(update={"target_id": target.id}))


def renamed(unit: Unit) -> None:
    unit.update(unit.list(Target)[0].model_copy(update={"name": "Another"}))


def gone(unit: Unit) -> None:
    unit.delete(unit.list(ExposurePlan)[0])


def longer(unit: Unit) -> None:
    unit.update(unit.list(ExposureTemplate)[0].model_copy(update={"default_exposure_s": 7.0}))


@pytest.mark.parametrize("change", [counted, other_template, other_target, renamed, gone, longer])
def test_what_follows_is_what_would_be_made_anew(change: Callable[[Unit], None], store: Store) -> None:
    """Whatever changed, the candidates are those of somebody who never looked before; others stay the same objects."""
    with store.read() as unit:
        guid = unit.list(Profile)[0].guid
        before = read_records(unit, guid, before=RigRecords())
    kept = Candidates()
    was = dict(kept.of(before, before.rig(guid).profile))
    with store.write() as unit:
        change(unit)
    with store.read() as unit:
        after = read_records(unit, guid, before=before)
        anew = read_records(unit, guid, before=RigRecords())
    now = kept.of(after, after.rig(guid).profile)
    assert dict(now) == dict(Candidates().of(anew, anew.rig(guid).profile))
    same = sum(now[each] is was[each] for each in was)
    assert same == {counted: 2, renamed: 2}.get(change, same)


def test_a_project_that_is_resumed_brings_its_targets_and_plans(store: Store) -> None:
    """What was not asked for at the last look is found at this one, though neither targets nor plans changed."""

    def standing(state: ProjectState) -> None:
        with store.write() as unit:
            unit.set_all(Project, {"state": state}, name="Galaxies")

    standing(ProjectState.INACTIVE)
    with store.read() as unit:
        guid = unit.list(Profile)[0].guid
        before = read_records(unit, guid, before=RigRecords())
    standing(ProjectState.ACTIVE)
    with store.read() as unit:
        after, anew = (read_records(unit, guid, before=each) for each in (before, RigRecords()))
    assert after.plans.records == anew.plans.records
    assert len(after.plans.records) > len(before.plans.records)
    assert after.targets.records == anew.targets.records
