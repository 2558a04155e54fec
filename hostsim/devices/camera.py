"""The simulated camera: exposures that take their time, and frames of whatever the telescope sees."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from hostsim.devices.parts.camera_config import CameraConfig, CameraState, CameraStatus
from hostsim.devices.parts.camera_face import CameraFace
from hostsim.devices.parts.description import method, read
from hostsim.devices.parts.device import Now, unsupported
from hostsim.devices.parts.errors import (
    InvalidOperationError,
    InvalidValueError,
    NotSupportedError,
    ParkedError,
    ValueNotSetError,
    check_range,
)
from hostsim.devices.parts.frame import Frame, FrameSource
from hostsim.sky.scene import ExposureSettings, LightPath

__all__ = ["Camera", "CameraConfig", "CameraState", "CameraStatus"]

# How many times faster the fast readout is.
_FAST_READOUT = 4.0


class Camera(CameraFace):
    """A cooled camera.

    What the frame shows is fixed when the exposure begins; its pixels are made when somebody reads them, so a state
    taken up again gives the same pixels.
    """

    device_type: ClassVar[str] = "Camera"
    interface_version: ClassVar[int] = 4
    operational: ClassVar[tuple[str, ...]] = (
        "CameraState",
        "CCDTemperature",
        "CoolerPower",
        "HeatSinkTemperature",
        "ImageReady",
        "IsPulseGuiding",
        "PercentCompleted",
    )
    config: CameraConfig
    state: CameraState

    def __init__(
        self,
        config: CameraConfig,
        clock: Now,
        *,
        frames: FrameSource,
        light_path: Callable[[], LightPath],
        guide: Callable[[int, int], None] | None = None,
    ) -> None:
        """Start idle and warm.

        ``light_path`` tells what the sensor sees at this moment; ``guide`` moves the mount at the camera's guide port
        in a direction, for milliseconds.
        """
        sensor = config.sensor
        state = CameraState(
            num_x=sensor.width,
            num_y=sensor.height,
            gain=config.start_gain,
            offset=config.start_offset,
            sub_exposure_s=config.sub_exposure_s or 0.0,
        )
        super().__init__(config, clock, state=state)
        self._guide = guide
        self._frames = frames
        self._light_path = light_path
        self._frame: Frame | None = None

    def ambient_c(self) -> float:
        """Return the temperature of the air in degrees C."""
        return self._frames.temperature_c(self.clock.now())

    def advance(self, seconds: float) -> None:
        """Expose, download and cool for ``seconds``."""
        super().advance(seconds)
        self.state.guiding_s = max(0.0, self.state.guiding_s - seconds)
        if self.config.cooler is not None:
            self.state.cooler.advance(seconds, self.ambient_c(), config=self.config.cooler)
        left = seconds
        if self.state.status is CameraStatus.EXPOSING and self.state.settings is not None:
            duration = self.state.settings.duration_s
            spent = min(left, max(0.0, duration - self.state.elapsed_s))
            self.state.elapsed_s += spent
            left -= spent
            if self.state.elapsed_s >= duration:
                self._begin_download()
        if self.state.status is CameraStatus.DOWNLOAD:
            self.state.download_s -= left
            if self.state.download_s <= 0:
                self._finish()

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Take up a state; the frame that was ready is ready again."""
        super().restore(snapshot)
        self._frame = None
        if self.state.image_ready:
            self._keep_frame()

    def fail(self) -> None:
        """End an exposure in an error, without a frame; aborting it makes the camera idle again."""
        self.state.status = CameraStatus.ERROR
        self.state.image_ready = False
        self.state.path = self.state.settings = self._frame = None

    @read("CameraState")
    def camera_state(self) -> CameraStatus:
        """Return what the camera is doing: 0 idle, 2 exposing, 4 downloading."""
        return self.state.status

    @read("ImageReady")
    def image_ready(self) -> bool:
        """Return whether a frame can be read."""
        return self.state.image_ready

    @read("PercentCompleted")
    def percent_completed(self) -> int:
        """Return how much of the exposure is done, 0 to 100."""
        if self.state.status is not CameraStatus.EXPOSING or self.state.settings is None:
            return 100 if self.state.image_ready or self.state.status is CameraStatus.DOWNLOAD else 0
        return int(100 * self.state.elapsed_s / self.state.settings.duration_s) if self.state.settings.duration_s else 0

    @read("LastExposureDuration", errors=(ValueNotSetError,))
    def last_exposure_duration(self) -> float:
        """Return how many seconds the last frame was really exposed.

        Raises:
            ValueNotSetError: there was no exposure yet.
        """
        return self._last("LastExposureDuration").duration_s

    @read("LastExposureStartTime", errors=(ValueNotSetError,))
    def last_exposure_start_time(self) -> str:
        """Return when the last exposure began: UTC, as in a FITS header.

        Raises:
            ValueNotSetError: there was no exposure yet.
        """
        return self._last("LastExposureStartTime").started.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]

    @method("StartExposure", "Duration", "Light", errors=(InvalidValueError, InvalidOperationError))
    def start_exposure(self, duration_s: float, light: bool) -> None:
        """Start an exposure; ImageReady is true when its frame can be read.

        Raises:
            InvalidValueError: duration or subframe is out of range.
            InvalidOperationError: an exposure is under way.
        """
        state = self.state
        shortest_s = self.config.exposure_min_s if light or self.config.checks_darks else -math.inf
        check_range("Duration", duration_s, low=shortest_s, high=self.config.exposure_max_s)
        self._check_axis("X", state.start_x, number=state.num_x, size=self.config.sensor.width // state.bin_x)
        self._check_axis("Y", state.start_y, number=state.num_y, size=self.config.sensor.height // state.bin_y)
        if self.config.patient and state.status is not CameraStatus.IDLE:
            raise InvalidOperationError("an exposure is under way: wait for it or abort it")
        state.settings = self._settings(max(0.0, duration_s), light)
        state.path = self._light_path()
        state.last = state.settings
        state.status = CameraStatus.EXPOSING
        state.elapsed_s = 0.0
        state.image_ready = False
        self._frame = None

    @method("StopExposure", errors=(NotSupportedError,))
    def stop_exposure(self) -> None:
        """End the exposure now and keep the frame; nothing happens when there is none."""
        if not self.config.can_stop:
            unsupported("StopExposure")
        if self.state.status is CameraStatus.EXPOSING and self.state.settings is not None:
            self.state.settings = replace(self.state.settings, duration_s=self.state.elapsed_s)
            self.state.last = self.state.settings
            self._begin_download()

    @method("AbortExposure", errors=(NotSupportedError,))
    def abort_exposure(self) -> None:
        """End the exposure now and drop the frame; nothing happens when there is none."""
        if not self.config.can_abort:
            unsupported("AbortExposure")
        if self.state.status is not CameraStatus.IDLE:
            self.state.status = CameraStatus.IDLE
            self.state.path = self.state.settings = None

    @method("PulseGuide", "Direction", "Duration", errors=(NotSupportedError, InvalidValueError, ParkedError))
    def pulse_guide(self, direction: int, duration_ms: int) -> None:
        """Guide the mount at the guide port: north 0, south 1, east 2 or west 3, for some milliseconds."""
        if not self.config.can_pulse_guide:
            unsupported("PulseGuide")
        check_range("Direction", direction, low=0, high=3)
        check_range("Duration", duration_ms, low=0, high=3_600_000)
        if self._guide is not None:
            self._guide(direction, duration_ms)
        self.state.guiding_s = max(self.state.guiding_s, duration_ms / 1000.0)

    @read("ImageArray", errors=(InvalidOperationError,))
    def image_array(self) -> Frame:
        """Return the last frame.

        Raises:
            InvalidOperationError: there is none.
        """
        if self._frame is None:
            raise InvalidOperationError("there is no image: expose, and wait until ImageReady is true")
        return self._frame

    @read("ImageArrayVariant", errors=(NotSupportedError,))
    def image_array_variant(self) -> Frame:
        """Refuse: ImageArray is the only form."""
        unsupported("ImageArrayVariant")

    def _settings(self, duration_s: float, light: bool) -> ExposureSettings:
        state, config = self.state, self.config
        return ExposureSettings(
            started=self.clock.now(),
            duration_s=duration_s,
            # Nothing keeps the light off a sensor without a shutter.
            light=light or not config.has_shutter,
            gain=config.gain_level.value(state.gain),
            offset=config.offset_level.value(state.offset),
            bin_x=state.bin_x,
            bin_y=state.bin_y,
            start_x=state.start_x,
            start_y=state.start_y,
            num_x=state.num_x,
            num_y=state.num_y,
            readout_mode=state.readout_mode,
            ccd_temperature_c=self.sensor_c(),
        )

    def _check_axis(self, axis: str, start: int, *, number: int, size: int) -> None:
        check_range(f"Start{axis}", start, low=0, high=size - 1)
        check_range(f"Num{axis}", number, low=1, high=size - start)

    def _last(self, name: str) -> ExposureSettings:
        if self.state.last is None:
            raise ValueNotSetError(f"{name}: there was no exposure yet")
        return self.state.last

    def _begin_download(self) -> None:
        self.state.status = CameraStatus.DOWNLOAD
        self.state.download_s = self.config.download_s / (_FAST_READOUT if self.state.fast_readout else 1.0)

    def _finish(self) -> None:
        self.state.status = CameraStatus.IDLE
        self.state.image_ready = True
        self._keep_frame()

    def _keep_frame(self) -> None:
        if self.state.path is not None and self.state.settings is not None:
            mosaic = self.config.sensor if self.config.colour_planes else None
            self._frame = Frame(self._frames, self.state.path, settings=self.state.settings, mosaic=mosaic)
