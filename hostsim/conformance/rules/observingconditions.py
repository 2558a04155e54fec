"""Rules of observing conditions: what is measured, in which range, and what is said about it."""

from __future__ import annotations

from hostsim.conformance.device import INVALID_OPERATION, INVALID_VALUE, NOT_IMPLEMENTED, Device, expect_range
from hostsim.conformance.outcome import NotApplicableError, NotedError, error_text, expect, shown
from hostsim.conformance.rule import RuleSet

RULES = RuleSet("observingconditions", "8 ObservingConditions", device="ObservingConditions")

_RANGES = {
    "CloudCover": (0.0, 100.0),
    "DewPoint": (-150.0, 100.0),
    "Humidity": (0.0, 100.0),
    "Pressure": (0.0, 1100.0),
    "RainRate": (0.0, 20_000.0),
    "SkyBrightness": (0.0, 1e6),
    "SkyQuality": (-20.0, 30.0),
    "SkyTemperature": (-273.15, 100.0),
    "StarFWHM": (0.0, 1000.0),
    "Temperature": (-100.0, 100.0),
    "WindDirection": (0.0, 360.0),
    "WindGust": (0.0, 1000.0),
    "WindSpeed": (0.0, 1000.0),
}


def _sensors(weather: Device) -> list[str]:
    return list(_RANGES)


@RULES.rule(
    "range", "a sensor reads a value that can be, or is not implemented, or not ready: 0x400, 0x40B", each=_sensors
)
def _range(weather: Device, sensor: str) -> str:
    number = weather.error(sensor)
    if number in (NOT_IMPLEMENTED, INVALID_OPERATION):
        raise NotApplicableError(error_text(number))
    value = weather.read(sensor)
    low, high = _RANGES[sensor]
    expect_range(sensor, value, low=low, high=high)
    return f"{value:g}"


@RULES.rule("consistent", "description and age are there exactly if the sensor is: else 0x400", each=_sensors)
def _consistent(weather: Device, sensor: str) -> str:
    if weather.error(sensor) == NOT_IMPLEMENTED:
        for name in ("SensorDescription", "TimeSinceLastUpdate"):
            weather.unreadable(name, NOT_IMPLEMENTED, SensorName=sensor)
        return "not implemented"
    description = weather.read("SensorDescription", SensorName=sensor)
    if weather.error("TimeSinceLastUpdate", SensorName=sensor) != INVALID_OPERATION:
        weather.read("TimeSinceLastUpdate", SensorName=sensor)
    return shown(description)


@RULES.rule(
    "unknown-sensor",
    "a sensor nobody knows is refused: 0x401",
    each=lambda weather: ["SensorDescription", "TimeSinceLastUpdate"],
)
def _unknown_sensor(weather: Device, name: str) -> None:
    weather.unreadable(name, INVALID_VALUE, SensorName="HostsimUnknown")


@RULES.rule("sensor-case", "names of sensors are known in any case")
def _sensor_case(weather: Device) -> None:
    sensor = next((each for each in _RANGES if weather.error(each) == 0), None)
    if sensor is None:
        raise NotApplicableError("there is no sensor")
    number = weather.error("SensorDescription", SensorName=sensor.lower())
    if number:
        raise NotedError(f"{sensor.lower()}: {error_text(number)}")


@RULES.rule("latest", "TimeSinceLastUpdate without a name is the age of the latest value of all")
def _latest(weather: Device) -> str:
    age_s = weather.read("TimeSinceLastUpdate", SensorName="")
    return f"{age_s:g} s"


@RULES.rule("dew-point", "DewPoint and Humidity come together or not at all")
def _dew_point(weather: Device) -> None:
    dew_point, humidity = (weather.error(name) == NOT_IMPLEMENTED for name in ("DewPoint", "Humidity"))
    expect(dew_point == humidity, "one without the other", expected="both or none")


@RULES.rule("calm", "WindDirection is 0 when WindSpeed is 0")
def _calm(weather: Device) -> str:
    direction_deg, speed = weather.need("WindDirection"), weather.need("WindSpeed")
    expect(speed > 0 or direction_deg == 0, f"WindDirection {direction_deg:g} in a calm", expected="WindDirection 0")
    return f"{speed:g} m/s from {direction_deg:g}"


@RULES.rule("average-period", "AveragePeriod can be 0 and is refused below: 0x401")
def _average_period(weather: Device) -> str:
    before = weather.read("AveragePeriod")
    expect(before >= 0, f"{before:g}", expected="0 or more")
    weather.refused("AveragePeriod", INVALID_VALUE, AveragePeriod=-2.0)
    weather.put("AveragePeriod", AveragePeriod=0.0)
    after = weather.read("AveragePeriod")
    expect(after == 0, f"{after:g}", expected="0 after it was set")
    return f"{before:g} h"


@RULES.rule("refresh", "Refresh works, or is not implemented: 0x400")
def _refresh(weather: Device) -> str:
    number = weather.put_error("Refresh")
    expect(number in (0, NOT_IMPLEMENTED), error_text(number), expected="no error, or 0x400")
    return error_text(number)
