"""The temperature of the air as lights know it."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.astrobin.configuration import AirTemperature, Choices
from tsplug.astrobin.frames import Frame


def air_temperatures(lights: Sequence[Frame], air: AirTemperature, *, choices: Choices) -> list[float | None]:
    """Return the ambient temperature of each light of a row in Celsius, all from one source."""
    ambient = [light.ambient_c for light in lights]
    if not choices.compatible and (
        air is AirTemperature.AMBIENT or (air is AirTemperature.AUTO and any(each is not None for each in ambient))
    ):
        return ambient
    return [light.focuser_c for light in lights]
