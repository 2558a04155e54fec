"""The host's mount: slews that end where they should, the meridian flip, parking."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from alpaca.exceptions import NotImplementedException

from hostsim.devices.parts import astrometry
from hostsim.equipment.device import HostDevice
from hostsim.equipment.waiting import Patience
from tsplug import DeviceError, PierSide

_SLEWING = Patience(timeout_s=600.0)
_PARKING = Patience(timeout_s=900.0)
CENTERED_ARCSEC = 30.0
"""How far off is centered where nobody says otherwise."""
ATTEMPTS = 3
"""How many slews centering takes at most where nobody says otherwise."""
_PIER_SIDES = {0: PierSide.EAST, 1: PierSide.WEST}
_NORMAL = 0
# ASCOM's number of the alignment mode.
_GERMAN = 2
# ASCOM's numbers of frames; `other` is what drivers without an answer say, and their mounts follow the date's sky.
_OTHER, _OF_DATE, _J2000 = 0, 1, 2


class NotCenteredError(DeviceError):
    """The mount arrived, and still is too far off."""


class CannotParkError(DeviceError):
    """The mount has no park position."""


@dataclass(frozen=True)
class MountReading:
    """Where the mount points: J2000 degrees, altitude and azimuth in degrees, pointing state."""

    name: str
    ra_deg: float
    dec_deg: float
    altitude_deg: float
    azimuth_deg: float
    pier_side: PierSide

    def at(self, moment: datetime, *, latitude_deg: float, longitude_deg: float) -> MountReading:
        """Return what a mount that tracks this place at a site tells at another moment."""
        ra_hours, dec_deg = astrometry.of_date(self.ra_deg / 15.0, self.dec_deg, moment=moment)
        ha_hours = astrometry.sidereal_hours(moment, longitude_deg) - ra_hours
        altitude_deg, azimuth_deg = astrometry.horizontal(ha_hours, dec_deg, latitude_deg=latitude_deg)
        return replace(self, altitude_deg=altitude_deg, azimuth_deg=azimuth_deg)


class Mount(HostDevice):
    """An equatorial mount; takes and gives J2000 coordinates, whatever the driver speaks."""

    kind = "telescope"
    platform_7 = 4
    # Hours and degrees from where the driver says that it points to where the telescope looks.
    _beside = (0.0, 0.0)

    def parked(self) -> bool:
        """Return whether the mount is parked."""
        with self._trying("tell whether it is parked"):
            return bool(self._alpaca.AtPark)

    def unpark(self) -> None:
        """Leave the park position and follow the sky."""
        if self.parked():
            answered = self._begin("unpark", self._alpaca.Unpark)
            self._wait(
                lambda: not self._alpaca.Slewing and (answered or not self._alpaca.AtPark),
                "unparking",
                patience=_SLEWING,
            )
        self.track(True)

    def track(self, on: bool) -> None:
        """Follow the sky, or stand still.

        Raises:
            DeviceError: the mount does not begin to follow.
        """
        with self._trying(f"switch tracking {'on' if on else 'off'}"):
            if bool(self._alpaca.Tracking) != on:
                self._alpaca.Tracking = on
        if on and not self.tracking():
            raise DeviceError(self.label, "does not begin to track: look at the mount and its driver")

    def tracking(self) -> bool:
        """Return whether the mount follows the sky."""
        with self._trying("tell whether it tracks"):
            return bool(self._alpaca.Tracking)

    def park(self) -> None:
        """Go to the park position and stand still; a slew under way is stopped, for not every mount parks out of it.

        Raises:
            CannotParkError: it has none; a slew under way is stopped.
            DeviceError: it does not park.
        """
        if self.parked():
            return
        # A mount that fails at telling or stopping its slew may park all the same.
        with suppress(DeviceError), self._trying("stop before it parks"):
            if self._alpaca.Slewing:
                self._alpaca.AbortSlew()
        if not self._can_park():
            raise CannotParkError(self.label, "cannot park")
        self._begin("park", self._alpaca.Park)
        self._wait(lambda: bool(self._alpaca.AtPark), "parking", patience=_PARKING)

    def _can_park(self) -> bool:
        # One that does not answer may park all the same.
        with suppress(DeviceError), self._trying("tell whether it can park"):
            return bool(self._alpaca.CanPark)
        return True

    def stop(self) -> None:
        """Stop a slew under way."""
        with self._trying("stop"):
            if not self._alpaca.AtPark:
                self._alpaca.AbortSlew()

    def slew(self, ra_hours: float, dec_deg: float) -> None:
        """Point at J2000 coordinates, on the side of the pier that is right now, and track.

        Raises:
            DeviceError: the mount is parked, refused, or did not arrive.
        """
        if self.parked():
            raise DeviceError(self.label, "is parked: put `unpark` before this instruction")
        self.track(True)
        native_ra, native_dec = self._native(ra_hours, dec_deg)
        self._begin(
            f"slew to {ra_hours:.4f} h, {dec_deg:+.3f} degrees",
            lambda: self._alpaca.SlewToCoordinatesAsync(native_ra, native_dec),
        )
        self._wait(lambda: not self._alpaca.Slewing, "slewing", patience=_SLEWING)

    def center(
        self,
        ra_hours: float,
        dec_deg: float,
        *,
        tolerance_arcsec: float = CENTERED_ARCSEC,
        attempts: int = ATTEMPTS,
    ) -> None:
        """Slew until the mount reports the coordinates within a tolerance, by default half an arcminute.

        Raises:
            NotCenteredError: it is still off after so many slews.
            DeviceError: the mount is parked, refused, or did not arrive.
        """
        for _ in range(attempts):
            self.slew(ra_hours, dec_deg)
            off_arcsec = self.off_arcsec(ra_hours, dec_deg)
            if off_arcsec <= tolerance_arcsec:
                return
        raise NotCenteredError(
            self.label, f"is {off_arcsec:.0f} arcsec off after {attempts} slews: align it, then run the sequence again"
        )

    def learn(self, ra_hours: float, dec_deg: float, *, sync: bool = True) -> None:
        """Take in where the telescope really looks (J2000): slews to come end there, and readings say so.

        Args:
            ra_hours: right ascension of the middle of a frame.
            dec_deg: its declination.
            sync: whether the mount is synchronised; one that cannot, or must not, is corrected here, for this night.

        Raises:
            DeviceError: the mount does not tell where it points.
        """
        if sync and self._synced(ra_hours, dec_deg):
            self._beside = (0.0, 0.0)
            return
        reading = self.reading()
        off_hours = astrometry.wrap_hours(ra_hours - reading.ra_deg / 15.0)
        self._beside = (self._beside[0] + off_hours, self._beside[1] + dec_deg - reading.dec_deg)

    def _synced(self, ra_hours: float, dec_deg: float) -> bool:
        """Synchronise the mount; return False where it cannot or refuses."""
        place = ra_hours, dec_deg
        if self._speaks_of_date():
            place = astrometry.of_date(ra_hours, dec_deg, moment=self._clock.now())
        with suppress(DeviceError), self._trying("be synchronised"):
            if self._alpaca.CanSync:
                self._alpaca.SyncToCoordinates(*place)
                return True
        return False

    def off_arcsec(self, ra_hours: float, dec_deg: float) -> float:
        """Return how far from J2000 coordinates the mount says that it points, in arcseconds."""
        return _separation_arcsec(self.reading(), ra_hours=ra_hours, dec_deg=dec_deg)

    def wrong_side(self, ra_hours: float, dec_deg: float) -> bool:
        """Return whether a slew to these J2000 coordinates would end on the other side of the pier: a flip is due.

        Where a German mount tells its side but not the one that a slew would end on, which drivers need not, it is
        ASCOM's convention: the normal state (``pierEast``) from the meridian on, the other one before it.
        """
        native_ra, native_dec = self._native(ra_hours, dec_deg)
        with self._trying("tell its side of the pier"):
            try:
                destination = int(self._alpaca.DestinationSideOfPier(native_ra, native_dec))
            except NotImplementedException:
                return self._stands_against(native_ra, native_dec)
            with suppress(NotImplementedException):
                return destination in _PIER_SIDES and destination != int(self._alpaca.SideOfPier)
            return False

    def _stands_against(self, native_ra: float, native_dec: float) -> bool:
        """Return whether a mount is on the side that is not usual at the hour angle of a place."""
        try:
            side = int(self._alpaca.SideOfPier)
        except NotImplementedException:
            return False
        # A mount without an answer to this has sides, so it is a German one.
        with suppress(NotImplementedException):
            if int(self._alpaca.AlignmentMode) != _GERMAN:
                return False
        of_date = native_ra
        if not self._speaks_of_date():
            of_date, _ = astrometry.of_date(native_ra, native_dec, moment=self._clock.now())
        past_hours = astrometry.wrap_hours(float(self._alpaca.SiderealTime) - of_date)
        return side in _PIER_SIDES and (side == _NORMAL) != (past_hours >= 0.0)

    def reading(self) -> MountReading:
        """Return where the mount points."""
        with self._trying("tell where it points"):
            ra_hours, dec_deg = self._j2000(float(self._alpaca.RightAscension), float(self._alpaca.Declination))
            return MountReading(
                name=self.name,
                ra_deg=ra_hours * 15.0,
                dec_deg=dec_deg,
                altitude_deg=float(self._alpaca.Altitude),
                azimuth_deg=float(self._alpaca.Azimuth),
                pier_side=self._pier_side(),
            )

    def _pier_side(self) -> PierSide:
        try:
            return _PIER_SIDES.get(int(self._alpaca.SideOfPier), PierSide.UNKNOWN)
        except NotImplementedException:
            return PierSide.UNKNOWN

    def _native(self, ra_hours: float, dec_deg: float) -> tuple[float, float]:
        ra_hours = (ra_hours - self._beside[0]) % 24.0
        dec_deg = min(90.0, max(-90.0, dec_deg - self._beside[1]))
        if not self._speaks_of_date():
            return ra_hours, dec_deg
        return astrometry.of_date(ra_hours, dec_deg, moment=self._clock.now())

    def _j2000(self, ra_hours: float, dec_deg: float) -> tuple[float, float]:
        if self._speaks_of_date():
            ra_hours, dec_deg = astrometry.j2000(ra_hours, dec_deg, moment=self._clock.now())
        return (ra_hours + self._beside[0]) % 24.0, dec_deg + self._beside[1]

    def _speaks_of_date(self) -> bool:
        with self._trying("tell its coordinate system"):
            system = int(self._alpaca.EquatorialSystem)
        if system not in (_OTHER, _OF_DATE, _J2000):
            raise DeviceError(self.label, "speaks neither J2000 nor coordinates of date: choose one in its driver")
        return system != _J2000


def _separation_arcsec(reading: MountReading, *, ra_hours: float, dec_deg: float) -> float:
    ra_arcsec = ((reading.ra_deg - ra_hours * 15.0 + 180.0) % 360.0 - 180.0) * 3600.0
    return math.hypot(ra_arcsec * math.cos(math.radians(dec_deg)), (reading.dec_deg - dec_deg) * 3600.0)
