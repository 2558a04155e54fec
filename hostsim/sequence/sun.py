"""Where the Sun is, well enough to keep away from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from hostsim.sky.curves import Floats
from hostsim.sky.horizontal import Horizontal
from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scene import SkySite
from hostsim.sky.sun import sun_at
from tsplug import Site

_STEP_S = 300.0
_NIGHT_DEG = -18.0
_EVENING_DEG = 10.0


def sun_azimuth_deg(site: Site, moment: datetime) -> float:
    """Return the azimuth of the Sun's centre, from north over east."""
    return float(_sun(site, moment).azimuth_deg)


def sun_altitude_deg(site: Site, moment: datetime) -> float:
    """Return the altitude of the Sun's centre."""
    return float(_sun(site, moment).altitude_deg)


def has_risen(site: Site, *, since: datetime, now: datetime) -> bool:
    """Return whether the Sun is up, and was not all the time since a moment."""
    return sun_altitude_deg(site, now) > 0.0 and bool((_altitudes_deg(site, since, last=now) <= 0.0).any())


def is_up_within(site: Site, *, since: datetime, now: datetime) -> bool:
    """Return whether the Sun is up at some time from a moment to another one."""
    return bool((_altitudes_deg(site, since, last=now) > 0.0).any())


def _altitudes_deg(site: Site, first: datetime, *, last: datetime) -> Floats:
    steps = np.arange(0.0, max(0.0, (last - first).total_seconds()), _STEP_S)
    hours = hours_since_epoch(first) + steps / 3600.0
    place = SkySite(latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg)
    return sun_at(place, hours).altitude_deg


def is_past_twilight(site: Site, moment: datetime, *, when: Literal["dusk", "dawn"]) -> bool:
    """Return whether that twilight is over: at dawn the Sun is up, at dusk it is deep down, or rises."""
    altitude_deg = sun_altitude_deg(site, moment)
    if when == "dawn":
        return altitude_deg > 0.0
    return altitude_deg < _NIGHT_DEG or _rises(site, moment)


def is_evening(site: Site, moment: datetime) -> bool:
    """Return whether the Sun is about to set, or has set: who asks for something now does so for the night to come."""
    return sun_altitude_deg(site, moment) < _EVENING_DEG and not _rises(site, moment)


def _rises(site: Site, moment: datetime) -> bool:
    return sun_altitude_deg(site, moment + timedelta(minutes=1)) > sun_altitude_deg(site, moment)


def _sun(site: Site, moment: datetime) -> Horizontal:
    place = SkySite(latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg)
    return sun_at(place, np.asarray(hours_since_epoch(moment)))
