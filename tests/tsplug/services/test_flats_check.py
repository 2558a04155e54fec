"""What is said before a run: each problem on a line of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tsplug.errors import DeviceError
from tsplug.hookspecs import plugin_manager
from tsplug.instructions import FlatWizard, SchedulerFlats, SchedulerImmediateFlats, Session, SkyFlats
from tsplug.model import FlatInstruction, Project
from tsplug.ports import CoverState
from tsplug.services.flats_check import beyond_panel, flat_problems, sky_flats_wanted
from tsplug.services.flats_needed import flats_needed

if TYPE_CHECKING:
    from conftest import FlatsRig


def session(flats_rig: FlatsRig) -> Session:
    """Return the surroundings of an instruction."""
    return Session(plugin_manager(), flats_rig.profile_guid, flats_rig.context)


def said(flats_rig: FlatsRig) -> list[str]:
    """Return what Scheduler Flats finds."""
    return SchedulerFlats().validate(SchedulerFlats.Parameters(), session(flats_rig))


def test_all_is_well(flats_rig: FlatsRig) -> None:
    """Nothing is said of equipment that is complete and sessions that are trained, and nothing moves."""
    flats_rig.light_two_sets()
    assert said(flats_rig) == []
    assert flats_rig.devices.commands == []


def test_missing_equipment_is_named_line_by_line(flats_rig: FlatsRig) -> None:
    """Camera and panel are asked for, each on its own line, by every instruction that needs them."""
    flats_rig.devices.camera = flats_rig.devices.panel = None
    assert said(flats_rig) == [
        "Scheduler Flats: no camera is connected",
        "Scheduler Flats: no flat panel is connected",
    ]
    where = session(flats_rig)
    immediate = SchedulerImmediateFlats().validate(SchedulerImmediateFlats.Parameters(), where)
    assert immediate[1] == "Scheduler Immediate Flats: no flat panel is connected"
    assert len(FlatWizard().validate(FlatWizard.Parameters(), where)) == 2
    assert SkyFlats().validate(SkyFlats.Parameters(), where) == ["Sky Flats: no camera is connected"]


def test_a_panel_that_cannot_light_or_close_is_named(flats_rig: FlatsRig) -> None:
    """A panel without a light, a cover in doubt, and a panel that does not answer are problems."""
    panel = flats_rig.devices.panel
    assert panel is not None
    panel.max_brightness, panel.cover = 0, CoverState.UNKNOWN
    assert [line.partition(": ")[2] for line in said(flats_rig)] == [
        "the flat panel has no light",
        "the panel's cover reports unknown: look at it, move it by hand if need be",
    ]
    flats_rig.devices.log.fail("panel.cover_state", error=DeviceError("panel", "no answer"))
    panel.max_brightness = 255
    assert said(flats_rig) == ["Scheduler Flats: the flat panel does not answer: panel: no answer"]


def test_what_sessions_need_is_named(flats_rig: FlatsRig) -> None:
    """A filter that is not in the wheel, a rotator that is not there, a spec that is not trained: a line each."""
    flats_rig.light("M 42", "L", rotation_deg=30.0)
    flats_rig.light("M 42", "Ha", gain=7)
    flats_rig.light("M 81", "R")
    assert flats_rig.devices.wheel is not None
    flats_rig.devices.wheel.names = ("L", "Ha")
    flats_rig.devices.rotator = None
    lines = said(flats_rig)
    assert len(lines) == 3
    assert any("no training for filter Ha, gain 7" in line for line in lines)
    assert any("filter R is not in the wheel (L, Ha)" in line for line in lines)
    assert any("no rotator is connected" in line for line in lines)
    assert SchedulerFlats().obstacles(SchedulerFlats.Parameters(), session(flats_rig)) == []


def test_a_device_that_does_not_answer_is_a_line(flats_rig: FlatsRig) -> None:
    """A lost wheel is named before sky flats, which stay wanted; a lost panel is named once by the wizard."""
    flats_rig.light("M 42", "L")
    where, sky, parameters = session(flats_rig), SkyFlats(), SkyFlats.Parameters()
    flats_rig.silence(flats_rig.devices.wheel, "names")
    assert sky.validate(parameters, where) == ["Sky Flats: the filter wheel does not answer: device: no answer"]
    assert sky_flats_wanted(sky.event(parameters, where), flats_rig.context)
    flats_rig.silence(flats_rig.devices.panel, "max_brightness")
    assert beyond_panel(9, flats_rig.context) == []
    wizard = FlatWizard.Parameters(minimum_brightness=9)
    assert FlatWizard().validate(wizard, where) == ["Flat Wizard: the flat panel does not answer: device: no answer"]


def test_what_immediate_flats_lack_is_named(flats_rig: FlatsRig) -> None:
    """A rotator that does not tell its angle is a line before flats that do not turn it; they are not possible."""
    with flats_rig.store.write() as unit:
        project = unit.find(Project, name="Nebulae")
        assert project is not None
        project.flats_handling = 200
        unit.update(project)
    flats_rig.light("M 42", "L", rotation_deg=30.0)
    flats_rig.devices.log.fail("rotator.mechanical_deg")
    event = FlatInstruction(profile_guid=flats_rig.profile_guid, kind="immediate")
    (line,) = flat_problems(event, flats_rig.context)
    assert line.endswith("check that the rotator is connected and works, then try again")
    needs = flats_needed(event, flats_rig.context)
    assert (needs.needed, needs.possible, needs.impossible) == (1, 0, (line,))


def test_the_wizard_wants_known_filters(flats_rig: FlatsRig) -> None:
    """A filter to train that is not in the wheel is named; without a wheel nothing can be trained."""
    wizard, where = FlatWizard(), session(flats_rig)
    assert wizard.validate(FlatWizard.Parameters(filters=("L", "Y")), where) == [
        "Flat Wizard: filter Y is not in the wheel (L, R, G, B, Ha)"
    ]
    flats_rig.devices.wheel = None
    assert wizard.validate(FlatWizard.Parameters(), where) == ["Flat Wizard: no filter wheel is connected"]


@pytest.mark.parametrize(
    ("kind", "values", "says"),
    [
        (SchedulerFlats, {"rules": ("dokument",)}, "there is no due rule 'dokument', only"),
        (SkyFlats, {"minimum_exposure_s": 5.0, "maximum_exposure_s": 1.0}, "must not exceed maximum_exposure_s"),
        (FlatWizard, {"minimum_brightness": 90, "maximum_brightness": 9}, "must not exceed maximum_brightness"),
    ],
)
def test_parameters_are_checked(
    kind: type[SchedulerFlats | SkyFlats | FlatWizard], values: dict[str, object], says: str
) -> None:
    """What cannot be meant is refused, with the words that are known."""
    with pytest.raises(ValueError, match=says):
        kind.Parameters(**values)  # type: ignore[arg-type]
