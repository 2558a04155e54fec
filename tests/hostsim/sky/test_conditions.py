"""A night is one: every scenario does what its name says, and everything that is asked of it agrees."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hostsim.sky.conditions import Conditions
from hostsim.sky.horizontal import direction
from hostsim.sky.scenario import CLEAR, AirPlan, Scenario, named_scenarios, read_scenario
from hostsim.sky.scene import SkySite

NOON = datetime(2026, 1, 15, 11, 30, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SITES = st.builds(SkySite, latitude_deg=st.floats(-90.0, 90.0), longitude_deg=st.floats(-180.0, 180.0))


def night(name: str, seed: int = 12) -> Conditions:
    return Conditions(seed, SkySite(), scenario=read_scenario(name))


def after_dusk(conditions: Conditions, hours: float) -> datetime:
    return NOON + timedelta(hours=hours - conditions.hours_after_dusk(NOON))


def series(conditions: Conditions, first_h: float, last_h: float) -> list[datetime]:
    return [after_dusk(conditions, hours) for hours in np.arange(first_h, last_h, 0.05)]


def everything(conditions: Conditions, moment: datetime) -> tuple[object, ...]:
    where = {"altitude_deg": 40.0, "azimuth_deg": 100.0}
    return (
        conditions.weather(moment),
        conditions.cloud_mag(moment),
        conditions.seeing_arcsec(moment, 1.4),
        conditions.guiding(moment, 120.0),
        conditions.focus_shift_um(moment),
        conditions.dew_mag(moment),
        conditions.blocked(40.0, 262.0),
        conditions.satellites_per_hour(moment),
        conditions.sky_mag_per_arcsec2(moment, **where),
        conditions.sky_gradient(moment, **where),
        conditions.sky_temperature_c(moment),
    )


def test_a_clear_night_is_calm() -> None:
    """Nothing comes between the telescope and the sky, and the mount is only shaken now and then."""
    clear = night("clear")
    for moment in series(clear, -1.0, 11.0):
        weather = clear.weather(moment)
        assert (clear.cloud_mag(moment), clear.dew_mag(moment), clear.focus_shift_um(moment)) == (0.0, 0.0, 0.0)
        assert (weather.cloud_percent, weather.rain_mm_per_h) == (0.0, 0.0)
        assert weather.gust_m_per_s < 5.0
        assert weather.humidity_percent < 90.0
        assert (clear.satellites_per_hour(moment), clear.guiding(moment, 300.0).drift_ra_arcsec) == (0.0, 0.0)


def test_thin_cloud_dims_now_and_then() -> None:
    """Between a third and five sixths of the time stars are dimmed, never by a whole magnitude."""
    thin = night("thin-cloud")
    mags = np.array([thin.cloud_mag(moment) for moment in series(thin, 0.0, 10.0)])
    assert 0.33 < np.mean(mags > 0.2) < 0.83
    assert 0.5 < mags.max() < 1.0
    assert mags.min() == 0.0


def test_a_cloud_bank_shuts_the_sky_and_lights_it() -> None:
    """Inside the bank stars are gone, the sky is brighter and as warm as the air; before and after all is clear."""
    bank = night("cloud-bank")
    before, inside, after = (after_dusk(bank, hours) for hours in (1.5, 3.0, 5.0))
    assert (bank.cloud_mag(before), bank.cloud_mag(after)) == (0.0, 0.0)
    assert bank.cloud_mag(inside) > 5.0
    assert bank.weather(inside).cloud_percent == 100.0
    assert bank.sqm(inside) < bank.sqm(before) - 0.5
    assert bank.sky_temperature_c(inside) > bank.weather(inside).temperature_c - 1.0
    assert bank.sky_temperature_c(before) < bank.weather(before).temperature_c - 15.0


def test_wind_shakes_the_mount_when_it_blows() -> None:
    """In the windy hours gusts pass 10 m/s and the error at least doubles."""
    windy, clear = night("wind"), night("clear")
    blown, calm = series(windy, 2.5, 4.5), series(windy, 6.0, 10.0)
    assert max(windy.weather(moment).gust_m_per_s for moment in blown) > 12.0
    assert max(windy.weather(moment).gust_m_per_s for moment in calm) < 9.0
    shaken, usual = (
        np.median([each.guiding(moment, 180.0).rms_dec_arcsec for moment in blown]) for each in (windy, clear)
    )
    assert shaken > 2.0 * usual


def test_dew_settles_through_a_moist_night() -> None:
    """The optics are clear at dusk, and hours later dew has taken magnitudes, in air that is nearly saturated."""
    dew = night("dew")
    assert dew.dew_mag(after_dusk(dew, 0.0)) == 0.0
    late = after_dusk(dew, 9.0)
    assert dew.dew_mag(late) > 1.0
    assert dew.weather(late).humidity_percent > 95.0


def test_the_focus_drifts_and_slips() -> None:
    """It creeps by 40 micrometres an hour from dusk on, and jumps once."""
    drift = night("defocus-drift")
    shifts = [drift.focus_shift_um(after_dusk(drift, hours)) for hours in (-1.0, 0.0, 1.0, 3.0, 4.0)]
    assert shifts == pytest.approx([0.0, 0.0, 40.0, 120.0, 250.0], abs=0.01)


def test_the_guide_star_is_lost_twice() -> None:
    """Five minutes within a loss drift by more than ten arcseconds, outside not at all."""
    lost = night("guiding-loss")
    drifts = [lost.guiding(after_dusk(lost, hours), 300.0).drift_ra_arcsec for hours in (1.0, 1.6, 3.0, 4.5, 5.0)]
    assert drifts == pytest.approx([0.0, 15.0, 0.0, -9.0, 0.0], abs=0.05)


def test_the_first_hour_is_superb() -> None:
    """Seeing is about one arcsecond in the first hour, and twice that in any later one."""
    superb = night("superb-first-hour")
    first = [superb.star_fwhm_arcsec(moment) for moment in series(superb, 0.0, 0.9)]
    later = [superb.star_fwhm_arcsec(moment) for moment in series(superb, 1.1, 10.0)]
    assert max(first) < 1.25
    assert min(later) > 1.6
    assert np.median(later) == pytest.approx(2.4, abs=0.3)


def test_satellites_cross_most_of_all_in_twilight() -> None:
    """Their number falls towards midnight, when the Earth's shadow hides most, and never to nothing."""
    many = night("satellites")
    dusk, midnight = (many.satellites_per_hour(after_dusk(many, hours)) for hours in (0.0, 6.0))
    assert dusk == 120.0
    assert midnight == pytest.approx(36.0)


