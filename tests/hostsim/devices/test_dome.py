"""The dome."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.clock import SimulatedClock
from hostsim.devices.dome import Dome, DomeConfig, ShutterStatus
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError, SlavedError

Pass = Callable[[float], None]
ABILITIES = {name: False for name in DomeConfig.model_fields if name.startswith("can_")}


@pytest.fixture
def dome(observatory: Observatory) -> Dome:
    return observatory.device(Dome)


@pytest.fixture
def wait(observatory: Observatory, clock: SimulatedClock) -> Pass:
    def pass_time(seconds: float) -> None:
        clock.sleep(seconds)
        observatory.advance()

    return pass_time


def fresh(**settings: Any) -> Dome:
    return Dome(DomeConfig(**settings), SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC)))


def test_a_slew_takes_the_short_way_and_its_time(dome: Dome, wait: Pass) -> None:
    """From 0 to 300 degrees is 60 degrees backwards, ten seconds; azimuth and altitude move at the same time."""
    dome.slew_to_azimuth(300)
    dome.slew_to_altitude(45)
    assert dome.slewing()
    wait(5)
    assert (dome.azimuth(), dome.altitude(), dome.slewing()) == (330, 30, True)
    wait(5)
    assert (dome.azimuth(), dome.altitude(), dome.slewing()) == (300, 45, False)


def test_the_shutter_opens_and_closes(dome: Dome, wait: Pass) -> None:
    """States come in order, Slewing is true meanwhile, and doing it twice is harmless."""
    assert dome.shutter_status() is ShutterStatus.CLOSED
    dome.open_shutter()
    assert (dome.shutter_status(), dome.slewing()) == (ShutterStatus.OPENING, True)
    wait(10)
    assert (dome.shutter_status(), dome.slewing()) == (ShutterStatus.OPEN, False)
    dome.open_shutter()
    assert not dome.slewing()
    dome.close_shutter()
    assert dome.shutter_status() is ShutterStatus.CLOSING
    wait(10)
    assert dome.shutter_status() is ShutterStatus.CLOSED


def test_an_abort_stops_everything(dome: Dome, wait: Pass) -> None:
    """Azimuth stays where it was, the shutter reports that it is in between, and both go on from there."""
    dome.slew_to_azimuth(90)
    dome.open_shutter()
    wait(5)
    dome.abort_slew()
    assert (dome.azimuth(), dome.slewing(), dome.shutter_status()) == (30, False, ShutterStatus.ERROR)
    dome.abort_slew()
    dome.close_shutter()
    wait(10)
    assert dome.shutter_status() is ShutterStatus.CLOSED


def test_park_and_home_are_true_at_the_end_only(dome: Dome, wait: Pass) -> None:
    """SetPark takes the present azimuth; a slew leaves park without further ado."""
    dome.slew_to_azimuth(60)
    wait(10)
    dome.set_park()
    dome.find_home()
    assert (dome.at_home(), dome.slewing()) == (False, True)
    wait(10)
    assert (dome.at_home(), dome.azimuth()) == (True, 0)
    dome.park()
    assert (dome.at_home(), dome.at_park()) == (False, False)
    wait(10)
    assert (dome.at_park(), dome.azimuth()) == (True, 60)
    dome.park()
    assert (dome.at_park(), dome.slewing()) == (True, False)
    dome.slew_to_azimuth(61)
    assert not dome.at_park()


def test_a_sync_renames_where_the_dome_stands(dome: Dome) -> None:
    """Nothing moves."""
    dome.sync_to_azimuth(130)
    assert (dome.azimuth(), dome.slewing()) == (130, False)


def test_a_slaved_dome_follows_the_telescope_and_nobody_else(observatory: Observatory, dome: Dome, wait: Pass) -> None:
    """It ends up where the telescope points; slews are refused until it is free again."""
    telescope = observatory.telescope
    telescope.unpark()
    telescope.slew_to_alt_az_async(120, 40)
    dome.set_slaved(True)
    wait(300)
    assert dome.azimuth() == pytest.approx(120)
    for refused in (lambda: dome.slew_to_azimuth(1), lambda: dome.slew_to_altitude(1), dome.park, dome.find_home):
        with pytest.raises(SlavedError):
            refused()
    dome.abort_slew()
    assert not dome.slaved()
    dome.slew_to_azimuth(1)


def test_bad_angles_are_refused(dome: Dome) -> None:
    """Azimuth is 0 to 360 degrees, altitude 0 to 90."""
    for refused in (
        lambda: dome.slew_to_azimuth(-0.1),
        lambda: dome.slew_to_azimuth(360.1),
        lambda: dome.sync_to_azimuth(400),
        lambda: dome.slew_to_altitude(-1),
        lambda: dome.slew_to_altitude(91),
    ):
        with pytest.raises(InvalidValueError):
            refused()


def test_what_a_dome_lacks_is_not_supported() -> None:
    """A mere shed refuses everything but being told apart from a dome."""
    shed = fresh(**ABILITIES)
    for refused in (
        lambda: shed.slew_to_azimuth(1),
        lambda: shed.sync_to_azimuth(1),
        lambda: shed.slew_to_altitude(1),
        lambda: shed.set_slaved(True),
        *(shed.park, shed.find_home, shed.set_park, shed.open_shutter, shed.close_shutter),
        *(shed.shutter_status, shed.azimuth, shed.altitude),
    ):
        with pytest.raises(NotSupportedError):
            refused()
    shed.set_slaved(False)
    names = [name for name in shed.members.gets if name.startswith("can")]
    assert len(names) == 8
    assert not any(getattr(shed, shed.members.gets[name].attribute)() for name in names)


@given(st.lists(st.tuples(st.integers(0, 36_000), st.floats(0.1, 40)), min_size=1, max_size=6))
def test_a_dome_ends_exactly_where_it_was_sent(moves: list[tuple[int, float]]) -> None:
    """However often it is sent elsewhere on the way, the last azimuth is the one it stands at, to the last bit."""
    dome = fresh()
    for hundredths, seconds in moves:
        dome.slew_to_azimuth(hundredths / 100)
        dome.advance(seconds)
    dome.advance(60)
    assert not dome.slewing()
    assert dome.azimuth() == moves[-1][0] / 100 % 360
