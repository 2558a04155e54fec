"""The night over the site as time series: weather, air, clouds and guiding, drawn from a seed and a scenario."""

from __future__ import annotations

from datetime import datetime

from hostsim.sky.guiding import Guiding
from hostsim.sky.scenario import CLEAR, Scenario
from hostsim.sky.scene import GuidingSample, SkySite, Weather
from hostsim.sky.seeing import Seeing
from hostsim.sky.temperature import Temperature


class Conditions:
    """One seeded night; everything is a function of the moment, so frames, sensors and guider agree."""

    def __init__(self, seed: int, site: SkySite, *, scenario: Scenario = CLEAR) -> None:
        """Draw the night."""
        self.scenario = scenario
        self._seeing = Seeing(seed)
        self._guiding = Guiding(seed)
        self._temperature = Temperature(seed, site)

    def weather(self, moment: datetime) -> Weather:
        """Return the weather at ``moment`` (aware)."""
        return Weather(self._temperature.celsius(moment), 60.0, 2.0, 950.0, 1.5, 3.0, 260.0, 0.0, 0.0)

    def cloud_mag(self, moment: datetime) -> float:
        """Return how many magnitudes clouds take from a star at ``moment``."""
        return 0.0

    def seeing_arcsec(self, moment: datetime, airmass: float) -> float:
        """Return the seeing's full width at half maximum for the exposure begun at ``moment``."""
        return self._seeing.fwhm_arcsec(moment, airmass)

    def guiding(self, started: datetime, duration_s: float) -> GuidingSample:
        """Return the guiding error of the exposure begun at ``started``."""
        return self._guiding.sample(started, duration_s)

    def focus_shift_um(self, moment: datetime) -> float:
        """Return how far the focus has slipped by ``moment`` beside temperature and filter, in micrometres."""
        return 0.0

    def dew_mag(self, moment: datetime) -> float:
        """Return how many magnitudes dew on the optics takes at ``moment``; it also widens and veils."""
        return 0.0

    def blocked(self, altitude_deg: float, azimuth_deg: float) -> float:
        """Return which fraction of the aperture something on the horizon hides, 0 (free) to 1 (nothing seen)."""
        return 0.0

    def satellites_per_hour(self, moment: datetime) -> float:
        """Return how many bright satellites cross a square degree in an hour."""
        return 0.0

    def sky_mag_per_arcsec2(self, moment: datetime, *, altitude_deg: float, azimuth_deg: float) -> float:
        """Return the sky's surface brightness in V there: airglow, twilight, moonlight, haze and lit clouds."""
        raise NotImplementedError

    def sky_gradient(self, moment: datetime, *, altitude_deg: float, azimuth_deg: float) -> tuple[float, float]:
        """Return how the sky brightens per degree upwards and per degree towards growing azimuth, as fractions."""
        return (0.0, 0.0)
