"""The stars and satellites of one exposure: which ones, where on the frame, how bright and in which shape."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from hostsim.sky.coma import coma_px, with_coma, zones
from hostsim.sky.conditions import Conditions
from hostsim.sky.filters import curve
from hostsim.sky.focus import defocus_um
from hostsim.sky.mosaic import bands
from hostsim.sky.passage import Passage
from hostsim.sky.projection import TangentPlane
from hostsim.sky.psf import Blur, Orientation, PointSpread, point_spread
from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.satellites import COLOUR, Satellites
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor
from hostsim.sky.stamps import DrawnStars, Floats, reach_px
from hostsim.sky.stars import stars_near

_SIDEREAL_ARCSEC_PER_S = 15.041
_HOURS_PER_YEAR = 8766.0
# Fractions of the noise of a pixel: stars with less flux and star wings below it cannot be seen. A star that is spread
# over many pixels drowns in the noise of them all, and a trail fainter than this part of the noise is not made out.
_FAINTEST_STAR = 2.0
_FAINTEST_PER_SIDE = 1.0
_FAINTEST_WING = 0.05
_FAINTEST_TRAIL = 0.05


@dataclass(frozen=True)
class View:
    """What an open telescope looks at during one exposure, and through what.

    ``per_mag_e`` is what a source of magnitude 0 beyond the air brings over the exposure in each band of the sensor;
    ``noise_e`` the noise of a pixel without stars.
    """

    plane: TangentPlane
    passage: Passage
    per_mag_e: tuple[float, ...]
    noise_e: float


@dataclass(frozen=True)
class Streak:
    """A satellite's trail on the canvas: where it begins and ends in canvas pixels, and its electrons in each band."""

    from_px: tuple[float, float]
    to_px: tuple[float, float]
    flux_e: tuple[float, ...]
    magnitude: float


@dataclass(frozen=True)
class StarLight:
    """What is drawn on a subframe's unbinned canvas: stars, by what they move, and satellites.

    ``stars`` stand at the middle of their movement ``move_px`` (right, down) and have the shapes they show; ``parts``
    are what is drawn of them. ``middle`` is the shape in the middle of the sensor; ``faintest_wing_e`` where wings end.
    """

    stars: DrawnStars
    parts: tuple[DrawnStars, ...]
    move_px: tuple[float, float]
    streaks: tuple[Streak, ...]
    middle: PointSpread
    blur: Blur
    faintest_wing_e: float


