"""The temperature of the air as lights know it."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.astrobin.configuration import AirTemperature, Choices
from tsplug.astrobin.frames import Frame


def air_source(lights: Sequence[Frame], air: AirTemperature) -> str:
    """Return which attribute of the lights of a row tells the ambient temperature: one for all of them."""
    told = any(light.ambient_c is not None for light in lights)
    return "ambient_c" if air is AirTemperature.AMBIENT or (air is AirTemperature.AUTO and told) else "focuser_c"


def air_temperatures(lights: Sequence[Frame], air: AirTemperature, *, choices: Choices) -> list[float | None]:
    """Return the ambient temperature of each light of a row in Celsius, all from one source."""
    meaning = "focuser_c" if choices.compatible else air_source(lights, air)
    return [getattr(light, meaning) for light in lights]
