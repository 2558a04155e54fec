"""The host's camera: cooling, settings, and exposures that come back as pixels."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, TypeVar

import numpy as np
from alpaca.camera import CameraStates, SensorType
from alpaca.exceptions import InvalidOperationException, NotImplementedException, ValueNotSetException
from numpy.typing import NDArray

from hostsim.equipment.device import HostDevice
from hostsim.equipment.image import FrameReader
from hostsim.equipment.retrying import again
from hostsim.equipment.session import ANSWER_S
from hostsim.equipment.truth import frame_truth
from hostsim.equipment.waiting import Patience
from tsplug import Cancelled, DeviceError
from tsplug.ports import Clock

T = TypeVar("T")

_DOWNLOAD_S = 120.0
_IDLE_PERCENT = 0.5
# One jump of a simulated clock covers the exposure; real time is passed in slices by the clock itself.
_POLL_S = 0.5
_WATCH_S = 30.0


@dataclass(frozen=True)
class Exposure:
    """How to expose: seconds, light or dark, gain and offset (None leaves the camera's), binning, part of the frame.

    One that fails and would end after ``ends_by`` is not tried again.
    """

    exposure_s: float
    light: bool = True
    gain: int | None = None
    offset: int | None = None
    binning: int = 1
    roi_percent: float = 100.0
    ends_by: datetime | None = None


@dataclass(frozen=True)
class CameraReading:
    """What the camera was set to for a frame: names, levels, degrees C, micrometres unbinned, electrons per ADU.

    ``bayer_offset`` is the column and row of the frame's first red pixel; None where there is no RGGB mosaic, which
    binned frames have lost.
    """

    name: str
    gain: int | None
    offset: int | None
    binning: int
    readout_mode: int | None
    readout_mode_name: str
    pixel_um: float
    egain: float | None
    set_temperature_c: float | None
    temperature_c: float | None
    bayer_offset: tuple[int, int] | None = None


@dataclass(frozen=True)
class Shot:
    """A frame as it came from the camera: pixels by rows, beginning and end of the exposure, and its settings."""

    pixels: NDArray[np.uint16]
    started: datetime
    ended: datetime
    exposure_s: float
    reading: CameraReading


class ExposureFailedError(DeviceError):
    """The camera ended an exposure in an error, without a frame."""


class TooLateError(DeviceError):
    """An exposure failed in the camera, and there is no time left for another one."""


class Camera(HostDevice):
    """A cooled camera; implements `tsplug.ports.Camera`."""

    kind = "camera"
    platform_7 = 4

    def __init__(self, alpaca: Any, clock: Clock, *, name: str, answer_s: float = ANSWER_S) -> None:
        """Wrap alpyca's camera; frames come over a connection of their own."""
        super().__init__(alpaca, clock, name=name, answer_s=answer_s)
        self._base_url: str = alpaca.base_url
        self._frames = FrameReader(self._base_url, self.label)

    @property
    def max_adu(self) -> int:
        """Return the highest level a pixel can have, in ADU."""
        with self._trying("read MaxADU"):
            return int(self._alpaca.MaxADU)

    def readout_mode(self) -> int:
        """Return the index of the readout mode in use."""
        with self._trying("read the readout mode"):
            return int(self._alpaca.ReadoutMode)

    def set_readout_mode(self, index: int) -> None:
        """Select a readout mode by its index."""
        with self._trying(f"select readout mode {index}"):
            self._alpaca.ReadoutMode = index

    def cool(
        self, celsius: float, *, tolerance_c: float, patience: Patience, watch: Callable[[], None] = lambda: None
    ) -> None:
        """Switch the cooler on and wait until the sensor has the temperature; ``watch`` is called now and then.

        Raises:
            DeviceError: the sensor did not come within ``tolerance_c`` in time.
        """
        with self._trying(f"cool to {celsius:g} degrees C"):
            self._alpaca.SetCCDTemperature = celsius
            self._alpaca.CoolerOn = True
        self._wait(
            lambda: abs(self._alpaca.CCDTemperature - celsius) <= tolerance_c,
            f"cooling to {celsius:g} C",
            patience=patience,
            watch=watch,
        )

    def warm(self, *, at_least_c: float, patience: Patience, watch: Callable[[], None] = lambda: None) -> None:
        """Let the sensor warm up gently, then switch the cooler off; ``watch`` is called now and then.

        ``at_least_c`` is where it counts as warm; in frosty air that is as warm as the air gets it.
        """
        with self._trying("warm up"):
            air_c = _optional(lambda: float(self._alpaca.HeatSinkTemperature))
            goal_c = at_least_c if air_c is None else min(at_least_c, air_c - 0.5)
            self._alpaca.SetCCDTemperature = goal_c
        self._wait(lambda: self._warm_enough(goal_c), "warming up", patience=patience, watch=watch)
        with self._trying("switch the cooler off"):
            self._alpaca.CoolerOn = False

    def expose(
        self,
        exposure: Exposure,
        *,
        watch: Callable[[], None] | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Shot:
        """Take one frame and return it; an exposure that fails in the camera is tried again.

        ``watch`` is called now and then while the shutter is open; what it raises is raised, the exposure goes on.
        ``meanwhile`` is called once when it has opened, and may take its time.

        Raises:
            TooLateError: it failed, and would end too late if it was begun again.
            DeviceError: the camera refused, failed, or did not finish in time.
        """
        taken = partial(self._exposed, exposure, watch=watch, meanwhile=meanwhile)
        tries = count()

        def act() -> Shot:
            if next(tries) and self._too_late(exposure):
                said = f"an exposure of {exposure.exposure_s:g} s failed, and would end too late if it was begun again"
                raise TooLateError(self.label, said)
            return taken()

        return again(act, self._clock, doing="expose", on=ExposureFailedError)

    def _too_late(self, exposure: Exposure) -> bool:
        ends = self._clock.now() + timedelta(seconds=exposure.exposure_s)
        return exposure.ends_by is not None and ends > exposure.ends_by

    def _exposed(
        self, exposure: Exposure, *, watch: Callable[[], None] | None, meanwhile: Callable[[], None] | None
    ) -> Shot:
        self._set_up(exposure)
        started = self._clock.now()
        with self._trying("start an exposure"):
            self._alpaca.StartExposure(exposure.exposure_s, exposure.light)
        try:
            if meanwhile is not None:
                meanwhile()
            passed_s = (self._clock.now() - started).total_seconds()
            self._sleep(max(0.0, exposure.exposure_s - passed_s), watch=watch)
            late_s = max(0.0, passed_s - exposure.exposure_s)
            ended = self._clock.now() - timedelta(seconds=late_s)
            self._wait(self._ready, "reading out", patience=Patience(timeout_s=_DOWNLOAD_S, poll_s=_POLL_S))
        except Cancelled:
            with suppress(DeviceError, Cancelled):
                self.abort()
            raise
        with self._trying("send the frame"):
            num_x, num_y = int(self._alpaca.NumX), int(self._alpaca.NumY)
        pixels = again(lambda: self._frames.read(num_x=num_x, num_y=num_y), self._clock, doing="fetch a frame")
        with self._trying("tell how long it exposed"):
            exposure_s = _last(lambda: float(self._alpaca.LastExposureDuration))
        if exposure_s is None:
            exposure_s = exposure.exposure_s
        return Shot(pixels, started, ended, exposure_s, self.reading())

    def truth(self) -> str:
        """Return what really is on the last frame, as JSON text.

        Raises:
            DeviceError: the camera is none of hostsim's simulators, or has no frame.
        """
        return frame_truth(self._base_url, self.label)

    def abort(self) -> None:
        """End an exposure under way and drop it."""
        with self._trying("abort the exposure"):
            if self._alpaca.CameraState != CameraStates.cameraIdle:
                # One that cannot abort ends by itself.
                _optional(self._alpaca.AbortExposure)

    def reading(self) -> CameraReading:
        """Return what the camera is set to."""
        with self._trying("tell its settings"):
            mode = _optional(lambda: int(self._alpaca.ReadoutMode))
            modes = _optional(lambda: list(self._alpaca.ReadoutModes)) or []
            return CameraReading(
                name=self.name,
                gain=_optional(lambda: int(self._alpaca.Gain)),
                offset=_optional(lambda: int(self._alpaca.Offset)),
                binning=int(self._alpaca.BinX),
                readout_mode=mode,
                readout_mode_name=modes[mode] if mode is not None and mode < len(modes) else "",
                pixel_um=float(self._alpaca.PixelSizeX),
                egain=_optional(lambda: float(self._alpaca.ElectronsPerADU)),
                set_temperature_c=_optional(lambda: float(self._alpaca.SetCCDTemperature)),
                temperature_c=_optional(lambda: float(self._alpaca.CCDTemperature)),
                bayer_offset=_optional(self._bayer_offset),
            )

    def temperature_c(self) -> float | None:
        """Return the temperature of the sensor in degrees C, None where it cannot tell."""
        with self._trying("tell its temperature"):
            return _optional(lambda: float(self._alpaca.CCDTemperature))

    def _sleep(self, seconds: float, *, watch: Callable[[], None] | None) -> None:
        left_s = seconds
        while watch is not None and left_s > _WATCH_S:
            self._clock.sleep(_WATCH_S)
            left_s -= _WATCH_S
            watch()
        self._clock.sleep(left_s)

    def _bayer_offset(self) -> tuple[int, int] | None:
        alpaca = self._alpaca
        if alpaca.SensorType != SensorType.RGGB or alpaca.BinX != 1 or alpaca.BinY != 1:
            return None
        return (alpaca.BayerOffsetX - alpaca.StartX) % 2, (alpaca.BayerOffsetY - alpaca.StartY) % 2

    def _warm_enough(self, goal_c: float) -> bool:
        if self._alpaca.CCDTemperature >= goal_c - 0.5:
            return True
        # A cooler that has nothing left to do holds nothing back: the air is colder than the goal.
        power_percent = _optional(lambda: float(self._alpaca.CoolerPower))
        return power_percent is not None and power_percent <= _IDLE_PERCENT

    def _set_up(self, exposure: Exposure) -> None:
        with self._trying("set up the exposure"):
            alpaca = self._alpaca
            if alpaca.CameraState == CameraStates.cameraError:
                _optional(alpaca.AbortExposure)
            alpaca.BinX = exposure.binning
            alpaca.BinY = exposure.binning
            part = exposure.roi_percent / 100.0
            width, height = alpaca.CameraXSize // exposure.binning, alpaca.CameraYSize // exposure.binning
            alpaca.NumX = max(1, round(width * part))
            alpaca.NumY = max(1, round(height * part))
            alpaca.StartX = (width - max(1, round(width * part))) // 2
            alpaca.StartY = (height - max(1, round(height * part))) // 2
            if exposure.gain is not None:
                alpaca.Gain = exposure.gain
            if exposure.offset is not None:
                alpaca.Offset = exposure.offset

    def _ready(self) -> bool:
        if self._alpaca.ImageReady:
            return True
        if self._alpaca.CameraState == CameraStates.cameraError:
            raise ExposureFailedError(
                self.label, "the exposure failed in the camera: look at it, then run the sequence again"
            )
        return False


def _optional(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except NotImplementedException:
        return None


def _last(read: Callable[[], T]) -> T | None:
    # Optional before Platform 7, and some drivers forget it.
    try:
        return read()
    except (InvalidOperationException, NotImplementedException, ValueNotSetException):
        return None
