"""The simulated weather station: thirteen sensors, each optional, that show the night or something of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from hostsim.devices.parts.description import method, read, write
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now, unsupported
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError, check_range
from hostsim.devices.parts.limits import Between, Fault, FaultyError, Part
from hostsim.devices.parts.weather import NIGHT_SENSORS, dew_point_c, mean_direction_deg, wave_mean
from hostsim.sky.conditions import Conditions

_SENSOR = (InvalidValueError, NotSupportedError)
_DEW_POINT, _HUMIDITY, _TEMPERATURE = "DewPoint", "Humidity", "Temperature"
_WIND_DIRECTION, _WIND_SPEED = "WindDirection", "WindSpeed"
_SAMPLES = 8
# What is measured on this planet, in the units of ASCOM.
_RANGES = {
    "cloud_cover": Between(ge=0, le=100),
    "humidity": Between(ge=0, le=100),
    "pressure": Between(ge=0, le=1100),
    "rain_rate": Between(ge=0, le=2000),
    "sky_brightness": Between(ge=0, le=200_000),
    "sky_quality": Between(ge=-20, le=30),
    "sky_temperature": Between(ge=-150, le=60),
    "star_fwhm": Between(ge=0, le=100),
    "temperature": Between(ge=-90, le=60),
    "wind_direction": Between(ge=0, le=360),
    "wind_gust": Between(ge=0, le=150),
    "wind_speed": Between(ge=0, le=150),
}


class SensorConfig(Part):
    """What a sensor shows: from ``low`` to ``high`` and back within ``period_s`` seconds; equal ones are steady."""

    low: float
    high: float
    period_s: Annotated[float, Between(ge=1, le=1e8)] = 3600.0

    @model_validator(mode="after")
    def _ordered(self) -> SensorConfig:
        if self.low > self.high:
            raise FaultyError([(("low",), f"must be up to high, {self.high:g}, not {self.low:g}")])
        return self


def steady(value: float) -> SensorConfig:
    """Return a sensor that always shows ``value``."""
    return SensorConfig(low=value, high=value)


def varying(low: float, high: float, *, period_s: float = 3600.0) -> SensorConfig:
    """Return a sensor that swings between two values."""
    return SensorConfig(low=low, high=high, period_s=period_s)


Sensed = SensorConfig | Literal["sky"] | None
"""What a sensor shows: the simulated night, something of its own, or (None) there is no such sensor."""


class ObservingConditionsConfig(DeviceConfig):
    """The sensors, how often they are read, and how they are described.

    A sensor shows the night over the observatory (``"sky"``), or swings on its own; None: there is none. The dew point
    goes with temperature and humidity, and is there with humidity. Units are those of ASCOM: percent, degrees C, hPa,
    mm/h, lux, mag/arcsec2, arcsec, degrees, m/s.
    """

    newest_interface: ClassVar[int] = 2

    kind: Literal["observingconditions"] = "observingconditions"
    name: str = Field(default="Simulated weather station", min_length=1)
    cloud_cover: Sensed = "sky"
    humidity: Sensed = "sky"
    pressure: Sensed = "sky"
    rain_rate: Sensed = "sky"
    sky_brightness: Sensed = "sky"
    sky_quality: Sensed = "sky"
    sky_temperature: Sensed = "sky"
    star_fwhm: Sensed = "sky"
    temperature: Sensed = "sky"
    wind_direction: Sensed = "sky"
    wind_gust: Sensed = "sky"
    wind_speed: Sensed = "sky"
    read_every_s: Annotated[float, Between(ge=0.01, le=86_400)] = 10.0
    average_period_hours: Annotated[float, Between(ge=0, le=24)] = 0.0
    sensor_description: str = Field(default="Simulated {sensor} sensor", min_length=1)

    @model_validator(mode="after")
    def _measurable(self) -> ObservingConditionsConfig:
        faults: list[Fault] = []
        for name, limits in _RANGES.items():
            sensor = getattr(self, name)
            ends = [end for end in ("low", "high") if isinstance(sensor, SensorConfig)]
            wrong = [end for end in ends if not limits.holds(getattr(sensor, end))]
            faults += (((name, end), f"must be{limits}, not {getattr(sensor, end):g}") for end in wrong)
        if faults:
            raise FaultyError(faults)
        return self


class ObservingConditionsState(ConnectionState):
    """Hours averaged over, and seconds since the sensors were read."""

    average_period_hours: float
    age_s: float = 0.0


def _sensor(name: str, text: str) -> Callable[[Any], Any]:
    def getter(self: Any) -> Any:
        return self.reading(name)

    getter.__doc__ = text
    getter.__annotations__ = {"return": float}
    return read(name, errors=(NotSupportedError,))(getter)


class ObservingConditions(Device):
    """A weather station; what it shows is a function of the time its sensors were last read."""

    device_type: ClassVar[str] = "ObservingConditions"
    interface_version: ClassVar[int] = 2
    fields: ClassVar[dict[str, str]] = {
        "CloudCover": "cloud_cover",
        "DewPoint": "humidity",
        "Humidity": "humidity",
        "Pressure": "pressure",
        "RainRate": "rain_rate",
        "SkyBrightness": "sky_brightness",
        "SkyQuality": "sky_quality",
        "SkyTemperature": "sky_temperature",
        "StarFWHM": "star_fwhm",
        "Temperature": "temperature",
        "WindDirection": "wind_direction",
        "WindGust": "wind_gust",
        "WindSpeed": "wind_speed",
    }
    operational: ClassVar[tuple[str, ...]] = tuple(fields)
    config: ObservingConditionsConfig
    state: ObservingConditionsState

    def __init__(self, config: ObservingConditionsConfig, clock: Now, *, night: Conditions) -> None:
        """Start with sensors just read; ``night`` is what they feel."""
        state = ObservingConditionsState(average_period_hours=config.average_period_hours)
        super().__init__(config, clock, state=state)
        self._night = night

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass; the sensors are read again whenever it is time."""
        super().advance(seconds)
        self.state.age_s = (self.state.age_s + seconds) % self.config.read_every_s

    cloud_cover = _sensor("CloudCover", "Return the part of the sky that is clouded in percent.")
    dew_point = _sensor("DewPoint", "Return the dew point in degrees C.")
    humidity = _sensor("Humidity", "Return the relative humidity in percent.")
    pressure = _sensor("Pressure", "Return the air pressure at the site in hPa.")
    rain_rate = _sensor("RainRate", "Return the rain in millimetres per hour.")
    sky_brightness = _sensor("SkyBrightness", "Return the brightness of the sky in lux.")
    sky_quality = _sensor("SkyQuality", "Return the darkness of the sky in magnitudes per square arcsecond.")
    sky_temperature = _sensor("SkyTemperature", "Return the temperature of the sky in degrees C.")
    star_fwhm = _sensor("StarFWHM", "Return the seeing, as width of stars at half maximum, in arcseconds.")
    temperature = _sensor("Temperature", "Return the temperature of the air in degrees C.")
    wind_gust = _sensor("WindGust", "Return the strongest wind of the last two minutes in metres per second.")
    wind_speed = _sensor("WindSpeed", "Return the wind in metres per second.")

    @read("WindDirection", errors=(NotSupportedError,))
    def wind_direction(self) -> float:
        """Return where the wind comes from in degrees, north 0, east 90; 0 when it is calm."""
        self._require(_WIND_DIRECTION)
        calm = self.config.wind_speed is not None and self.reading(_WIND_SPEED) == 0
        return 0.0 if calm else self.reading(_WIND_DIRECTION)

    @read("AveragePeriod")
    def average_period(self) -> float:
        """Return the hours that readings are averaged over, 0 for none."""
        return self.state.average_period_hours

    @write("AveragePeriod", errors=(InvalidValueError,))
    def set_average_period(self, hours: float) -> None:
        """Choose the hours that readings are averaged over."""
        check_range("AveragePeriod", hours, low=0, high=24)
        self.state.average_period_hours = hours

    @method("Refresh")
    def refresh(self) -> None:
        """Read every sensor now."""
        self.state.age_s = 0.0

    @read("SensorDescription", "SensorName", errors=_SENSOR)
    def get_sensor_description(self, sensor: str) -> str:
        """Return what a sensor is."""
        return self.config.sensor_description.replace("{sensor}", self._found(sensor))

    @read("TimeSinceLastUpdate", "SensorName", errors=_SENSOR)
    def time_since_last_update(self, sensor: str) -> float:
        """Return how many seconds ago a sensor was read; no name means whichever was read last."""
        if sensor:
            self._found(sensor)
        return self.state.age_s

    def reading(self, sensor: str) -> float:
        """Return what a sensor (its exact name) shows.

        Raises:
            NotSupportedError: there is no such sensor.
        """
        self._require(sensor)
        if sensor == _DEW_POINT and not self._shows_the_air():
            air_c = self._of_night(_TEMPERATURE) if self.config.temperature is None else self.reading(_TEMPERATURE)
            return dew_point_c(air_c, self.reading(_HUMIDITY))
        shown = getattr(self.config, self.fields[sensor])
        return self._of_night(sensor) if shown == "sky" else self._value(shown, sensor)

    def _shows_the_air(self) -> bool:
        return self.config.humidity == "sky" and self.config.temperature in ("sky", None)

    def _value(self, sensor: SensorConfig, name: str) -> float:
        # Each sensor has a phase of its own, so that they do not all swing together.
        phase_s = sensor.period_s * list(self.fields).index(name) / len(self.fields)
        end_s = self._read_at().timestamp() + phase_s
        window_s = self.state.average_period_hours * 3600.0
        part = wave_mean(end_s - window_s, end_s, period_s=sensor.period_s)
        return sensor.low + (sensor.high - sensor.low) * part

    def _of_night(self, sensor: str) -> float:
        hours = self.state.average_period_hours
        steps = [timedelta(hours=hours * index / _SAMPLES) for index in range(_SAMPLES)] if hours else [timedelta()]
        seen = [NIGHT_SENSORS[sensor](self._night, self._read_at() - step) for step in steps]
        return mean_direction_deg(seen) if sensor == _WIND_DIRECTION else sum(seen) / len(seen)

    def _read_at(self) -> datetime:
        return self.clock.now() - timedelta(seconds=self.state.age_s)

    def _found(self, sensor: str) -> str:
        for name in self.fields:
            if name.lower() == sensor.lower():
                self._require(name)
                return name
        raise InvalidValueError(f"SensorName must be one of {', '.join(self.fields)}, not {sensor!r}")

    def _require(self, sensor: str) -> None:
        if getattr(self.config, self.fields[sensor]) is None:
            unsupported(sensor)
