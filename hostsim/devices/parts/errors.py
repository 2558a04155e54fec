"""The errors a device may answer with, each with its ASCOM number.

AlpacaError              0x500  anything particular to the driver
  NotSupportedError      0x400  an optional member this device does not have
  InvalidValueError      0x401  well-formed, but out of range
  ValueNotSetError       0x402  read before it was ever written
  NotConnectedError      0x407
  ParkedError            0x408
  SlavedError            0x409
  InvalidOperationError  0x40B  not in this state
  UnknownActionError     0x40C  no action of that name
  CancelledError         0x40E  asked about an operation that was cancelled
"""

from __future__ import annotations

from typing import ClassVar


class AlpacaError(Exception):
    """The device understood and refused; ``number`` travels to the client with the message."""

    number: ClassVar[int] = 0x500


class NotSupportedError(AlpacaError):
    """This device does not have the member."""

    number: ClassVar[int] = 0x400


class InvalidValueError(AlpacaError):
    """The value is out of range."""

    number: ClassVar[int] = 0x401


class ValueNotSetError(AlpacaError):
    """The value has not been written yet."""

    number: ClassVar[int] = 0x402


class NotConnectedError(AlpacaError):
    """The device is not connected."""

    number: ClassVar[int] = 0x407


class ParkedError(AlpacaError):
    """The telescope is parked."""

    number: ClassVar[int] = 0x408


class SlavedError(AlpacaError):
    """The dome follows the telescope."""

    number: ClassVar[int] = 0x409


class InvalidOperationError(AlpacaError):
    """The device is in a state that does not allow this now."""

    number: ClassVar[int] = 0x40B


class UnknownActionError(AlpacaError):
    """The device has no action of this name."""

    number: ClassVar[int] = 0x40C


class CancelledError(AlpacaError):
    """The operation asked about was cancelled."""

    number: ClassVar[int] = 0x40E


def check_range(name: str, value: float, *, low: float, high: float) -> None:
    """Refuse a ``value`` outside ``low`` to ``high``, both included.

    Raises:
        InvalidValueError: the value is outside.
    """
    if not low <= value <= high:
        raise InvalidValueError(f"{name} must be {low} to {high}, not {value}")
