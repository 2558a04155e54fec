"""The host's filter wheel, by the names of its filters."""

from __future__ import annotations

from hostsim.equipment.device import HostDevice
from hostsim.equipment.waiting import Patience
from tsplug import DeviceError

_TURNING = Patience(timeout_s=120.0, poll_s=0.5)


class FilterWheel(HostDevice):
    """A filter wheel; implements `tsplug.ports.FilterWheel`."""

    kind = "filter wheel"
    platform_7 = 3

    @property
    def names(self) -> tuple[str, ...]:
        """Return the filter names in slot order."""
        with self._trying("name its filters"):
            return tuple(str(name).strip() for name in self._alpaca.Names)

    def offset_steps(self, name: str) -> int:
        """Return the focus offset of a filter in focuser steps."""
        slot = self._slot(name)
        with self._trying("tell its focus offsets"):
            offsets = self._alpaca.FocusOffsets
        if slot >= len(offsets):
            raise DeviceError(self.label, f"has a filter {name} but no focus offset for it: look at its driver's setup")
        return int(offsets[slot])

    def current(self) -> str:
        """Return the name of the filter in the beam, waiting for a turning wheel."""
        self._wait(lambda: self._alpaca.Position >= 0, "turning", patience=_TURNING)
        with self._trying("tell its filter"):
            slot, names = int(self._alpaca.Position), self.names
        if slot >= len(names):
            raise DeviceError(self.label, f"stands at slot {slot} but names {len(names)} filters: name them all")
        return names[slot]

    def select(self, name: str) -> None:
        """Bring a filter into the beam and wait until it is there.

        Raises:
            DeviceError: there is no such filter, or the wheel did not arrive.
        """
        slot = self._slot(name)
        self._wait(lambda: self._alpaca.Position >= 0, "turning", patience=_TURNING)
        with self._trying(f"turn to filter {name}"):
            if int(self._alpaca.Position) == slot:
                return
        self._begin(f"turn to filter {name}", lambda: setattr(self._alpaca, "Position", slot))
        self._wait(lambda: self._alpaca.Position == slot, f"turning to {name}", patience=_TURNING)

    def _slot(self, name: str) -> int:
        names = self.names
        if name not in names:
            raise DeviceError(self.label, f"has no filter {name!r}, only {', '.join(names)}: correct the template")
        return names.index(name)