def test_a_tree_hides_what_sets_in_the_west() -> None:
    """At 30 degrees the west is hidden and the south free; at 60 all is free."""
    tree = night("tree-on-horizon")
    assert tree.blocked(30.0, 262.0) == 1.0
    assert tree.blocked(30.0, 180.0) == 0.0
    assert tree.blocked(60.0, 262.0) == 0.0


def test_a_mixed_night_has_its_good_hour() -> None:
    """The first hour is the best in every respect; later come veils, wind and a lost guide star."""
    mixed = night("mixed")
    first, veiled, lost = (after_dusk(mixed, hours) for hours in (0.5, 3.0, 6.1))
    assert mixed.star_fwhm_arcsec(first) < 1.7
    assert mixed.cloud_mag(veiled) > 0.5
    assert mixed.guiding(lost, 100.0).drift_ra_arcsec == pytest.approx(4.0)


@pytest.mark.parametrize("name", named_scenarios())
def test_the_same_seed_is_the_same_night(name: str) -> None:
    """Asked anew, in any order and any time zone, a night answers the same; another seed is another night."""
    moments = series(night(name), 0.0, 8.0)[::20]
    forwards = [everything(one, moment) for one in [night(name)] for moment in moments]
    one = night(name)
    eastern = timezone(timedelta(hours=5, minutes=30))
    backwards = [everything(one, moment.astimezone(eastern)) for moment in reversed(moments)]
    assert forwards == backwards[::-1]
    assert forwards != [everything(night(name, seed=13), moment) for moment in moments]


def test_what_happens_repeats_every_night() -> None:
    """A scenario's hours count from each evening's dusk."""
    bank = night("cloud-bank")
    assert bank.cloud_mag(after_dusk(bank, 3.0)) > 5.0
    assert bank.cloud_mag(after_dusk(bank, 3.0) + timedelta(days=1)) > 5.0


def test_haze_dims_and_brightens() -> None:
    """Haze takes its magnitudes from every star, and returns more of the Moon's light."""
    hazy = Conditions(1, SkySite(), scenario=Scenario(air=AirPlan(haze_mag=0.4)))
    clear = Conditions(1, SkySite(), scenario=CLEAR)
    moonlit = datetime(2026, 1, 3, 23, tzinfo=UTC)
    assert float(hazy.moon(moonlit).illuminated) > 0.98
    assert hazy.cloud_mag(moonlit) == pytest.approx(0.4)
    assert hazy.sqm(moonlit) < clear.sqm(moonlit) - 0.3


