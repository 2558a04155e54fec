"""An alpyca device whose answers are what the interface says, or an error; alpyca itself looks at none of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import requests

_SHOWN = 60


class UnreadableAnswerError(Exception):
    """An Alpaca server answered with something that makes no sense; the text says what."""


class CheckedDevice:
    """Stands before an alpyca device: same members, but what cannot be understood is an `UnreadableAnswerError`."""

    def __init__(self, alpaca: Any) -> None:
        """Check the answers of ``alpaca``."""
        object.__setattr__(self, "_alpaca", alpaca)

    def __getattr__(self, name: str) -> Any:
        """Return a property's value, checked, or a method that checks."""
        alpaca = self._alpaca
        if not hasattr(type(alpaca), name):
            return getattr(alpaca, name)
        if callable(getattr(type(alpaca), name)):
            return partial(_called, getattr(alpaca, name), name)
        with _understanding(name):
            return _checked(name, getattr(alpaca, name))

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a property."""
        with _understanding(name):
            setattr(self._alpaca, name, value)


def _called(method: Callable[..., Any], name: str, *arguments: Any) -> Any:
    with _understanding(name):
        return _checked(name, method(*arguments))


@contextmanager
def _understanding(name: str) -> Iterator[None]:
    try:
        yield
    except requests.RequestException:
        raise
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise UnreadableAnswerError(f"its answer to {name} is no Alpaca answer") from error


def _checked(name: str, value: Any) -> Any:
    expected = _EXPECTED.get(name)
    if expected is None or expected(value):
        return value
    raise UnreadableAnswerError(f"its answer to {name} makes no sense: {str(value)[:_SHOWN]!r}")


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _are_whole(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_whole, value))


_MEMBERS: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (
        _is_flag,
        "AtPark CanAbortExposure Connected Connecting CoolerOn ImageReady IsMoving IsSafe Reverse Slewing Tracking",
    ),
    (
        _is_whole,
        "BinX BinY Brightness CameraXSize CameraYSize DestinationSideOfPier Gain MaxADU MaxBrightness MaxStep NumX "
        "NumY Offset ReadoutMode",
    ),
    (
        _is_number,
        "Altitude Azimuth CCDTemperature CoolerPower Declination ElectronsPerADU HeatSinkTemperature "
        "LastExposureDuration MechanicalPosition PixelSizeX Position RightAscension SetCCDTemperature StepSize "
        "Temperature",
    ),
    (_are_texts, "Names ReadoutModes"),
    (_are_whole, "FocusOffsets"),
)
_EXPECTED = {name: check for check, names in _MEMBERS for name in names.split()}
