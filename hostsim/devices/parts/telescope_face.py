"""The members of a telescope that need no rules of their own: what it can do, where it is, its settings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from hostsim.devices.parts.description import fixed, method, read, write
from hostsim.devices.parts.device import Device, unsupported
from hostsim.devices.parts.errors import InvalidValueError, NotSupportedError, ParkedError, check_range
from hostsim.devices.parts.mount import PierSide

if TYPE_CHECKING:
    from hostsim.devices.telescope import TelescopeConfig, TelescopeState

_LAST_TRACKING_RATE = 3
_SITE_ERRORS = (InvalidValueError,)


class _AxisRate(NamedTuple):
    lowest_deg_per_s: float
    highest_deg_per_s: float


_AXIS_RATE = _AxisRate(0.0, 6.0)


class TelescopeFace(Device):
    """Capabilities, positions, tracking, guiding and site of a telescope; slews, parking and syncs are elsewhere."""

    config: TelescopeConfig
    state: TelescopeState

    alignment_mode = fixed("AlignmentMode", 2, text="Return the kind of mount: German.")
    equatorial_system = fixed("EquatorialSystem", 2, text="Return the frame of all coordinates: J2000.")
    can_find_home = fixed("CanFindHome", True, text="Return whether there is a home position.")
    can_park = fixed("CanPark", True, text="Return whether the mount parks.")
    can_unpark = fixed("CanUnpark", True, text="Return whether the mount unparks.")
    can_set_park = fixed("CanSetPark", True, text="Return whether the park position can be set.")
    can_pulse_guide = fixed("CanPulseGuide", True, text="Return whether the mount can be guided by pulses.")
    can_set_dec_rate = fixed("CanSetDeclinationRate", True, text="Return whether DeclinationRate can be set.")
    can_set_ra_rate = fixed("CanSetRightAscensionRate", True, text="Return whether RightAscensionRate can be set.")
    can_set_guide_rates = fixed("CanSetGuideRates", True, text="Return whether guide rates can be set.")
    can_set_pier_side = fixed("CanSetPierSide", True, text="Return whether SideOfPier can be set.")
    can_set_tracking = fixed("CanSetTracking", True, text="Return whether tracking can be switched.")
    can_slew = fixed("CanSlew", False, text="Return whether synchronous slews exist: they are deprecated.")
    can_slew_async = fixed("CanSlewAsync", True, text="Return whether the mount slews to coordinates.")
    can_slew_alt_az = fixed("CanSlewAltAz", False, text="Return whether synchronous slews exist: they are deprecated.")
    can_slew_alt_az_async = fixed(
        "CanSlewAltAzAsync", True, text="Return whether the mount slews to azimuth and altitude."
    )
    can_sync = fixed("CanSync", True, text="Return whether the mount can be synchronised to coordinates.")
    can_sync_alt_az = fixed("CanSyncAltAz", True, text="Return whether it can be synchronised to azimuth and altitude.")
    does_refraction = fixed("DoesRefraction", False, text="Return whether coordinates are corrected for refraction.")

    @write("DoesRefraction", errors=(NotSupportedError,))
    def set_does_refraction(self, on: bool) -> None:
        """Refuse: the simulated air does not refract."""
        unsupported("DoesRefraction")

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
        return math.pi * (self.config.optics.aperture_mm / 2000.0) ** 2

    @read("RightAscension")
    def right_ascension(self) -> float:
        """Return the right ascension in hours, J2000."""
        return self.state.mount.sky(self.clock.now())[0]

    @read("Declination")
    def declination(self) -> float:
        """Return the declination in degrees, J2000."""
        return self.state.mount.sky(self.clock.now())[1]

    @read("Altitude")
    def altitude(self) -> float:
        """Return the altitude in degrees."""
        return self.state.mount.horizontal(self.clock.now())[0]

    @read("Azimuth")
    def azimuth(self) -> float:
        """Return the azimuth in degrees, north 0, east 90."""
        return self.state.mount.horizontal(self.clock.now())[1]

    @read("SiderealTime")
    def sidereal_time(self) -> float:
        """Return the local sidereal time in hours."""
        return self.state.mount.sidereal_hours(self.clock.now())

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

    @write("Tracking", errors=(ParkedError,))
    def set_tracking(self, on: bool) -> None:
        """Follow the sky, or stop doing so.

        Raises:
            ParkedError: the mount is parked and should track.
        """
        if on:
            self._require_unparked()
        self.state.mount.set_tracking(on, self.clock.now())

    @read("TrackingRate")
    def tracking_rate(self) -> int:
        """Return the rate: 0 sidereal, 1 lunar, 2 solar, 3 King."""
        return self.state.mount.tracking_rate

    @write("TrackingRate", errors=(InvalidValueError,))
    def set_tracking_rate(self, rate: int) -> None:
        """Choose the rate."""
        check_range("TrackingRate", rate, low=0, high=_LAST_TRACKING_RATE)
        self.state.mount.tracking_rate = rate

    @read("TrackingRates")
    def tracking_rates(self) -> list[int]:
        """Return the rates that can be chosen."""
        return list(range(_LAST_TRACKING_RATE + 1))

    @read("RightAscensionRate")
    def right_ascension_rate(self) -> float:
        """Return the offset to the sidereal rate in seconds of right ascension per second."""
        return self.state.mount.ra_rate_s_per_s

    @write("RightAscensionRate")
    def set_right_ascension_rate(self, rate: float) -> None:
        """Set the offset to the sidereal rate."""
        self.state.mount.ra_rate_s_per_s = rate

    @read("DeclinationRate")
    def declination_rate(self) -> float:
        """Return the rate in declination in arcseconds per second."""
        return self.state.mount.dec_rate_arcsec_per_s

    @write("DeclinationRate")
    def set_declination_rate(self, rate: float) -> None:
        """Set the rate in declination."""
        self.state.mount.dec_rate_arcsec_per_s = rate

    @read("GuideRateRightAscension")
    def guide_rate_right_ascension(self) -> float:
        """Return the speed of guide pulses in right ascension, degrees per second."""
        return self.state.mount.guide_ra_deg_per_s

    @write("GuideRateRightAscension", errors=_SITE_ERRORS)
    def set_guide_rate_right_ascension(self, rate: float) -> None:
        """Set the speed of guide pulses in right ascension."""
        check_range("GuideRateRightAscension", rate, low=0, high=1)
        self.state.mount.guide_ra_deg_per_s = rate

    @read("GuideRateDeclination")
    def guide_rate_declination(self) -> float:
        """Return the speed of guide pulses in declination, degrees per second."""
        return self.state.mount.guide_dec_deg_per_s

    @write("GuideRateDeclination", errors=_SITE_ERRORS)
    def set_guide_rate_declination(self, rate: float) -> None:
        """Set the speed of guide pulses in declination."""
        check_range("GuideRateDeclination", rate, low=0, high=1)
        self.state.mount.guide_dec_deg_per_s = rate

    @read("IsPulseGuiding")
    def is_pulse_guiding(self) -> bool:
        """Return whether a guide pulse is under way."""
        return self.state.mount.guiding

    @method("PulseGuide", "Direction", "Duration", errors=(InvalidValueError, ParkedError))
    def pulse_guide(self, direction: int, duration_ms: int) -> None:
        """Guide north 0, south 1, east 2 or west 3 for some milliseconds."""
        check_range("Direction", direction, low=0, high=3)
        check_range("Duration", duration_ms, low=0, high=3_600_000)
        self._require_unparked()
        signed_s = duration_ms / 1000.0 * (1.0, -1.0)[direction % 2]
        setattr(self.state.mount, ("pulse_dec_s", "pulse_ra_s")[direction // 2], signed_s)

    @read("CanMoveAxis", "Axis", errors=_SITE_ERRORS)
    def can_move_axis(self, axis: int) -> bool:
        """Return whether an axis (0 primary, 1 secondary, 2 tertiary) can be moved."""
        check_range("Axis", axis, low=0, high=2)
        return axis < 2

    @read("AxisRates", "Axis", errors=_SITE_ERRORS)
    def axis_rates(self, axis: int) -> list[dict[str, float]]:
        """Return the rates an axis can be moved at, in degrees per second."""
        if not self.can_move_axis(axis):
            return []
        return [{"Minimum": _AXIS_RATE.lowest_deg_per_s, "Maximum": _AXIS_RATE.highest_deg_per_s}]

    @method("MoveAxis", "Axis", "Rate", errors=(InvalidValueError, ParkedError, NotSupportedError))
    def move_axis(self, axis: int, rate: float) -> None:
        """Move an axis at a rate in degrees per second until it is called with 0."""
        if not self.can_move_axis(axis):
            unsupported(f"MoveAxis of axis {axis}")
        check_range("Rate", abs(rate), low=_AXIS_RATE.lowest_deg_per_s, high=_AXIS_RATE.highest_deg_per_s)
        self._require_unparked()
        mount = self.state.mount
        if mount.slew is not None:
            mount.stop(self.clock.now())
        first, second = mount.axis_deg_per_s
        mount.axis_deg_per_s = (rate, second) if axis == 0 else (first, rate)

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

    @method("SlewToCoordinates", "RightAscension", "Declination", errors=(NotSupportedError,))
    def slew_to_coordinates(self, ra_hours: float, dec_deg: float) -> None:
        """Refuse: synchronous slews are deprecated."""
        unsupported("SlewToCoordinates")

    @method("SlewToTarget", errors=(NotSupportedError,))
    def slew_to_target(self) -> None:
        """Refuse: synchronous slews are deprecated."""
        unsupported("SlewToTarget")

    @method("SlewToAltAz", "Azimuth", "Altitude", errors=(NotSupportedError,))
    def slew_to_alt_az(self, azimuth_deg: float, altitude_deg: float) -> None:
        """Refuse: synchronous slews are deprecated."""
        unsupported("SlewToAltAz")

    def _require_unparked(self) -> None:
        if self.state.mount.at_park:
            raise ParkedError("the telescope is parked: unpark it first")
