"""The telescope."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.astrometry import wrap_hours
from hostsim.devices.parts.errors import (
    InvalidOperationError,
    InvalidValueError,
    NotSupportedError,
    ParkedError,
    ValueNotSetError,
)
from hostsim.devices.parts.mount import PierSide
from hostsim.devices.telescope import Telescope, TelescopeConfig
from hostsim.sky.scene import SkySite

Pass = Callable[[float], None]


@pytest.fixture
def wait(observatory: Observatory, clock: SimulatedClock) -> Pass:
    def pass_time(seconds: float) -> None:
        clock.sleep(seconds)
        observatory.advance()

    return pass_time


@pytest.fixture
def telescope(observatory: Observatory) -> Telescope:
    observatory.telescope.unpark()
    observatory.telescope.set_tracking(True)
    return observatory.telescope


def test_a_slew_takes_its_time_and_arrives_exactly(telescope: Telescope, wait: Pass) -> None:
    """Slewing is true at once and until the mount has settled; then it is where it was sent, and stays there."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    assert telescope.slewing()
    wait(5)
    assert telescope.slewing()
    assert telescope.declination() != pytest.approx(20.0, abs=1)
    wait(120)
    assert not telescope.slewing()
    wait(3600)
    assert (telescope.right_ascension(), telescope.declination()) == (3.0, 20.0)
    assert (telescope.target_right_ascension(), telescope.target_declination()) == (3.0, 20.0)


def test_hour_angle_decides_the_pier_side_and_a_slew_flips(telescope: Telescope, wait: Pass) -> None:
    """East of the meridian the telescope is through the pole; it stays so until a slew after transit flips it."""
    ra = (telescope.sidereal_time() + 0.5) % 24
    assert telescope.destination_side_of_pier(ra, 40) == PierSide.WEST
    telescope.slew_to_coordinates_async(ra, 40)
    wait(200)
    assert telescope.side_of_pier() == PierSide.WEST
    wait(3600)
    assert telescope.side_of_pier() == PierSide.WEST
    assert telescope.destination_side_of_pier(ra, 40) == PierSide.EAST
    telescope.slew_to_coordinates_async(ra, 40)
    wait(20)
    assert telescope.slewing(), "a flip swings the telescope half a turn"
    wait(60)
    assert telescope.side_of_pier() == PierSide.EAST
    assert telescope.declination() == 40


def test_the_pier_side_can_be_set(telescope: Telescope, wait: Pass) -> None:
    """Setting the other pointing state flips towards the same place; the same one does nothing."""
    telescope.slew_to_coordinates_async((telescope.sidereal_time() - 1) % 24, 40)
    wait(200)
    telescope.set_side_of_pier(0)
    assert not telescope.slewing()
    telescope.set_side_of_pier(1)
    wait(60)
    assert (telescope.side_of_pier(), telescope.declination()) == (PierSide.WEST, 40)


def test_a_mount_that_does_not_track_drifts_through_the_sky(telescope: Telescope, wait: Pass) -> None:
    """Without tracking, right ascension grows by a sidereal hour an hour and altitude stays."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    telescope.set_tracking(False)
    altitude = telescope.altitude()
    wait(3600)
    assert telescope.right_ascension() == pytest.approx(4.0027, abs=0.001)
    assert telescope.altitude() == pytest.approx(altitude)


def test_park_ends_parked_and_not_tracking(telescope: Telescope, wait: Pass) -> None:
    """AtPark comes at the end only; a second park is harmless; unparking leaves tracking off."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    telescope.park()
    assert (telescope.slewing(), telescope.at_park(), telescope.tracking()) == (True, False, False)
    wait(200)
    assert (telescope.slewing(), telescope.at_park(), telescope.tracking()) == (False, True, False)
    assert telescope.altitude() == pytest.approx(47.2)
    telescope.park()
    assert not telescope.slewing()
    telescope.unpark()
    telescope.unpark()
    assert (telescope.at_park(), telescope.tracking()) == (False, False)


def test_tracking_asked_for_on_the_way_to_park_ends_there(telescope: Telescope, wait: Pass) -> None:
    """Whatever happens on the way, a parked mount does not track."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    telescope.park()
    telescope.set_tracking(True)
    wait(200)
    assert (telescope.at_park(), telescope.tracking()) == (True, False)


def test_a_parked_telescope_moves_for_nobody(observatory: Observatory) -> None:
    """Slews, syncs, moves, guiding, home and tracking are refused while parked; Tracking=False is not."""
    telescope = observatory.telescope
    assert telescope.at_park()
    telescope.set_tracking(False)
    telescope.set_target_right_ascension(1)
    telescope.set_target_declination(1)
    for refused in (
        lambda: telescope.slew_to_coordinates_async(1, 1),
        telescope.slew_to_target_async,
        lambda: telescope.slew_to_alt_az_async(1, 1),
        lambda: telescope.sync_to_coordinates(1, 1),
        telescope.sync_to_target,
        lambda: telescope.sync_to_alt_az(1, 1),
        telescope.abort_slew,
        telescope.find_home,
        lambda: telescope.move_axis(0, 1),
        lambda: telescope.pulse_guide(0, 100),
        lambda: telescope.set_tracking(True),
        lambda: telescope.set_side_of_pier(1),
    ):
        with pytest.raises(ParkedError):
            refused()


def test_home_is_found_without_parking(telescope: Telescope, wait: Pass) -> None:
    """FindHome ends at home, unparked; tracking again leaves home."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    telescope.find_home()
    assert not telescope.at_home()
    wait(200)
    assert (telescope.at_home(), telescope.at_park()) == (True, False)
    telescope.set_tracking(True)
    assert not telescope.at_home()


