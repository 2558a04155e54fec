"""Wheel, focuser, rotator and panel of the host over real HTTP."""

from __future__ import annotations

from datetime import datetime

import pytest
from alpaca.rotator import Rotator as AlpacaRotator

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.equipment.guider import Guider
from hostsim.equipment.rig import Rig
from hostsim.equipment.rotator import Rotator
from hostsim.sky.scene import GuidingSample
from tsplug import Cancelled, DeviceError, PierSide
from tsplug.ports import CoverState
from tsplug.testing.clock import ManualClock


def test_the_wheel_turns_to_a_name(rig: Rig) -> None:
    """A filter is chosen by its name and is in the beam afterwards; an unknown one is refused."""
    assert rig.wheel is not None
    rig.wheel.select("Ha")
    assert rig.wheel.current() == "Ha"
    assert rig.wheel.offset_steps("Ha") - rig.wheel.offset_steps("L") == 90
    with pytest.raises(DeviceError, match="has no filter 'UV', only L, R"):
        rig.wheel.select("UV")


def test_the_focuser_stays_in_its_range(rig: Rig) -> None:
    """A position is reached; one beyond the end is cut to the end."""
    assert rig.focuser is not None
    rig.focuser.move(24_000)
    assert rig.focuser.position() == 24_000
    rig.focuser.move(-5)
    assert rig.focuser.reading().position == 0
    assert rig.focuser.temperature_c() == 5.0


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("side", [PierSide.EAST, PierSide.WEST])
def test_the_rotator_gives_the_position_angle(
    rig: Rig, observatory: Observatory, reverse: bool, side: PierSide
) -> None:
    """With a synced, perhaps reversed rotator the frame gets its position angle on either side of the pier."""
    assert rig.rotator is not None
    with observatory.lock:
        observatory.rotator.set_reverse(reverse)
        observatory.rotator.sync(25.0)
    flipped = 180.0 if side is PierSide.WEST else 0.0
    rig.rotator.move_mechanical(rig.rotator.mechanical_for(70.0, pier_side=side, half_turn=False))
    assert (rig.rotator.reading().sky_deg + flipped) % 360 == pytest.approx(70.0, abs=0.01)


class StoppedClock:
    """A clock that passes time for others, and is told to stop in its second sleep."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._sleeps = 0

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        self._sleeps += 1
        if self._sleeps > 1:
            raise Cancelled("stopped on request")


def test_a_turn_that_is_broken_off_ends(rig: Rig, address: str, clock: SimulatedClock) -> None:
    """A stop in the middle of a turn leaves no rotator turning: it stands where it was stopped, short of its goal."""
    assert rig.rotator is not None
    with pytest.raises(Cancelled):
        Rotator(AlpacaRotator(address, 0), StoppedClock(clock), name="r").move_mechanical(170.0)
    stopped_at_deg = rig.rotator.mechanical_deg()
    clock.sleep(300.0)
    assert rig.rotator.mechanical_deg() == stopped_at_deg
    assert 0.0 < stopped_at_deg < 169.0


def test_half_a_turn_is_as_good(rig: Rig) -> None:
    """With half turns allowed both sides of the pier get the same mechanical angle, below 180 degrees."""
    assert rig.rotator is not None
    sides = (PierSide.EAST, PierSide.WEST)
    angles = {rig.rotator.mechanical_for(250.0, pier_side=side, half_turn=True) for side in sides}
    assert angles == {70.0}


def test_the_panel_obeys(rig: Rig) -> None:
    """Cover and light reach what was asked; a level out of range is refused; off is dark."""
    assert rig.panel is not None
    rig.panel.open_cover()
    assert rig.panel.cover_state() is CoverState.OPEN
    rig.panel.close_cover()
    assert rig.panel.cover_state() is CoverState.CLOSED
    rig.panel.light_on(40)
    assert rig.panel.brightness() == 40
    with pytest.raises(DeviceError, match="light up at level 999"):
        rig.panel.light_on(999)
    rig.panel.light_off()
    assert rig.panel.brightness() == 0


def test_guiding_is_told_in_both_units() -> None:
    """Guiding comes in arcseconds and in guider pixels; the total is the root of the sum of squares."""
    guider = Guider(lambda started, exposure_s: GuidingSample(0.3, 0.4), scale_arcsec=2.0)
    metrics = guider.during(ManualClock().now(), 60.0).metrics()
    assert metrics["guiding_rms"] == pytest.approx(0.5)
    assert metrics["guiding_rms_px"] == pytest.approx(0.25)
    assert metrics["guiding_rms_dec_px"] == pytest.approx(0.2)
