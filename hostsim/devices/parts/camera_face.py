"""The members of a camera that describe it and set up an exposure: sensor, binning, subframe, gain, cooling."""

from __future__ import annotations

from hostsim.devices.parts.camera_config import CameraConfig, CameraState
from hostsim.devices.parts.cooler import CoolerConfig
from hostsim.devices.parts.description import configured, read, write
from hostsim.devices.parts.device import Device, unsupported
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError, check_range
from hostsim.sky.sensor import electrons_per_adu

_MONOCHROME, _COLOUR, _RGGB = 0, 1, 2
_FAN_SPEEDS = ("0", "1", "2", "3")
_RANGE = (InvalidValueError,)
_ABSENT = (NotSupportedError,)


class CameraFace(Device):
    """What a camera is and how it is set up; exposures are elsewhere."""

    config: CameraConfig
    state: CameraState

    camera_x_size = configured("CameraXSize", "sensor.width", kind=int, text="Return the unbinned width in pixels.")
    camera_y_size = configured("CameraYSize", "sensor.height", kind=int, text="Return the unbinned height in pixels.")
    max_bin_x = configured("MaxBinX", "max_bin", kind=int, text="Return the largest binning in x.")
    max_bin_y = configured("MaxBinY", "max_bin", kind=int, text="Return the largest binning in y.")
    pixel_size_x = configured(
        "PixelSizeX", "sensor.pixel_um", kind=float, text="Return the pixel width in micrometres."
    )
    pixel_size_y = configured(
        "PixelSizeY", "sensor.pixel_um", kind=float, text="Return the pixel height in micrometres."
    )
    max_adu = configured("MaxADU", "sensor.max_adu", kind=int, text="Return the largest pixel value.")
    full_well = configured(
        "FullWellCapacity", "sensor.full_well_e", kind=float, text="Return the full well in electrons."
    )
    sensor_name = configured("SensorName", "sensor_name", kind=str, text="Return the name of the sensor.")
    exposure_min = configured(
        "ExposureMin", "exposure_min_s", kind=float, text="Return the shortest exposure in seconds."
    )
    exposure_max = configured(
        "ExposureMax", "exposure_max_s", kind=float, text="Return the longest exposure in seconds."
    )
    exposure_step = configured(
        "ExposureResolution", "exposure_step_s", kind=float, text="Return the exposure step in seconds."
    )
    can_abort = configured(
        "CanAbortExposure", "can_abort", kind=bool, text="Return whether an exposure can be aborted."
    )
    can_stop = configured(
        "CanStopExposure", "can_stop", kind=bool, text="Return whether an exposure can be stopped and kept."
    )
    can_asymmetric_bin = configured(
        "CanAsymmetricBin", "asymmetric_bin", kind=bool, text="Return whether binning may differ between axes."
    )
    can_fast_readout = configured(
        "CanFastReadout", "can_fast_readout", kind=bool, text="Return whether there is a fast readout."
    )
    can_pulse_guide = configured(
        "CanPulseGuide", "can_pulse_guide", kind=bool, text="Return whether the camera can guide a mount."
    )
    has_shutter = configured(
        "HasShutter", "has_shutter", kind=bool, text="Return whether there is a shutter for darks."
    )

    @read("SupportedActions", offline=True)
    def supported_actions(self) -> list[str]:
        """Return the names of the actions: those of the fan, where there is one."""
        return ["SetFanSpeed", "GetFanSpeed"] if self.config.fan else []

    def carry_out(self, action: str, parameters: str) -> str:
        """Set the speed of the fan, 0 (off) to 3 (full), or return it.

        Raises:
            InvalidValueError: the parameter is no such speed.
        """
        if action == "GetFanSpeed":
            return str(self.state.fan_speed)
        if parameters not in _FAN_SPEEDS:
            raise InvalidValueError(f"SetFanSpeed takes a speed from 0 (off) to 3 (full), not {parameters!r}")
        self.state.fan_speed = int(parameters)
        return ""

    @read("CanGetCoolerPower")
    def can_get_cooler_power(self) -> bool:
        """Return whether CoolerPower can be read."""
        return self.config.cooler is not None and self.config.cooler.tells_power

    @read("CanSetCCDTemperature")
    def can_set_ccd_temperature(self) -> bool:
        """Return whether the sensor's temperature can be set."""
        return self.config.cooler is not None and self.config.cooler.regulated

    @read("FastReadout", errors=_ABSENT)
    def fast_readout(self) -> bool:
        """Return whether frames are read fast."""
        return self.state.fast_readout if self.config.can_fast_readout else unsupported("FastReadout")

    @write("FastReadout", errors=_ABSENT)
    def set_fast_readout(self, on: bool) -> None:
        """Choose whether frames are read fast."""
        if not self.config.can_fast_readout:
            unsupported("FastReadout")
        self.state.fast_readout = on

    @read("SubExposureDuration", errors=_ABSENT)
    def sub_exposure(self) -> float:
        """Return the seconds of one of the exposures that the camera itself adds up."""
        return self.state.sub_exposure_s if self.config.sub_exposure_s else unsupported("SubExposureDuration")

    @write("SubExposureDuration", errors=(*_ABSENT, *_RANGE))
    def set_sub_exposure(self, seconds: float) -> None:
        """Set the seconds of one of the exposures that the camera itself adds up."""
        if not self.config.sub_exposure_s:
            unsupported("SubExposureDuration")
        check_range("SubExposureDuration", seconds, low=0, high=self.config.exposure_max_s)
        self.state.sub_exposure_s = seconds

    @read("IsPulseGuiding", errors=_ABSENT)
    def is_pulse_guiding(self) -> bool:
        """Return whether a guide pulse is under way."""
        return self.state.guiding_s > 0 if self.config.can_pulse_guide else unsupported("IsPulseGuiding")

    @read("SensorType")
    def sensor_type(self) -> int:
        """Return the kind of sensor: 0 monochrome, 1 with colour planes, 2 with an RGGB pattern."""
        if self.config.colour_planes:
            return _COLOUR
        return _RGGB if self.config.sensor.bayer else _MONOCHROME

    @read("BayerOffsetX", errors=_ABSENT)
    def bayer_offset_x(self) -> int:
        """Return the column the colour pattern starts in."""
        return self._bayer_offset("BayerOffsetX")[0]

    @read("BayerOffsetY", errors=_ABSENT)
    def bayer_offset_y(self) -> int:
        """Return the row the colour pattern starts in."""
        return self._bayer_offset("BayerOffsetY")[1]

    @read("ElectronsPerADU")
    def electrons_per_adu(self) -> float:
        """Return electrons per unit of a pixel value at the present gain and readout mode."""
        if self.config.electrons_per_adu is not None:
            return self.config.electrons_per_adu
        gain = self.config.gain_level.value(self.state.gain)
        return electrons_per_adu(self.config.sensor, gain, mode=self.state.readout_mode)

    @read("BinX")
    def bin_x(self) -> int:
        """Return the binning in x."""
        return self.state.bin_x

    @write("BinX", errors=_RANGE)
    def set_bin_x(self, binning: int) -> None:
        """Set the binning in x, and of both axes if they cannot differ; the subframe is left as it is."""
        self._set_bin("BinX", binning)

    @read("BinY")
    def bin_y(self) -> int:
        """Return the binning in y."""
        return self.state.bin_y

    @write("BinY", errors=_RANGE)
    def set_bin_y(self, binning: int) -> None:
        """Set the binning in y, and of both axes if they cannot differ; the subframe is left as it is."""
        self._set_bin("BinY", binning)

    @read("StartX")
    def start_x(self) -> int:
        """Return the first column of the subframe in binned pixels."""
        return self.state.start_x

    @write("StartX")
    def set_start_x(self, pixels: int) -> None:
        """Set the first column; StartExposure judges it."""
        self.state.start_x = pixels

    @read("StartY")
    def start_y(self) -> int:
        """Return the first row of the subframe in binned pixels."""
        return self.state.start_y

    @write("StartY")
    def set_start_y(self, pixels: int) -> None:
        """Set the first row; StartExposure judges it."""
        self.state.start_y = pixels

    @read("NumX")
    def num_x(self) -> int:
        """Return the width of the subframe in binned pixels."""
        return self.state.num_x

    @write("NumX")
    def set_num_x(self, pixels: int) -> None:
        """Set the width; StartExposure judges it."""
        self.state.num_x = pixels

    @read("NumY")
    def num_y(self) -> int:
        """Return the height of the subframe in binned pixels."""
        return self.state.num_y

    @write("NumY")
    def set_num_y(self, pixels: int) -> None:
        """Set the height; StartExposure judges it."""
        self.state.num_y = pixels

    @read("Gain", errors=_ABSENT)
    def gain(self) -> int:
        """Return the gain: a value, or the index of a name."""
        self.config.gain_level.require()
        return self.state.gain

    @write("Gain", errors=(*_ABSENT, *_RANGE))
    def set_gain(self, gain: int) -> None:
        """Set the gain: a value, or the index of a name."""
        self.config.gain_level.check_setting(gain)
        self.state.gain = gain

    @read("GainMin", errors=_ABSENT)
    def gain_min(self) -> int:
        """Return the lowest gain."""
        return self.config.gain_level.range("GainMin")[0]

    @read("GainMax", errors=_ABSENT)
    def gain_max(self) -> int:
        """Return the highest gain."""
        return self.config.gain_level.range("GainMax")[1]

    @read("Gains", errors=_ABSENT)
    def gains(self) -> list[str]:
        """Return the names of the gains."""
        return self.config.gain_level.listed("Gains")

    @read("Offset", errors=_ABSENT)
    def offset(self) -> int:
        """Return the offset: a value, or the index of a name."""
        self.config.offset_level.require()
        return self.state.offset

    @write("Offset", errors=(*_ABSENT, *_RANGE))
    def set_offset(self, offset: int) -> None:
        """Set the offset: a value, or the index of a name."""
        self.config.offset_level.check_setting(offset)
        self.state.offset = offset

    @read("OffsetMin", errors=_ABSENT)
    def offset_min(self) -> int:
        """Return the lowest offset."""
        return self.config.offset_level.range("OffsetMin")[0]

    @read("OffsetMax", errors=_ABSENT)
    def offset_max(self) -> int:
        """Return the highest offset."""
        return self.config.offset_level.range("OffsetMax")[1]

    @read("Offsets", errors=_ABSENT)
    def offsets(self) -> list[str]:
        """Return the names of the offsets."""
        return self.config.offset_level.listed("Offsets")

    @read("ReadoutModes")
    def readout_modes(self) -> list[str]:
        """Return the names of the readout modes."""
        return [mode.name for mode in self.config.sensor.readout_modes]

    @read("ReadoutMode")
    def readout_mode(self) -> int:
        """Return the index of the readout mode."""
        return self.state.readout_mode

    @write("ReadoutMode", errors=_RANGE)
    def set_readout_mode(self, index: int) -> None:
        """Choose a readout mode by index."""
        check_range("ReadoutMode", index, low=0, high=len(self.config.sensor.readout_modes) - 1)
        self.state.readout_mode = index

    @read("CoolerOn", errors=_ABSENT)
    def cooler_on(self) -> bool:
        """Return whether the cooler runs."""
        self._cooler("CoolerOn")
        return self.state.cooler.on

    @write("CoolerOn", errors=_ABSENT)
    def set_cooler_on(self, on: bool) -> None:
        """Switch the cooler."""
        self._cooler("CoolerOn")
        self.state.cooler.on = on

    @read("CoolerPower", errors=_ABSENT)
    def cooler_power(self) -> float:
        """Return the cooler's power in percent."""
        cooler = self._cooler("CoolerPower")
        if not cooler.tells_power:
            unsupported("CoolerPower")
        return self.state.cooler.power_percent(self.ambient_c(), cooler)

    @read("CCDTemperature")
    def ccd_temperature(self) -> float:
        """Return the temperature of the sensor in degrees C."""
        return self.sensor_c()

    @read("HeatSinkTemperature", errors=_ABSENT)
    def heat_sink_temperature(self) -> float:
        """Return the temperature of the heat sink in degrees C: that of the air."""
        self._cooler("HeatSinkTemperature")
        return self.ambient_c()

    @read("SetCCDTemperature", errors=_ABSENT)
    def set_point(self) -> float:
        """Return the temperature the cooler aims at in degrees C."""
        self._regulated()
        return self.state.cooler.set_point_c

    @write("SetCCDTemperature", errors=(*_ABSENT, *_RANGE))
    def set_set_point(self, celsius: float) -> None:
        """Set the temperature the cooler aims at."""
        cooler = self._regulated()
        check_range("SetCCDTemperature", celsius, low=cooler.lowest_set_point_c, high=cooler.highest_set_point_c)
        self.state.cooler.set_point_c = celsius

    def sensor_c(self) -> float:
        """Return the temperature of the sensor in degrees C, that of the air where nothing cools it."""
        return self.state.cooler.temperature_c(self.ambient_c())

    def _bayer_offset(self, name: str) -> tuple[int, int]:
        if self.sensor_type() != _RGGB:
            unsupported(f"{name} of a sensor without a colour pattern")
        return self.config.sensor.bayer_offset

    def _cooler(self, name: str) -> CoolerConfig:
        return unsupported(f"{name} without a cooler") if self.config.cooler is None else self.config.cooler

    def _regulated(self) -> CoolerConfig:
        cooler = self._cooler("SetCCDTemperature")
        return cooler if cooler.regulated else unsupported("SetCCDTemperature")

    def _set_bin(self, name: str, binning: int) -> None:
        check_range(name, binning, low=1, high=self.config.max_bin)
        if name == "BinX" or not self.config.asymmetric_bin:
            self.state.bin_x = binning
        if name == "BinY" or not self.config.asymmetric_bin:
            self.state.bin_y = binning

    def ambient_c(self) -> float:
        """Return the temperature of the air in degrees C."""
        raise NotImplementedError
