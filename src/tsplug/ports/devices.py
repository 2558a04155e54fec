"""The equipment as tsplug uses it; the host implements it over whatever drives the hardware.

Every command returns when the device has finished, and raises `tsplug.errors.DeviceError` when it did not.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from pydantic import Field

from tsplug.model import UtcDatetime, Value


class CoverState(StrEnum):
    """Where the cover of a flat panel stands."""

    NOT_PRESENT = "not present"
    CLOSED = "closed"
    MOVING = "moving"
    OPEN = "open"
    UNKNOWN = "unknown"
    ERROR = "error"


class Camera(Protocol):
    """What tsplug needs to know of the camera; frames are taken through `FrameTaker`."""

    @property
    def max_adu(self) -> int:
        """Return the highest level a pixel can have, in ADU."""
        ...

    def readout_mode(self) -> int:
        """Return the index of the readout mode in use."""
        ...

    def set_readout_mode(self, index: int) -> None:
        """Select a readout mode by its index."""
        ...


class FilterWheel(Protocol):
    """A filter wheel, by the names of its filters."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the filter names in slot order."""
        ...

    def current(self) -> str:
        """Return the name of the filter in the beam."""
        ...

    def select(self, name: str) -> None:
        """Bring a filter into the beam and wait until it is there."""
        ...


class Rotator(Protocol):
    """A rotator, by its mechanical angle."""

    def mechanical_deg(self) -> float:
        """Return the mechanical angle in degrees, 0 up to 360."""
        ...

    def move_mechanical(self, angle_deg: float) -> None:
        """Turn to a mechanical angle and wait until it is reached."""
        ...


class Panel(Protocol):
    """A flat panel with or without a cover."""

    @property
    def max_brightness(self) -> int:
        """Return the brightest level; 0 when there is no light."""
        ...

    def cover_state(self) -> CoverState:
        """Return where the cover stands."""
        ...

    def close_cover(self) -> None:
        """Close the cover and wait until it is closed."""
        ...

    def open_cover(self) -> None:
        """Open the cover and wait until it is open."""
        ...

    def brightness(self) -> int:
        """Return the level of the light, 0 when it is off."""
        ...

    def light_on(self, brightness: int) -> None:
        """Light the panel at a level and wait until it is steady."""
        ...

    def light_off(self) -> None:
        """Switch the light off and wait until it is dark."""
        ...


class FrameRequest(Value):
    """A frame for the host to expose and save.

    ``guid`` names the frame: a host that has already saved it returns that frame instead of exposing again. ``number``
    counts within the set. Camera settings of None are the camera's defaults. Dark flats name no filter, and neither
    their header nor their file name should claim one, whatever is in the wheel. ``dither`` asks for the telescope to
    be moved a little before the exposure, so that stars fall elsewhere; a host without a mount leaves it out.
    """

    guid: str
    kind: Literal["FLAT", "DARKFLAT"] = "FLAT"
    filter_name: str
    exposure_s: float
    gain: int | None
    offset: int | None
    binning: int
    readout_mode: int | None
    roi_percent: float
    target_name: str
    project_name: str
    session_id: int
    number: int
    dither: bool = False


class FrameLevels(Value):
    """The levels of a frame's pixels in ADU, and when it was exposed; ``saturated_fraction`` is 0 to 1."""

    started: UtcDatetime
    ended: UtcDatetime
    exposure_s: float
    adu_median: float
    adu_max: float
    saturated_fraction: float = Field(ge=0, le=1)


class SavedFrame(Value):
    """A frame that reached the disk, with the levels of its pixels in ADU, and how cold the sensor was, if known."""

    guid: str
    file: Path
    started: UtcDatetime
    ended: UtcDatetime
    exposure_s: float
    adu_median: float
    adu_max: float
    saturated_fraction: float = Field(ge=0, le=1)
    camera_temperature_c: float | None = None


class FrameTaker(Protocol):
    """Exposes frames and saves them under the host's file pattern."""

    def take(self, request: FrameRequest) -> SavedFrame:
        """Expose and save one frame; returns when it is safely on disk.

        Raises:
            DeviceError: the camera failed.
            FileError: the frame could not be saved.
            Cancelled: the host was asked to stop.
        """
        ...


@runtime_checkable
class FrameMeter(Protocol):
    """Exposes frames that are only looked at, for training and for the twilight sky."""

    def measure(self, request: FrameRequest) -> FrameLevels:
        """Expose one frame, return its levels, and keep nothing of it; its guid does not matter.

        Raises:
            DeviceError: the camera failed.
            Cancelled: the host was asked to stop.
        """
        ...


class Devices(Protocol):
    """The equipment of the profile in use; None where a device is not there."""

    @property
    def camera(self) -> Camera | None:
        """Return the camera."""
        ...

    @property
    def wheel(self) -> FilterWheel | None:
        """Return the filter wheel."""
        ...

    @property
    def rotator(self) -> Rotator | None:
        """Return the rotator."""
        ...

    @property
    def panel(self) -> Panel | None:
        """Return the flat panel."""
        ...

    @property
    def frames(self) -> FrameTaker:
        """Return what exposes and saves frames; for training and sky flats it is a `FrameMeter` too."""
        ...
