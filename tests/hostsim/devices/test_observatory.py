"""The observatory: one light path, one time, one state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import NotConnectedError
from hostsim.devices.telescope import TelescopeConfig


def everything_in_motion(observatory: Observatory) -> None:
    observatory.telescope.unpark()
    observatory.telescope.set_tracking(True)
    observatory.telescope.slew_to_coordinates_async(3.0, 20.0)
    observatory.filterwheel.set_position(3)
    observatory.focuser.move(26_000)
    observatory.rotator.move_mechanical(60)
    observatory.covercalibrator.open_cover()
    observatory.covercalibrator.calibrator_on(100)
    observatory.camera.set_cooler_on(True)
    observatory.camera.start_exposure(30, True)


def test_the_light_path_joins_the_devices(observatory: Observatory, clock: SimulatedClock) -> None:
    """What the sensor sees follows from every device."""
    everything_in_motion(observatory)
    clock.sleep(300)
    observatory.advance()
    path = observatory.light_path()
    assert (path.ra_hours, path.dec_deg, path.tracking) == (3.0, 20.0, True)
    assert path.altitude_deg == pytest.approx(observatory.telescope.altitude())
    assert (path.filter_name, path.focuser_position, path.rotator_deg) == ("B", 26_000, 60.0)
    assert (path.cover_closed, path.temperature_c) == (False, 10.0)
    assert path.panel_level == pytest.approx(100 / 255)


def test_the_other_pier_side_turns_the_frame_by_half_a_turn(observatory: Observatory, clock: SimulatedClock) -> None:
    """A meridian flip changes the sky angle by 180 degrees and nothing mechanical."""
    telescope = observatory.telescope
    telescope.unpark()
    telescope.set_tracking(True)
    telescope.slew_to_coordinates_async((telescope.sidereal_time() + 0.2) % 24, 40)
    clock.sleep(200)
    observatory.advance()
    before = observatory.light_path()
    clock.sleep(1800)
    observatory.advance()
    telescope.slew_to_coordinates_async(before.ra_hours, 40)
    clock.sleep(200)
    observatory.advance()
    after = observatory.light_path()
    assert (before.sky_angle_deg, after.sky_angle_deg) == (180.0, 0.0)
    assert before.rotator_deg == after.rotator_deg


def test_the_optics_know_the_focus_of_each_filter() -> None:
    """What the wheel says about focus offsets is what the light does."""
    optics = ObservatoryConfig().optics
    assert optics.filter_focus_steps == {"L": 0, "R": 40, "G": 20, "B": -10, "Ha": 90, "OIII": 80, "SII": 100}
    assert optics.focal_length_mm == 540.0


def test_a_slewing_telescope_does_not_follow_the_sky(observatory: Observatory) -> None:
    """A frame exposed during a slew is not a tracked one."""
    everything_in_motion(observatory)
    assert not observatory.light_path().tracking


def test_the_pointing_error_is_seen_until_it_is_synchronised(sky: Any, clock: SimulatedClock) -> None:
    """The sky is shown where the telescope really points; a sync to that place takes the error away."""
    config = ObservatoryConfig(
        devices=standard_devices(TelescopeConfig(pointing_error_dec_arcmin=6.0, starts_parked=False))
    )
    observatory = Observatory(sky, clock, config=config)
    observatory.telescope.set_tracking(True)
    observatory.telescope.slew_to_coordinates_async(3.0, 20.0)
    clock.sleep(200)
    observatory.advance()
    assert observatory.light_path().dec_deg == pytest.approx(20.1)
    observatory.telescope.sync_to_coordinates(3.0, 20.1)
    observatory.telescope.slew_to_coordinates_async(3.0, 20.0)
    clock.sleep(200)
    observatory.advance()
    assert observatory.light_path().dec_deg == pytest.approx(20.0)


@pytest.mark.parametrize("seconds", [0, 0.5, 1.5, 3, 7, 20, 30.5, 40, 200])
def test_a_restored_observatory_goes_on_as_if_nothing_had_happened(
    observatory: Observatory, clock: SimulatedClock, sky: Any, seconds: float
) -> None:
    """At any moment of every motion the state survives JSON, and both futures are the same."""
    everything_in_motion(observatory)
    clock.sleep(seconds)
    saved = json.loads(json.dumps(observatory.snapshot()))
    twin = Observatory(sky, clock)
    twin.restore(saved)
    assert twin.snapshot() == saved
    for step in (0.25, 1, 5, 60, 400):
        clock.sleep(step)
        assert twin.snapshot() == observatory.snapshot()
    for one in (observatory, twin):
        one.camera.image_array().pixels()
    assert sky.asked[0] == sky.asked[1]


def test_time_goes_on_from_the_saved_moment(observatory: Observatory, clock: SimulatedClock, sky: Any) -> None:
    """A clock that is ahead of the saved state gives the devices the difference."""
    observatory.focuser.move(26_000)
    saved = observatory.snapshot()
    clock.sleep(1)
    twin = Observatory(sky, clock)
    twin.restore(saved)
    twin.advance()
    assert twin.focuser.position() == 25_500


def test_a_state_of_another_observatory_is_refused(observatory: Observatory) -> None:
    """A missing device is named."""
    saved = observatory.snapshot()
    del saved["devices"]["rotator/0"]
    with pytest.raises(ValueError, match="lacks rotator/0"):
        observatory.restore(saved)


def test_a_clock_that_goes_back_moves_nothing(observatory: Observatory, clock: SimulatedClock) -> None:
    """Time never runs backwards for devices."""
    observatory.focuser.move(26_000)
    clock.set(clock.now().replace(hour=19))
    observatory.advance()
    assert observatory.focuser.position() == 25_000


def test_connecting_takes_its_time(sky: Any, clock: SimulatedClock) -> None:
    """Connect returns at once, Connecting tells until it is done, and meanwhile the device is not connected."""
    observatory = Observatory(sky, clock)
    focuser = observatory.focuser
    focuser.connect()
    focuser.connect()
    assert (focuser.connecting(), focuser.connected()) == (True, False)
    with pytest.raises(NotConnectedError, match="is not connected"):
        focuser.perform(focuser.members.gets["position"])
    clock.sleep(1)
    observatory.advance()
    assert (focuser.connecting(), focuser.connected()) == (False, True)
    focuser.disconnect()
    clock.sleep(1)
    observatory.advance()
    assert not focuser.connected()
