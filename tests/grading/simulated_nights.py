"""Nights whose truth is known: frames rendered under one sky, measured by tsplug, with what really was on each.

Nothing here is invented: pixels come from the simulated sky, star metrics from tsplug's own measuring, guiding from the
simulated guider.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np

from hostsim.equipment.guider import Guider
from hostsim.saving.airmass import airmass
from hostsim.sky.conditions import Conditions
from hostsim.sky.focus import best_focus_steps
from hostsim.sky.horizontal import horizontal
from hostsim.sky.scenario import CLEAR, Scenario, read_scenario
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from hostsim.sky.truth import FrameTruth
from tsplug.imaging.among_peers import Peer, beside
from tsplug.imaging.measure import measure_frame
from tsplug.imaging.settings import StarSettings
from tsplug.model import AcquiredImage

SITE = SkySite()
OPTICS = Optics()
SCALE_ARCSEC = 3.76 / 540.0 * 206.265
FIRST_NIGHT = datetime(2026, 1, 15, 12, tzinfo=UTC)
# A field in Auriga: it culminates in the evening and sets through two airmasses towards morning.
RA_HOURS, DEC_DEG = 4.6, 34.0
EXPOSURE_S = 120.0
FOCUSED_EVERY_H = 2.0
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Quality(StrEnum):
    """What truth makes of a frame."""

    GOOD = "good"
    BETWEEN = "between"
    BAD = "bad"


@dataclass(frozen=True)
class SimulatedFrame:
    """One light: its record as tsplug keeps it, what really was on it, and the HFR the same moment allowed."""

    image: AcquiredImage
    truth: FrameTruth
    possible_hfr_px: float

    @property
    def lost(self) -> float:
        """Which part of the starlight clouds, dew and obstacles took, beside what clear air at this airmass takes."""
        return 1.0 if self.truth.sky is None else 1.0 - self.truth.sky.transparency

    @property
    def blur(self) -> float:
        """How many times larger the stars are than a clear, calm, focused night would have had them just then."""
        return self.truth.hfr_px / self.possible_hfr_px

    @property
    def quality(self) -> Quality:
        """Bad: over 30 % of the light lost, HFR over 1.35 x the possible, or stars longer than 1.6 x their width.

        Good: under 15 %, 1.2 x and 1.35 x. What lies between may be kept or not as one likes. A satellite's trail does
        not make a frame bad (stacking takes it out), nor does ordinary seeing after superb one.
        """
        found = (self.lost, self.blur, self.truth.elongation)
        if any(value > limit for value, limit in zip(found, (0.30, 1.35, 1.6), strict=True)):
            return Quality.BAD
        if all(value < limit for value, limit in zip(found, (0.15, 1.2, 1.35), strict=True)):
            return Quality.GOOD
        return Quality.BETWEEN


def simulated(
    nights: Sequence[str | Scenario],
    *,
    every_min: float,
    hours: tuple[float, float] = (0.8, 7.5),
    size: tuple[int, int] = (800, 600),
    seed: int = 11,
) -> list[SimulatedFrame]:
    """Return the lights of consecutive nights, each of a scenario, focused every two hours.

    What is told beside another frame is told beside the first that has stars.
    """
    scenarios = [each if isinstance(each, Scenario) else read_scenario(each) for each in nights]
    rigs = [_Rig(scenario, size, seed=seed) for scenario in scenarios]
    clear = _Rig(CLEAR, size, seed=seed)
    reference: Peer | None = None
    found = []
    begun = [(rig, at) for night, rig in enumerate(rigs) for at in _moments(night, hours, every_min=every_min)]
    for number, (rig, at) in enumerate(begun):
        frame, peer = rig.frame(at, number=number, clear=clear)
        reference = reference or peer
        if peer is not None and reference is not None:
            metrics = frame.image.metrics | beside(peer, reference)
            frame = replace(frame, image=frame.image.model_copy(update={"metrics": metrics}))
        found.append(frame)
    return found


def _moments(night: int, hours: tuple[float, float], *, every_min: float) -> Iterator[datetime]:
    noon = FIRST_NIGHT + timedelta(days=night)
    dusk = noon + timedelta(hours=-Conditions(0, SITE).hours_after_dusk(noon))
    for step in range(int((hours[1] - hours[0]) * 60 / every_min)):
        yield dusk + timedelta(hours=hours[0], minutes=every_min * step)


class _Rig:
    """A telescope under the sky of one scenario."""

    def __init__(self, scenario: Scenario, size: tuple[int, int], *, seed: int) -> None:
        self._conditions = Conditions(seed, SITE, scenario=scenario)
        self._size = size
        self._sky = Sky(seed=seed, site=SITE, optics=OPTICS, sensor=Sensor(*size), scenario=self._conditions)
        self._guider = Guider(self._conditions.guiding)

    def frame(self, started: datetime, *, number: int, clear: _Rig) -> tuple[SimulatedFrame, Peer | None]:
        path, settings = self._path(started), self._settings(started)
        truth = self._sky.truth(path, settings)
        pixels = self._sky.render(path, settings).T
        measured = measure_frame(pixels, StarSettings(), scale_arcsec=SCALE_ARCSEC)
        stars = measured.stars.stars
        peer = None if stars is None else Peer(stars, pixels.shape, EXPOSURE_S, measured.metrics["background"])
        guiding = self._guider.during(started, EXPOSURE_S).metrics()
        known = {"altitude": path.altitude_deg, "airmass": airmass(path.altitude_deg) or math.inf}
        image = AcquiredImage(
            id=number + 1,
            guid=f"{number:04d}",
            profile_id=1,
            profile_name="rig",
            project_name="simulated",
            target_name="Auriga",
            plan_id=1,
            filter_name="L",
            file=f"{number:04d}.fits",
            started=started,
            acquired=started + timedelta(seconds=EXPOSURE_S),
            exposure_s=EXPOSURE_S,
            gain=100,
            offset=30,
            metrics={**measured.metrics, **guiding, **known},
            detector=measured.detector,
        )
        return SimulatedFrame(image, truth, clear.possible_hfr_px(started)), peer

    def possible_hfr_px(self, started: datetime) -> float:
        return self._sky.truth(self._path(started), self._settings(started)).hfr_px

    def _path(self, started: datetime) -> LightPath:
        hours = np.array((started - _EPOCH) / timedelta(hours=1))
        at = horizontal(SITE, hours, ra_deg=np.array(RA_HOURS * 15.0), dec_deg=np.array(DEC_DEG))
        temperature_c = self._sky.temperature_c(started)
        return LightPath(
            ra_hours=RA_HOURS,
            dec_deg=DEC_DEG,
            altitude_deg=float(at.altitude_deg),
            azimuth_deg=float(at.azimuth_deg),
            rotator_deg=0.0,
            sky_angle_deg=0.0,
            filter_name="L",
            focuser_position=self._focused(started, temperature_c),
            temperature_c=temperature_c,
            cover_closed=False,
            panel_level=0.0,
            tracking=True,
        )

    def _focused(self, started: datetime, temperature_c: float) -> int:
        """Where the focuser stands: right for the temperature, and for what had slipped when it last focused."""
        hours = self._conditions.hours_after_dusk(started)
        since = timedelta(hours=hours % FOCUSED_EVERY_H)
        slipped_steps = self._conditions.focus_shift_um(started - since) / OPTICS.microns_per_step
        return round(best_focus_steps(OPTICS, temperature_c, filter_name="L") + slipped_steps)

    def _settings(self, started: datetime) -> ExposureSettings:
        return ExposureSettings(
            started=started,
            duration_s=EXPOSURE_S,
            light=True,
            gain=100,
            offset=30,
            bin_x=1,
            bin_y=1,
            start_x=0,
            start_y=0,
            num_x=self._size[0],
            num_y=self._size[1],
            readout_mode=0,
            ccd_temperature_c=-10.0,
        )
