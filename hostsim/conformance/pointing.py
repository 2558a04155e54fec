"""Moving a telescope for the rules: getting it ready, goals that are safe, and how far it is from them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

from hostsim.conformance.device import Device
from hostsim.conformance.outcome import NotApplicableError, UnmetError, expect

NEAR_ARCSEC: Final = 10.0
_J2000: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)


def ready(mount: Device, *, tracking: bool) -> None:
    """Unpark and switch tracking.

    Raises:
        NotApplicableError: tracking cannot be switched and is the other way.
    """
    if mount.read("AtPark"):
        mount.put("Unpark")
        mount.wait_for("Slewing", False)
    if mount.read("Tracking") != tracking:
        mount.need_true("CanSetTracking")
        mount.put("Tracking", Tracking=tracking)
        expect(mount.read("Tracking") == tracking, f"Tracking {not tracking}", expected=f"Tracking {tracking}")


def goal(mount: Device, *, hour_angle: float = 1.0) -> tuple[float, float]:
    """Return right ascension (hours) and declination of a place high in the sky at an hour angle."""
    latitude_deg = mount.optional("SiteLatitude") or 0.0
    return (mount.read("SiderealTime") - hour_angle) % 24.0, round(max(-45.0, min(45.0, latitude_deg)) / 2.0, 3)


def slew(mount: Device, ra_hours: float, *, dec_deg: float) -> None:
    """Slew to coordinates and wait for the end."""
    mount.put("SlewToCoordinatesAsync", RightAscension=ra_hours, Declination=dec_deg)
    mount.wait_for("Slewing", False)


def off_arcsec(mount: Device, ra_hours: float, *, dec_deg: float) -> float:
    """Return how far the telescope says it is from coordinates."""
    ra_arcsec = ((mount.read("RightAscension") - ra_hours + 12.0) % 24.0 - 12.0) * 54_000.0
    dec_arcsec = (mount.read("Declination") - dec_deg) * 3600.0
    return math.hypot(ra_arcsec * math.cos(math.radians(dec_deg)), dec_arcsec)


def expect_near(mount: Device, ra_hours: float, *, dec_deg: float) -> str:
    """Go on if the telescope is within 10 arcsec of coordinates; return how far it is.

    Raises:
        UnmetError: it is not.
    """
    off = off_arcsec(mount, ra_hours, dec_deg=dec_deg)
    expect(off <= NEAR_ARCSEC, f"{off:.1f} arcsec off", expected=f"within {NEAR_ARCSEC:g} arcsec")
    return f"{off:.1f} arcsec off"


def sidereal_hours(utc_date: str, longitude_deg: float) -> float:
    """Return the local sidereal time from a date of the telescope, good to seconds.

    Source: USNO, approximate sidereal time.

    Raises:
        UnmetError: the date cannot be read.
    """
    try:
        moment = datetime.fromisoformat(utc_date)
    except ValueError:
        raise UnmetError(f"UTCDate {utc_date!r}", "ISO 8601") from None
    days = (moment.replace(tzinfo=moment.tzinfo or UTC) - _J2000).total_seconds() / 86_400.0
    return (18.697374558 + 24.06570982441908 * days + longitude_deg / 15.0) % 24.0


def expect_target(mount: Device, ra_hours: float, *, dec_deg: float) -> None:
    """Go on if the target is that of a slew, within what a hand controller keeps of it.

    Raises:
        UnmetError: it is not.
    """
    target_hours, target_deg = mount.read("TargetRightAscension"), mount.read("TargetDeclination")
    off_hours = abs((target_hours - ra_hours + 12.0) % 24.0 - 12.0)
    off = max(off_hours * 54_000.0, abs(target_deg - dec_deg) * 3600.0)
    expect(off <= NEAR_ARCSEC, f"target {target_hours:g}, {target_deg:g}", expected=f"target {ra_hours:g}, {dec_deg:g}")


def need_slews(mount: Device) -> None:
    """Go on if the telescope can slew to coordinates.

    Raises:
        NotApplicableError: it cannot.
    """
    if not mount.read("CanSlewAsync"):
        raise NotApplicableError("CanSlewAsync is false")
