"""The instructions for flats as a host uses them: parameters as JSON schema, and plugins that answer instead of us."""

from __future__ import annotations

from pathlib import Path

import pluggy
import pytest

from tsplug import FlatInstruction, FlatRunReport, FlatSetReport, FlatSpec, hookimpl
from tsplug.hookspecs import plugin_manager
from tsplug.instructions import (
    INSTRUCTIONS,
    FlatsNeeded,
    FlatWizard,
    SchedulerFlats,
    SchedulerImmediateFlats,
    Session,
    SkyFlats,
    settle_panel,
)
from tsplug.model import Profile
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store, store_light

SPEC = FlatSpec(filter_name="L", gain=1, offset=1, binning=1, readout_mode=0, roi_percent=100.0, rotation_deg=None)


class WallPanel:
    """A plugin whose panel hangs on the wall: it takes panel flats itself and leaves the sky to tsplug."""

    def __init__(self) -> None:
        self.asked: list[FlatInstruction] = []

    @hookimpl
    def flat_instruction_run(self, event: FlatInstruction) -> FlatRunReport | None:
        """Take the flats at the wall."""
        self.asked.append(event)
        if event.kind == "sky":
            return None
        made = FlatSetReport(spec=SPEC, sessions=("M 42 2026-01-15",), wanted=5, on_disk=5, reason="at the wall")
        return FlatRunReport(taken=(made,), message="the wall panel is dark")


@pytest.fixture
def where(tmp_path: Path) -> Session:
    """A session with due flats and recording devices."""
    clock = ManualClock()
    store = stocked_store(clock)
    store_light(store, "M 42", filter_name="L", started=clock.now())
    clock.advance(10 * 3600.0)
    with store.read() as unit:
        guid = unit.list(Profile)[0].guid
    return Session(plugin_manager(), guid, FakeContext(store, clock, recording_devices(clock, tmp_path)))


def manager_of(where: Session) -> pluggy.PluginManager:
    """Return the plugin manager of a session."""
    return where.manager


def test_a_plugin_with_a_panel_of_its_own_answers(where: Session) -> None:
    """The wall panel's plugin takes the flats without any panel connected, and ours moves nothing."""
    wall = WallPanel()
    manager_of(where).register(wall)
    devices = where.context.devices
    devices.panel = None  # type: ignore[misc]
    flats, parameters = SchedulerFlats(), SchedulerFlats.Parameters(count=5, rules=("document",), budget_min=30)
    assert flats.obstacles(parameters, where) == []
    report = flats.run(parameters, where)
    assert (report.taken[0].reason, report.message) == ("at the wall", "the wall panel is dark")
    assert devices.commands == []  # type: ignore[attr-defined]
    (event,) = wall.asked
    assert (event.count, event.rules, event.budget_min, event.kind) == (5, ("document",), 30.0, "due")


def test_what_a_plugin_leaves_is_ours(where: Session) -> None:
    """A plugin that answers None for a kind of flats leaves it to tsplug; the report has a reason for every set."""
    wall = WallPanel()
    manager_of(where).register(wall)
    report = SkyFlats().run(SkyFlats.Parameters(when="dusk", dry_run=True), where)
    assert report.planned[0].reason == "dry run: would be taken by the sky's light"
    SchedulerImmediateFlats().run(SchedulerImmediateFlats.Parameters(), where)
    assert [event.kind for event in wall.asked] == ["sky", "immediate"]


def test_whether_the_sky_is_wanted_is_known_before_the_telescope_is_pointed(where: Session) -> None:
    """Sky flats are wanted while a set is due that can be taken; a plugin of others may always want them."""
    flats, parameters = SkyFlats(), SkyFlats.Parameters(when="dusk")
    assert flats.wanted(parameters, where)
    assert not flats.wanted(SkyFlats.Parameters(when="dusk", rules=("completion",)), where)
    where.context.devices.wheel = None  # type: ignore[misc]
    assert not flats.wanted(parameters, where)
    manager_of(where).register(WallPanel())
    assert flats.wanted(parameters, where)
    assert where.context.devices.commands == []  # type: ignore[attr-defined]


def test_the_wizard_refuses_what_cannot_be(where: Session) -> None:
    """Camera settings beside `needed` are refused, and what the panel or the wheel does not have is told before."""
    with pytest.raises(ValueError, match="takes gain, offset, binning and readout mode from the lights"):
        FlatWizard.Parameters(needed=True, gain=100)
    wizard = FlatWizard()
    problems = wizard.validate(FlatWizard.Parameters(filters=("UV",), minimum_brightness=300), where)
    assert problems == [
        "Flat Wizard: filter UV is not in the wheel (L, R, G, B, Ha)",
        "Flat Wizard: minimum_brightness is 300, the panel's brightest level 255: lower it",
    ]
    assert wizard.validate(FlatWizard.Parameters(minimum_brightness=255), where) == []


def test_every_instruction_describes_its_parameters() -> None:
    """A host finds name, help and a JSON schema with a description for every parameter."""
    for name in ("Scheduler Flats", "Scheduler Immediate Flats", "Sky Flats", "Flat Wizard", "Flats Needed"):
        instruction = INSTRUCTIONS[name]
        assert (instruction.name, bool(instruction.help)) == (name, True)
        schema = instruction.Parameters.model_json_schema()
        assert all("description" in field for field in schema["properties"].values()), name


def test_the_condition_ends_when_nothing_can_be_done(where: Session) -> None:
    """Flats are needed and possible before they are taken, and neither afterwards."""
    needed, parameters = FlatsNeeded(), FlatsNeeded.Parameters()
    assert needed.validate(parameters, where) == []
    before = needed.judge(parameters, where)
    where.context.devices.panel = None  # type: ignore[misc]
    without = needed.judge(parameters, where)
    assert (before.needed, before.possible, without.needed, without.possible) == (1, 1, 1, 0)


def test_a_host_settles_the_panel(where: Session) -> None:
    """A host asks once after connecting; without a promise nothing is touched."""
    assert settle_panel(where) == ""
    assert where.context.devices.commands == []  # type: ignore[attr-defined]
