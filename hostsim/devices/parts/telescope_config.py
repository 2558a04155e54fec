"""What a simulated telescope may be configured to be: abilities, rates, and where it starts."""

from __future__ import annotations

from enum import IntEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator


class EquatorialSystem(IntEnum):
    """The frames of right ascension and declination that the simulator speaks."""

    TOPOCENTRIC = 1
    J2000 = 2


class Abilities(BaseModel):
    """What the mount can do; synchronous slews are deprecated, so there are none unless they are asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    find_home: bool = True
    park: bool = True
    unpark: bool = True
    set_park: bool = True
    pulse_guide: bool = True
    set_rates: bool = True
    set_guide_rates: bool = True
    set_pier_side: bool = True
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
            raise ValueError("a mount that cannot park cannot unpark, and has no park position to set")
        return self


class AxisRate(BaseModel):
    """One range of rates that an axis can be moved at, in degrees per second."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lowest_deg_per_s: float = Field(ge=0)
    highest_deg_per_s: float = Field(gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> AxisRate:
        if self.lowest_deg_per_s > self.highest_deg_per_s:
            raise ValueError(f"an axis rate from {self.lowest_deg_per_s} to {self.highest_deg_per_s} is none")
        return self

    def holds(self, rate_deg_per_s: float) -> bool:
        """Return whether a rate, in either direction, is in this range."""
        return self.lowest_deg_per_s <= abs(rate_deg_per_s) <= self.highest_deg_per_s
