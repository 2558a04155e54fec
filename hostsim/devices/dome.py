"""The simulated dome: a turning roof with a shutter, which may follow the telescope."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Any, ClassVar, Literal

from pydantic import Field

from hostsim.devices.parts.description import configured, method, read, write
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now, unsupported
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError, SlavedError, check_range
from hostsim.devices.parts.limits import Azimuth, SomeSeconds, Speed
from hostsim.devices.parts.motion import LinearMotion

_ABSENT = (NotSupportedError,)
_TURNING = (NotSupportedError, InvalidValueError, SlavedError)


class ShutterStatus(IntEnum):
    """The states of the shutter."""

    OPEN = 0
    CLOSED = 1
    OPENING = 2
    CLOSING = 3
    ERROR = 4


class Berth(StrEnum):
    """A place with a name: the dome turns there, or stands there."""

    HOME = "home"
    PARK = "park"


class DomeConfig(DeviceConfig):
    """Speeds in degrees per second, the shutter's seconds, park and home azimuth, and what the dome can do."""

    newest_interface: ClassVar[int] = 3

    kind: Literal["dome"] = "dome"
    name: str = Field(default="Simulated dome", min_length=1)
    azimuth_deg_per_s: Speed = 6.0
    altitude_deg_per_s: Speed = 6.0
    shutter_s: SomeSeconds = 10.0
    park_deg: Azimuth = 0.0
    home_deg: Azimuth = 0.0
    can_find_home: bool = True
    can_park: bool = True
    can_set_park: bool = True
    can_set_altitude: bool = True
    can_set_azimuth: bool = True
    can_sync_azimuth: bool = True
    can_set_shutter: bool = True
    can_slave: bool = True


class DomeState(ConnectionState):
    """Azimuth (degrees, unwrapped while turning) and altitude of the opening, the shutter, and where it stands."""

    azimuth: LinearMotion
    altitude: LinearMotion = Field(default_factory=lambda: LinearMotion(position=0.0, target=0.0))
    park_deg: float
    shutter: ShutterStatus = ShutterStatus.CLOSED
    shutter_s: float = 0.0
    slaved: bool = False
    bound_for: Berth | None = None
    stands_at: Berth | None = None


def _ability(name: str, field: str, *, text: str) -> Callable[[Any], Any]:
    return configured(name, field, kind=bool, text=f"Return whether {text}.")


