"""What every device of the host has: its Alpaca counterpart, a label for messages, connecting, and waiting."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from hostsim.equipment.calls import talking_to
from hostsim.equipment.waiting import Patience, wait_until
from tsplug import DeviceError
from tsplug.ports import Clock

_CONNECTING = Patience(timeout_s=60.0)


class HostDevice:
    """One device, as alpyca reaches it."""

    kind: ClassVar[str]

    def __init__(self, alpaca: Any, clock: Clock, *, name: str) -> None:
        """Wrap an alpyca device; ``name`` is what the server calls it."""
        self._alpaca = alpaca
        self._clock = clock
        self.name = name

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
            if self._alpaca.Connected:
                return
            self._alpaca.Connect()
            self._wait(lambda: not self._alpaca.Connecting, "connecting", patience=_CONNECTING)
            if not self._alpaca.Connected:
                raise DeviceError(self.label, "did not connect: look at the device and its driver")

    def _trying(self, doing: str) -> AbstractContextManager[None]:
        return talking_to(self.label, doing)

    def _wait(self, done: Callable[[], bool], doing: str, *, patience: Patience) -> None:
        def looked() -> bool:
            with self._trying(f"be watched while {doing}"):
                return done()

        wait_until(looked, self._clock, device=self.label, doing=doing, patience=patience)
