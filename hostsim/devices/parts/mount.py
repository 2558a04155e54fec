"""How a German equatorial mount moves: where it points, slews, tracking, guiding; no rules about who may ask.

A mount either follows the sky, then its J2000 coordinates stand still, or stands still itself, then its hour angle
does. What stands still is what is kept, so that the number of small steps in which time passes changes nothing.
"""

from __future__ import annotations

import math
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, model_validator

from hostsim.devices.parts import astrometry
from hostsim.devices.parts.limits import Between, FaultyError, Part, Speed

_SIDEREAL_ARCSEC_PER_S = 15.041067
_DRIFT_ARCSEC_PER_S = (14.685, 15.0, 15.0369)
# A slew to where the mount already points must still be seen to be under way by a client that asks at once.
_SHORTEST_SLEW_S = 0.5
_HourAngle = Annotated[float, Between(ge=-12, le=12)]
_Declination = Annotated[float | None, Between(ge=-90, le=90)]


class PierSide(IntEnum):
    """The pointing state: east is the normal one (hour angle 0 to 12), west is through the pole."""

    UNKNOWN = -1
    EAST = 0
    WEST = 1


class Reference(StrEnum):
    """What a place is relative to: the stars (right ascension J2000) or the ground (hour angle of date)."""

    SKY = "sky"
    GROUND = "ground"


class Arrival(StrEnum):
    """What a slew ends in."""

    POINTING = "pointing"
    PARKED = "parked"
    HOME = "home"


class Place(BaseModel):
    """A direction: right ascension or hour angle in hours, declination in degrees."""

    model_config = ConfigDict(frozen=True)

    reference: Reference
    hours: float
    dec_deg: float


class Slew(BaseModel):
    """A slew under way."""

    start: Place
    goal: Place
    duration_s: float
    pier: PierSide
    arrival: Arrival
    settle_s: float = 0.0
    elapsed_s: float = 0.0


class MountConfig(Part):
    """Slew speed in degrees per second; where to park and to find home (hour angle in hours, declination).

    Without a declination both lie at the celestial pole that is above the horizon. ``start`` is where a mount points
    that does not start parked; without one it starts at its park position. Within ``past_meridian_deg`` of the
    meridian a slew keeps the side of the pier.
    """

    slew_deg_per_s: Speed = 4.0
    park_ha_hours: _HourAngle = 0.0
    park_dec_deg: _Declination = None
    home_ha_hours: _HourAngle = 0.0
    home_dec_deg: _Declination = None
    start: Place | None = None
    past_meridian_deg: Annotated[float, Between(ge=0, le=90)] = 0.0

    @model_validator(mode="after")
    def _starts_somewhere(self) -> MountConfig:
        if self.start is None:
            return self
        hours = Between(ge=0, lt=24) if self.start.reference is Reference.SKY else Between(ge=-12, le=12)
        limits = {"hours": hours, "dec_deg": Between(ge=-90, le=90)}
        wrong = {name: limit for name, limit in limits.items() if not limit.holds(getattr(self.start, name))}
        if wrong:
            raise FaultyError(
                (("start", name), f"must be{limit}, not {getattr(self.start, name):g}") for name, limit in wrong.items()
            )
        return self

    def park(self, latitude_deg: float) -> Place:
        """Return the park position at a latitude."""
        return _at_rest(self.park_ha_hours, self.park_dec_deg, latitude_deg=latitude_deg)

    def home(self, latitude_deg: float) -> Place:
        """Return the home position at a latitude."""
        return _at_rest(self.home_ha_hours, self.home_dec_deg, latitude_deg=latitude_deg)


def _at_rest(ha_hours: float, dec_deg: float | None, *, latitude_deg: float) -> Place:
    pole_deg = math.copysign(90.0, latitude_deg)
    return Place(reference=Reference.GROUND, hours=ha_hours, dec_deg=pole_deg if dec_deg is None else dec_deg)


