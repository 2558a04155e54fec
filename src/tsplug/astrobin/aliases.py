"""Which keyword means what, by program: the first one that a frame has and that can be read supplies the value.

Dialects: N.I.N.A. 3, Sequence Generator Pro, MaxIm DL and ACP, ASIAIR, Ekos (INDI), SharpCap and FireCapture, Siril,
Dwarf, PixInsight (its masters, and the properties of XISF, which count in metres and degrees).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tsplug.astrobin import readings
from tsplug.model.headers import CardValue

Value = str | float


@dataclass(frozen=True, slots=True)
class Alias:
    """A keyword, or the id of an XISF property, and how its value becomes one of ours.

    ``scale`` turns its unit into ours. ``zero_is_missing``: programs write 0 where they know nothing.
    """

    key: str
    scale: float = 1.0
    zero_is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing to know of a frame: where it stands, how it is read, and what it may be."""

    aliases: tuple[Alias, ...]
    read: Callable[[CardValue], Value]
    minimum: float | None = None
    maximum: float | None = None

    def value_of(self, alias: Alias, raw: CardValue) -> Value | None:
        """Return what a card says, or None where it says that nothing is known.

        Raises:
            ValueError: it cannot be read, or cannot be true.
        """
        value = self.read(raw)
        if isinstance(value, str):
            return value or None
        value *= alias.scale
        if value == 0 and alias.zero_is_missing:
            return None
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"is less than {self.minimum:g}")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"is more than {self.maximum:g}")
        return value


def _keys(*keys: str | Alias, unknown_zero: bool = False) -> tuple[Alias, ...]:
    return tuple(Alias(key, zero_is_missing=unknown_zero) if isinstance(key, str) else key for key in keys)


def _number(
    *keys: str | Alias, minimum: float | None = None, maximum: float | None = None, unknown_zero: bool = False
) -> Meaning:
    return Meaning(_keys(*keys, unknown_zero=unknown_zero), readings.number, minimum, maximum)


def _text(*keys: str | Alias) -> Meaning:
    return Meaning(_keys(*keys), readings.text)


