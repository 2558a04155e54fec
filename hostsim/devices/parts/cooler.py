"""A camera's thermoelectric cooler: a finite rate, and a limit below the ambient temperature."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel

from hostsim.devices.parts.limits import Between, Part


class CoolerConfig(Part):
    """How fast (degrees C per second) and how far below ambient (degrees C) the sensor can be cooled.

    A cooler that is not ``regulated`` cannot be given a temperature; one may not tell the power it takes.
    """

    rate_c_per_s: Annotated[float, Between(ge=0.001, le=1000)] = 0.25
    deepest_below_ambient_c: Annotated[float, Between(ge=0.1, le=200)] = 40.0
    lowest_set_point_c: Annotated[float, Between(ge=-270, le=-10)] = -50.0
    highest_set_point_c: Annotated[float, Between(ge=-10, lt=100)] = 40.0
    regulated: bool = True
    tells_power: bool = True


class CoolerState(BaseModel):
    """Whether the cooler runs, the temperature asked for, and that of the sensor: ambient (None) until it ran."""

    on: bool = False
    set_point_c: float = -10.0
    sensor_c: float | None = None

    def temperature_c(self, ambient_c: float) -> float:
        """Return the temperature of the sensor in degrees C."""
        return ambient_c if self.sensor_c is None else self.sensor_c

    def advance(self, seconds: float, ambient_c: float, *, config: CoolerConfig) -> None:
        """Bring the sensor towards its goal for ``seconds``; once back at ambient it follows the air."""
        goal_c = ambient_c
        if self.on:
            goal_c = max(min(self.set_point_c, ambient_c), ambient_c - config.deepest_below_ambient_c)
        difference_c = goal_c - self.temperature_c(ambient_c)
        step_c = config.rate_c_per_s * seconds
        if abs(difference_c) > step_c:
            self.sensor_c = self.temperature_c(ambient_c) + (step_c if difference_c > 0 else -step_c)
        else:
            self.sensor_c = goal_c if self.on else None

    def power_percent(self, ambient_c: float, config: CoolerConfig) -> float:
        """Return the power the cooler takes: proportional to what it holds the sensor below ambient."""
        if not self.on:
            return 0.0
        below_c = ambient_c - self.temperature_c(ambient_c)
        return min(100.0, max(0.0, 100.0 * below_c / config.deepest_below_ambient_c))
