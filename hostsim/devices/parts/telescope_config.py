"""What a simulated telescope may be configured to be, and everything about it that changes."""

from __future__ import annotations

from enum import IntEnum
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from hostsim.devices.parts.device import ConnectionState, DeviceConfig
from hostsim.devices.parts.limits import Between, Fault, FaultyError, Part
from hostsim.devices.parts.mount import MountConfig, MountState, Place
from hostsim.sky.scene import Optics, SkySite

_PointingError = Annotated[float, Between(ge=-600, le=600)]


class EquatorialSystem(IntEnum):
    """The frames of right ascension and declination that the simulator speaks."""

    TOPOCENTRIC = 1
    J2000 = 2


class Abilities(Part):
    """What the mount can do; synchronous slews are deprecated, so there are none unless they are asked for."""

    find_home: bool = True
    park: bool = True
    unpark: bool = True
    set_park: bool = True
    pulse_guide: bool = True
    set_rates: bool = True
    set_guide_rates: bool = True
    set_pier_side: bool = True
    tell_destination_side: bool = True
    set_tracking: bool = True
    set_refraction: bool = False
    slew: bool = True
    slew_alt_az: bool = True
    synchronous_slews: bool = False
    sync: bool = True
    sync_alt_az: bool = True
    move_axis: bool = True

    @model_validator(mode="after")
    def _consistent(self) -> Abilities:
        if (self.unpark or self.set_park) and not self.park:
            text = "a mount that cannot park cannot unpark, and has no park position to set: set unpark and set_park"
            raise FaultyError([(("park",), f"{text} to false too")])
        return self


class AxisRate(Part):
    """One range of rates that an axis can be moved at, in degrees per second."""

    lowest_deg_per_s: Annotated[float, Between(ge=0, le=100)]
    highest_deg_per_s: Annotated[float, Between(ge=0.001, le=100)]

    @model_validator(mode="after")
    def _ordered(self) -> AxisRate:
        if self.lowest_deg_per_s > self.highest_deg_per_s:
            text = f"must be up to highest_deg_per_s, {self.highest_deg_per_s:g}, not {self.lowest_deg_per_s:g}"
            raise FaultyError([(("lowest_deg_per_s",), text)])
        return self

    def holds(self, rate_deg_per_s: float) -> bool:
        """Return whether a rate, in either direction, is in this range."""
        return self.lowest_deg_per_s <= abs(rate_deg_per_s) <= self.highest_deg_per_s


class TelescopeConfig(DeviceConfig):
    """Site, optics, mount and abilities; ``pointing_error`` is what the mount is wrong by until it is synchronised.

    ``aperture_area_m2`` is what an obstruction leaves of the aperture, None without one.
    Tracking rates are 0 sidereal, 1 lunar, 2 solar, 3 King. Some mounts begin to track when they are unparked.
    """

    newest_interface: ClassVar[int] = 4

    kind: Literal["telescope"] = "telescope"
    name: str = Field(default="Simulated telescope", min_length=1)
    site: SkySite = SkySite()
    optics: Optics = Optics()
    mount: MountConfig = MountConfig()
    abilities: Abilities = Abilities()
    equatorial_system: EquatorialSystem = EquatorialSystem.J2000
    axis_rates: tuple[AxisRate, ...] = (AxisRate(lowest_deg_per_s=0.0, highest_deg_per_s=6.0),)
    tracking_rates: tuple[Annotated[int, Between(ge=0, le=3)], ...] = (0, 1, 2, 3)
    refraction: bool = False
    aperture_area_m2: Annotated[float | None, Between(ge=1e-6, le=10_000)] = None
    unpark_tracks: bool = False
    settle_s: Annotated[int, Between(ge=0, le=3600)] = 2
    starts_parked: bool = True
    pointing_error_ra_arcmin: _PointingError = 0.0
    pointing_error_dec_arcmin: _PointingError = 0.0

    @model_validator(mode="after")
    def _tracks_the_stars(self) -> TelescopeConfig:
        faults: list[Fault] = []
        if 0 not in self.tracking_rates or len(set(self.tracking_rates)) < len(self.tracking_rates):
            faults.append((("tracking_rates",), "the tracking rates must hold 0, the sidereal one, and each only once"))
        able = self.abilities
        if (able.slew or able.sync) and not (able.set_tracking or self.unpark_tracks):
            text = "a mount that never tracks cannot slew or sync: set unpark_tracks, or set_tracking"
            faults.append((("abilities",), text))
        ordered = sorted(self.axis_rates, key=lambda rate: rate.lowest_deg_per_s)
        if any(one.highest_deg_per_s >= other.lowest_deg_per_s for one, other in pairwise(ordered)):
            faults.append((("axis_rates",), "two ranges of rates have a rate in common"))
        if able.move_axis and not self.axis_rates:
            faults.append(
                (("axis_rates",), "a mount that moves its axes needs a range of rates, or abilities.move_axis = false")
            )
        if faults:
            raise FaultyError(faults)
        return self


class TelescopeState(ConnectionState):
    """The mount, where it parks, the target, what was learnt by synchronising (hours, degrees), and settings.

    ``drift_arcsec_per_s`` (right ascension, declination) is how fast the stars drift while nothing guides.
    """

    mount: MountState
    park: Place
    elevation_m: float
    settle_s: int
    target_ra_hours: float | None = None
    target_dec_deg: float | None = None
    learnt_hours: float = 0.0
    learnt_deg: float = 0.0
    utc_shift_s: float = 0.0
    refraction: bool = False
    drift_arcsec_per_s: tuple[float, float] = (0.0, 0.0)
