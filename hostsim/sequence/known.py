"""What the host knows of a light without looking at its pixels, under the keys of the metrics."""

from __future__ import annotations

import math

import numpy as np

from hostsim.saving.airmass import airmass
from hostsim.saving.facts import FrameFacts
from hostsim.sky.moon import moon_at
from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scene import SkySite


def known_metrics(facts: FrameFacts) -> dict[str, float]:
    """Return altitude, airmass and Moon in the middle of the exposure, guiding over it, weather around it."""
    readings = facts.readings
    metrics: dict[str, float] = {}
    if readings.mount is not None:
        metrics["altitude"] = readings.mount.altitude_deg
        air = airmass(readings.mount.altitude_deg)
        if air is not None:
            metrics["airmass"] = air
    if readings.guiding is not None:
        metrics |= readings.guiding.metrics()
    if readings.weather is not None:
        metrics |= readings.weather.metrics()
    return metrics | _moon(facts)


def _moon(facts: FrameFacts) -> dict[str, float]:
    """Return how much of the Moon is lit in percent, and how far it stands from where the mount points in degrees."""
    site, mount = facts.site, facts.readings.mount
    place = SkySite(site.latitude_deg, site.longitude_deg, site.elevation_m)
    hours = hours_since_epoch(facts.started + (facts.ended - facts.started) / 2)
    moon = moon_at(place, np.array(hours))
    known = {"moon_illumination": 100.0 * float(moon.illuminated)}
    if mount is not None:
        apart_deg = _apart_deg(
            (mount.altitude_deg, mount.azimuth_deg), (float(moon.altitude_deg), float(moon.azimuth_deg))
        )
        known["moon_distance"] = apart_deg
    return known


def _apart_deg(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the angle between two directions, each an altitude and an azimuth in degrees."""
    (low, from_north), (high, to_north) = (tuple(map(math.radians, place)) for place in (one, other))
    cosine = math.sin(low) * math.sin(high) + math.cos(low) * math.cos(high) * math.cos(from_north - to_north)
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
