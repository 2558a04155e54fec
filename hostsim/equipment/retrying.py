"""The one policy of trying again: a hiccup of server or network is tried again, what a device refuses is not.

Everything the host asks of a device may be asked twice: it reads, writes values, or names a goal. Only an exposure must
not be begun twice, so it is looked at first whether it was. A device that lost its connection is connected again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import requests
from alpaca.camera import CameraStates
from alpaca.exceptions import AlpacaRequestException, NotConnectedException

from hostsim.equipment.answers import UnreadableAnswerError
from tsplug import DeviceError
from tsplug.ports import Clock

T = TypeVar("T")

_log = logging.getLogger(__name__)

_HICCUPS = (requests.RequestException, UnreadableAnswerError, AlpacaRequestException, NotConnectedException)
_SERVER_FAILED = 500
_PAUSES_S = (1.0, 5.0)
# Who has waited for an answer in vain has waited long enough for two.
_PAUSES_AFTER_SILENCE_S = (1.0,)
PAUSES_UNCONNECTED_S = (1.0, 10.0, 30.0)
"""Seconds until a device is connected again whose cable is put in again, or whose driver starts anew."""

_AT_WORK = (CameraStates.cameraWaiting, CameraStates.cameraExposing, CameraStates.cameraReading)


class LostDeviceError(Exception):
    """The device has lost its connection, and could not be connected again."""


def again(act: Callable[[], T], clock: Clock, *, doing: str, on: type[DeviceError] = DeviceError) -> T:
    """Do what may fail with an error of kind ``on`` and can be repeated without harm, up to three times.

    Raises:
        DeviceError: it failed each time, and this is the last failure; or it failed in another way.
    """
    for pause_s in _PAUSES_S:
        try:
            return act()
        except on as error:
            pause(pause_s, clock, why=f"{error} (while trying to {doing})")
    return act()


class RetryingDevice:
    """Stands before a device: same members, but a hiccup is tried again before it is an error."""

    def __init__(self, device: Any, clock: Clock, *, label: str) -> None:
        """Try the members of ``device``, letting ``clock`` pass in between; ``label`` names it in the log."""
        for name, value in {"_device": device, "_clock": clock, "_label": label, "_reconnects": False}.items():
            object.__setattr__(self, name, value)

    def reconnect_when_lost(self) -> None:
        """From now on connect the device again when it says that it is not connected."""
        object.__setattr__(self, "_reconnects", True)

    def __getattr__(self, name: str) -> Any:
        """Return a property's value, or a method that is tried again."""
        value = self._tried(name, lambda: getattr(self._device, name))
        return partial(self._called, name, value) if callable(value) else value

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a property."""
        self._tried(name, lambda: setattr(self._device, name, value))

    def _called(self, name: str, method: Callable[..., Any], *arguments: Any) -> Any:
        return self._tried(name, lambda: method(*arguments))

    def _tried(self, name: str, act: Callable[[], T]) -> T | None:
        tries = 0
        while True:
            try:
                return act()
            except _HICCUPS as error:
                pauses_s = self._pauses_s(error)
                if tries >= len(pauses_s):
                    if self._reconnects and isinstance(error, NotConnectedException):
                        raise LostDeviceError(str(error)) from error
                    raise
                pause(pauses_s[tries], self._clock, why=f"{self._label}: {name} did not work ({_short(error)})")
                tries += 1
                if isinstance(error, NotConnectedException):
                    self._reconnect()
            if name == "StartExposure" and self._exposes():
                return None

    def _pauses_s(self, error: Exception) -> tuple[float, ...]:
        if isinstance(error, NotConnectedException):
            return PAUSES_UNCONNECTED_S if self._reconnects else ()
        if isinstance(error, AlpacaRequestException):
            return _PAUSES_S if error.number >= _SERVER_FAILED else ()
        return _PAUSES_AFTER_SILENCE_S if isinstance(error, requests.Timeout) else _PAUSES_S

    def _reconnect(self) -> None:
        try:
            self._device.Connected = True
        except _HICCUPS as error:
            _log.warning("%s: could not be connected again (%s)", self._label, _short(error))

    def _exposes(self) -> bool:
        try:
            return self._device.CameraState in _AT_WORK
        except _HICCUPS:
            return False


def pause(seconds: float, clock: Clock, *, why: str) -> None:
    """Let so many seconds pass before something is tried again, and log ``why``."""
    _log.warning("%s; trying again in %g s", why, seconds)
    clock.sleep(seconds)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
