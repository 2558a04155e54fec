"""The night over the site as time series: weather, air, clouds and guiding, drawn from a seed and a scenario."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import numpy as np

from hostsim.sky.curves import Floats
from hostsim.sky.dew import Dew
from hostsim.sky.guiding import Guiding
from hostsim.sky.horizon import Horizon
from hostsim.sky.horizontal import Horizontal, direction
from hostsim.sky.moon import Moon, moon_at
from hostsim.sky.nights import Night, night_of
from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scenario import CLEAR, Scenario
from hostsim.sky.scene import GuidingSample, SkySite, Weather
from hostsim.sky.seeing import Seeing
from hostsim.sky.skyglow import EXTINCTION_MAG, Lights, magnitude_of, sky_nl
from hostsim.sky.sun import sun_at
from hostsim.sky.weather import NightWeather

_GRADIENT_STEP_DEG = 0.25
# Low satellites stay sunlit overhead until the Sun is some 20 degrees down, and few do past 40.
_ALL_LIT_DEG, _FEW_LIT_DEG, _FEW = -18.0, -40.0, 0.3


class Conditions:
    """One seeded night; everything is a function of the moment, so frames, sensors and guider agree.

    Moments are aware datetimes; azimuths count from north over east. The night's events recur every night.
    """

    def __init__(self, seed: int, site: SkySite, *, scenario: Scenario = CLEAR) -> None:
        """Draw the night."""
        self.scenario = scenario
        self.site = site
        self._weather = NightWeather(seed, site, scenario=scenario)
        self._dew = Dew(self._weather)
        self._seeing = Seeing(seed, scenario.seeing)
        self._guiding = Guiding(seed, scenario.guiding, wind=self._weather.wind)
        self._horizon = Horizon(scenario.horizon)
        self._lights = lru_cache(16)(self._lights_at)

    def weather(self, moment: datetime) -> Weather:
        """Return the weather at ``moment`` (aware)."""
        hours, night = self._when(moment)
        return self._weather.at(night, hours)

    def temperature_c(self, moment: datetime) -> float:
        """Return the air temperature of `weather` at ``moment``, at a part of its cost."""
        hours, night = self._when(moment)
        return float(self._weather.air_c(night, np.asarray(hours)))

    def hours_after_dusk(self, moment: datetime) -> float:
        """Return the hours since the night's dusk, the scenario's own time; negative before it."""
        hours, night = self._when(moment)
        return hours - night.dusk_hours

    def cloud_mag(self, moment: datetime) -> float:
        """Return how many magnitudes clouds, and haze in the zenith, take from a star at ``moment``."""
        hours, night = self._when(moment)
        return self.scenario.air.haze_mag + float(self._weather.clouds.magnitudes(night, np.asarray(hours)))

    def seeing_arcsec(self, moment: datetime, airmass: float) -> float:
        """Return the seeing's full width at half maximum at ``moment``."""
        hours, night = self._when(moment)
        return float(self._seeing.fwhm_arcsec(night, np.asarray(hours), airmass=airmass))

    def star_fwhm_arcsec(self, moment: datetime) -> float:
        """Return the seeing in the zenith, as a weather station's seeing monitor shows it."""
        return self.seeing_arcsec(moment, 1.0)

    def guiding(self, started: datetime, duration_s: float) -> GuidingSample:
        """Return the guiding error of the exposure begun at ``started``; parts of an exposure add up to the whole."""
        hours, night = self._when(started)
        return self._guiding.sample(night, hours, duration_s=duration_s)

    def focus_shift_um(self, moment: datetime) -> float:
        """Return how far the focus has slipped by ``moment`` beside temperature and filter, in micrometres."""
        plan, after_dusk = self.scenario.focus, self.hours_after_dusk(moment)
        slipped = sum(jump.shift_um for jump in plan.jumps if jump.at_hours <= after_dusk)
        return plan.drift_um_per_hour * max(after_dusk, 0.0) + slipped

    def dew_mag(self, moment: datetime) -> float:
        """Return how many magnitudes dew on the optics takes at ``moment``; it also widens and veils."""
        hours, night = self._when(moment)
        return self._dew.magnitudes(night, hours)

    def blocked(self, altitude_deg: float, azimuth_deg: float) -> float:
        """Return which fraction of the aperture something on the horizon hides, 0 (free) to 1 (nothing seen)."""
        return self._horizon.hides(altitude_deg, azimuth_deg)

    def satellites_per_hour(self, moment: datetime) -> float:
        """Return how many bright satellites cross a square degree in an hour; the Earth's shadow hides most."""
        altitude = float(self.sun(moment).altitude_deg)
        lit = float(np.interp(altitude, (_FEW_LIT_DEG, _ALL_LIT_DEG), (_FEW, 1.0)))
        return self.scenario.satellites.per_hour_per_deg2 * lit

    def sun(self, moment: datetime) -> Horizontal:
        """Return where the Sun stands at ``moment``."""
        return self._lights(moment).sun

    def moon(self, moment: datetime) -> Moon:
        """Return where the Moon stands at ``moment``, and its phase."""
        return self._lights(moment).moon

    def sky_mag_per_arcsec2(self, moment: datetime, *, altitude_deg: float, azimuth_deg: float) -> float:
        """Return the sky's surface brightness in V there: airglow, twilight, moonlight, haze and lit clouds."""
        return float(magnitude_of(self._sky_nl(moment, direction(np.asarray(altitude_deg), np.asarray(azimuth_deg)))))

    def sky_gradient(self, moment: datetime, *, altitude_deg: float, azimuth_deg: float) -> tuple[float, float]:
        """Return how the sky brightens per degree upwards and per degree towards growing azimuth, as fractions.

        Both are degrees on the sky, along great circles, so that they hold up to the zenith.
        """
        altitude, azimuth = np.asarray(altitude_deg), np.asarray(azimuth_deg)
        here, up, along = (
            direction(altitude, azimuth),
            direction(altitude + 90.0, azimuth),
            direction(np.asarray(0.0), azimuth + 90.0),
        )
        step = np.radians(_GRADIENT_STEP_DEG)
        around = np.cos(step) * here + np.sin(step) * np.stack([up, -up, along, -along])
        above, below, beyond, before = self._sky_nl(moment, around)
        twice = 2.0 * _GRADIENT_STEP_DEG * float(self._sky_nl(moment, here))
        return float(above - below) / twice, float(beyond - before) / twice

    def sqm(self, moment: datetime) -> float:
        """Return the zenith's surface brightness, as a sky quality meter shows it."""
        return self.sky_mag_per_arcsec2(moment, altitude_deg=90.0, azimuth_deg=0.0)

    def sky_temperature_c(self, moment: datetime) -> float:
        """Return what an infrared sensor sees in the zenith, in degrees C."""
        hours, night = self._when(moment)
        return self._weather.sky_c(night, hours)

    def _when(self, moment: datetime) -> tuple[float, Night]:
        hours = hours_since_epoch(moment)
        return hours, night_of(self.site, hours)

    def _lights_at(self, moment: datetime) -> Lights:
        hours, night = self._when(moment)
        now = np.asarray(hours)
        return Lights(
            sun=sun_at(self.site, now),
            moon=moon_at(self.site, now),
            cloud_mag=float(self._weather.clouds.magnitudes(night, now)),
            extinction_mag=EXTINCTION_MAG + self.scenario.air.haze_mag,
        )

    def _sky_nl(self, moment: datetime, towards: Floats) -> Floats:
        return sky_nl(self.site, self._lights(moment), towards=towards)
