"""The members of a telescope that need no rules of their own: what it can do, where it is, its settings."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hostsim.devices.parts import astrometry
from hostsim.devices.parts.description import configured, fixed, method, read, write
from hostsim.devices.parts.device import Device, unsupported
from hostsim.devices.parts.errors import (
    InvalidOperationError,
    InvalidValueError,
    NotSupportedError,
    ParkedError,
    check_range,
)
from hostsim.devices.parts.mount import PierSide, Place, Reference
from hostsim.devices.parts.telescope_config import EquatorialSystem, TelescopeConfig, TelescopeState

_SITE_ERRORS = (InvalidValueError,)
_ABSENT = (NotSupportedError,)
_SIDEREAL = 0
_FASTEST_RA_S_PER_S = 100.0
_FASTEST_DEC_ARCSEC_PER_S = 3600.0


def _ability(name: str, field: str, *, text: str) -> Callable[[Any], Any]:
    return configured(name, f"abilities.{field}", kind=bool, text=f"Return whether {text}.")


class TelescopeFace(Device):
    """Capabilities, positions, tracking, guiding and site of a telescope; slews, parking and syncs are elsewhere."""

    config: TelescopeConfig
    state: TelescopeState

    def moment(self) -> datetime:
        """Return the date and time as the mount knows them; all of its positions go by it."""
        return self.clock.now() + timedelta(seconds=self.state.utc_shift_s)

    alignment_mode = fixed("AlignmentMode", 2, text="Return the kind of mount: German.")
    equatorial_system = configured(
        "EquatorialSystem", "equatorial_system", kind=int, text="Return the frame of coordinates: 1 of date, 2 J2000."
    )
    can_find_home = _ability("CanFindHome", "find_home", text="there is a home position")
    can_park = _ability("CanPark", "park", text="the mount parks")
    can_unpark = _ability("CanUnpark", "unpark", text="the mount unparks")
    can_set_park = _ability("CanSetPark", "set_park", text="the park position can be set")
    can_pulse_guide = _ability("CanPulseGuide", "pulse_guide", text="the mount can be guided by pulses")
    can_set_dec_rate = _ability("CanSetDeclinationRate", "set_rates", text="DeclinationRate can be set")
    can_set_ra_rate = _ability("CanSetRightAscensionRate", "set_rates", text="RightAscensionRate can be set")
    can_set_guide_rates = _ability("CanSetGuideRates", "set_guide_rates", text="guide rates can be set")
    can_set_pier_side = _ability("CanSetPierSide", "set_pier_side", text="SideOfPier can be set")
    can_set_tracking = _ability("CanSetTracking", "set_tracking", text="tracking can be switched")
    can_slew_async = _ability("CanSlewAsync", "slew", text="the mount slews to coordinates")
    can_slew_alt_az_async = _ability("CanSlewAltAzAsync", "slew_alt_az", text="the mount slews to azimuth and altitude")
    can_sync = _ability("CanSync", "sync", text="the mount can be synchronised to coordinates")
    can_sync_alt_az = _ability("CanSyncAltAz", "sync_alt_az", text="it can be synchronised to azimuth and altitude")

    @read("CanSlew")
    def can_slew(self) -> bool:
        """Return whether synchronous slews to coordinates exist: they are deprecated."""
        return self.config.abilities.slew and self.config.abilities.synchronous_slews

    @read("CanSlewAltAz")
    def can_slew_alt_az(self) -> bool:
        """Return whether synchronous slews to azimuth and altitude exist: they are deprecated."""
        return self.config.abilities.slew_alt_az and self.config.abilities.synchronous_slews

    @read("DoesRefraction")
    def does_refraction(self) -> bool:
        """Return whether coordinates count as corrected for refraction; the simulated air does not refract."""
        return self.state.refraction

    @write("DoesRefraction", errors=_ABSENT)
    def set_does_refraction(self, on: bool) -> None:
        """Say whether coordinates count as corrected for refraction."""
        self._require_ability("set_refraction", "DoesRefraction")
        self.state.refraction = on

    @read("FocalLength")
    def focal_length(self) -> float:
        """Return the focal length in metres."""
        return self.config.optics.focal_length_mm / 1000.0

    @read("ApertureDiameter")
    def aperture_diameter(self) -> float:
        """Return the aperture in metres."""
        return self.config.optics.aperture_mm / 1000.0

    @read("ApertureArea")
    def aperture_area(self) -> float:
        """Return the area of the aperture in square metres."""
        if self.config.aperture_area_m2 is not None:
            return self.config.aperture_area_m2
        return math.pi * (self.config.optics.aperture_mm / 2000.0) ** 2

    @read("RightAscension")
    def right_ascension(self) -> float:
        """Return the right ascension in hours."""
        return self._coordinates()[0]

    @read("Declination")
    def declination(self) -> float:
        """Return the declination in degrees."""
        return self._coordinates()[1]

    @read("Altitude")
    def altitude(self) -> float:
        """Return the altitude in degrees."""
        return self.state.mount.horizontal(self.moment())[0]

    @read("Azimuth")
    def azimuth(self) -> float:
        """Return the azimuth in degrees, north 0, east 90."""
        return self.state.mount.horizontal(self.moment())[1]

    @read("SiderealTime")
    def sidereal_time(self) -> float:
        """Return the local sidereal time in hours."""
        return self.state.mount.sidereal_hours(self.moment())

    @read("Slewing")
    def slewing(self) -> bool:
        """Return whether the mount slews, settles, or is moved by an axis."""
        return self.state.mount.slewing

    @read("AtHome")
    def at_home(self) -> bool:
        """Return whether the mount stands at its home position."""
        return self.state.mount.at_home

    @read("AtPark")
    def at_park(self) -> bool:
        """Return whether the mount is parked."""
        return self.state.mount.at_park

    @read("SideOfPier")
    def side_of_pier(self) -> PierSide:
        """Return the pointing state: 0 normal, 1 through the pole."""
        return self.state.mount.pier

    @read("Tracking")
    def tracking(self) -> bool:
        """Return whether the mount follows the sky."""
        return self.state.mount.tracking

    @write("Tracking", errors=(NotSupportedError, ParkedError))
    def set_tracking(self, on: bool) -> None:
        """Follow the sky, or stop doing so.

        Raises:
            ParkedError: the mount is parked and should track.
        """
        self._require_ability("set_tracking", "Tracking")
        if on:
            self._require_unparked()
        self.state.mount.set_tracking(on, self.moment())

    @read("TrackingRate")
    def tracking_rate(self) -> int:
        """Return the rate: 0 sidereal, 1 lunar, 2 solar, 3 King."""
        return self.state.mount.tracking_rate

    @write("TrackingRate", errors=(InvalidValueError,))
    def set_tracking_rate(self, rate: int) -> None:
        """Choose the rate."""
        if rate not in self.config.tracking_rates:
            raise InvalidValueError(f"TrackingRate must be one of {list(self.config.tracking_rates)}, not {rate}")
        self.state.mount.tracking_rate = rate

    @read("TrackingRates")
    def tracking_rates(self) -> list[int]:
        """Return the rates that can be chosen."""
        return list(self.config.tracking_rates)

    @read("RightAscensionRate")
    def right_ascension_rate(self) -> float:
        """Return the offset to the sidereal rate in seconds of right ascension per second."""
        return self.state.mount.ra_rate_s_per_s

    @write("RightAscensionRate", errors=(NotSupportedError, InvalidValueError, InvalidOperationError))
    def set_right_ascension_rate(self, rate: float) -> None:
        """Set the offset to the sidereal rate."""
        self._require_rate("RightAscensionRate", rate, fastest=_FASTEST_RA_S_PER_S)
        self.state.mount.ra_rate_s_per_s = rate

    @read("DeclinationRate")
    def declination_rate(self) -> float:
        """Return the rate in declination in arcseconds per second."""
        return self.state.mount.dec_rate_arcsec_per_s

    @write("DeclinationRate", errors=(NotSupportedError, InvalidValueError, InvalidOperationError))
    def set_declination_rate(self, rate: float) -> None:
        """Set the rate in declination."""
        self._require_rate("DeclinationRate", rate, fastest=_FASTEST_DEC_ARCSEC_PER_S)
        self.state.mount.dec_rate_arcsec_per_s = rate

    @read("GuideRateRightAscension", errors=_ABSENT)
    def guide_rate_right_ascension(self) -> float:
        """Return the speed of guide pulses in right ascension, degrees per second."""
        self._require_ability("pulse_guide", "GuideRateRightAscension")
        return self.state.mount.guide_ra_deg_per_s

    @write("GuideRateRightAscension", errors=(NotSupportedError, InvalidValueError))
    def set_guide_rate_right_ascension(self, rate: float) -> None:
        """Set the speed of guide pulses in right ascension."""
        self._require_ability("set_guide_rates", "GuideRateRightAscension")
        check_range("GuideRateRightAscension", rate, low=0, high=1)
        self.state.mount.guide_ra_deg_per_s = rate

    @read("GuideRateDeclination", errors=_ABSENT)
    def guide_rate_declination(self) -> float:
        """Return the speed of guide pulses in declination, degrees per second."""
        self._require_ability("pulse_guide", "GuideRateDeclination")
        return self.state.mount.guide_dec_deg_per_s

    @write("GuideRateDeclination", errors=(NotSupportedError, InvalidValueError))
    def set_guide_rate_declination(self, rate: float) -> None:
        """Set the speed of guide pulses in declination."""
        self._require_ability("set_guide_rates", "GuideRateDeclination")
        check_range("GuideRateDeclination", rate, low=0, high=1)
        self.state.mount.guide_dec_deg_per_s = rate

    @read("IsPulseGuiding", errors=_ABSENT)
    def is_pulse_guiding(self) -> bool:
        """Return whether a guide pulse is under way."""
        self._require_ability("pulse_guide", "IsPulseGuiding")
        return self.state.mount.guiding

    @method(
        "PulseGuide",
        "Direction",
        "Duration",
        errors=(NotSupportedError, InvalidValueError, ParkedError, InvalidOperationError),
    )
    def pulse_guide(self, direction: int, duration_ms: int) -> None:
        """Guide north 0, south 1, east 2 or west 3 for some milliseconds.

        Raises:
            InvalidOperationError: the mount is slewing.
        """
        self._require_ability("pulse_guide", "PulseGuide")
        check_range("Direction", direction, low=0, high=3)
        check_range("Duration", duration_ms, low=0, high=3_600_000)
        self._require_unparked()
        if self.slewing():
            raise InvalidOperationError("the telescope is slewing: guide it when Slewing is false")
        signed_s = duration_ms / 1000.0 * (1.0, -1.0)[direction % 2]
        setattr(self.state.mount, ("pulse_dec_s", "pulse_ra_s")[direction // 2], signed_s)

    @read("CanMoveAxis", "Axis", errors=_SITE_ERRORS)
    def can_move_axis(self, axis: int) -> bool:
        """Return whether an axis (0 primary, 1 secondary, 2 tertiary) can be moved."""
        check_range("Axis", axis, low=0, high=2)
        return self.config.abilities.move_axis and axis < 2

    @read("AxisRates", "Axis", errors=_SITE_ERRORS)
    def axis_rates(self, axis: int) -> list[dict[str, float]]:
        """Return the rates an axis can be moved at, in degrees per second."""
        if not self.can_move_axis(axis):
            return []
        return [
            {"Minimum": rate.lowest_deg_per_s, "Maximum": rate.highest_deg_per_s} for rate in self.config.axis_rates
        ]

    @method("MoveAxis", "Axis", "Rate", errors=(InvalidValueError, ParkedError, NotSupportedError))
    def move_axis(self, axis: int, rate: float) -> None:
        """Move an axis at a rate in degrees per second until it is called with 0."""
        if not self.can_move_axis(axis):
            unsupported(f"MoveAxis of axis {axis}")
        if rate and not any(one.holds(rate) for one in self.config.axis_rates):
            raise InvalidValueError(f"Rate must be 0 or in one of the AxisRates, not {rate}")
        self._require_unparked()
        mount = self.state.mount
        if mount.slew is not None:
            mount.stop(self.moment())
        mount.move_axis(axis, rate)

    @read("SiteLatitude")
    def site_latitude(self) -> float:
        """Return the latitude in degrees."""
        return self.state.mount.latitude_deg

    @write("SiteLatitude", errors=_SITE_ERRORS)
    def set_site_latitude(self, degrees: float) -> None:
        """Set the latitude."""
        check_range("SiteLatitude", degrees, low=-90, high=90)
        self.state.mount.latitude_deg = degrees

    @read("SiteLongitude")
    def site_longitude(self) -> float:
        """Return the longitude in degrees, east positive."""
        return self.state.mount.longitude_deg

    @write("SiteLongitude", errors=_SITE_ERRORS)
    def set_site_longitude(self, degrees: float) -> None:
        """Set the longitude."""
        check_range("SiteLongitude", degrees, low=-180, high=180)
        self.state.mount.longitude_deg = degrees

    @read("SiteElevation")
    def site_elevation(self) -> float:
        """Return the height above sea level in metres."""
        return self.state.elevation_m

    @write("SiteElevation", errors=_SITE_ERRORS)
    def set_site_elevation(self, metres: float) -> None:
        """Set the height above sea level."""
        check_range("SiteElevation", metres, low=-300, high=10_000)
        self.state.elevation_m = metres

    @read("SlewSettleTime")
    def slew_settle_time(self) -> int:
        """Return the seconds a slew settles."""
        return self.state.settle_s

    @write("SlewSettleTime", errors=_SITE_ERRORS)
    def set_slew_settle_time(self, seconds: int) -> None:
        """Set the seconds a slew settles."""
        check_range("SlewSettleTime", seconds, low=0, high=3600)
        self.state.settle_s = seconds

    def _require_unparked(self) -> None:
        if self.state.mount.at_park:
            raise ParkedError("the telescope is parked: unpark it first")

    def _require_ability(self, ability: str, name: str) -> None:
        if not getattr(self.config.abilities, ability):
            unsupported(name)

    def _require_rate(self, name: str, rate: float, *, fastest: float) -> None:
        self._require_ability("set_rates", name)
        check_range(name, rate, low=-fastest, high=fastest)
        if rate and self.state.mount.tracking_rate != _SIDEREAL:
            raise InvalidOperationError(f"{name} goes with the sidereal TrackingRate only: set that to 0 first")

    def _coordinates(self) -> tuple[float, float]:
        """Return right ascension (hours) and declination in the frame this telescope speaks."""
        now = self.moment()
        ra_hours, dec_deg = self.state.mount.sky(now)
        if self.config.equatorial_system is EquatorialSystem.TOPOCENTRIC:
            return astrometry.of_date(ra_hours, dec_deg, moment=now)
        return ra_hours, dec_deg

    def _place(self, ra_hours: float, dec_deg: float) -> Place:
        """Return the place in the sky of coordinates in the frame this telescope speaks."""
        if self.config.equatorial_system is EquatorialSystem.TOPOCENTRIC:
            ra_hours, dec_deg = astrometry.j2000(ra_hours, dec_deg, moment=self.moment())
        return Place(reference=Reference.SKY, hours=ra_hours, dec_deg=dec_deg)