def test_an_aborted_slew_stops_on_the_way(telescope: Telescope, wait: Pass) -> None:
    """After an abort the mount tracks where it was."""
    telescope.slew_to_coordinates_async(3.0, 0.0)
    wait(5)
    telescope.abort_slew()
    assert (telescope.slewing(), telescope.tracking()) == (False, True)
    declination = telescope.declination()
    assert 0 < declination < 90
    wait(100)
    assert telescope.declination() == declination


def test_slews_to_altitude_and_azimuth_need_tracking_off(telescope: Telescope, wait: Pass) -> None:
    """The two kinds of slew need opposite tracking; the mount arrives where it was sent above the ground."""
    with pytest.raises(InvalidOperationError, match="Tracking off"):
        telescope.slew_to_alt_az_async(120, 40)
    telescope.set_tracking(False)
    with pytest.raises(InvalidOperationError, match="Tracking on"):
        telescope.slew_to_coordinates_async(3, 20)
    telescope.slew_to_alt_az_async(120, 40)
    wait(300)
    assert (telescope.azimuth(), telescope.altitude()) == (pytest.approx(120), pytest.approx(40))
    telescope.sync_to_alt_az(121, 41)
    assert (telescope.azimuth(), telescope.altitude()) == (pytest.approx(121), pytest.approx(41))


@pytest.mark.parametrize(("ra", "dec"), [(-0.1, 0), (24.1, 0), (0, 90.1), (0, -90.1)])
def test_coordinates_out_of_range_come_first(observatory: Observatory, ra: float, dec: float) -> None:
    """Bad coordinates are refused as such even by a parked telescope."""
    with pytest.raises(InvalidValueError):
        observatory.telescope.slew_to_coordinates_async(ra, dec)


def test_a_target_has_to_be_set_before_it_is_read(telescope: Telescope, wait: Pass) -> None:
    """Targets have no value at first; set, they can be slewed and synchronised to."""
    with pytest.raises(ValueNotSetError):
        telescope.target_right_ascension()
    with pytest.raises(ValueNotSetError):
        telescope.target_declination()
    telescope.set_target_right_ascension(2)
    telescope.set_target_declination(30)
    telescope.slew_to_target_async()
    wait(200)
    assert telescope.declination() == 30


def test_a_sync_renames_the_place_and_moves_nothing(telescope: Telescope, wait: Pass) -> None:
    """What the telescope really sees is the same before and after a sync; the next slew goes by the new names."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    before = telescope.true_pointing()
    telescope.sync_to_coordinates(3.01, 20.2)
    assert (telescope.right_ascension(), telescope.declination()) == (3.01, 20.2)
    assert telescope.true_pointing() == pytest.approx(before)
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    assert telescope.true_pointing() == pytest.approx((2.99, 19.8))


def test_an_axis_moves_until_it_is_stopped(telescope: Telescope, wait: Pass) -> None:
    """Moving an axis is slewing; rate 0 stops, tracking goes on."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    telescope.move_axis(1, 0.5)
    telescope.move_axis(0, 1.5)
    assert telescope.slewing()
    wait(10)
    assert telescope.declination() == pytest.approx(25)
    assert telescope.right_ascension() == pytest.approx(2.0)
    telescope.move_axis(0, 0)
    telescope.move_axis(1, 0)
    assert (telescope.slewing(), telescope.tracking()) == (False, True)
    with pytest.raises(InvalidValueError):
        telescope.move_axis(0, 6.1)
    with pytest.raises(NotSupportedError):
        telescope.move_axis(2, 1)
    assert telescope.axis_rates(2) == []


def test_a_guide_pulse_moves_by_rate_times_time(telescope: Telescope, wait: Pass) -> None:
    """A second south at the guide rate is that much less declination, and then the guiding is over."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    telescope.set_guide_rate_declination(0.004)
    telescope.pulse_guide(1, 1000)
    telescope.pulse_guide(2, 1000)
    assert telescope.is_pulse_guiding()
    wait(0.5)
    assert telescope.is_pulse_guiding()
    wait(10)
    assert not telescope.is_pulse_guiding()
    assert telescope.declination() == pytest.approx(19.996)
    assert telescope.right_ascension() > 3.0
    assert not telescope.slewing()


def test_rates_move_the_place_that_is_tracked(telescope: Telescope, wait: Pass) -> None:
    """Offsets and the lunar rate let coordinates change without Slewing."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    telescope.set_declination_rate(0.36)
    telescope.set_right_ascension_rate(0.1)
    wait(1000)
    assert telescope.declination() == pytest.approx(20.1)
    assert telescope.right_ascension() == pytest.approx(3.0 + 100 / 3600)
    assert not telescope.slewing()
    telescope.set_tracking_rate(1)
    wait(3600)
    assert telescope.right_ascension() - 3.0277 == pytest.approx(0.0237, abs=0.001)
    with pytest.raises(InvalidValueError):
        telescope.set_tracking_rate(4)


