"""Frames of hostsim's sky and which stars were drawn where, to hold what was found against place by place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from judging_frames import nearest
from numpy.typing import NDArray
from simulated_nights import FIRST_NIGHT, OPTICS, SITE

from hostsim.sky.focus import best_focus_steps
from hostsim.sky.scenario import read_scenario
from hostsim.sky.scene import ExposureSettings, LightPath, Sensor
from hostsim.sky.sensor import electrons_per_adu
from hostsim.sky.sky import Sky
from hostsim.sky.truth import StarsTruth
from tsplug.imaging.measure import FrameMeasurement, measure_frame
from tsplug.imaging.settings import StarSettings

Floats = NDArray[np.float64]

SENSOR = Sensor(width=900, height=700)
GAIN = 100
GAIN_E = electrons_per_adu(SENSOR, GAIN)
# A star of less than this is none that a place could be told of.
_FAINTEST_SNR, _SURE_SNR, _COUNTED_SNR = 4.0, 20.0, 10.0
_UNSATURATED_ADU = 50_000.0
_AROUND_PX, _MARGIN_PX = 12, 14.0


@dataclass(frozen=True)
class Look:
    """What a frame is taken of: scenario, hours after dusk, filter, field, steps beside focus, altitude."""

    scenario: str = "clear"
    hours: float = 2.1
    filter_name: str = "L"
    ra_hours: float = 4.6
    dec_deg: float = 34.0
    defocus_steps: int = 0
    altitude_deg: float = 70.0


@dataclass(frozen=True)
class Held:
    """What was found against what was drawn: how many places are counted, and how many of them are no star's.

    ``sure`` stars stand alone, are not saturated and of a signal to noise of 20 or more, ``missed`` are those of them
    that were not found; ``expected`` is how many of a signal to noise of 10 were drawn. ``off_px`` is how far the
    measured stars are from where they were drawn, as the median.
    """

    found: int
    false: int
    sure: int
    missed: int
    expected: int
    off_px: float


def held(look: Look, *, seed: int = 11) -> tuple[Held, FrameMeasurement]:
    """Take and measure a frame, and hold the places of its stars against those that were drawn."""
    started = FIRST_NIGHT + timedelta(hours=look.hours)
    sky = Sky(seed=seed, site=SITE, optics=OPTICS, sensor=SENSOR, scenario=read_scenario(look.scenario))
    started += timedelta(hours=-sky.conditions.hours_after_dusk(FIRST_NIGHT))
    path, exposure = _path(look, sky.temperature_c(started)), _exposure(started)
    pixels, drawn = np.ascontiguousarray(sky.render(path, exposure).T), sky.truth(path, exposure)
    measured = measure_frame(pixels, StarSettings(electrons_per_adu=GAIN_E))
    return _judged(pixels, drawn.stars, measured, hfr_px=drawn.hfr_px), measured


def _judged(pixels: NDArray[np.uint16], drawn: StarsTruth, measured: FrameMeasurement, *, hfr_px: float) -> Held:
    places = measured.stars.places or (np.zeros(0), np.zeros(0))
    snr, peak_adu = _brightness(pixels, drawn, measured)
    near = max(2.5, 1.5 * hfr_px)
    known = snr >= _FAINTEST_SNR
    inside = _inside(drawn, pixels.shape, margin=_MARGIN_PX + 2.0 * hfr_px)
    sure = np.flatnonzero(inside & (snr >= _SURE_SNR) & (peak_adu < _UNSATURATED_ADU))
    sure = sure[[_stands_alone(drawn, star, hfr_px=hfr_px) for star in sure]]
    stars = measured.stars.stars
    off = np.zeros(1) if stars is None else nearest((stars.x, stars.y), (drawn.x, drawn.y))
    return Held(
        found=places[0].size,
        false=int(np.count_nonzero(nearest(places, (drawn.x[known], drawn.y[known])) > near)),
        sure=sure.size,
        missed=int(np.count_nonzero(nearest((drawn.x[sure], drawn.y[sure]), places) > near)),
        expected=int(np.count_nonzero(_inside(drawn, pixels.shape, margin=12.0) & (snr >= _COUNTED_SNR))),
        off_px=float(np.median(off)),
    )


def _brightness(pixels: NDArray[np.uint16], drawn: StarsTruth, measured: FrameMeasurement) -> tuple[Floats, Floats]:
    """Return signal to noise of drawn stars, as a filter of their own width has it on their own sky, and their peaks.

    A nebula's light makes noise too: what lies around a star counts as its sky.
    """
    sky = measured.stars.background
    around = np.array([_level(pixels, x, y, otherwise=sky) for x, y in zip(drawn.x, drawn.y, strict=True)])
    variance = (measured.stars.noise * GAIN_E) ** 2 + np.maximum(around - sky, 0.0) * GAIN_E
    width = 4.0 * np.pi * (drawn.fwhm_px / 2.355) ** 2
    return drawn.flux_e / np.sqrt(drawn.flux_e + width * variance), around + 2.0 * drawn.flux_e / width / GAIN_E


def _level(pixels: NDArray[np.uint16], x: float, y: float, *, otherwise: float) -> float:
    row, column = round(y), round(x)
    rows, columns = (slice(max(0, at - _AROUND_PX), max(0, at + _AROUND_PX + 1)) for at in (row, column))
    part = pixels[rows, columns]
    return float(np.median(part)) if part.size else otherwise


def _inside(drawn: StarsTruth, shape: tuple[int, ...], *, margin: float) -> NDArray[np.bool_]:
    high, wide = shape
    return np.asarray(
        (np.minimum(drawn.x, drawn.y) > margin) & (drawn.x < wide - 1 - margin) & (drawn.y < high - 1 - margin)
    )


def _stands_alone(drawn: StarsTruth, star: int, *, hfr_px: float) -> bool:
    apart = np.hypot(drawn.x - drawn.x[star], drawn.y - drawn.y[star])
    rivals = (apart < 8.0 * hfr_px) & (drawn.flux_e > 0.3 * drawn.flux_e[star])
    return int(np.count_nonzero(rivals)) == 1


def _path(look: Look, temperature_c: float) -> LightPath:
    focus = round(best_focus_steps(OPTICS, temperature_c, filter_name=look.filter_name))
    return LightPath(
        ra_hours=look.ra_hours,
        dec_deg=look.dec_deg,
        altitude_deg=look.altitude_deg,
        rotator_deg=0.0,
        sky_angle_deg=0.0,
        filter_name=look.filter_name,
        focuser_position=focus + look.defocus_steps,
        temperature_c=temperature_c,
        cover_closed=False,
        panel_level=0.0,
        tracking=True,
    )


def _exposure(started: datetime) -> ExposureSettings:
    return ExposureSettings(
        started=started,
        duration_s=120.0,
        light=True,
        gain=GAIN,
        offset=30,
        bin_x=1,
        bin_y=1,
        start_x=0,
        start_y=0,
        num_x=SENSOR.width,
        num_y=SENSOR.height,
        readout_mode=0,
        ccd_temperature_c=-10.0,
    )
