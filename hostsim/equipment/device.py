"""What every device of the host has: its Alpaca counterpart, a label for messages, connecting, and waiting."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from alpaca.exceptions import AlpacaRequestException, NotImplementedException

from hostsim.equipment.answers import CheckedDevice
from hostsim.equipment.calls import talking_to
from hostsim.equipment.retrying import RetryingDevice
from hostsim.equipment.session import ANSWER_S, BoundedSession
from hostsim.equipment.waiting import Patience, wait_until
from tsplug import DeviceError
from tsplug.ports import Clock

_CONNECTING = Patience(timeout_s=60.0)
# Before Platform 7 parking, homing, opening and connecting may answer only when they are done.
_OLD_DRIVER_S = 60.0


class HostDevice:
    """One device, as alpyca reaches it."""

    kind: ClassVar[str]
    platform_7: ClassVar[int]

    def __init__(self, alpaca: Any, clock: Clock, *, name: str, answer_s: float = ANSWER_S) -> None:
        """Wrap an alpyca device that the server calls ``name``; each answer may take ``answer_s`` seconds."""
        self._session = BoundedSession(answer_s)
        alpaca.rqs = self._session
        self.name = name
        self._alpaca: Any = RetryingDevice(CheckedDevice(alpaca), clock, label=self.label)
        self._clock = clock

    @property
    def label(self) -> str:
        """Return kind and name for messages."""
        return f'{self.kind} "{self.name}"'

    def connect(self) -> None:
        """Connect, whatever interface version the device has; nothing happens when it is connected.

        Raises:
            DeviceError: it cannot be connected.
        """
        with self._trying("connect"):
            connected, modern = self._alpaca.Connected, self._alpaca.InterfaceVersion >= self.platform_7
            if not modern:
                self._session.be_patient(_OLD_DRIVER_S)
            if connected:
                self._alpaca.reconnect_when_lost()
                return
            if not (modern and self._connects_by_itself()):
                self._alpaca.Connected = True
        with self._trying("connect"):
            if not self._alpaca.Connected:
                raise DeviceError(self.label, "could not connect, and gives no reason: look at it and at its driver")
        self._alpaca.reconnect_when_lost()

    def _connects_by_itself(self) -> bool:
        """Connect the way of Platform 7; return False if the driver claims to know it but does not."""
        try:
            self._alpaca.Connect()
        except (NotImplementedException, AlpacaRequestException):
            return False
        self._wait(lambda: not self._alpaca.Connecting, "connecting", patience=_CONNECTING)
        return True

    def _trying(self, doing: str) -> AbstractContextManager[None]:
        return talking_to(self.label, doing)

    def _wait(self, done: Callable[[], bool], doing: str, *, patience: Patience) -> None:
        def looked() -> bool:
            with self._trying(f"be watched while {doing}"):
                return done()

        wait_until(looked, self._clock, device=self.label, doing=doing, patience=patience)
