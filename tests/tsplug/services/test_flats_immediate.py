"""Immediate flats: those of tonight's lights, from records, with the rotator left where it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tsplug.model import FlatHistory, Project
from tsplug.ports import CoverState
from tsplug.testing import Killed

if TYPE_CHECKING:
    from conftest import FlatsRig

pytestmark = pytest.mark.both_databases

EVENING = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)


@pytest.fixture
def at_once(flats_rig: FlatsRig) -> FlatsRig:
    """A rig whose project *Nebulae* takes its flats at once, an hour into the night."""
    with flats_rig.store.write() as unit:
        project = unit.find(Project, name="Nebulae")
        assert project is not None
        project.flats_handling = 200
        unit.update(project)
    flats_rig.clock.set(EVENING + timedelta(hours=1))
    return flats_rig


def test_only_projects_that_want_them_at_once(at_once: FlatsRig) -> None:
    """The lights of other projects wait for dawn, and at dawn these are not taken again."""
    at_once.light("M 42", "L")
    at_once.light("M 81", "L")
    report = at_once.run(kind="immediate")
    assert [item.sessions for item in report.taken] == [("M 42 2026-01-15",)]
    at_once.clock.set(EVENING + timedelta(hours=10))
    assert [item.sessions for item in at_once.run().taken] == [("M 81 2026-01-15",)]


def test_the_rotator_is_not_moved_and_the_cover_reopens(at_once: FlatsRig) -> None:
    """The cover closes and opens again; the rotator receives no command."""
    assert at_once.devices.rotator is not None
    at_once.devices.rotator.angle_deg = 30.2
    at_once.light("M 42", "L", rotation_deg=30.0)
    report = at_once.run(kind="immediate", cover_at_end="open")
    assert len(report.taken) == 1
    commands = at_once.devices.commands
    assert not [word for word in commands if word.startswith("rotator")]
    assert (commands[0], commands[-1]) == ("panel.close_cover", "panel.open_cover")
    assert at_once.devices.panel is not None
    assert at_once.devices.panel.cover is CoverState.OPEN


def test_a_lost_rotator_costs_the_sets_with_an_angle(at_once: FlatsRig) -> None:
    """Where the rotator does not tell its angle, sets that have one fail with what to do, and the others are taken."""
    at_once.light("M 42", "L", rotation_deg=30.0)
    at_once.devices.log.fail("rotator.mechanical_deg")
    alone = at_once.run(kind="immediate")
    assert alone.message == "0 flat sets taken, 0 skipped, 1 failed"
    assert at_once.devices.commands == []
    at_once.light("M 42", "Ha")
    report = at_once.run(kind="immediate")
    assert [item.spec.filter_name for item in report.taken] == ["Ha"]
    (failed,) = report.failed
    assert failed.spec.filter_name == "L"
    assert failed.reason.startswith("rotator: mechanical_deg failed (while trying to ask the rotator for its angle)")
    assert at_once.run(kind="immediate", dry_run=True).failed == report.failed


def test_another_angle_waits_for_a_run_that_may_turn(at_once: FlatsRig) -> None:
    """Lights at another angle are skipped with the remedy, and a dawn run with the rule "immediate" takes them."""
    at_once.light("M 42", "L", rotation_deg=75.0)
    report = at_once.run(kind="immediate")
    assert "the rotator stands at 0.00 and is not turned now" in report.skipped[0].reason
    assert at_once.devices.commands == []
    assert at_once.run().message == "no flats are due"
    assert len(at_once.run(rules=("immediate",)).taken) == 1


def test_nothing_is_taken_twice(at_once: FlatsRig) -> None:
    """For one night, target and spec flats are taken once, and anew for a spec that came later."""
    at_once.light("M 42", "L")
    assert len(at_once.run(kind="immediate").taken) == 1
    at_once.light("M 42", "L", started=EVENING + timedelta(minutes=40))
    assert at_once.run(kind="immediate").message == "no flats are due"
    at_once.light("M 42", "Ha", started=EVENING + timedelta(minutes=50))
    assert [item.spec.filter_name for item in at_once.run(kind="immediate").taken] == ["Ha"]
    assert len(at_once.all(FlatHistory)) == 2


def test_a_restart_loses_nothing(at_once: FlatsRig) -> None:
    """After a kill in the middle the records of tonight tell what is missing: exactly the rest is taken."""
    at_once.light("M 42", "L")
    at_once.light("Rosette", "Ha")
    at_once.devices.log.fail("frames.take", on_call=5, error=Killed())
    with pytest.raises(Killed):
        at_once.run(kind="immediate")
    at_once.devices.log.revive()
    report = at_once.run(kind="immediate")
    assert len(report.taken) == 1
    assert len(at_once.devices.frames.saved) == 6
    at_once.check_books()


def test_last_nights_lights_are_not_tonights(at_once: FlatsRig) -> None:
    """Sessions of an earlier night are left alone, for the rotator has turned since."""
    at_once.light("M 42", "L", started=EVENING - timedelta(days=1))
    assert at_once.run(kind="immediate").message == "no flats are due"
