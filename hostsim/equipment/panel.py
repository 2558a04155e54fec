"""The host's flat panel: a cover with a lamp, either of which may be absent."""

from __future__ import annotations

from alpaca.covercalibrator import CalibratorStatus, CoverStatus
from alpaca.exceptions import NotImplementedException

from hostsim.equipment.device import HostDevice
from hostsim.equipment.waiting import Patience
from tsplug import DeviceError
from tsplug.ports import CoverState

_COVER = Patience(timeout_s=180.0)
_LAMP = Patience(timeout_s=120.0)
_COVER_STATES = {
    CoverStatus.NotPresent: CoverState.NOT_PRESENT,
    CoverStatus.Closed: CoverState.CLOSED,
    CoverStatus.Moving: CoverState.MOVING,
    CoverStatus.Open: CoverState.OPEN,
    CoverStatus.Error: CoverState.ERROR,
}
_BUSY = (CalibratorStatus.NotReady,)


class Panel(HostDevice):
    """A flat panel; implements `tsplug.ports.Panel`."""

    kind = "flat panel"
    platform_7 = 2

    @property
    def max_brightness(self) -> int:
        """Return the brightest level; 0 when there is no light."""
        with self._trying("tell its brightest level"):
            try:
                return int(self._alpaca.MaxBrightness)
            except NotImplementedException:
                return 0

    def cover_state(self) -> CoverState:
        """Return where the cover stands."""
        with self._trying("tell its cover's state"):
            return self._cover()

    def close_cover(self) -> None:
        """Close the cover and wait until it is closed; nothing happens without a cover."""
        self._move_cover(CoverState.CLOSED)

    def open_cover(self) -> None:
        """Open the cover and wait until it is open; nothing happens without a cover."""
        self._move_cover(CoverState.OPEN)

    def brightness(self) -> int:
        """Return the level of the light, 0 when it is off."""
        with self._trying("tell its brightness"):
            try:
                return int(self._alpaca.Brightness)
            except NotImplementedException:
                return 0

    def light_on(self, brightness: int) -> None:
        """Light the panel at a level and wait until it is steady.

        Raises:
            DeviceError: the level is out of range, or the light did not become ready.
        """
        with self._trying(f"light up at level {brightness}"):
            self._alpaca.CalibratorOn(brightness)
        self._settle("lighting up")
        self._expect(CalibratorStatus.Ready, "light up")

    def light_off(self) -> None:
        """Switch the light off and wait until it is dark; nothing happens without a light."""
        with self._trying("switch the light off"):
            if self._alpaca.CalibratorState in (CalibratorStatus.NotPresent, CalibratorStatus.Off):
                return
            self._alpaca.CalibratorOff()
        self._settle("going dark")
        self._expect(CalibratorStatus.Off, "go dark")

    def _settle(self, doing: str) -> None:
        self._wait(lambda: self._alpaca.CalibratorState not in _BUSY, doing, patience=_LAMP)

    def _expect(self, status: CalibratorStatus, doing: str) -> None:
        with self._trying("tell its light's state"):
            found = self._alpaca.CalibratorState
        if found != status:
            raise DeviceError(self.label, f"did not {doing}, its light reports {found.name}: look at the panel")

    def _cover(self) -> CoverState:
        return _COVER_STATES.get(self._alpaca.CoverState, CoverState.UNKNOWN)

    def _move_cover(self, goal: CoverState) -> None:
        state = self.cover_state()
        if state in (CoverState.NOT_PRESENT, goal):
            return
        verb = "open" if goal is CoverState.OPEN else "close"
        method = self._alpaca.OpenCover if goal is CoverState.OPEN else self._alpaca.CloseCover
        ends = {CoverState.ERROR, goal}
        if self._begin(f"{verb} the cover", method):
            ends = set(CoverState) - {CoverState.MOVING}
        self._wait(lambda: self._cover() in ends, f"moving its cover ({verb})", patience=_COVER)
        state = self.cover_state()
        if state is not goal:
            raise DeviceError(self.label, f"its cover did not {verb}, it reports {state.value}: look at the panel")
