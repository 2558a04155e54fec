"""What a simulated camera may be configured to be, and everything about it that changes."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from hostsim.devices.parts.cooler import CoolerConfig, CoolerState
from hostsim.devices.parts.device import ConnectionState, DeviceConfig
from hostsim.devices.parts.level import Level, LevelMode
from hostsim.devices.parts.limits import MOST, Between, Fault, FaultyError, SomeSeconds
from hostsim.sky.scene import ExposureSettings, LightPath, Sensor


class CameraStatus(IntEnum):
    """What the camera is doing."""

    IDLE = 0
    WAITING = 1
    EXPOSING = 2
    READING = 3
    DOWNLOAD = 4
    ERROR = 5


class CameraConfig(DeviceConfig):
    """The sensor, its limits, the cooler (None: there is none), what the camera can do, and its download's seconds.

    Gain and offset are values, an index of names, or not there at all; with ``sub_exposure_s`` there are sub-exposures.
    ``electrons_per_adu`` is what the camera says of itself; None is what is true of the simulated sensor. One that is
    not ``patient`` begins a new exposure in the middle of another; one that does not check darks takes a negative
    duration for none; one with a ``fan`` has actions for it. One with ``colour_planes`` makes red, green and blue of
    its sensor's mosaic by itself, and so has no pattern to tell.
    """

    newest_interface: ClassVar[int] = 4

    kind: Literal["camera"] = "camera"
    name: str = Field(default="Simulated camera", min_length=1)
    sensor: Sensor = Sensor()
    sensor_name: str = "SIM1600"
    max_bin: Annotated[int, Between(ge=1, le=64)] = 4
    asymmetric_bin: bool = False
    gain_mode: LevelMode = LevelMode.VALUE
    gain_names: tuple[str, ...] = ()
    offset_mode: LevelMode = LevelMode.VALUE
    offset_names: tuple[str, ...] = ()
    offset_max: Annotated[int, Between(ge=0, le=MOST)] = 100
    start_gain: Annotated[int, Between(ge=0, le=MOST)] = 100
    start_offset: Annotated[int, Between(ge=0, le=MOST)] = 50
    electrons_per_adu: Annotated[float | None, Between(ge=1e-6, le=10**6)] = None
    has_shutter: bool = True
    can_abort: bool = True
    can_stop: bool = True
    can_fast_readout: bool = False
    can_pulse_guide: bool = False
    sub_exposure_s: Annotated[float | None, Between(ge=1e-6, le=10**6)] = None
    exposure_min_s: Annotated[float, Between(ge=0, le=10**6)] = 0.0
    exposure_max_s: Annotated[float, Between(ge=1e-6, le=10**6)] = 7200.0
    exposure_step_s: Annotated[float, Between(ge=0, le=10**6)] = 0.001
    patient: bool = True
    checks_darks: bool = True
    fan: bool = False
    colour_planes: bool = False
    download_s: SomeSeconds = 1.0
    cooler: CoolerConfig | None = CoolerConfig()

    @model_validator(mode="after")
    def _levels_fit(self) -> CameraConfig:
        faults: list[Fault] = []
        for level in (self.gain_level, self.offset_level):
            faults += level.faults()
        for name in ("exposure_min_s", "exposure_step_s"):
            if getattr(self, name) > self.exposure_max_s:
                text = f"must be up to exposure_max_s, {self.exposure_max_s:g}, not {getattr(self, name):g}"
                faults.append(((name,), text))
        if self.colour_planes and not self.sensor.bayer:
            faults.append((("colour_planes",), "must be false for a sensor without a mosaic: set bayer of the sensor"))
        if faults:
            raise FaultyError(faults)
        return self

    @property
    def gain_level(self) -> Level:
        """Return how the gain is set."""
        sensor = self.sensor
        return Level("Gain", self.gain_mode, self.gain_names, sensor.gain_min, sensor.gain_max, self.start_gain)

    @property
    def offset_level(self) -> Level:
        """Return how the offset is set."""
        return Level("Offset", self.offset_mode, self.offset_names, 0, self.offset_max, self.start_offset)


class CameraState(ConnectionState):
    """Settings for the next exposure, the exposure under way or just made, and the cooler."""

    bin_x: int = 1
    bin_y: int = 1
    start_x: int = 0
    start_y: int = 0
    num_x: int
    num_y: int
    gain: int
    offset: int
    readout_mode: int = 0
    fast_readout: bool = False
    sub_exposure_s: float = 0.0
    guiding_s: float = 0.0
    fan_speed: int = 0
    cooler: CoolerState = Field(default_factory=CoolerState)
    status: CameraStatus = CameraStatus.IDLE
    elapsed_s: float = 0.0
    download_s: float = 0.0
    image_ready: bool = False
    path: LightPath | None = None
    settings: ExposureSettings | None = None
    last: ExposureSettings | None = None
