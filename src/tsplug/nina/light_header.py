"""What the header of a light says beyond how it was exposed: metrics, devices, the flats session.

Keywords of N.I.N.A. and of what programs write after measuring (spec/peers d-1); units as in the header.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tsplug.model import PierSide

_WEATHER = {
    "CLOUDCVR": ("cloud_cover", 1.0),
    "HUMIDITY": ("humidity", 1.0),
    "PRESSURE": ("pressure", 1.0),
    "DEWPOINT": ("dew_point", 1.0),
    "AMBTEMP": ("temperature", 1.0),
    "MPSAS": ("sky_quality", 1.0),
    # Kilometres an hour in the header.
    "WINDSPD": ("wind_speed", 1.0 / 3.6),
}
_MEASURED = {
    "CENTALT": "altitude",
    "AIRMASS": "airmass",
    "HFR": "hfr",
    "HFRSTD": "hfr_stdev",
    "FWHM": "fwhm",
    "FWHMARC": "fwhm_arcsec",
    "ECCENT": "eccentricity",
    "NSTARS": "star_count",
    "IMGSNR": "snr",
    "BGLEVEL": "background",
    "BGNOISE": "noise",
    "IMGMEAN": "adu_mean",
    "IMGMED": "adu_median",
}

_LARGEST_MODE = 32_767
"""ASCOM numbers readout modes in 16 bits."""

WANTED = frozenset({*_WEATHER, *_MEASURED, "TSSESSID", "TSRDMODE", "PIERSIDE", "FOCPOS", "FOCUSPOS", "NAXIS1"})
"""The keywords that are looked at here."""


@dataclass(frozen=True)
class LightCards:
    """Metrics by their keys, fields of the record by their names, how many columns it has, the number of its mode."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    width_px: int | None = None
    readout_mode: int | None = None


def read_light(cards: Mapping[str, Any]) -> LightCards:
    """Return what the cards of a light say; what cannot be read is left out.

    A weather source that was off writes zeros everywhere: these are no weather.
    """
    weather = {key: number for key in _WEATHER if (number := _number(cards.get(key))) is not None}
    metrics = {_WEATHER[key][0]: value * _WEATHER[key][1] for key, value in weather.items() if any(weather.values())}
    for key, name in _MEASURED.items():
        value = _number(cards.get(key))
        if value is not None and not (name == "airmass" and value < 1):
            metrics[name] = value
    position = _number(cards.get("FOCPOS", cards.get("FOCUSPOS")))
    session = str(cards.get("TSSESSID", "")).strip()
    width = _number(cards.get("NAXIS1"))
    fields: dict[str, Any] = {
        "pier_side": _pier_side(cards.get("PIERSIDE")),
        "focuser_position": None if position is None else round(position),
        "session_id": int(session) if session.isascii() and session.isdigit() else 0,
    }
    return LightCards(metrics, fields, None if width is None else round(width), _mode(cards.get("TSRDMODE")))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _mode(value: Any) -> int | None:
    number = _number(value)
    return round(number) if number is not None and 0 <= number <= _LARGEST_MODE else None


def _pier_side(value: Any) -> PierSide:
    return next((side for side in PierSide if str(value).strip().lower() == side.value.lower()), PierSide.UNKNOWN)