def test_the_moon_lights_its_side_of_the_sky() -> None:
    """On the night of a full Moon the zenith loses magnitudes, and the sky brightens towards the Moon."""
    clear = Conditions(1, SkySite(), scenario=CLEAR)
    full, new = datetime(2026, 1, 3, 23, tzinfo=UTC), datetime(2026, 1, 18, 23, tzinfo=UTC)
    assert clear.sqm(full) < clear.sqm(new) - 2.0
    azimuth = float(clear.moon(full).azimuth_deg)
    right = clear.sky_gradient(full, altitude_deg=50.0, azimuth_deg=azimuth - 40.0)[1]
    left = clear.sky_gradient(full, altitude_deg=50.0, azimuth_deg=azimuth + 40.0)[1]
    assert right > 0.001
    assert left < -0.001


@given(
    moment=MOMENTS, site=SITES, altitude_deg=st.floats(0.0, 90.0), azimuth_deg=st.floats(0.0, 360.0),
    name=st.sampled_from(named_scenarios()),
)  # fmt: skip
def test_everything_is_finite_everywhere(
    moment: datetime, site: SkySite, altitude_deg: float, azimuth_deg: float, name: str
) -> None:
    """At any site and moment, the poles included, every answer is a sensible number."""
    conditions = Conditions(4, site, scenario=read_scenario(name))
    brightness = conditions.sky_mag_per_arcsec2(moment, altitude_deg=altitude_deg, azimuth_deg=azimuth_deg)
    upwards, along = conditions.sky_gradient(moment, altitude_deg=altitude_deg, azimuth_deg=azimuth_deg)
    assert 0.0 < brightness < 22.5
    assert math.isfinite(upwards)
    assert math.isfinite(along)
    assert 0.0 <= conditions.cloud_mag(moment) < 20.0
    assert 0.0 <= conditions.dew_mag(moment) <= 6.0
    assert 0.3 < conditions.seeing_arcsec(moment, 1.0) < 6.0
    assert conditions.guiding(moment, 60.0).rms_ra_arcsec > 0.0
    assert conditions.sky_temperature_c(moment) <= conditions.weather(moment).temperature_c + 1e-9


@given(moment=MOMENTS, site=SITES, altitude_deg=st.floats(1.0, 89.0), azimuth_deg=st.floats(0.0, 360.0))
def test_the_gradient_is_that_of_the_brightness(
    moment: datetime, site: SkySite, altitude_deg: float, azimuth_deg: float
) -> None:
    """A small step up or along changes the brightness as the gradient says, away from the Moon's own glare."""
    conditions = Conditions(4, site)
    moon = conditions.moon(moment)
    apart = np.sum(
        direction(np.asarray(altitude_deg), np.asarray(azimuth_deg)) * direction(moon.altitude_deg, moon.azimuth_deg)
    )
    assume(apart < math.cos(math.radians(12.0)))

    def brightness(up_deg: float, along_deg: float) -> float:
        there = (altitude_deg + up_deg, azimuth_deg + along_deg / math.cos(math.radians(altitude_deg)))
        return 10.0 ** (-0.4 * conditions.sky_mag_per_arcsec2(moment, altitude_deg=there[0], azimuth_deg=there[1]))

    upwards, along = conditions.sky_gradient(moment, altitude_deg=altitude_deg, azimuth_deg=azimuth_deg)
    here = brightness(0.0, 0.0)
    assert (brightness(0.2, 0.0) - brightness(-0.2, 0.0)) / 0.4 / here == pytest.approx(upwards, rel=0.1, abs=0.01)
    if altitude_deg < 80.0:
        assert (brightness(0.0, 0.2) - brightness(0.0, -0.2)) / 0.4 / here == pytest.approx(along, rel=0.1, abs=0.01)


def test_the_zenith_has_one_brightness() -> None:
    """Whatever the azimuth, the zenith is the zenith, and over it the gradient turns with the azimuth."""
    clear = Conditions(1, SkySite())
    dusk = after_dusk(clear, -1.0)
    seen = [clear.sky_mag_per_arcsec2(dusk, altitude_deg=90.0, azimuth_deg=azimuth) for azimuth in (0.0, 77.0, 200.0)]
    assert seen == pytest.approx([clear.sqm(dusk)] * 3)
    up, right = clear.sky_gradient(dusk, altitude_deg=90.0, azimuth_deg=0.0)
    turned_up, turned_right = clear.sky_gradient(dusk, altitude_deg=90.0, azimuth_deg=180.0)
    assert (turned_up, turned_right) == pytest.approx((-up, -right), abs=1e-9)
    assert math.hypot(up, right) == pytest.approx(0.0105, abs=0.002)


def test_the_sky_darkens_after_sunset_step_by_step() -> None:
    """A moonless evening darkens from daylight to the site's own darkness without a jump."""
    clear = Conditions(1, SkySite())
    mags = [clear.sqm(moment) for moment in series(clear, -2.5, 2.0)]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(mags))
    assert mags[0] == pytest.approx(4.0, abs=0.01)
    assert mags[-1] == pytest.approx(21.0, abs=0.01)