class MountState(BaseModel):
    """Everything about the mount that changes.

    Rate offsets are arcseconds, or seconds of right ascension, per second, as ASCOM defines them; guide pulses are
    what is left of them in seconds, negative to the south and west.
    """

    latitude_deg: float
    longitude_deg: float
    place: Place
    pier: PierSide = PierSide.EAST
    tracking: bool = False
    tracking_rate: int = 0
    at_park: bool = True
    at_home: bool = False
    slew: Slew | None = None
    axis_deg_per_s: tuple[float, float] = (0.0, 0.0)
    ra_rate_s_per_s: float = 0.0
    dec_rate_arcsec_per_s: float = 0.0
    guide_ra_deg_per_s: float = 0.0041781
    guide_dec_deg_per_s: float = 0.0041781
    pulse_ra_s: float = 0.0
    pulse_dec_s: float = 0.0

    @property
    def slewing(self) -> bool:
        """Return whether the mount slews or an axis is being moved."""
        return self.slew is not None or self.axis_deg_per_s != (0.0, 0.0)

    @property
    def guiding(self) -> bool:
        """Return whether a guide pulse is under way."""
        return self.pulse_ra_s != 0 or self.pulse_dec_s != 0

    def sidereal_hours(self, moment: datetime) -> float:
        """Return the local sidereal time."""
        return astrometry.sidereal_hours(moment, self.longitude_deg)

    def sky(self, moment: datetime) -> tuple[float, float]:
        """Return right ascension (hours) and declination (degrees) J2000 of where the mount points."""
        place = self.seen_from(Reference.SKY, self.place, moment=moment)
        return place.hours % 24.0, place.dec_deg

    def horizontal(self, moment: datetime) -> tuple[float, float]:
        """Return altitude and azimuth in degrees of where the mount points."""
        place = self.seen_from(Reference.GROUND, self.place, moment=moment)
        return astrometry.horizontal(place.hours, place.dec_deg, latitude_deg=self.latitude_deg)

    def seen_from(self, reference: Reference, place: Place, *, moment: datetime) -> Place:
        """Return the same direction relative to ``reference``."""
        if place.reference is reference:
            return place
        sidereal = self.sidereal_hours(moment)
        if reference is Reference.SKY:
            hours, dec = astrometry.j2000(sidereal - place.hours, place.dec_deg, moment=moment)
        else:
            ra, dec = astrometry.of_date(place.hours, place.dec_deg, moment=moment)
            hours = astrometry.wrap_hours(sidereal - ra)
        return Place(reference=reference, hours=hours, dec_deg=dec)

    def pier_for(self, goal: Place, moment: datetime, *, past_meridian_deg: float = 0.0) -> PierSide:
        """Return the pointing state a slew to ``goal`` ends in: normal west of the meridian, near it as now."""
        ground = self.seen_from(Reference.GROUND, goal, moment=moment)
        hours = astrometry.wrap_hours(ground.hours)
        if abs(hours) * 15.0 < past_meridian_deg:
            return self.pier
        return PierSide.EAST if hours >= 0 else PierSide.WEST

    def start_slew(self, slew: Slew) -> None:
        """Begin a slew."""
        self.slew = slew
        self.at_park = self.at_home = False
        self.axis_deg_per_s = (0.0, 0.0)

    def move_axis(self, axis: int, deg_per_s: float) -> None:
        """Move the primary (0) or secondary (1) axis at a rate, 0 to stop it."""
        first, second = self.axis_deg_per_s
        self.axis_deg_per_s = (deg_per_s, second) if axis == 0 else (first, deg_per_s)

    def plan_slew(self, goal: Place, moment: datetime, *, pier: PierSide, deg_per_s: float) -> Slew:
        """Return the slew from here to ``goal``; changing the pier side swings an axis half a turn more."""
        start = self.seen_from(goal.reference, self.place, moment=moment)
        hours = abs(astrometry.wrap_hours(goal.hours - start.hours))
        distance_deg = max(hours * 15.0 * math.cos(math.radians(goal.dec_deg)), abs(goal.dec_deg - start.dec_deg))
        if pier is not self.pier:
            distance_deg += 180.0
        duration_s = max(_SHORTEST_SLEW_S, distance_deg / deg_per_s)
        return Slew(start=start, goal=goal, duration_s=duration_s, pier=pier, arrival=Arrival.POINTING)

    def stop(self, moment: datetime) -> None:
        """Stop slewing and moving where the mount is."""
        self.slew = None
        self.axis_deg_per_s = (0.0, 0.0)
        self._settle(moment)

    def set_tracking(self, on: bool, moment: datetime) -> None:
        """Follow the sky or stand still; a slew under way ends accordingly."""
        self.tracking = on
        self.at_home = self.at_home and not on
        self._settle(moment)

    def point(self, place: Place, moment: datetime) -> None:
        """Take the present direction to be ``place``."""
        self.place = place
        self._settle(moment)

    def advance(self, seconds: float, moment: datetime) -> None:
        """Let ``seconds`` pass until ``moment``."""
        if self.slew is not None:
            self._advance_slew(self.slew, seconds, moment=moment)
            return
        drift_hours, drift_deg = self._drift(seconds)
        if drift_hours or drift_deg:
            dec = min(90.0, max(-90.0, self.place.dec_deg + drift_deg))
            hours = self.place.hours + drift_hours
            self.place = self.place.model_copy(update={"hours": hours, "dec_deg": dec})
            self.at_home = False

    def _advance_slew(self, slew: Slew, seconds: float, *, moment: datetime) -> None:
        slew.elapsed_s += seconds
        if slew.elapsed_s < slew.duration_s + slew.settle_s:
            part = min(1.0, slew.elapsed_s / slew.duration_s)
            hours = slew.start.hours + part * astrometry.wrap_hours(slew.goal.hours - slew.start.hours)
            dec = slew.start.dec_deg + part * (slew.goal.dec_deg - slew.start.dec_deg)
            self.place = Place(reference=slew.goal.reference, hours=hours, dec_deg=dec)
            return
        self.place, self.pier, self.slew = slew.goal, slew.pier, None
        self.at_park = slew.arrival is Arrival.PARKED
        self.at_home = slew.arrival is Arrival.HOME
        self.tracking = self.tracking and slew.arrival is Arrival.POINTING
        self._settle(moment)

    def _drift(self, seconds: float) -> tuple[float, float]:
        """Return by how many hours and degrees the kept coordinates change in ``seconds``."""
        ra_hours = self._pulse("pulse_ra_s", seconds) * self.guide_ra_deg_per_s / 15.0
        dec_deg = self._pulse("pulse_dec_s", seconds) * self.guide_dec_deg_per_s
        first, second = self.axis_deg_per_s
        ra_hours -= first * seconds / 15.0
        dec_deg += second * seconds
        if not self.tracking:
            return -ra_hours, dec_deg
        if self.tracking_rate:
            behind = _SIDEREAL_ARCSEC_PER_S - _DRIFT_ARCSEC_PER_S[self.tracking_rate - 1]
            return ra_hours + behind * seconds / 54_000.0, dec_deg
        ra_hours += self.ra_rate_s_per_s * seconds / 3600.0
        return ra_hours, dec_deg + self.dec_rate_arcsec_per_s * seconds / 3600.0

    def _pulse(self, name: str, seconds: float) -> float:
        left: float = getattr(self, name)
        done = math.copysign(min(abs(left), seconds), left) if left else 0.0
        setattr(self, name, left - done)
        return done

    def _settle(self, moment: datetime) -> None:
        if self.slew is None:
            kept = Reference.SKY if self.tracking else Reference.GROUND
            self.place = self.seen_from(kept, self.place, moment=moment)
