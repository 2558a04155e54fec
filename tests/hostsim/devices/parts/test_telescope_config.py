"""What a telescope may be configured to be: abilities, rates, frames of coordinates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.astrometry import of_date, wrap_hours
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError
from hostsim.devices.parts.mount import MountConfig, Place, Reference
from hostsim.devices.parts.telescope_config import Abilities, AxisRate, EquatorialSystem
from hostsim.devices.telescope import Telescope, TelescopeConfig

Pass = Callable[[float], None]


def configured(sky: Any, clock: SimulatedClock, **settings: Any) -> tuple[Telescope, Pass]:
    """Return an unparked telescope of its own configuration, and how time passes for it."""
    config = TelescopeConfig(starts_parked=False, **settings)
    observatory = Observatory(sky, clock, config=ObservatoryConfig(devices=(config,)))

    def pass_time(seconds: float) -> None:
        clock.sleep(seconds)
        observatory.advance()

    return observatory.telescope, pass_time


def test_coordinates_of_date_come_back_as_they_were_given(sky: Any, clock: SimulatedClock) -> None:
    """A topocentric mount takes and gives coordinates of date, and points where J2000 has precessed to."""
    telescope, wait = configured(sky, clock, equatorial_system=EquatorialSystem.TOPOCENTRIC)
    telescope.set_tracking(True)
    telescope.slew_to_coordinates_async(3.0, 20.0)
    wait(200)
    assert (telescope.right_ascension(), telescope.declination()) == (
        pytest.approx(3.0, abs=1e-6),
        pytest.approx(20.0, abs=1e-5),
    )
    ra, dec = telescope.true_pointing()
    assert of_date(ra, dec, moment=clock.now()) == (pytest.approx(3.0, abs=1e-6), pytest.approx(20.0, abs=1e-5))
    assert abs(dec - 20.0) > 0.05
    telescope.sync_to_coordinates(3.1, 20.5)
    assert telescope.right_ascension() == pytest.approx(3.1, abs=1e-6)
    assert telescope.equatorial_system() == 1


def test_what_the_mount_cannot_do_is_not_supported(sky: Any, clock: SimulatedClock) -> None:
    """Every ability that is switched off refuses its members and says so in its Can."""
    off = dict.fromkeys(Abilities.model_fields, False)
    telescope, _ = configured(sky, clock, abilities=Abilities(**off))
    telescope.set_target_right_ascension(1)
    telescope.set_target_declination(1)
    for refused in (
        *(telescope.park, telescope.unpark, telescope.set_park, telescope.find_home, telescope.is_pulse_guiding),
        *(telescope.slew_to_target_async, telescope.sync_to_target, telescope.slew_to_target),
        *(telescope.guide_rate_declination, telescope.guide_rate_right_ascension),
        lambda: telescope.slew_to_coordinates_async(1, 1),
        lambda: telescope.slew_to_coordinates(1, 1),
        lambda: telescope.slew_to_alt_az_async(1, 1),
        lambda: telescope.slew_to_alt_az(1, 1),
        lambda: telescope.sync_to_coordinates(1, 1),
        lambda: telescope.sync_to_alt_az(1, 1),
        lambda: telescope.move_axis(0, 1),
        lambda: telescope.pulse_guide(0, 100),
        lambda: telescope.set_tracking(True),
        lambda: telescope.set_side_of_pier(1),
        lambda: telescope.set_right_ascension_rate(0.1),
        lambda: telescope.set_declination_rate(0.1),
        lambda: telescope.set_guide_rate_declination(0.1),
        lambda: telescope.set_guide_rate_right_ascension(0.1),
        lambda: telescope.set_does_refraction(True),
    ):
        with pytest.raises(NotSupportedError):
            refused()
    cans = [
        member for member in telescope.members.gets.values() if member.name.startswith("Can") and not member.parameters
    ]
    assert len(cans) == 16
    assert not any(getattr(telescope, member.attribute)() for member in cans)


def test_synchronous_slews_start_like_the_others(sky: Any, clock: SimulatedClock) -> None:
    """The telescope slews; who answers the client waits for the end."""
    telescope, wait = configured(sky, clock, abilities=Abilities(synchronous_slews=True))
    assert (telescope.can_slew(), telescope.can_slew_alt_az()) == (True, True)
    telescope.slew_to_alt_az(120, 40)
    assert telescope.slewing()
    wait(300)
    telescope.set_tracking(True)
    telescope.slew_to_coordinates(3.0, 20.0)
    wait(300)
    telescope.set_target_declination(30.0)
    telescope.slew_to_target()
    wait(300)
    assert (telescope.right_ascension(), telescope.declination()) == (3.0, 30.0)


def test_an_axis_takes_the_rates_of_its_ranges_only(sky: Any, clock: SimulatedClock) -> None:
    """Between two ranges there is no rate; 0 always stops."""
    ranges = tuple(AxisRate(lowest_deg_per_s=low, highest_deg_per_s=high) for low, high in ((1, 2), (10, 20)))
    mount = MountConfig(start=Place(reference=Reference.GROUND, hours=0.0, dec_deg=0.0))
    telescope, wait = configured(sky, clock, axis_rates=ranges, mount=mount)
    assert telescope.axis_rates(0) == [{"Minimum": 1, "Maximum": 2}, {"Minimum": 10, "Maximum": 20}]
    for rate in (0.5, 5, -21):
        with pytest.raises(InvalidValueError):
            telescope.move_axis(0, rate)
    before = telescope.right_ascension()
    telescope.move_axis(0, -10)
    wait(0.5)
    telescope.move_axis(0, 0)
    assert abs(wrap_hours(telescope.right_ascension() - before)) == pytest.approx(5 / 15, rel=0.01)


def test_tracking_rates_are_those_configured(sky: Any, clock: SimulatedClock) -> None:
    """They are listed in their order, and no other is taken."""
    telescope, _ = configured(sky, clock, tracking_rates=(0, 2))
    assert telescope.tracking_rates() == [0, 2]
    telescope.set_tracking_rate(2)
    for rate in (1, -1, 5):
        with pytest.raises(InvalidValueError):
            telescope.set_tracking_rate(rate)


def test_some_mounts_track_when_they_are_unparked(sky: Any, clock: SimulatedClock) -> None:
    """Unpark begins to track only where it really ends a park; the mount starts where it is told."""
    start = Place(reference=Reference.GROUND, hours=0.0, dec_deg=0.0)
    telescope, wait = configured(sky, clock, unpark_tracks=True, mount=MountConfig(start=start))
    assert (telescope.azimuth(), telescope.altitude()) == (pytest.approx(180), pytest.approx(90 - 47.2))
    telescope.unpark()
    assert not telescope.tracking()
    telescope.park()
    wait(100)
    telescope.unpark()
    assert telescope.tracking()


def test_refraction_and_obstruction_are_told_as_configured(sky: Any, clock: SimulatedClock) -> None:
    """The flag is kept, and the area of the aperture is what the obstruction leaves."""
    telescope, _ = configured(
        sky, clock, refraction=True, abilities=Abilities(set_refraction=True), aperture_area_m2=0.02
    )
    assert (telescope.does_refraction(), telescope.aperture_area()) == (True, 0.02)
    telescope.set_does_refraction(False)
    assert not telescope.does_refraction()
