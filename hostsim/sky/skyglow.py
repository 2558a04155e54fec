"""How bright the empty sky is: airglow, the lights of the place, twilight, moonlight, and clouds that they light up.

Brightness is in nanolamberts between the functions, as in Krisciunas & Schaefer 1991 (PASP 103, 1033), from which
moonlight and the brightening towards the horizon are taken; magnitudes are V per square arcsecond.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hostsim.sky.curves import Floats, soft_step
from hostsim.sky.horizontal import Horizontal, direction
from hostsim.sky.moon import Moon
from hostsim.sky.scene import SkySite

EXTINCTION_MAG = 0.16
"""What clear air takes of a star in V, in magnitudes per airmass."""
# A sky without any lamp (Krisciunas & Schaefer have 21.6 at solar maximum; 22 is usual at minimum).
_NATURAL_MAG = 21.9
_DAYLIGHT_MAG = 4.0
# How thick clouds dim what comes from above, and how much more than the clear sky they return of the place's lamps
# (Kyba and others 2011, PLoS ONE 6, e17307, measured three to ten times, in the country and in the city).
_CLOUDS_TAKE = 0.4
_CLOUDS_RETURN = 3.0
# Twilight is steepest towards the Sun and even 17 degrees beyond the zenith, with about a percent per degree in the
# zenith (Chromey & Hasselbacher 1996, PASP 108, 944: up to several percent per degree, even near a null spot).
_SUNWARDS = 0.6
_TO_HORIZON = 1.0
_MOONRISE_DEG = (-1.0, 3.0)
_NEAREST_DEG = 0.25


@dataclass(frozen=True)
class Lights:
    """What lights the sky at one moment: Sun, Moon, and what clouds (looked through) and clear air take of a star."""

    sun: Horizontal
    moon: Moon
    cloud_mag: float
    extinction_mag: float = EXTINCTION_MAG


def nanolamberts(magnitude: Floats) -> Floats:
    """Return the surface brightness of magnitudes per square arcsecond (Krisciunas & Schaefer, equation 1)."""
    return np.asarray(34.08 * np.exp(20.7233 - 0.92104 * np.asarray(magnitude)))


def magnitude_of(brightness_nl: Floats) -> Floats:
    """Return the magnitudes per square arcsecond of nanolamberts."""
    return np.asarray((20.7233 - np.log(brightness_nl / 34.08)) / 0.92104)


def scattering_airmass(zenith_deg: Floats) -> Floats:
    """Return the airmass of scattered light at a zenith distance, 5 at the horizon (their equation 3)."""
    sine = np.sin(np.radians(zenith_deg))
    return np.asarray(1.0 / np.sqrt(1.0 - 0.96 * sine * sine))


def airglow_factor(zenith_deg: Floats, extinction_mag: float) -> Floats:
    """Return how much brighter than the zenith the dark sky is (their equation 2)."""
    airmass = scattering_airmass(zenith_deg)
    return np.asarray(airmass * 10.0 ** (-0.4 * extinction_mag * (airmass - 1.0)))


def moonlight_nl(lights: Lights, zenith_deg: Floats, *, separation_deg: Floats) -> Floats:
    """Return the moonlight that air and clouds scatter (their equations 15, 20, 21; near the Moon the inverse square).

    Clouds scatter it as more air would, and take a part of all. It fades in as the Moon rises.
    """
    phase = np.abs(lights.moon.phase_angle_deg)
    outside = 10.0 ** (-0.4 * (3.84 + 0.026 * phase + 4.0e-9 * phase**4))
    apart = np.maximum(separation_deg, _NEAREST_DEG)
    rayleigh = 10.0**5.36 * (1.06 + np.cos(np.radians(apart)) ** 2)
    # The paper changes formula at 10 degrees; the larger of the two joins them without a step.
    mie = np.maximum(10.0 ** (6.15 - apart / 40.0), 6.2e7 / apart**2)
    moon_zenith = np.clip(90.0 - lights.moon.altitude_deg, 0.0, 90.0)
    arriving = outside * 10.0 ** (-0.4 * lights.extinction_mag * scattering_airmass(moon_zenith))
    depth_mag = lights.extinction_mag * scattering_airmass(zenith_deg) + lights.cloud_mag
    low, high = _MOONRISE_DEG
    risen = soft_step((lights.moon.altitude_deg - low) / (high - low))
    return np.asarray((rayleigh + mie) * arriving * (1.0 - 10.0 ** (-0.4 * depth_mag)) * risen * _taken(lights))


def twilight_mag(sun_altitude_deg: Floats) -> Floats:
    """Return the brightness of twilight alone in the zenith.

    Source: Patat, Ugolnikov & Postylyakov 2006 (A&A 455, 385), V, from 5 to 11 degrees of the Sun's depression; on at
    their first slope to daylight above, and at one magnitude per degree below, where the night hides it.
    """
    depression = -np.asarray(sun_altitude_deg)
    part = np.clip(depression - 5.0, 0.0, 6.0)
    measured = 11.84 + 1.518 * part - 0.057 * part * part
    beyond = np.maximum(depression - 11.0, 0.0) + 1.518 * np.minimum(depression - 5.0, 0.0)
    return np.asarray(np.maximum(measured + beyond, _DAYLIGHT_MAG))


def sky_nl(site: SkySite, lights: Lights, *, towards: Floats) -> Floats:
    """Return the brightness towards unit vectors (east, north, up, see `direction`); below the horizon, that on it."""
    zenith_deg = np.degrees(np.arccos(np.clip(towards[..., 2], 0.0, 1.0)))
    dark = _dark_nl(site, lights) * airglow_factor(zenith_deg, lights.extinction_mag)
    moonwards = direction(lights.moon.altitude_deg, lights.moon.azimuth_deg)
    separation_deg = np.degrees(np.arccos(np.clip(np.sum(towards * moonwards, axis=-1), -1.0, 1.0)))
    sunwards = np.sum(towards * direction(np.asarray(0.0), lights.sun.azimuth_deg), axis=-1)
    sine = np.sin(np.radians(zenith_deg))
    shape = np.exp(_SUNWARDS * sunwards + _TO_HORIZON * sine * sine)
    twilight = nanolamberts(twilight_mag(lights.sun.altitude_deg)) * shape * _taken(lights)
    return np.asarray(dark + moonlight_nl(lights, zenith_deg, separation_deg=separation_deg) + twilight)


def _dark_nl(site: SkySite, lights: Lights) -> float:
    """Return the zenith's brightness without Sun and Moon: what is natural, and the lamps of the place."""
    whole = float(nanolamberts(np.asarray(site.sky_brightness_mag)))
    natural = min(whole, float(nanolamberts(np.asarray(_NATURAL_MAG))))
    return natural * _taken(lights) + (whole - natural) * (1.0 + _CLOUDS_RETURN * _shut(lights))


def _shut(lights: Lights) -> float:
    return float(1.0 - 10.0 ** (-0.4 * lights.cloud_mag))


def _taken(lights: Lights) -> float:
    return 1.0 - _CLOUDS_TAKE * _shut(lights)
