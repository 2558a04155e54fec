"""The simulated safety monitor: safe as long as the weather is, unless somebody says otherwise."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hostsim.devices.parts.description import read
from hostsim.devices.parts.device import ConnectionState, Device, DeviceConfig, Now
from hostsim.devices.parts.limits import Between, Part
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import Weather

_LOOK_S = 30.0
_LOOKS_KEPT = 4096
_Speed = Annotated[float | None, Between(ge=0, le=1000)]
_Percent = Annotated[float | None, Between(ge=0, le=100)]


class SafetyLimits(Part):
    """What weather is too bad: more than any of these; None: never.

    A gale begins at 17 m/s (Beaufort 8). The weather must be good for ``hold_s`` before it is safe again.
    """

    wind_m_per_s: _Speed = Field(default=17.0, description="The highest mean wind, in m/s.")
    gust_m_per_s: _Speed = Field(default=30.0, description="The strongest gust, in m/s.")
    cloud_percent: _Percent = Field(default=None, description="How much of the sky may be clouded.")
    humidity_percent: _Percent = Field(default=None, description="The highest relative humidity.")
    rain_mm_per_h: Annotated[float | None, Between(ge=0, le=2000)] = Field(
        default=0.0, description="The strongest rain, in mm/h."
    )
    hold_s: Annotated[float, Between(ge=0, le=86_400)] = Field(
        default=600.0, description="How long the weather must be good again, in seconds."
    )

    def exceeded(self, weather: Weather) -> bool:
        """Return whether the weather is too bad."""
        felt = (
            (weather.wind_m_per_s, self.wind_m_per_s),
            (weather.gust_m_per_s, self.gust_m_per_s),
            (weather.cloud_percent, self.cloud_percent),
            (weather.humidity_percent, self.humidity_percent),
            (weather.rain_mm_per_h, self.rain_mm_per_h),
        )
        return any(limit is not None and value > limit for value, limit in felt)


class SafetyMonitorConfig(DeviceConfig):
    """What the monitor says at first, and the weather it calls unsafe, if it follows the weather at all."""

    newest_interface: ClassVar[int] = 3

    kind: Literal["safetymonitor"] = "safetymonitor"
    name: str = Field(default="Simulated safety monitor", min_length=1)
    safe: bool = True
    follows_weather: bool = True
    limits: SafetyLimits = SafetyLimits()


class SafetyMonitorState(ConnectionState):
    """What the monitor was told to say in good weather."""

    safe: bool


class SafetyMonitor(Device):
    """A safety monitor that looks at the weather every half minute.

    What it says is a function of the moment and of `set_safe`, which is not part of the interface, but for whoever
    wants it unsafe in good weather too; nothing makes it safe in bad weather.
    """

    device_type: ClassVar[str] = "SafetyMonitor"
    interface_version: ClassVar[int] = 3
    operational: ClassVar[tuple[str, ...]] = ("IsSafe",)
    config: SafetyMonitorConfig
    state: SafetyMonitorState

    def __init__(self, config: SafetyMonitorConfig, clock: Now, *, night: Conditions) -> None:
        """Start as configured; ``night`` is what the monitor feels."""
        super().__init__(config, clock, state=SafetyMonitorState(safe=config.safe))
        self._night = night
        self._bad_look = lru_cache(_LOOKS_KEPT)(self._is_bad)

    def set_safe(self, safe: bool) -> None:
        """Let the monitor say ``safe`` from now on, as long as the weather is good."""
        self.state.safe = safe

    @read("IsSafe")
    def is_safe(self) -> bool:
        """Return whether it is safe to observe."""
        return self.state.safe and not (self.config.follows_weather and self._bad_lately())

    def _bad_lately(self) -> bool:
        last = math.floor(self.clock.now().timestamp() / _LOOK_S)
        looks = 1 + math.ceil(self.config.limits.hold_s / _LOOK_S)
        return any(self._bad_look(last - back, self.config.limits) for back in range(looks))

    def _is_bad(self, look: int, limits: SafetyLimits) -> bool:
        moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=look * _LOOK_S)
        return limits.exceeded(self._night.weather(moment))