class Dome(Device):
    """A dome."""

    device_type: ClassVar[str] = "Dome"
    interface_version: ClassVar[int] = 3
    operational: ClassVar[tuple[str, ...]] = ("Altitude", "AtHome", "AtPark", "Azimuth", "ShutterStatus", "Slewing")
    config: DomeConfig
    state: DomeState

    def __init__(self, config: DomeConfig, clock: Now, *, telescope_azimuth: Callable[[], float] | None = None) -> None:
        """Start closed at the park azimuth; a dome that slaves follows ``telescope_azimuth``."""
        start = config.park_deg
        state = DomeState(azimuth=LinearMotion(position=start, target=start), park_deg=start)
        super().__init__(config, clock, state=state)
        self._telescope_azimuth = telescope_azimuth

    def advance(self, seconds: float) -> None:
        """Turn and move the shutter for ``seconds``; a slaved dome heads for where the telescope points now."""
        super().advance(seconds)
        state = self.state
        if state.slaved and self._telescope_azimuth is not None:
            self._turn(self._telescope_azimuth())
        state.azimuth.advance(seconds, speed=self.config.azimuth_deg_per_s)
        state.altitude.advance(seconds, speed=self.config.altitude_deg_per_s)
        if state.bound_for is not None and not state.azimuth.moving:
            state.stands_at, state.bound_for = state.bound_for, None
        if state.shutter_s > 0:
            state.shutter_s = max(0.0, state.shutter_s - seconds)
            if state.shutter_s == 0:
                opening = state.shutter is ShutterStatus.OPENING
                state.shutter = ShutterStatus.OPEN if opening else ShutterStatus.CLOSED

    can_find_home = _ability("CanFindHome", "can_find_home", text="there is a home position")
    can_park = _ability("CanPark", "can_park", text="the dome parks")
    can_set_park = _ability("CanSetPark", "can_set_park", text="the park position can be set")
    can_set_azimuth = _ability("CanSetAzimuth", "can_set_azimuth", text="the dome turns to azimuths")
    can_sync_azimuth = _ability("CanSyncAzimuth", "can_sync_azimuth", text="azimuths can be synchronised")
    can_set_altitude = _ability("CanSetAltitude", "can_set_altitude", text="the altitude of the opening can be set")
    can_set_shutter = _ability("CanSetShutter", "can_set_shutter", text="there is a shutter")

    @read("CanSlave")
    def can_slave(self) -> bool:
        """Return whether the dome can follow a telescope."""
        return self.config.can_slave and self.config.can_set_azimuth and self._telescope_azimuth is not None

    @read("Azimuth", errors=_ABSENT)
    def azimuth(self) -> float:
        """Return the azimuth of the opening, 0 up to 360 degrees."""
        if not (self.config.can_set_azimuth or self.config.can_park or self.config.can_find_home):
            unsupported("Azimuth")
        return self._stands_at_deg()

    @read("Altitude", errors=_ABSENT)
    def altitude(self) -> float:
        """Return the altitude of the opening, 0 to 90 degrees."""
        return self.state.altitude.position if self.config.can_set_altitude else unsupported("Altitude")

    @read("AtHome")
    def at_home(self) -> bool:
        """Return whether the dome was sent home and stands there."""
        return self.state.stands_at is Berth.HOME

    @read("AtPark")
    def at_park(self) -> bool:
        """Return whether the dome was parked and stands there."""
        return self.state.stands_at is Berth.PARK

    @read("ShutterStatus", errors=_ABSENT)
    def shutter_status(self) -> ShutterStatus:
        """Return the state of the shutter: 0 open, 1 closed, 2 opening, 3 closing, 4 stopped in between."""
        return self.state.shutter if self.config.can_set_shutter else unsupported("ShutterStatus")

    @read("Slewing")
    def slewing(self) -> bool:
        """Return whether anything moves: azimuth, altitude or shutter."""
        return self.state.azimuth.moving or self.state.altitude.moving or self.state.shutter_s > 0

    @read("Slaved")
    def slaved(self) -> bool:
        """Return whether the dome follows the telescope."""
        return self.state.slaved

    @write("Slaved", errors=_ABSENT)
    def set_slaved(self, slaved: bool) -> None:
        """Follow the telescope, or stop doing so."""
        if not self.can_slave():
            if slaved:
                unsupported("Slaved")
            return
        self.state.slaved = slaved
        if slaved and self._telescope_azimuth is not None:
            self._turn(self._telescope_azimuth())

    @method("SlewToAzimuth", "Azimuth", errors=_TURNING)
    def slew_to_azimuth(self, azimuth_deg: float) -> None:
        """Start turning to an azimuth; Slewing is true until the dome is there."""
        self._require("can_set_azimuth", "SlewToAzimuth")
        check_range("Azimuth", azimuth_deg, low=0, high=360)
        self._turn(azimuth_deg)

    @method("SyncToAzimuth", "Azimuth", errors=_TURNING)
    def sync_to_azimuth(self, azimuth_deg: float) -> None:
        """Call where the dome stands by this azimuth."""
        self._require("can_sync_azimuth", "SyncToAzimuth")
        check_range("Azimuth", azimuth_deg, low=0, high=360)
        self.state.azimuth = LinearMotion(position=azimuth_deg % 360, target=azimuth_deg % 360)
        self.state.stands_at = self.state.bound_for = None

    @method("SlewToAltitude", "Altitude", errors=_TURNING)
    def slew_to_altitude(self, altitude_deg: float) -> None:
        """Start moving the opening to an altitude; Slewing is true until it is there."""
        self._require("can_set_altitude", "SlewToAltitude")
        check_range("Altitude", altitude_deg, low=0, high=90)
        self._leave()
        self.state.altitude.start(altitude_deg, settle_s=0.0)

    @method("FindHome", errors=(NotSupportedError, SlavedError))
    def find_home(self) -> None:
        """Start turning home; AtHome is true at the end."""
        self._require("can_find_home", "FindHome")
        self._turn(self.config.home_deg, Berth.HOME)

    @method("Park", errors=(NotSupportedError, SlavedError))
    def park(self) -> None:
        """Start turning to the park position; AtPark is true at the end."""
        self._require("can_park", "Park")
        self._turn(self.state.park_deg, Berth.PARK)

    @method("SetPark", errors=_ABSENT)
    def set_park(self) -> None:
        """Make the present azimuth the park position."""
        if not self.config.can_set_park:
            unsupported("SetPark")
        self.state.park_deg = self._stands_at_deg()

    @method("OpenShutter", errors=_ABSENT)
    def open_shutter(self) -> None:
        """Start opening the shutter."""
        self._move_shutter("OpenShutter", goal=ShutterStatus.OPEN, moving=ShutterStatus.OPENING)

    @method("CloseShutter", errors=_ABSENT)
    def close_shutter(self) -> None:
        """Start closing the shutter."""
        self._move_shutter("CloseShutter", goal=ShutterStatus.CLOSED, moving=ShutterStatus.CLOSING)

    @method("AbortSlew")
    def abort_slew(self) -> None:
        """Stop everything, following included; a shutter stopped in between reports an error until it moves again."""
        self.state.slaved = False
        self.state.azimuth.halt()
        self.state.altitude.halt()
        self.state.bound_for = None
        if self.state.shutter_s > 0:
            self.state.shutter, self.state.shutter_s = ShutterStatus.ERROR, 0.0

    def _require(self, ability: str, name: str) -> None:
        if not getattr(self.config, ability):
            unsupported(name)
        if self.state.slaved:
            raise SlavedError("the dome follows the telescope: set Slaved to False first")

    def _stands_at_deg(self) -> float:
        # Rounding keeps the dust of floating point out of answers: whoever is sent to 45.1 stands at 45.1 exactly.
        return round(self.state.azimuth.position % 360.0, 9) % 360.0

    def _leave(self) -> None:
        self.state.stands_at = self.state.bound_for = None

    def _turn(self, azimuth_deg: float, berth: Berth | None = None) -> None:
        motion = self.state.azimuth
        motion.position = here = self._stands_at_deg()
        goal = azimuth_deg % 360
        if goal == here:
            motion.halt()
            self.state.bound_for, self.state.stands_at = None, berth
            return
        self._leave()
        self.state.bound_for = berth
        # Unwrapped, so that the dome goes the short way; a whole turn is taken off when it is read.
        motion.start(here + (goal - here + 180) % 360 - 180, settle_s=0.0)

    def _move_shutter(self, name: str, *, goal: ShutterStatus, moving: ShutterStatus) -> None:
        if not self.config.can_set_shutter:
            unsupported(name)
        if self.state.shutter not in (goal, moving):
            self.state.shutter, self.state.shutter_s = moving, self.config.shutter_s