MEANINGS: Mapping[str, Meaning] = {
    "kind": _text("IMAGETYP", "IMAGETYPE", "FRAME", "FRAMETYP", "PICTTYPE", "Image:imageType"),
    "target_name": _text("OBJECT", "OBJNAME", "Observation:Object:Name"),
    "filter_name": _text("FILTER", "FILTER1", "INSFLNAM", "Instrument:Filter:Name"),
    "exposure_s": _number(
        "EXPOSURE", "EXPTIME", "EXP", Alias("EXPOINUS", 1e-6), "Instrument:ExposureTime", minimum=0, maximum=1e6
    ),
    "gain": _number("GAIN", "CCD-GAIN", "GAINRAW", minimum=-1, maximum=1e6),
    "iso": _number("ISO", "ISOSPEED", "ISOSPD", "Instrument:Camera:ISOSpeed", minimum=0, unknown_zero=True),
    "egain": _number("EGAIN", "CVF", "Instrument:Camera:Gain", minimum=0, unknown_zero=True),
    "offset": _number("OFFSET", "BLKLEVEL", "BLACKLVL"),
    "binning": Meaning(
        _keys("XBINNING", "CCDXBIN", "BINX", "BINNING", "Instrument:Camera:XBinning", unknown_zero=True),
        readings.binning,
        1,
        64,
    ),
    "readout_mode": _text("READOUTM", "READMODE", "READOUT"),
    "rotation_deg": _number("ROTATANG", "ROTANTANG", "ROTATOR", minimum=-360, maximum=720),
    "set_point_c": _number("SET-TEMP", "CCDSETT", "Instrument:Sensor:TargetTemperature", minimum=-273.15, maximum=100),
    "sensor_c": _number(
        "CCD-TEMP", "CCDTEMP", "DET-TEMP", "TEMPERAT", "Instrument:Sensor:Temperature", minimum=-273.15, maximum=100
    ),
    "focal_length_mm": _number(
        "FOCALLEN",
        "FOCAL",
        "FOCALLN",
        Alias("Instrument:Telescope:FocalLength", 1000.0, zero_is_missing=True),
        minimum=0.1,
        maximum=1e6,
    ),
    "aperture_mm": _number(
        Alias("APTDIA", zero_is_missing=True),
        Alias("APERTURE", zero_is_missing=True),
        Alias("Instrument:Telescope:Aperture", 1000.0, zero_is_missing=True),
        minimum=0.1,
        maximum=1e5,
    ),
    "f_number": _number("FOCRATIO", "FOCALRAT", minimum=0, maximum=1000, unknown_zero=True),
    "pixel_um": _number("XPIXSZ", "XPIXELSZ", minimum=0, maximum=1000, unknown_zero=True),
    "unbinned_pixel_um": _number(
        "PIXSIZE1", "PIXSIZE", "Instrument:Sensor:XPixelSize", minimum=0, maximum=1000, unknown_zero=True
    ),
    "scale_arcsec": _number("SCALE", "PXSCALE", "PIXSCALE", minimum=0, maximum=1000, unknown_zero=True),
    "hfr_px": _number(
        "HFR",
        "MEANHFR",
        "STARHFR",
        "AVGHFR",
        Alias("HFD", 0.5, zero_is_missing=True),
        minimum=0,
        maximum=1000,
        unknown_zero=True,
    ),
    "fwhm_arcsec": _number("FWHMARC", "L1FWHM", minimum=0, maximum=1000, unknown_zero=True),
    "fwhm_px": _number("FWHM", "MEANFWHM", minimum=0, maximum=1000, unknown_zero=True),
    "ambient_c": _number("AMBTEMP", "AOCAMBT", "AMBIENT", "AMB-TEMP", minimum=-100, maximum=80),
    "focuser_c": _number("FOCTEMP", "FOCUSTEM", "FOC-TEMP", minimum=-100, maximum=100),
    "sky_quality": _number("MPSAS", "AOCSKYQU", "AOCSKYQ", "SQM", "SKYQUAL", minimum=0, maximum=25, unknown_zero=True),
    "bortle": _number("BORTLE", minimum=0, maximum=9, unknown_zero=True),
    "latitude_deg": Meaning(
        _keys("SITELAT", "LAT-OBS", "OBSLAT", "OBSGEO-B", "LATITUDE", "Observation:Location:Latitude"),
        readings.latitude_deg,
    ),
    "longitude_deg": Meaning(
        _keys("SITELONG", "LONG-OBS", "OBSLONG", "OBSGEO-L", "LONGITUD", "Observation:Location:Longitude"),
        readings.longitude_deg,
    ),
    "site_name": _text("SITENAME", "OBSERVAT", "SITE"),
    "camera": _text("INSTRUME", "CAMERA", "Instrument:Camera:Name"),
    "telescope": _text("TELESCOP", "Instrument:Telescope:Name"),
    "wheel": _text("FWHEEL", "FILTWHL"),
    "focuser": _text("FOCNAME", "FOCUSER"),
    "rotator": _text("ROTNAME"),
    "software": _text("SWCREATE", "CREATOR", "PROGRAM", "SOFTWARE", "Observation:CreatorApplication"),
    "observer": _text("OBSERVER"),
    "guid": _text("TSUID"),
}
"""Every meaning with its keywords in order."""

START_KEYS = ("DATE-OBS", "DATE-BEG", "Observation:Time:Start")
"""Where the start of an exposure stands, in UTC."""

WEATHER_KEYS = ("HUMIDITY", "PRESSURE", "DEWPOINT", "WINDSPD", "MPSAS", "CLOUDCVR")
"""What a weather source writes beside the temperature; all of it 0 where the source was off."""

KEYWORDS: Mapping[str, str] = {alias.key: meaning for meaning, known in MEANINGS.items() for alias in known.aliases} | {
    "DATE-OBS": "started",
    "DATE-LOC": "started_local",
}
"""The meaning of every keyword, as settings name it."""

WANTED: frozenset[str] = frozenset(KEYWORDS) | {
    *START_KEYS,
    *WEATHER_KEYS,
    "TIME-OBS",
    "DATE-AVG",
    "DATE-END",
    "MJD-OBS",
}
"""Every keyword and property that the export looks at."""
