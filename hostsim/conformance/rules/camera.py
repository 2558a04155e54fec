"""Rules of a camera at rest: its sensor, its settings and their limits."""

from __future__ import annotations

from hostsim.conformance.device import (
    INVALID_OPERATION,
    INVALID_VALUE,
    NOT_IMPLEMENTED,
    VALUE_NOT_SET,
    Device,
    expect_range,
)
from hostsim.conformance.outcome import NotApplicableError, NotedError, error_text, expect
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("camera", "8 Camera", device="Camera")

_MONOCHROME = 0
_LAST_SENSOR_TYPE = 5
_LAST_STATE = 5


@RULES.rule(
    "no-image", "before the first exposure there is no image: error 0x40B, for the last exposure 0x40B or 0x402"
)
def _no_image(camera: Device) -> None:
    if camera.read("ImageReady"):
        raise NotApplicableError("there has been an exposure")
    camera.unreadable("ImageArray", INVALID_OPERATION)
    if camera.error("LastExposureDuration") == 0:
        raise NotedError("no image is ready, but there has been an exposure")
    for name in ("LastExposureDuration", "LastExposureStartTime"):
        camera.unreadable(name, INVALID_OPERATION, VALUE_NOT_SET, NOT_IMPLEMENTED)


@RULES.rule("idle", "CameraState is 0 while nothing is exposed")
def _idle(camera: Device) -> None:
    expect_range("CameraState", camera.read("CameraState"), low=0, high=_LAST_STATE)
    expect(camera.read("CameraState") == 0, f"CameraState {camera.read('CameraState')}", expected="CameraState 0")


@RULES.rule(
    "positive", "is above 0", each=lambda camera: ["CameraXSize", "CameraYSize", "MaxBinX", "MaxBinY", "MaxADU"]
)
def _positive(camera: Device, name: str) -> str:
    value = camera.read(name)
    expect(value > 0, str(value), expected="above 0")
    return str(value)


@RULES.rule(
    "physical",
    "is above 0 where it is known",
    each=lambda camera: ["PixelSizeX", "PixelSizeY", "ElectronsPerADU", "FullWellCapacity"],
)
def _physical(camera: Device, name: str) -> str:
    value = camera.need(name)
    expect(value > 0, str(value), expected="above 0")
    return str(value)


@RULES.rule(
    "bin-limits", "binning 0 and one above the largest are refused: 0x401", each=lambda camera: ["BinX", "BinY"]
)
def _bin_limits(camera: Device, name: str) -> None:
    for binning in (0, -1, camera.read(f"Max{name}") + 1):
        camera.refused(name, INVALID_VALUE, **{name: binning})


@RULES.rule("bins", "every binning can be set and read back")
def _bins(camera: Device) -> str:
    largest = min(camera.read("MaxBinX"), camera.read("MaxBinY"))
    for binning in range(1, largest + 1):
        for name in ("BinX", "BinY"):
            camera.put(name, **{name: binning})
        seen = camera.read("BinX"), camera.read("BinY")
        expect(seen == (binning, binning), f"{seen[0]} x {seen[1]}", expected=f"{binning} x {binning}")
    camera.put("BinX", BinX=1)
    camera.put("BinY", BinY=1)
    return f"1 to {largest}"


@RULES.rule("symmetric", "a camera that cannot bin asymmetrically sets both axes with one")
def _symmetric(camera: Device) -> None:
    if camera.read("CanAsymmetricBin") or min(camera.read("MaxBinX"), camera.read("MaxBinY")) == 1:
        raise NotApplicableError("the axes bin apart, or not at all")
    for name, other in (("BinX", "BinY"), ("BinY", "BinX")):
        camera.put(name, **{name: 2})
        seen = camera.read(other)
        camera.put(name, **{name: 1})
        expect(seen == 2, f"{name}=2 leaves {other} {seen}", expected=f"{other} 2")


@RULES.rule(
    "subframe-free",
    "the subframe can be set in any order, beyond the sensor too",
    each=lambda camera: ["NumX", "NumY", "StartX", "StartY"],
)
def _subframe_free(camera: Device, name: str) -> None:
    before = camera.read(name)
    wanted = camera.read(f"Camera{name[-1]}Size") + 10
    camera.put(name, **{name: wanted})
    seen = camera.read(name)
    camera.put(name, **{name: before})
    expect(seen == wanted, str(seen), expected=f"{name} {wanted}")


@RULES.rule("exposure-limits", "0 <= ExposureMin <= ExposureMax, and ExposureResolution is not negative", version=2)
def _exposure_limits(camera: Device) -> str:
    lowest, highest = camera.read("ExposureMin"), camera.read("ExposureMax")
    expect(0 <= lowest <= highest, f"{lowest:g} to {highest:g}", expected="0 <= ExposureMin <= ExposureMax")
    step = camera.read("ExposureResolution")
    expect(step >= 0, f"ExposureResolution {step:g}", expected="0 or more")
    return f"{lowest:g} to {highest:g} s, step {step:g} s"


@RULES.rule("sensor-type", "SensorType is 0 to 5", version=2)
def _sensor_type(camera: Device) -> str:
    kind = camera.need("SensorType")
    expect_range("SensorType", kind, low=0, high=_LAST_SENSOR_TYPE)
    return str(kind)


