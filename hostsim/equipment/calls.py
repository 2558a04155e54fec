"""The one boundary to alpyca: whatever it or the network raises becomes a `DeviceError` that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from alpaca.exceptions import (
    ActionNotImplementedException,
    AlpacaRequestException,
    DriverException,
    InvalidOperationException,
    InvalidValueException,
    NotConnectedException,
    NotImplementedException,
    OperationCancelledException,
    ParkedException,
    SlavedException,
    ValueNotSetException,
)

from hostsim.equipment.answers import UnreadableAnswerError
from hostsim.equipment.retrying import LostDeviceError
from tsplug import DeviceError

_ALPACA_ERRORS = (
    ActionNotImplementedException,
    AlpacaRequestException,
    DriverException,
    InvalidOperationException,
    InvalidValueException,
    NotConnectedException,
    NotImplementedException,
    OperationCancelledException,
    ParkedException,
    SlavedException,
    ValueNotSetException,
)

_CODE = re.compile(r"\(?Error Code: 0x[0-9a-fA-F]+\)?")
_SAID_CHARACTERS = 200

_ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (requests.Timeout, "no answer in time: look at the device and its driver, then run the sequence again"),
    (requests.ConnectionError, "the connection is lost: see that the Alpaca server runs and can be reached"),
    (
        requests.RequestException,
        "the answer of the Alpaca server cannot be understood: look at its log and its version",
    ),
    (LostDeviceError, "the connection is lost and does not come back: look at its cable, its power and its driver"),
    (UnreadableAnswerError, "look at the Alpaca server's log and version"),
    (AlpacaRequestException, "the Alpaca server failed or does not know this: look at its log"),
    (NotConnectedException, "it is not connected: begin the sequence with connect_equipment"),
    (ParkedException, "it is parked: put `unpark` before this instruction"),
    (NotImplementedException, "the device cannot do this"),
)


@contextmanager
def talking_to(device: str, doing: str) -> Iterator[None]:
    """Turn what alpyca raises inside into one clear error.

    Args:
        device: kind and name of the device.
        doing: what was tried, to follow "could not", for example ``open the cover``.

    Raises:
        DeviceError: the device refused, failed or did not answer.
    """
    try:
        yield
    except (requests.RequestException, UnreadableAnswerError, LostDeviceError, *_ALPACA_ERRORS) as error:
        raise DeviceError(device, f"could not {doing}: {_explained(error)}") from error


def reason(error: Exception) -> str:
    """Return why something failed, without the device and what was tried: several devices may fail for one reason."""
    cause = error.__cause__
    if isinstance(error, DeviceError):
        if isinstance(cause, (requests.RequestException, UnreadableAnswerError, *_ALPACA_ERRORS)):
            return _explained(cause)
        return str(error).removeprefix(f"{error.device}: ")
    return str(error) or type(error).__name__


def _explained(error: Exception) -> str:
    advice = next((text for kind, text in _ADVICE if isinstance(error, kind)), "")
    if isinstance(error, requests.RequestException):
        return advice
    said = _said(error)
    return f"{said} ({advice})" if advice and said else said or advice or type(error).__name__


def _said(error: Exception) -> str:
    text = _CODE.sub("", str(error))
    if isinstance(error, AlpacaRequestException):
        said = str(error.message).rpartition(" (URL ")[0]
        # A web page that some server has for its errors tells the user nothing.
        text = f"HTTP {error.number} {'' if '<' in said else said}"
    text = " ".join(text.split())
    if len(text) <= _SAID_CHARACTERS:
        return text
    short = text[:_SAID_CHARACTERS]
    return f"{short.rpartition(' ')[0] or short} [...]"
