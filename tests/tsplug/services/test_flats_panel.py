"""The promise that the panel is lit: kept over power cuts, and redeemed at the next opportunity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tsplug.errors import DeviceError, NotFoundError
from tsplug.model import LitPanel, TrainingRequest
from tsplug.services.flats_panel import settle_panel
from tsplug.services.flats_wizard import train_panel
from tsplug.testing import Killed

if TYPE_CHECKING:
    from conftest import FlatsRig

pytestmark = pytest.mark.both_databases


def killed(flats_rig: FlatsRig, command: str, *, after: bool = False) -> None:
    """Run flats in a process that dies at a command, and let the machine start again."""
    flats_rig.devices.log.fail(command, error=Killed(), after=after)
    with pytest.raises(Killed):
        flats_rig.run()
    flats_rig.devices.log.revive()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("command", ["panel.light_on", "panel.brightness", "frames.take", "panel.light_off"])
def test_a_killed_run_is_made_good_at_the_next_start(flats_rig: FlatsRig, command: str, after: bool) -> None:
    """Wherever a run dies, the next start finds the promise, ends with a dark panel, and then knows of none."""
    flats_rig.light()
    killed(flats_rig, command, after=after)
    assert len(flats_rig.all(LitPanel)) == 1
    assert (
        settle_panel(flats_rig.profile_guid, flats_rig.context) == "the panel was lit by an earlier run and is off now"
    )
    assert flats_rig.devices.panel is not None
    assert flats_rig.devices.panel.level == 0
    assert flats_rig.all(LitPanel) == []
    assert settle_panel(flats_rig.profile_guid, flats_rig.context) == ""


def test_the_promise_is_given_before_the_light(flats_rig: FlatsRig) -> None:
    """A run that dies before the panel is lit has touched no lamp, and has promised nothing."""
    flats_rig.light()
    killed(flats_rig, "wheel.select")
    assert flats_rig.all(LitPanel) == []


def test_a_panel_out_of_reach_is_said_and_done_later(flats_rig: FlatsRig) -> None:
    """A panel that does not go dark is named, the promise stays, and the next run switches it off first."""
    flats_rig.light()
    flats_rig.devices.log.fail("panel.light_off", error=DeviceError("panel", "no answer"))
    report = flats_rig.run()
    assert not report.panel_off
    assert "panel: no answer (while trying to switch the panel off); switch the panel off by hand" in report.message
    said = settle_panel(flats_rig.profile_guid, flats_rig.context)
    assert said == "the panel may be lit by an earlier run, and cannot be switched off: panel: no answer"
    assert not flats_rig.run().panel_off
    flats_rig.devices.log.revive()
    report = flats_rig.run()
    assert (report.panel_off, report.message) == (
        True,
        "no flats are due; the panel was lit by an earlier run and is off now",
    )


def test_a_missing_panel_is_named(flats_rig: FlatsRig) -> None:
    """A lit panel that is not connected any more is asked for."""
    flats_rig.light()
    killed(flats_rig, "frames.take")
    flats_rig.devices.panel = None
    assert "is not connected: connect it" in settle_panel(flats_rig.profile_guid, flats_rig.context)


@pytest.mark.parametrize("kind", ["due", "sky"])
@pytest.mark.parametrize("owed", [True, False])
def test_no_run_calls_a_panel_dark_that_is_out_of_reach(flats_rig: FlatsRig, kind: str, owed: bool) -> None:
    """A lit panel that is not connected any more is no dark panel, whatever a run finds to do."""
    flats_rig.light()
    killed(flats_rig, "frames.take")
    flats_rig.devices.panel = None
    report = flats_rig.run(kind=kind, rules=() if owed else ("completion",))
    assert not report.panel_off
    assert "the panel may be lit by an earlier run and is not connected" in report.message
    assert len(flats_rig.all(LitPanel)) == 1


def test_training_nothing_does_not_call_a_lit_panel_dark(flats_rig: FlatsRig) -> None:
    """Where nothing is to be trained a panel that stays lit is told all the same."""
    flats_rig.light()
    killed(flats_rig, "frames.take")
    flats_rig.devices.panel = None
    report = train_panel(TrainingRequest(profile_guid=flats_rig.profile_guid, needed=True), flats_rig.context)
    assert not report.panel_off
    assert "is not connected: connect it" in report.message


def test_an_unknown_profile_is_refused(flats_rig: FlatsRig) -> None:
    """A profile that the store does not hold is one clear error."""
    with pytest.raises(NotFoundError, match="no profile has the id nobody"):
        settle_panel("nobody", flats_rig.context)


def test_a_panel_out_of_reach_before_it_was_lit_is_looked_after(flats_rig: FlatsRig) -> None:
    """A panel that answers nothing at the cover may be lit by anybody: it is switched off when it answers again."""
    flats_rig.light()
    for command in ("panel.cover_state", "panel.light_off"):
        flats_rig.devices.log.fail(command, error=DeviceError("panel", "no answer"))
    assert not flats_rig.run().panel_off
    assert len(flats_rig.all(LitPanel)) == 1
    flats_rig.devices.log.revive()
    assert (
        settle_panel(flats_rig.profile_guid, flats_rig.context) == "the panel was lit by an earlier run and is off now"
    )
    assert flats_rig.all(LitPanel) == []
