"""What a user sets for the export: filters, sites, defaults, overrides, matching and look-ups."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from tsplug.model import Value
from tsplug.model.base import TimeZoneName


class Dates(StrEnum):
    """Which day a light belongs to: that of the noon before it at the site, or its calendar day in UTC."""

    NIGHT = "night"
    UTC = "utc"


class AirTemperature(StrEnum):
    """Where the ambient temperature comes from; ``AUTO`` is the focuser's where no light of a row knows the air's."""

    AUTO = "auto"
    AMBIENT = "ambient"
    FOCUSER = "focuser"


class KnownSite(Value):
    """A site that the user named or that was learnt: degrees (east positive), mag/arcsec2; None where unknown."""

    name: str = Field(min_length=1)
    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=360)
    elevation_m: float | None = None
    time_zone: TimeZoneName | None = None
    bortle: float | None = Field(default=None, ge=1, le=9)
    sky_quality: float | None = Field(default=None, gt=0, le=25)


class Matching(Value):
    """How close calibration must be to the lights it is counted for: seconds, Celsius, degrees."""

    exposure_percent: float = Field(default=0.5, ge=0, le=100)
    exposure_s: float = Field(default=0.05, ge=0)
    temperature_c: float = Field(default=2.0, ge=0)
    rotation_deg: float = Field(default=1.0, ge=0, le=180)
    pool_flats: bool = False
    """Count the flats of all sessions instead of those of the nearest one."""


class MasterCounts(Value):
    """How many frames a master stands for where its history does not tell; flats by filter, ``*`` for any other."""

    darks: int | None = Field(default=None, ge=1)
    bias: int | None = Field(default=None, ge=1)
    flat_darks: int | None = Field(default=None, ge=1)
    flats: dict[str, int] = Field(default_factory=dict)


class Lookups(Value):
    """Optional questions to the network, one a site and run: sky brightness, and the address of a place."""

    sky_quality: bool = False
    sky_endpoint: str = ""
    sky_key: str = ""
    geocoding: bool = False
    geocoding_endpoint: str = "https://nominatim.openstreetmap.org/reverse"
    email: str = ""
    timeout_s: float = Field(default=10.0, gt=0, le=120)


class Configuration(Value):
    """Everything that the export can be told.

    ``defaults`` stand in where a header is silent, by meaning (`tsplug.astrobin.aliases`); ``overrides`` names the
    keywords to ask first for a meaning, in order. ``site_radius_km`` is how far apart frames of one site may be;
    ``file_pattern`` is N.I.N.A.'s pattern of file names, where it tells more than the names by themselves.
    """

    filters: dict[str, int] = Field(default_factory=dict)
    defaults: dict[str, str | float] = Field(default_factory=dict)
    overrides: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    sites: tuple[KnownSite, ...] = ()
    site_radius_km: float = Field(default=1.0, gt=0, le=100)
    file_pattern: str = ""
    dates: Dates | None = None
    air: AirTemperature = AirTemperature.AUTO
    fwhm_per_hfr: float | None = Field(default=None, gt=0, le=4)
    matching: Matching = Field(default_factory=Matching)
    masters: MasterCounts = Field(default_factory=MasterCounts)
    lookups: Lookups = Field(default_factory=Lookups)


class Choices(Value):
    """How one export is made, from the command line: days, the published behaviour, rows a panel, rejected lights."""

    dates: Dates = Dates.NIGHT
    compatible: bool = False
    per_panel: bool = False
    include_rejected: bool = False
    include_pending: bool = False
