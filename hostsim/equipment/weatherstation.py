"""The host's weather station (ASCOM ObservingConditions): all its sensors at a moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from alpaca.exceptions import (
    AlpacaRequestException,
    InvalidOperationException,
    NotImplementedException,
    ValueNotSetException,
)

from hostsim.equipment.device import HostDevice

_SENSORS = {
    "CloudCover": "cloud_percent",
    "DewPoint": "dew_point_c",
    "Humidity": "humidity_percent",
    "Pressure": "pressure_hpa",
    "RainRate": "rain_mm_per_h",
    "SkyBrightness": "sky_lux",
    "SkyQuality": "sky_mag_per_arcsec2",
    "SkyTemperature": "sky_c",
    "StarFWHM": "star_fwhm_arcsec",
    "Temperature": "temperature_c",
    "WindDirection": "wind_direction_deg",
    "WindGust": "gust_m_per_s",
    "WindSpeed": "wind_m_per_s",
}
_SILENT = (NotImplementedException, InvalidOperationException, ValueNotSetException)


@dataclass(frozen=True)
class WeatherReading:
    """What a weather station shows; None where it has no such sensor, or that has nothing to tell yet."""

    cloud_percent: float | None = None
    dew_point_c: float | None = None
    humidity_percent: float | None = None
    pressure_hpa: float | None = None
    rain_mm_per_h: float | None = None
    sky_lux: float | None = None
    sky_mag_per_arcsec2: float | None = None
    sky_c: float | None = None
    star_fwhm_arcsec: float | None = None
    temperature_c: float | None = None
    wind_direction_deg: float | None = None
    gust_m_per_s: float | None = None
    wind_m_per_s: float | None = None

    def halfway(self, later: WeatherReading) -> WeatherReading:
        """Return what it showed between two moments, if it changed evenly; the later alone where one is not known."""
        values = {}
        for name in _SENSORS.values():
            before, after = getattr(self, name), getattr(later, name)
            if before is None or after is None:
                values[name] = after
            elif name == "wind_direction_deg":
                # Around by the shorter way, not from 350 through 180 to 10.
                values[name] = (before + ((after - before + 180.0) % 360.0 - 180.0) / 2.0) % 360.0
            else:
                values[name] = (before + after) / 2.0
        return WeatherReading(**values)

    def metrics(self) -> dict[str, float]:
        """Return what is known under the keys of the metrics, in their units."""
        known = {
            "cloud_cover": self.cloud_percent,
            "dew_point": self.dew_point_c,
            "humidity": self.humidity_percent,
            "pressure": self.pressure_hpa,
            "sky_quality": self.sky_mag_per_arcsec2,
            "temperature": self.temperature_c,
            "wind_speed": self.wind_m_per_s,
        }
        return {key: value for key, value in known.items() if value is not None}


class WeatherStation(HostDevice):
    """A weather station."""

    kind = "weather station"
    platform_7 = 2

    def reading(self) -> WeatherReading:
        """Return what every sensor shows, in one request where the driver can tell it so."""
        with self._trying("tell the weather"):
            told = self._state()
            if told is None:
                told = {name: self._sensor(name) for name in _SENSORS}
        return WeatherReading(**{field: _number(told.get(name)) for name, field in _SENSORS.items()})

    def _state(self) -> dict[str, Any] | None:
        """Return the values of Platform 7's DeviceState, None from drivers before that."""
        if self._alpaca.InterfaceVersion < self.platform_7:
            return None
        try:
            state = self._alpaca.DeviceState
        except (AlpacaRequestException, *_SILENT):
            return None
        if not isinstance(state, list):
            return None
        return {entry["Name"]: entry.get("Value") for entry in state if isinstance(entry, dict) and "Name" in entry}

    def _sensor(self, name: str) -> float | None:
        try:
            return float(getattr(self._alpaca, name))
        except _SILENT:
            return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