def test_settings_keep_their_limits(telescope: Telescope) -> None:
    """Site, settle time and date take what is sensible and nothing else."""
    telescope.set_site_latitude(50.0)
    telescope.set_utc_date("2026-11-20T21:00:00Z")
    assert telescope.utc_date() == "2026-11-20T21:00:00.000Z"
    for setter, value in (
        (telescope.set_site_latitude, 91),
        (telescope.set_site_longitude, 181),
        (telescope.set_site_elevation, -301),
        (telescope.set_slew_settle_time, -1),
        (telescope.set_utc_date, "yesterday"),
    ):
        with pytest.raises(InvalidValueError):
            setter(value)  # type: ignore[operator]


def test_the_park_position_can_be_chosen(telescope: Telescope, wait: Pass) -> None:
    """SetPark takes the present direction, and Park returns to it."""
    telescope.set_tracking(False)
    telescope.slew_to_alt_az_async(180, 30)
    wait(300)
    telescope.set_park()
    telescope.find_home()
    wait(300)
    telescope.park()
    wait(300)
    assert (telescope.azimuth(), telescope.altitude()) == (pytest.approx(180), pytest.approx(30))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 23.9), st.floats(-40, 85), st.lists(st.floats(0.1, 30), max_size=15))
def test_a_slew_ends_the_same_however_time_is_cut(
    telescope: Telescope, wait: Pass, ra: float, dec: float, times: list[float]
) -> None:
    """Polling more often changes nothing about where a slew ends, not even the last bit."""
    telescope.abort_slew()
    telescope.slew_to_coordinates_async(ra, dec)
    for seconds in times:
        wait(seconds)
    wait(400)
    assert not telescope.slewing()
    assert telescope.right_ascension() == ra
    assert telescope.declination() == dec
    assert wrap_hours(telescope.true_pointing()[0] - ra) == pytest.approx(0, abs=1e-9)


def test_rate_offsets_go_with_the_sidereal_rate_only(telescope: Telescope) -> None:
    """At another rate an offset is refused, but taking one away is not."""
    telescope.set_tracking_rate(1)
    for setter in (telescope.set_right_ascension_rate, telescope.set_declination_rate):
        setter(0.0)
        with pytest.raises(InvalidOperationError, match="sidereal"):
            setter(0.1)
        with pytest.raises(InvalidValueError):
            setter(1e6)


def test_nobody_guides_a_slewing_mount(telescope: Telescope) -> None:
    """Pulses wait until the slew is over."""
    telescope.slew_to_coordinates_async(3.0, 20.0)
    with pytest.raises(InvalidOperationError, match="slewing"):
        telescope.pulse_guide(0, 100)


@pytest.mark.parametrize("text", ["1899-12-31T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_date_beyond_reason_is_refused(telescope: Telescope, text: str) -> None:
    """Years are those of this and the next centuries."""
    with pytest.raises(InvalidValueError, match="year of UTCDate"):
        telescope.set_utc_date(text)


def test_positions_go_by_the_date_of_the_mount(telescope: Telescope) -> None:
    """An hour later on the mount's clock is a sidereal hour later for everything it tells."""
    before = telescope.sidereal_time()
    telescope.set_utc_date("2026-11-20T21:00:00Z")
    assert wrap_hours(telescope.sidereal_time() - before) == pytest.approx(1.0027, abs=0.001)
    west_ra = (telescope.sidereal_time() - 2) % 24
    assert telescope.destination_side_of_pier(west_ra, 40) == PierSide.EAST


@pytest.mark.parametrize(("latitude_deg", "pole_deg"), [(47.2, 90.0), (-33.0, -90.0)])
def test_it_parks_and_finds_home_at_the_pole_that_is_up(
    clock: SimulatedClock, latitude_deg: float, pole_deg: float
) -> None:
    """In the south the mount does not park below the horizon."""
    telescope = Telescope(TelescopeConfig(site=SkySite(latitude_deg=latitude_deg)), clock)
    assert telescope.declination() == pytest.approx(pole_deg, abs=0.5)
    assert telescope.altitude() == pytest.approx(abs(latitude_deg))
    telescope.unpark()
    telescope.find_home()
    clock.sleep(200)
    telescope.advance(200)
    assert telescope.at_home()
    assert telescope.altitude() == pytest.approx(abs(latitude_deg))