class StarField:
    """Stars and satellites through one telescope, as one sensor sees them."""

    def __init__(self, seed: int, optics: Optics, *, sensor: Sensor, conditions: Conditions) -> None:
        """Look through ``optics`` at the night of ``conditions``; the seed draws the satellites."""
        self._optics = optics
        self._sensor = sensor
        self._conditions = conditions
        self._satellites = Satellites(seed, conditions.satellites_per_hour)

    def during(self, view: View, path: LightPath, *, exposure: ExposureSettings) -> StarLight:
        """Return what an exposure sees of stars and satellites."""
        blur = self._blur(path, exposure, way=view.passage)
        move_px = self._move_px(view.plane, path, exposure=exposure, guided=blur)
        stars = self._stars(view, path, move_px=move_px, exposure=exposure, blur=blur)
        wing_e = _FAINTEST_WING * view.noise_e
        ring_px = coma_px(self._optics, self._sensor, x=stars.x, y=stars.y)
        first_x, first_y = exposure.start_x * exposure.bin_x, exposure.start_y * exposure.bin_y
        stars = replace(stars, x=stars.x - first_x, y=stars.y - first_y)
        near = _near_canvas(stars, exposure, reach=reach_px(stars, faintest_e=wing_e) + math.hypot(*move_px) / 2.0)
        stars, ring_px = stars.rows(near), (ring_px[0][near], ring_px[1][near])
        shown = replace(stars, spread=with_coma(stars.spread, ring_px))
        return StarLight(
            shown,
            parts=zones(stars, ring_px) if self._optics.coma_um else (shown,),
            move_px=move_px,
            streaks=self._streaks(view, path, exposure=exposure),
            middle=self._shapes(view.plane, blur, at=_middle(view.plane)),
            blur=blur,
            faintest_wing_e=wing_e,
        )

    def _blur(self, path: LightPath, exposure: ExposureSettings, *, way: Passage) -> Blur:
        middle = exposure.started + timedelta(seconds=exposure.duration_s / 2.0)
        return Blur(
            seeing_arcsec=float(way.seeing_arcsec.mean()),
            guiding=self._conditions.guiding(exposure.started, exposure.duration_s),
            defocus_um=defocus_um(self._optics, path, slipped_um=self._conditions.focus_shift_um(middle)),
            dew_mag=float(way.dew_mag.mean()),
        )

    def _move_px(
        self, plane: TangentPlane, path: LightPath, *, exposure: ExposureSettings, guided: Blur
    ) -> tuple[float, float]:
        """Return how far stars move over the frame (right, down): guiding's drift, a fault's, the sky's own."""
        east = guided.guiding.drift_ra_arcsec - path.drift_arcsec_per_s[0] * exposure.duration_s
        north = guided.guiding.drift_dec_arcsec - path.drift_arcsec_per_s[1] * exposure.duration_s
        if not path.tracking:
            east -= _SIDEREAL_ARCSEC_PER_S * math.cos(math.radians(path.dec_deg)) * exposure.duration_s
        right, down = Orientation(plane.sky_angle_deg, plane.mirrored).to_pixels(east, north)
        return right / plane.scale_arcsec, down / plane.scale_arcsec

    def _shapes(self, plane: TangentPlane, blur: Blur, *, at: tuple[Floats, Floats]) -> PointSpread:
        lie = Orientation(plane.sky_angle_deg, plane.mirrored)
        return point_spread(self._optics, self._sensor, blur=blur, lie=lie, at=at)

    def _stars(
        self, view: View, path: LightPath, *, move_px: tuple[float, float], exposure: ExposureSettings, blur: Blur
    ) -> DrawnStars:
        """Return the stars that stand out near the field, at the middle of their movement on the sensor."""
        plane, length_px = view.plane, math.hypot(*move_px)
        radius_px = math.hypot(plane.centre_x, plane.centre_y) + 60.0 + length_px
        table = stars_near(plane.ra_deg, plane.dec_deg, radius_deg=radius_px * plane.scale_arcsec / 3600.0)
        flux_e = np.empty((table.magnitude.size, len(view.per_mag_e)))
        for column, band in enumerate(bands(self._sensor)):
            magnitude = table.magnitude + curve(path.filter_name, band).colour_term * table.colour
            flux_e[:, column] = view.per_mag_e[column] * 10.0 ** (-0.4 * magnitude)
        bright = flux_e.max(axis=1) > _FAINTEST_STAR * view.noise_e
        flux_e = flux_e[bright]
        table = table.keep(bright).moved(hours_since_epoch(exposure.started) / _HOURS_PER_YEAR)
        x, y = plane.to_pixels(table.ra_deg, table.dec_deg)
        x, y = x + move_px[0] / 2.0, y + move_px[1] / 2.0
        stars = DrawnStars(x, y, flux_e, spread=self._shapes(plane, blur, at=(x, y)))
        side_px = 2.0 * stars.spread.hfr_px()
        least = np.maximum(
            _FAINTEST_PER_SIDE * np.sqrt(side_px * (side_px + length_px)), _FAINTEST_TRAIL * side_px * length_px
        )
        return stars.rows(flux_e.max(axis=1) > least * view.noise_e)

    def _streaks(self, view: View, path: LightPath, *, exposure: ExposureSettings) -> tuple[Streak, ...]:
        radius_deg = math.hypot(view.plane.centre_x, view.plane.centre_y) * view.plane.scale_arcsec / 3600.0
        first = (exposure.start_x * exposure.bin_x, exposure.start_y * exposure.bin_y)
        tracks = self._satellites.tracks(
            view.plane, exposure.started, duration_s=exposure.duration_s, radius_deg=radius_deg
        )
        terms = [curve(path.filter_name, band).colour_term for band in bands(self._sensor)]
        streaks = []
        for track in tracks:
            part = track.seconds / exposure.duration_s * 10.0 ** (-0.4 * track.magnitude)
            flux_e = tuple(
                per_mag_e * part * 10.0 ** (-0.4 * term * COLOUR)
                for per_mag_e, term in zip(view.per_mag_e, terms, strict=True)
            )
            ends = [(end[0] - first[0], end[1] - first[1]) for end in (track.from_px, track.to_px)]
            streaks.append(Streak(ends[0], ends[1], flux_e, track.magnitude))
        return tuple(streaks)


def _middle(plane: TangentPlane) -> tuple[Floats, Floats]:
    return np.array([plane.centre_x]), np.array([plane.centre_y])


def _near_canvas(stars: DrawnStars, exposure: ExposureSettings, *, reach: Floats) -> NDArray[np.bool_]:
    width, height = exposure.num_x * exposure.bin_x, exposure.num_y * exposure.bin_y
    across = (stars.x > -reach - 1.0) & (stars.x < width + reach)
    return across & (stars.y > -reach - 1.0) & (stars.y < height + reach)
