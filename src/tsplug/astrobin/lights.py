"""Lights as the export sees them, wherever they come from: what identifies a row, and what its means are made of."""

from __future__ import annotations

from datetime import date

from tsplug.model import AcquiredImage, Profile, Site, UtcDatetime, Value
from tsplug.model.night import session_date


class Place(Value):
    """Where lights were taken: degrees (east positive), metres, mag/arcsec2; None where unknown."""

    name: str
    latitude_deg: float
    longitude_deg: float
    elevation_m: float = 0.0
    time_zone: str = "UTC"
    bortle: float | None = None
    sky_quality: float | None = None


class Gear(Value):
    """What lights were taken with, as far as known: focal length and aperture in mm, pixel size in micrometres."""

    rig: str
    telescope: str = ""
    camera: str = ""
    observer: str = ""
    focal_length_mm: float | None = None
    aperture_mm: float | None = None
    pixel_size_um: float | None = None

    @property
    def f_number(self) -> float | None:
        """Return focal length / aperture, or None where one is unknown."""
        if self.focal_length_mm is None or self.aperture_mm is None:
            return None
        return self.focal_length_mm / self.aperture_mm


class Light(Value):
    """One light: seconds, Celsius, arcseconds; None where unknown.

    ``night`` is the date of the noon that began its night at the place. ``flats`` names the flats that belong to its
    session, one name a frame.
    """

    target_name: str
    night: date
    started: UtcDatetime
    filter_name: str
    filter_id: int | None = None
    exposure_s: float
    gain: int | None = None
    binning: int = 1
    set_point_c: float | None = None
    sensor_c: float | None = None
    fwhm_arcsec: float | None = None
    ambient_c: float | None = None
    sky_quality: float | None = None
    flats: tuple[str, ...] = ()
    place: Place
    gear: Gear


def place_of(site: Site) -> Place:
    """Return what a stored site tells."""
    return Place(
        name=site.name,
        latitude_deg=site.latitude_deg,
        longitude_deg=site.longitude_deg,
        elevation_m=site.elevation_m,
        time_zone=site.time_zone,
        bortle=site.bortle,
        sky_quality=site.sky_quality,
    )


def gear_of(profile: Profile) -> Gear:
    """Return what a stored profile tells."""
    return Gear(
        rig=profile.name,
        telescope=profile.telescope,
        camera=profile.camera,
        observer=profile.observer,
        focal_length_mm=profile.focal_length_mm,
        aperture_mm=profile.aperture_mm,
        pixel_size_um=profile.pixel_size_um,
    )


def light_of(image: AcquiredImage, profile: Profile, *, site: Site, flats: tuple[str, ...] = ()) -> Light:
    """Return a stored image as a light of the rig that took it.

    Args:
        image: the record.
        profile: the rig, which knows the AstroBin ids of its filters.
        site: where the rig stands.
        flats: the names of the flats linked to the image's session.
    """
    return Light(
        target_name=image.target_name,
        night=session_date(image.started, site),
        started=image.started,
        filter_name=image.filter_name,
        filter_id=profile.astrobin_filters.get(image.filter_name),
        exposure_s=image.exposure_s,
        gain=image.gain,
        binning=image.binning,
        set_point_c=image.camera_set_temperature_c,
        sensor_c=image.camera_temperature_c,
        fwhm_arcsec=image.metrics.get("fwhm_arcsec"),
        ambient_c=image.metrics.get("temperature"),
        sky_quality=image.metrics.get("sky_quality"),
        flats=flats,
        place=place_of(site),
        gear=gear_of(profile),
    )
