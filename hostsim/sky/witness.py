"""The witness of a frame: it tells what was drawn, in the words of `FrameTruth`."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np

from hostsim.sky.conditions import Conditions
from hostsim.sky.judging import faults
from hostsim.sky.light import OpenSky
from hostsim.sky.mosaic import mean
from hostsim.sky.passage import Passage
from hostsim.sky.psf import Orientation, point_spread
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor
from hostsim.sky.stamps import Floats
from hostsim.sky.starfield import StarLight, Streak
from hostsim.sky.streaks import clipped
from hostsim.sky.truth import FrameTruth, SkyTruth, StarsTruth


class Witness:
    """Tells the truth about frames of one telescope and sensor."""

    def __init__(self, conditions: Conditions, *, optics: Optics, sensor: Sensor) -> None:
        """Know the night and the equipment."""
        self._conditions = conditions
        self._optics = optics
        self._sensor = sensor

    def tell(self, path: LightPath, exposure: ExposureSettings, *, sky: OpenSky, background_adu: float) -> FrameTruth:
        """Return the truth about an exposure through an open cover."""
        starlight, scale = sky.starlight, sky.view.plane.scale_arcsec
        stars = _stars(starlight, exposure)
        middle = starlight.middle
        binning, move_px = _binning(exposure), starlight.move_px
        middle_hfr_px = float(middle.hfr_px(binning, move_px=move_px)[0])
        rms = starlight.blur.guiding
        lie = Orientation(path.sky_angle_deg, self._optics.mirrored)
        east_px, north_px = lie.to_sky(*move_px)
        ends = (_ends(streak, exposure) for streak in starlight.streaks)
        truth = FrameTruth(
            stars,
            hfr_px=_median(stars.hfr_px, middle_hfr_px),
            fwhm_px=_median(stars.fwhm_px, float(middle.fwhm_px(binning, move_px=move_px)[0])),
            elongation=_median(stars.elongation, float(middle.stretched(*move_px).elongation[0])),
            middle_hfr_px=middle_hfr_px,
            background_adu=background_adu,
            sky=self._sky(exposure, way=sky.view.passage, starlight=starlight),
            focus_error_um=starlight.blur.defocus_um,
            guiding_rms_arcsec=(rms.rms_ra_arcsec, rms.rms_dec_arcsec),
            drift_arcsec=(east_px * scale, north_px * scale),
            satellites=tuple(end for end in ends if end is not None),
        )
        sharp_hfr_px = self._sharp_hfr_px(sky, lie=lie, binning=binning)
        return replace(truth, wrong=faults(truth, tracking=path.tracking, in_focus_hfr_px=sharp_hfr_px))

    def _sharp_hfr_px(self, sky: OpenSky, *, lie: Orientation, binning: float) -> float:
        """Return what the HFR in the middle would be at best focus."""
        plane, focused = sky.view.plane, replace(sky.starlight.blur, defocus_um=0.0)
        middle = np.array([plane.centre_x]), np.array([plane.centre_y])
        spread = point_spread(self._optics, self._sensor, blur=focused, lie=lie, at=middle)
        return float(spread.hfr_px(binning, move_px=sky.starlight.move_px)[0])

    def _sky(self, exposure: ExposureSettings, *, way: Passage, starlight: StarLight) -> SkyTruth:
        middle = exposure.started + timedelta(seconds=exposure.duration_s / 2.0)
        moon = self._conditions.moon(middle)
        moon_altitude, moon_azimuth = math.radians(float(moon.altitude_deg)), math.radians(float(moon.azimuth_deg))
        altitude, azimuth = math.radians(way.altitude_deg), math.radians(way.azimuth_deg)
        cosine = math.sin(altitude) * math.sin(moon_altitude)
        cosine += math.cos(altitude) * math.cos(moon_altitude) * math.cos(azimuth - moon_azimuth)
        return SkyTruth(
            sky_mag_per_arcsec2=way.sky_mag_per_arcsec2,
            airmass=float(way.airmass.mean()),
            transparency=float(way.clear.mean()),
            cloud_mag=way.dimming_mag(way.cloud_mag),
            dew_mag=way.dimming_mag(way.dew_mag),
            blocked=float(way.blocked.mean()),
            seeing_arcsec=starlight.blur.seeing_arcsec,
            moon_altitude_deg=math.degrees(moon_altitude),
            moon_separation_deg=math.degrees(math.acos(max(-1.0, min(1.0, cosine)))),
            moon_illumination=float(moon.illuminated),
        )


def _stars(starlight: StarLight, exposure: ExposureSettings) -> StarsTruth:
    """Return the stars whose middle is on the frame, brightest first, in binned pixels."""
    drawn, binning = starlight.stars, _binning(exposure)
    flux_e = np.array([mean(row) for row in drawn.flux_e.tolist()])
    x, y = (drawn.x + 0.5) / exposure.bin_x - 0.5, (drawn.y + 0.5) / exposure.bin_y - 0.5
    across = np.abs(x - (exposure.num_x - 1) / 2.0) <= exposure.num_x / 2.0
    inside = np.flatnonzero(across & (np.abs(y - (exposure.num_y - 1) / 2.0) <= exposure.num_y / 2.0))
    order = inside[np.argsort(-flux_e[inside], kind="stable")]
    spread = drawn.spread.rows(order)
    shown = spread.stretched(*starlight.move_px)
    return StarsTruth(
        x[order],
        y[order],
        flux_e[order],
        hfr_px=spread.hfr_px(binning, move_px=starlight.move_px),
        fwhm_px=spread.fwhm_px(binning, move_px=starlight.move_px),
        elongation=shown.elongation,
        angle_deg=shown.angle_deg,
    )


def _ends(streak: Streak, exposure: ExposureSettings) -> tuple[float, float, float, float] | None:
    """Return the ends of the part of a trail on the frame, in binned pixels; None when it passes beside it."""
    size = (exposure.num_x * exposure.bin_x, exposure.num_y * exposure.bin_y)
    part = clipped(streak.from_px, streak.to_px, size=size)
    if part is None:
        return None
    (from_x, from_y), (to_x, to_y) = part
    return (
        (from_x + 0.5) / exposure.bin_x - 0.5,
        (from_y + 0.5) / exposure.bin_y - 0.5,
        (to_x + 0.5) / exposure.bin_x - 0.5,
        (to_y + 0.5) / exposure.bin_y - 0.5,
    )


def _binning(exposure: ExposureSettings) -> float:
    return math.sqrt(exposure.bin_x * exposure.bin_y)


def _median(values: Floats, otherwise: float) -> float:
    return float(np.median(values)) if values.size else otherwise
