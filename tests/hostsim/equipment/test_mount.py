"""The host's mount over real HTTP."""

from __future__ import annotations

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.telescope_config import EquatorialSystem
from hostsim.equipment.mount import CannotParkError, Mount
from hostsim.equipment.rig import Rig
from hostsim.sky.scene import SkySite
from tsplug import DeviceError, PierSide


@pytest.fixture
def mount(rig: Rig) -> Mount:
    assert rig.mount is not None
    return rig.mount


def test_a_parked_mount_does_not_slew(mount: Mount) -> None:
    """A slew of a parked mount is refused with what to do about it."""
    with pytest.raises(DeviceError, match="put `unpark` before"):
        mount.slew(6.5, 5.0)


def test_the_mount_arrives(mount: Mount) -> None:
    """After a slew the mount reports the place, and an altitude above the horizon."""
    mount.unpark()
    mount.center(6.5, 5.0)
    reading = mount.reading()
    assert reading.ra_deg == pytest.approx(97.5, abs=0.01)
    assert reading.dec_deg == pytest.approx(5.0, abs=0.01)
    assert reading.altitude_deg > 30


def test_a_flip_is_due_after_the_meridian(mount: Mount, clock: SimulatedClock) -> None:
    """East of the meridian no flip is due; once the target has crossed it is, and the next slew does it."""
    mount.unpark()
    mount.center(6.5, 5.0)
    assert mount.reading().pier_side is PierSide.WEST
    assert not mount.wrong_side(6.5, 5.0)
    clock.sleep(4 * 3600)
    assert mount.wrong_side(6.5, 5.0)
    mount.center(6.5, 5.0)
    assert mount.reading().pier_side is PierSide.EAST
    assert not mount.wrong_side(6.5, 5.0)


@pytest.mark.parametrize("system", EquatorialSystem)
def test_a_mount_that_does_not_tell_where_a_slew_ends_is_flipped_by_its_hour_angle(
    observatory: Observatory, mount: Mount, clock: SimulatedClock, system: EquatorialSystem
) -> None:
    """DestinationSideOfPier is optional: a German mount stands east of the pier from the meridian on."""
    config = observatory.telescope.config.model_copy(update={"equatorial_system": system})
    silent = config.abilities.model_copy(update={"tell_destination_side": False})
    mount.unpark()
    mount.center(6.5, 5.0)
    side, told = mount.reading().pier_side, []
    for _ in range(24):
        observatory.telescope.config = config
        wrong = mount.wrong_side(6.5, 5.0)
        observatory.telescope.config = config.model_copy(update={"abilities": silent})
        told.append((wrong, mount.wrong_side(6.5, 5.0)))
        clock.sleep(600)
    assert set(told) == {(False, False), (True, True)}
    assert side is PierSide.WEST
    mount.center(6.5, 5.0)
    assert mount.reading().pier_side is PierSide.EAST
    assert not mount.wrong_side(6.5, 5.0)


def test_parking_ends_parked(mount: Mount) -> None:
    """Parking waits until the mount is parked; parking again is harmless."""
    mount.unpark()
    mount.park()
    mount.park()
    assert mount.parked()


def test_a_mount_without_a_park_position_says_so(mount: Mount, observatory: Observatory) -> None:
    """It is no failure of the night: whoever shelters lets it stand still."""
    config = observatory.telescope.config
    none = config.abilities.model_copy(update={"park": False})
    mount.unpark()
    observatory.telescope.config = config.model_copy(update={"abilities": none})
    with pytest.raises(CannotParkError, match="cannot park"):
        mount.park()
    assert mount.tracking()


def test_where_it_pointed_before_is_known_afterwards(mount: Mount, clock: SimulatedClock) -> None:
    """Altitude and azimuth of a tracking mount at an earlier moment are those that it told then."""
    mount.unpark()
    mount.center(6.5, 5.0)
    before, moment = mount.reading(), clock.now()
    clock.sleep(1800)
    after = mount.reading()
    assert abs(after.azimuth_deg - before.azimuth_deg) > 5
    site = SkySite()
    then = after.at(moment, latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg)
    assert then.altitude_deg == pytest.approx(before.altitude_deg, abs=0.02)
    assert then.azimuth_deg == pytest.approx(before.azimuth_deg, abs=0.02)


@pytest.mark.parametrize("sync", [True, False])
def test_the_mount_learns_where_it_points(mount: Mount, observatory: Observatory, *, sync: bool) -> None:
    """What was found counts from then on: readings say it, and slews end where they should, twice over."""
    mount.unpark()
    mount.center(6.5, 20.0)
    mount.learn(6.51, 20.25, sync=sync)
    assert mount.off_arcsec(6.51, 20.25) < 1.0
    mount.center(6.5, 20.0)
    mount.learn(6.5, 20.01, sync=sync)
    assert mount.off_arcsec(6.5, 20.01) < 1.0
    mount.center(23.999, 20.0)
    assert mount.off_arcsec(23.999, 20.0) < 1.0
    assert bool(observatory.telescope.state.learnt_hours) is sync


def test_a_mount_that_speaks_of_date_learns_too(mount: Mount, observatory: Observatory) -> None:
    """What frames show is J2000, whatever the driver speaks."""
    of_date = {"equatorial_system": EquatorialSystem.TOPOCENTRIC}
    observatory.telescope.config = observatory.telescope.config.model_copy(update=of_date)
    mount.unpark()
    mount.center(6.5, 20.0)
    mount.learn(6.51, 20.25)
    assert mount.off_arcsec(6.51, 20.25) < 1.0
    mount.center(6.5, 20.0)
    assert mount.off_arcsec(6.5, 20.0) < 1.0


def test_a_mount_that_refuses_to_be_synchronised_is_corrected(mount: Mount, observatory: Observatory) -> None:
    """As one that cannot: a mount at rest takes no place of the sky for its own."""
    mount.unpark()
    mount.center(6.5, 20.0)
    mount.track(False)
    mount.learn(6.51, 20.25)
    assert mount.off_arcsec(6.51, 20.25) < 60.0
    assert observatory.telescope.state.learnt_hours == 0.0