@RULES.rule(
    "bayer", "a monochrome sensor has no Bayer offset: 0x400", each=lambda camera: ["BayerOffsetX", "BayerOffsetY"]
)
def _bayer(camera: Device, name: str) -> None:
    kind = camera.need("SensorType")
    if kind == _MONOCHROME:
        camera.unreadable(name, NOT_IMPLEMENTED)
    elif kind > 1:
        expect(camera.read(name) >= 0, str(camera.read(name)), expected="0 or more")


@RULES.rule(
    "modes",
    "works by values, by names or not at all, and says so consistently",
    each=lambda camera: ["Gain", "Offset"],
    version=3,
)
def _modes(camera: Device, name: str) -> str:
    parts = {part: camera.error(part) for part in (name, f"{name}Min", f"{name}Max", f"{name}s")}
    pattern = "".join("0" if number == NOT_IMPLEMENTED else "1" if number == 0 else "?" for number in parts.values())
    modes = {"0000": "not at all", "1110": "by values", "1001": "by names"}
    seen = ", ".join(f"{part} {error_text(number)}" for part, number in parts.items())
    expect(pattern in modes, seen, expected=f"0x400 for all, or for {name}s, or for {name}Min and {name}Max")
    return modes[pattern]


@RULES.rule(
    "mode-limits", "just outside its limits is refused: 0x401", each=lambda camera: ["Gain", "Offset"], version=3
)
def _mode_limits(camera: Device, name: str) -> str:
    before = camera.need(name)
    names = camera.optional(f"{name}s")
    low, high = (camera.read(f"{name}Min"), camera.read(f"{name}Max")) if names is None else (0, len(names) - 1)
    for value in (low - 1, high + 1):
        camera.refused(name, INVALID_VALUE, **{name: value})
    for value in (low, high):
        camera.put(name, **{name: value})
        expect(camera.read(name) == value, f"{name} {camera.read(name)}", expected=f"{name} {value}")
    camera.put(name, **{name: before})
    return f"{low} to {high}"


@RULES.rule(
    "readout-modes", "there is a readout mode, ReadoutMode is one of them, another is refused: 0x401", version=2
)
def _readout_modes(camera: Device) -> str:
    if camera.error("ReadoutModes") == NOT_IMPLEMENTED:
        expect(camera.read("CanFastReadout"), "error 0x400", expected="ReadoutModes, as there is no fast readout")
        raise NotApplicableError("fast readout instead of modes")
    names = camera.read("ReadoutModes")
    expect(bool(names) and all(names), str(names), expected="at least one, with a name")
    expect_range("ReadoutMode", camera.read("ReadoutMode"), low=0, high=len(names) - 1)
    for index in (-1, len(names)):
        camera.refused("ReadoutMode", INVALID_VALUE, ReadoutMode=index)
    return ", ".join(names)


@RULES.rule("fast-readout", "FastReadout is there exactly if CanFastReadout says so", version=2)
def _fast_readout(camera: Device) -> None:
    if not camera.read("CanFastReadout"):
        camera.unreadable("FastReadout", NOT_IMPLEMENTED)
        camera.refused("FastReadout", NOT_IMPLEMENTED, FastReadout=True)
        return
    before = camera.read("FastReadout")
    camera.put("FastReadout", FastReadout=not before)
    expect(camera.read("FastReadout") != before, f"still {before}", expected=f"{not before}")


@RULES.rule("cooler-power", "CoolerPower is 0 to 100, or 0x400 if CanGetCoolerPower is false")
def _cooler_power(camera: Device) -> None:
    if camera.read("CanGetCoolerPower"):
        expect_range("CoolerPower", camera.read("CoolerPower"), low=0, high=100)
    else:
        camera.unreadable("CoolerPower", NOT_IMPLEMENTED)


@RULES.rule("set-point", "SetCCDTemperature takes sane values and refuses others: 0x401; 0x400 without a set point")
def _set_point(camera: Device) -> None:
    if not camera.read("CanSetCCDTemperature"):
        camera.refused("SetCCDTemperature", NOT_IMPLEMENTED, SetCCDTemperature=0.0)
        return
    for celsius in (-273.25, 100.0):
        camera.refused("SetCCDTemperature", INVALID_VALUE, SetCCDTemperature=celsius)
    before = camera.read("SetCCDTemperature")
    camera.put("SetCCDTemperature", SetCCDTemperature=before)
    seen = camera.read("SetCCDTemperature")
    expect(seen == before, f"{seen:g}", expected=f"{before:g} again")


@RULES.rule(
    "temperature", "is a temperature where it is known", each=lambda camera: ["CCDTemperature", "HeatSinkTemperature"]
)
def _temperature(camera: Device, name: str) -> str:
    celsius = camera.need(name)
    expect_range(name, celsius, low=-273.15, high=100)
    return f"{celsius:.1f}"


@RULES.rule("pulse-guide", "PulseGuide works if CanPulseGuide says so, else it is 0x400")
def _pulse_guide(camera: Device) -> None:
    if not camera.read("CanPulseGuide"):
        camera.refused("PulseGuide", NOT_IMPLEMENTED, Direction=0, Duration=10)
        return
    for direction in range(4):
        camera.put("PulseGuide", Direction=direction, Duration=200)
        camera.wait_for("IsPulseGuiding", False)


@RULES.rule("stop-idle", "is harmless when idle, or 0x400", each=lambda camera: ["AbortExposure", "StopExposure"])
def _stop_idle(camera: Device, name: str) -> None:
    if camera.read(f"Can{name}"):
        camera.put(name)
        expect(camera.read("CameraState") == 0, f"CameraState {camera.read('CameraState')}", expected="CameraState 0")
    else:
        camera.refused(name, NOT_IMPLEMENTED)
