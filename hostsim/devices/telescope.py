"""The simulated telescope: a German equatorial mount and the rules of ASCOM about who may move it when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from hostsim.devices.parts import astrometry
from hostsim.devices.parts.description import method, read, synchronous, write
from hostsim.devices.parts.device import Now, iso_z, unsupported
from hostsim.devices.parts.errors import (
    InvalidOperationError,
    InvalidValueError,
    NotSupportedError,
    ParkedError,
    ValueNotSetError,
    check_range,
)
from hostsim.devices.parts.mount import Arrival, MountState, PierSide, Place, Reference, Slew
from hostsim.devices.parts.telescope_config import TelescopeConfig, TelescopeState
from hostsim.devices.parts.telescope_face import TelescopeFace

__all__ = ["Telescope", "TelescopeConfig", "TelescopeState"]

_MOVING = (NotSupportedError, InvalidValueError, ParkedError, InvalidOperationError)


class Telescope(TelescopeFace):
    """A telescope on a German mount; coordinates in and out are J2000, or of date if it is configured so."""

    device_type: ClassVar[str] = "Telescope"
    interface_version: ClassVar[int] = 4
    operational: ClassVar[tuple[str, ...]] = (
        "Altitude",
        "AtHome",
        "AtPark",
        "Azimuth",
        "Declination",
        "IsPulseGuiding",
        "RightAscension",
        "SideOfPier",
        "SiderealTime",
        "Slewing",
        "Tracking",
        "UTCDate",
    )
    config: TelescopeConfig
    state: TelescopeState

    def __init__(self, config: TelescopeConfig, clock: Now) -> None:
        """Start at the park position, parked if the configuration says so."""
        site, parked = config.site, config.starts_parked
        park = config.mount.park(site.latitude_deg)
        place = park if parked else config.mount.start or park
        state = MountState(
            latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg, place=place, at_park=parked
        )
        start = TelescopeState(
            mount=state,
            park=park,
            elevation_m=site.elevation_m,
            settle_s=config.settle_s,
            refraction=config.refraction,
        )
        super().__init__(config, clock, state=start)

    def advance(self, seconds: float) -> None:
        """Slew, follow the sky and guide for ``seconds``."""
        super().advance(seconds)
        self.state.mount.advance(seconds, self.moment())

    def true_pointing(self) -> tuple[float, float]:
        """Return right ascension (hours) and declination J2000 the telescope really points at, errors included."""
        ra, dec = self.state.mount.sky(self.moment())
        ra += self.config.pointing_error_ra_arcmin / 900.0 - self.state.learnt_hours
        dec += self.config.pointing_error_dec_arcmin / 60.0 - self.state.learnt_deg
        return ra % 24.0, min(90.0, max(-90.0, dec))

    @read("UTCDate")
    def utc_date(self) -> str:
        """Return the date and time of the mount in ISO 8601, UTC."""
        return iso_z(self.moment())

    @write("UTCDate", errors=(InvalidValueError,))
    def set_utc_date(self, text: str) -> None:
        """Set the date and time of the mount; sidereal time, hour angles and altitudes go by it.

        Raises:
            InvalidValueError: the text is no ISO 8601 date.
        """
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise InvalidValueError(f"UTCDate must be ISO 8601, not {text!r}") from None
        moment = moment.replace(tzinfo=moment.tzinfo or UTC)
        check_range("the year of UTCDate", moment.year, low=1900, high=2199)
        self.state.utc_shift_s = (moment - self.clock.now()).total_seconds()

    @read("TargetRightAscension", errors=(ValueNotSetError,))
    def target_right_ascension(self) -> float:
        """Return the target's right ascension in hours.

        Raises:
            ValueNotSetError: there is no target yet.
        """
        if self.state.target_ra_hours is None:
            raise ValueNotSetError("TargetRightAscension has not been set")
        return self.state.target_ra_hours

    @write("TargetRightAscension", errors=(InvalidValueError,))
    def set_target_right_ascension(self, hours: float) -> None:
        """Set the target's right ascension.

        Raises:
            InvalidValueError: it is outside 0 to 24 hours.
        """
        check_range("TargetRightAscension", hours, low=0, high=24)
        self.state.target_ra_hours = hours

    @read("TargetDeclination", errors=(ValueNotSetError,))
    def target_declination(self) -> float:
        """Return the target's declination in degrees.

        Raises:
            ValueNotSetError: there is no target yet.
        """
        if self.state.target_dec_deg is None:
            raise ValueNotSetError("TargetDeclination has not been set")
        return self.state.target_dec_deg

    @write("TargetDeclination", errors=(InvalidValueError,))
    def set_target_declination(self, degrees: float) -> None:
        """Set the target's declination.

        Raises:
            InvalidValueError: it is outside -90 to 90 degrees.
        """
        check_range("TargetDeclination", degrees, low=-90, high=90)
        self.state.target_dec_deg = degrees

    @method("SlewToCoordinatesAsync", "RightAscension", "Declination", errors=_MOVING)
    def slew_to_coordinates_async(self, ra_hours: float, dec_deg: float) -> None:
        """Start slewing to coordinates, which become the target; Slewing is true until it has settled."""
        self._require_ability("slew", "SlewToCoordinatesAsync")
        self._check_coordinates(ra_hours, dec_deg)
        self._require(tracking=True)
        self._slew(self._place(ra_hours, dec_deg))
        self.state.target_ra_hours, self.state.target_dec_deg = ra_hours, dec_deg

    @method("SlewToTargetAsync", errors=(ValueNotSetError, *_MOVING))
    def slew_to_target_async(self) -> None:
        """Start slewing to the target."""
        self._require_ability("slew", "SlewToTargetAsync")
        self.slew_to_coordinates_async(self.target_right_ascension(), self.target_declination())

    @method("SlewToAltAzAsync", "Azimuth", "Altitude", errors=_MOVING)
    def slew_to_alt_az_async(self, azimuth_deg: float, altitude_deg: float) -> None:
        """Start slewing to a place above the ground, with Tracking off."""
        self._require_ability("slew_alt_az", "SlewToAltAzAsync")
        place = self._ground_place(azimuth_deg, altitude_deg)
        self._require(tracking=False)
        self._slew(place)

    @synchronous("SlewToCoordinates", "RightAscension", "Declination", errors=_MOVING, completion="Slewing")
    def slew_to_coordinates(self, ra_hours: float, dec_deg: float) -> None:
        """Slew to coordinates; the answer comes when the telescope is there."""
        if not self.can_slew():
            unsupported("SlewToCoordinates")
        self.slew_to_coordinates_async(ra_hours, dec_deg)

    @synchronous("SlewToTarget", errors=(ValueNotSetError, *_MOVING), completion="Slewing")
    def slew_to_target(self) -> None:
        """Slew to the target; the answer comes when the telescope is there."""
        if not self.can_slew():
            unsupported("SlewToTarget")
        self.slew_to_target_async()

    @synchronous("SlewToAltAz", "Azimuth", "Altitude", errors=_MOVING, completion="Slewing")
    def slew_to_alt_az(self, azimuth_deg: float, altitude_deg: float) -> None:
        """Slew to a place above the ground, with Tracking off; the answer comes when the telescope is there."""
        if not self.can_slew_alt_az():
            unsupported("SlewToAltAz")
        self.slew_to_alt_az_async(azimuth_deg, altitude_deg)

    @method("SyncToCoordinates", "RightAscension", "Declination", errors=_MOVING)
    def sync_to_coordinates(self, ra_hours: float, dec_deg: float) -> None:
        """Call what the telescope sees now by these coordinates, which become the target."""
        self._require_ability("sync", "SyncToCoordinates")
        self._check_coordinates(ra_hours, dec_deg)
        self._require(tracking=True)
        self._sync(self._place(ra_hours, dec_deg))
        self.state.target_ra_hours, self.state.target_dec_deg = ra_hours, dec_deg

    @method("SyncToTarget", errors=(ValueNotSetError, *_MOVING))
    def sync_to_target(self) -> None:
        """Call what the telescope sees now by the target's coordinates."""
        self._require_ability("sync", "SyncToTarget")
        self.sync_to_coordinates(self.target_right_ascension(), self.target_declination())

    @method("SyncToAltAz", "Azimuth", "Altitude", errors=_MOVING)
    def sync_to_alt_az(self, azimuth_deg: float, altitude_deg: float) -> None:
        """Take the present direction to be this azimuth and altitude, with Tracking off."""
        self._require_ability("sync_alt_az", "SyncToAltAz")
        place = self._ground_place(azimuth_deg, altitude_deg)
        self._require(tracking=False)
        self._sync(place)

    @method("AbortSlew", errors=(ParkedError,))
    def abort_slew(self) -> None:
        """Stop slewing and moving; tracking goes on as before."""
        self._require_unparked()
        self.state.mount.stop(self.moment())

    @method("Park", errors=(NotSupportedError,))
    def park(self) -> None:
        """Start slewing to the park position; AtPark is true and Tracking off at the end."""
        self._require_ability("park", "Park")
        if not self.state.mount.at_park:
            self._retire(self.state.park, Arrival.PARKED)

    @method("Unpark", errors=(NotSupportedError,))
    def unpark(self) -> None:
        """Allow the mount to move again; nothing happens when it is not parked."""
        self._require_ability("unpark", "Unpark")
        was_parked, self.state.mount.at_park = self.state.mount.at_park, False
        if was_parked and self.config.unpark_tracks:
            self.state.mount.set_tracking(True, self.moment())

    @method("SetPark", errors=(NotSupportedError,))
    def set_park(self) -> None:
        """Make the present direction the park position."""
        self._require_ability("set_park", "SetPark")
        mount = self.state.mount
        self.state.park = mount.seen_from(Reference.GROUND, mount.place, moment=self.moment())

    @method("FindHome", errors=(NotSupportedError, ParkedError))
    def find_home(self) -> None:
        """Start slewing to the home position; AtHome is true and Tracking off at the end."""
        self._require_ability("find_home", "FindHome")
        self._require_unparked()
        self._retire(self.config.mount.home(self.state.mount.latitude_deg), Arrival.HOME)

    @read("DestinationSideOfPier", "RightAscension", "Declination", errors=(NotSupportedError, InvalidValueError))
    def destination_side_of_pier(self, ra_hours: float, dec_deg: float) -> PierSide:
        """Return the pointing state a slew to these coordinates would end in, if it began now."""
        self._require_ability("tell_destination_side", "DestinationSideOfPier")
        self._check_coordinates(ra_hours, dec_deg)
        return self._pier_for(self._place(ra_hours, dec_deg))

    @write("SideOfPier", errors=_MOVING)
    def set_side_of_pier(self, side: int) -> None:
        """Start a flip to the other pointing state, if it is another one, towards the same place."""
        self._require_ability("set_pier_side", "SideOfPier")
        check_range("SideOfPier", side, low=0, high=1)
        self._require_unparked()
        mount = self.state.mount
        if side != mount.pier:
            self._begin(self._planned(mount.place, PierSide(side)))

    def _check_coordinates(self, ra_hours: float, dec_deg: float) -> None:
        check_range("RightAscension", ra_hours, low=0, high=24)
        check_range("Declination", dec_deg, low=-90, high=90)

    def _ground_place(self, azimuth_deg: float, altitude_deg: float) -> Place:
        check_range("Azimuth", azimuth_deg, low=0, high=360)
        check_range("Altitude", altitude_deg, low=-90, high=90)
        hours, dec = astrometry.equatorial(altitude_deg, azimuth_deg, latitude_deg=self.state.mount.latitude_deg)
        return Place(reference=Reference.GROUND, hours=hours, dec_deg=dec)

    def _require(self, *, tracking: bool) -> None:
        self._require_unparked()
        if self.state.mount.tracking != tracking:
            raise InvalidOperationError(f"this needs Tracking {'on' if tracking else 'off'}")

    def _slew(self, goal: Place) -> None:
        self._begin(self._planned(goal, self._pier_for(goal)))

    def _pier_for(self, goal: Place) -> PierSide:
        limit_deg = self.config.mount.past_meridian_deg
        return self.state.mount.pier_for(goal, self.moment(), past_meridian_deg=limit_deg)

    def _planned(self, goal: Place, pier: PierSide) -> Slew:
        speed = self.config.mount.slew_deg_per_s
        return self.state.mount.plan_slew(goal, self.moment(), pier=pier, deg_per_s=speed)

    def _begin(self, slew: Slew) -> None:
        self.state.mount.start_slew(slew.model_copy(update={"settle_s": float(self.state.settle_s)}))

    def _retire(self, place: Place, arrival: Arrival) -> None:
        self.state.mount.stop(self.moment())
        self.state.mount.set_tracking(False, self.moment())
        slew = self._planned(place, self._pier_for(place))
        self._begin(slew.model_copy(update={"arrival": arrival}))

    def _sync(self, place: Place) -> None:
        mount, now = self.state.mount, self.moment()
        before_ra, before_dec = mount.sky(now)
        mount.point(place, now)
        after_ra, after_dec = mount.sky(now)
        self.state.learnt_hours += astrometry.wrap_hours(after_ra - before_ra)
        self.state.learnt_deg += after_dec - before_dec
