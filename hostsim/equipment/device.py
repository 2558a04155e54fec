"""What every device of the host has: its Alpaca counterpart, a label for messages, connecting, and waiting."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import requests
from alpaca.exceptions import AlpacaRequestException, NotImplementedException

from hostsim.equipment.answers import CheckedDevice
from hostsim.equipment.calls import talking_to
from hostsim.equipment.retrying import PAUSES_UNCONNECTED_S, RetryingDevice, pause
from hostsim.equipment.session import ANSWER_S, BoundedSession
from hostsim.equipment.waiting import Patience, wait_until
from tsplug import DeviceError
from tsplug.ports import Clock

_CONNECTING = Patience(timeout_s=60.0)
# Before Platform 7 whatever is written may answer only when it is done. No other device is heard meanwhile, for alpyca
# locks them all: a setting gets this time, a move only the usual one, and is watched from then on.
_OLD_WRITE_S = 15.0
_OLD_SILENCE_S = 120.0


class HostDevice:
    """One device, as alpyca reaches it."""

    kind: ClassVar[str]
    platform_7: ClassVar[int]

    def __init__(self, alpaca: Any, clock: Clock, *, name: str, answer_s: float = ANSWER_S) -> None:
        """Wrap an alpyca device that the server calls ``name``; each answer may take ``answer_s`` seconds."""
        self._session = BoundedSession(answer_s)
        alpaca.rqs = self._session
        self._old = False
        self._silence_left_s = 0.0
        self._connected_here = False
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
            connected, self._old = self._alpaca.Connected, self._alpaca.InterfaceVersion < self.platform_7
            if self._old:
                self._session.be_patient(_OLD_WRITE_S)
            if connected:
                self._alpaca.reconnect_when_lost()
                return
            self._connected_here = True
            for pause_s in PAUSES_UNCONNECTED_S:
                if self._connects():
                    break
                pause(pause_s, self._clock, why=f"{self.label}: is not connected, and gives no reason")
            else:
                if not self._connects():
                    message = "could not connect, and gives no reason: look at it and at its driver"
                    raise DeviceError(self.label, message)
        self._alpaca.reconnect_when_lost()

    def disconnect(self) -> None:
        """Undo `connect`; a device that was found connected stays so, for somebody else may use it.

        Raises:
            DeviceError: it cannot be disconnected.
        """
        if self._connected_here:
            with self._trying("disconnect"):
                self._alpaca.Connected = False
            self._connected_here = False

    def _connects(self) -> bool:
        """Connect, and return whether it is connected then."""
        if self._old or not self._connects_by_itself():
            self._connect_the_old_way()
        return bool(self._alpaca.Connected)

    def _connect_the_old_way(self) -> None:
        self._old = True

        def begin() -> None:
            self._alpaca.Connected = True

        if not self._begin("connect", begin):
            self._wait(lambda: bool(self._alpaca.Connected), "connecting", patience=_CONNECTING)

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

    def _begin(self, doing: str, begin: Callable[[], None]) -> bool:
        """Begin what `_wait` watches; return False if an old driver has not answered and may still be at it."""
        with self._trying(doing), self._session.impatient():
            try:
                begin()
            except requests.ReadTimeout:
                if not self._old:
                    raise
                self._silence_left_s = _OLD_SILENCE_S
                return False
        self._silence_left_s = 0.0
        return True

    def _wait(
        self, done: Callable[[], bool], doing: str, *, patience: Patience, watch: Callable[[], None] = lambda: None
    ) -> None:
        """Let time pass until a look at the device says so; ``watch`` looks at something else each time."""

        def looked() -> bool:
            watch()
            with self._trying(f"be watched while {doing}"):
                try:
                    return done()
                except requests.ReadTimeout:
                    self._silence_left_s -= self._session.answer_s
                    if self._silence_left_s <= 0:
                        raise
                    return False

        wait_until(looked, self._clock, device=self.label, doing=doing, patience=patience)
