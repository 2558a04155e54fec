"""The members of a camera that describe it and set up an exposure: sensor, binning, subframe, gain, cooling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostsim.devices.parts.description import configured, fixed, method, missing, read, write
from hostsim.devices.parts.device import Device, unsupported
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError, check_range
from hostsim.sky.sensor import electrons_per_adu

if TYPE_CHECKING:
    from hostsim.devices.camera import CameraConfig, CameraState

_MONOCHROME, _RGGB = 0, 2
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
    gain_min = configured("GainMin", "sensor.gain_min", kind=int, text="Return the lowest gain.")
    gain_max = configured("GainMax", "sensor.gain_max", kind=int, text="Return the highest gain.")
    gains = missing("Gains", list[str], text="Refuse: gains are values, not names.")
    offset_min = fixed("OffsetMin", 0, text="Return the lowest offset.")
    offset_max = configured("OffsetMax", "offset_max", kind=int, text="Return the highest offset.")
    offsets = missing("Offsets", list[str], text="Refuse: offsets are values, not names.")
    can_abort = fixed("CanAbortExposure", True, text="Return whether an exposure can be aborted.")
    can_stop = fixed("CanStopExposure", True, text="Return whether an exposure can be stopped and kept.")
    can_asymmetric_bin = fixed("CanAsymmetricBin", False, text="Return whether binning may differ between axes.")
    can_fast_readout = fixed("CanFastReadout", False, text="Return whether there is a fast readout.")
    can_cooler_power = fixed("CanGetCoolerPower", True, text="Return whether CoolerPower can be read.")
    can_pulse_guide = fixed("CanPulseGuide", False, text="Return whether the camera can guide a mount.")
    can_set_temperature = fixed(
        "CanSetCCDTemperature", True, text="Return whether the sensor's temperature can be set."
    )
    has_shutter = configured(
        "HasShutter", "has_shutter", kind=bool, text="Return whether there is a shutter for darks."
    )
    fast_readout = missing("FastReadout", bool, text="Refuse: there is no fast readout.")
    sub_exposure = missing("SubExposureDuration", float, text="Refuse: there are no sub-exposures.")
    is_pulse_guiding = missing("IsPulseGuiding", bool, text="Refuse: the camera cannot guide a mount.")

    @write("FastReadout", errors=_ABSENT)
    def set_fast_readout(self, on: bool) -> None:
        """Refuse: there is no fast readout."""
        unsupported("FastReadout")

    @write("SubExposureDuration", errors=_ABSENT)
    def set_sub_exposure(self, seconds: float) -> None:
        """Refuse: there are no sub-exposures."""
        unsupported("SubExposureDuration")

    @method("PulseGuide", "Direction", "Duration", errors=_ABSENT)
    def pulse_guide(self, direction: int, duration_ms: int) -> None:
        """Refuse: the camera cannot guide a mount."""
        unsupported("PulseGuide")

    @read("SensorType")
    def sensor_type(self) -> int:
        """Return the kind of sensor: 0 monochrome, 2 with an RGGB pattern."""
        return _RGGB if self.config.sensor.bayer else _MONOCHROME

    @read("BayerOffsetX", errors=_ABSENT)
    def bayer_offset_x(self) -> int:
        """Return the column the colour pattern starts in."""
        return 0 if self.config.sensor.bayer else unsupported("BayerOffsetX of a monochrome sensor")

    @read("BayerOffsetY", errors=_ABSENT)
    def bayer_offset_y(self) -> int:
        """Return the row the colour pattern starts in."""
        return 0 if self.config.sensor.bayer else unsupported("BayerOffsetY of a monochrome sensor")

    @read("ElectronsPerADU")
    def electrons_per_adu(self) -> float:
        """Return electrons per unit of a pixel value at the present gain."""
        return float(electrons_per_adu(self.config.sensor, self.state.gain))

    @read("BinX")
    def bin_x(self) -> int:
        """Return the binning in x."""
        return self.state.bin

    @write("BinX", errors=_RANGE)
    def set_bin_x(self, binning: int) -> None:
        """Set the binning of both axes; the subframe is left as it is."""
        check_range("BinX", binning, low=1, high=self.config.max_bin)
        self.state.bin = binning

    @read("BinY")
    def bin_y(self) -> int:
        """Return the binning in y."""
        return self.state.bin

    @write("BinY", errors=_RANGE)
    def set_bin_y(self, binning: int) -> None:
        """Set the binning of both axes; the subframe is left as it is."""
        check_range("BinY", binning, low=1, high=self.config.max_bin)
        self.state.bin = binning

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

    @read("Gain")
    def gain(self) -> int:
        """Return the gain."""
        return self.state.gain

    @write("Gain", errors=_RANGE)
    def set_gain(self, gain: int) -> None:
        """Set the gain."""
        check_range("Gain", gain, low=self.config.sensor.gain_min, high=self.config.sensor.gain_max)
        self.state.gain = gain

    @read("Offset")
    def offset(self) -> int:
        """Return the offset."""
        return self.state.offset

    @write("Offset", errors=_RANGE)
    def set_offset(self, offset: int) -> None:
        """Set the offset."""
        check_range("Offset", offset, low=0, high=self.config.offset_max)
        self.state.offset = offset

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

    @read("CoolerOn")
    def cooler_on(self) -> bool:
        """Return whether the cooler runs."""
        return self.state.cooler.on

    @write("CoolerOn")
    def set_cooler_on(self, on: bool) -> None:
        """Switch the cooler."""
        self.state.cooler.on = on

    @read("CoolerPower")
    def cooler_power(self) -> float:
        """Return the cooler's power in percent."""
        return self.state.cooler.power_percent(self.ambient_c(), self.config.cooler)

    @read("CCDTemperature")
    def ccd_temperature(self) -> float:
        """Return the temperature of the sensor in degrees C."""
        return self.state.cooler.temperature_c(self.ambient_c())

    @read("HeatSinkTemperature")
    def heat_sink_temperature(self) -> float:
        """Return the temperature of the heat sink in degrees C: that of the air."""
        return self.ambient_c()

    @read("SetCCDTemperature")
    def set_point(self) -> float:
        """Return the temperature the cooler aims at in degrees C."""
        return self.state.cooler.set_point_c

    @write("SetCCDTemperature", errors=_RANGE)
    def set_set_point(self, celsius: float) -> None:
        """Set the temperature the cooler aims at."""
        cooler = self.config.cooler
        check_range("SetCCDTemperature", celsius, low=cooler.lowest_set_point_c, high=cooler.highest_set_point_c)
        self.state.cooler.set_point_c = celsius

    def ambient_c(self) -> float:
        """Return the temperature of the air in degrees C."""
        raise NotImplementedError
