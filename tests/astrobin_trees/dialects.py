"""What each program writes into a header; source of each: section 5 of the specification's page on the AstroBin export.

That page's table is of files of N.I.N.A. 3, SGPro, MaxIm and ACP, ASIAIR, EKOS with INDI, and PixInsight; Siril
keeps the cards of what it stacks and adds STACKCNT and LIVETIME.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from shots import Shot

Cards = dict[str, object]


def nina(shot: Shot) -> Cards:
    """Return the header of N.I.N.A. 3: upper-case kinds, DATE-LOC, and no OBJECT or weather on calibration frames."""
    cards: Cards = {
        "IMAGETYP": shot.kind,
        "EXPOSURE": shot.exposure_s,
        "EXPTIME": shot.exposure_s,
        "DATE-LOC": _moment(shot.local, 3),
        "DATE-OBS": _moment(shot.started, 3),
        "XBINNING": shot.binning,
        "YBINNING": shot.binning,
        "GAIN": shot.gain,
        "OFFSET": shot.offset,
        "EGAIN": shot.egain,
        "XPIXSZ": shot.rig.pixel_um * shot.binning,
        "YPIXSZ": shot.rig.pixel_um * shot.binning,
        "INSTRUME": shot.rig.camera,
        "SET-TEMP": shot.set_point_c,
        "CCD-TEMP": shot.sensor_c,
        "TELESCOP": shot.rig.telescope,
        "FOCALLEN": shot.rig.focal_length_mm,
        "FOCRATIO": shot.rig.f_ratio,
        "SITELAT": shot.rig.latitude_deg,
        "SITELONG": shot.rig.longitude_deg,
        "FWHEEL": shot.rig.wheel,
        "FILTER": shot.filter_name or None,
        "FOCNAME": shot.rig.focuser,
        "FOCPOS": 10500,
        "FOCUSPOS": 10500,
        "FOCTEMP": shot.focuser_c,
        "FOCUSTEM": shot.focuser_c,
        "ROTNAME": shot.rig.rotator,
        "ROTATOR": 91.5,
        "ROTATANG": 91.5,
        "SWCREATE": shot.rig.software,
    }
    if shot.kind == "LIGHT":
        cards |= {"OBJECT": shot.object_name, "AMBTEMP": shot.ambient_c, "MPSAS": shot.sky_quality}
    return _told(cards)


def sgpro(shot: Shot) -> Cards:
    """Return the header of Sequence Generator Pro: CREATOR, seven decimals of a second, coordinates as text."""
    return _told(
        {
            "IMAGETYP": shot.kind,
            "EXPOSURE": shot.exposure_s,
            "DATE-OBS": _moment(shot.started, 7),
            "DATE-LOC": _moment(shot.local, 7),
            "XBINNING": shot.binning,
            "GAIN": shot.gain,
            "EGAIN": shot.egain,
            "XPIXSZ": shot.rig.pixel_um * shot.binning,
            "INSTRUME": shot.rig.camera,
            "SET-TEMP": shot.set_point_c,
            "CCD-TEMP": shot.sensor_c,
            "TELESCOP": shot.rig.telescope,
            "FOCALLEN": shot.rig.focal_length_mm,
            "SITELAT": _sexagesimal(shot.rig.latitude_deg),
            "SITELONG": _sexagesimal(shot.rig.longitude_deg),
            "FWHEEL": shot.rig.wheel,
            "FILTER": shot.filter_name or None,
            "FOCUSER": shot.rig.focuser,
            "FOCPOS": 10500,
            "FOCTEMP": shot.focuser_c,
            "OBJECT": shot.object_name or None,
            "CREATOR": "Sequence Generator Pro 4.3.0.1376",
        }
    )


def maxim(shot: Shot) -> Cards:
    """Return the header of MaxIm DL: ``Light Frame`` and ``Flat Field``, no gain, an aperture instead of a ratio."""
    kinds = {"LIGHT": "Light Frame", "DARK": "Dark Frame", "BIAS": "Bias Frame", "FLAT": "Flat Field"}
    return _told(
        {
            "IMAGETYP": kinds.get(shot.kind, shot.kind),
            "EXPTIME": shot.exposure_s,
            "EXPOSURE": shot.exposure_s,
            "DATE-OBS": _moment(shot.started, 0),
            "XBINNING": shot.binning,
            "EGAIN": shot.egain,
            "XPIXSZ": shot.rig.pixel_um * shot.binning,
            "INSTRUME": shot.rig.camera,
            "SET-TEMP": shot.set_point_c,
            "CCD-TEMP": shot.sensor_c,
            "TELESCOP": shot.rig.telescope,
            "FOCALLEN": shot.rig.focal_length_mm,
            "APTDIA": shot.rig.focal_length_mm / shot.rig.f_ratio,
            "SITELAT": f"+{_sexagesimal(shot.rig.latitude_deg)}",
            "SITELONG": _sexagesimal(shot.rig.longitude_deg),
            "FILTER": (shot.filter_name or "None").ljust(10),
            "FOCUSPOS": 10500,
            "FOCUSTEM": shot.focuser_c,
            "OBJECT": shot.object_name or None,
            "SWCREATE": "MaxIm DL Version 6.26",
        }
    )


def acp(shot: Shot) -> Cards:
    """Return the header of ACP, which has MaxIm take the frames: date and time apart in old files."""
    cards = maxim(shot)
    date, _, time = _moment(shot.started, 0).partition("T")
    cards |= {"DATE-OBS": date, "TIME-OBS": time, "SWCREATE": "ACP Observatory Control 8.3"}
    return cards


def ekos(shot: Shot) -> Cards:
    """Return the header of EKOS with INDI: FRAME beside IMAGETYP, gain as a real number, longitude up to 360."""
    kinds = {"LIGHT": "Light", "DARK": "Dark", "BIAS": "Bias", "FLAT": "Flat"}
    return _told(
        {
            "IMAGETYP": f"{kinds.get(shot.kind, shot.kind)} Frame",
            "FRAME": kinds.get(shot.kind, shot.kind),
            "EXPTIME": shot.exposure_s,
            "DATE-OBS": _moment(shot.started, 3),
            "XBINNING": shot.binning,
            "GAIN": None if shot.gain is None else float(shot.gain),
            "OFFSET": None if shot.offset is None else float(shot.offset),
            "PIXSIZE1": shot.rig.pixel_um,
            "XPIXSZ": shot.rig.pixel_um * shot.binning,
            "INSTRUME": shot.rig.camera,
            "CCD-TEMP": shot.sensor_c,
            "TELESCOP": shot.rig.telescope,
            "FOCALLEN": shot.rig.focal_length_mm,
            "SCALE": 206.265 * shot.rig.pixel_um / shot.rig.focal_length_mm,
            "SITELAT": shot.rig.latitude_deg,
            "SITELONG": shot.rig.longitude_deg % 360,
            "FILTER": shot.filter_name or None,
            "FOCUSPOS": 10500,
            "FOCUSTEM": shot.focuser_c,
            "ROTATANG": 91.5,
            "MPSAS": shot.sky_quality,
            "OBJECT": shot.object_name or None,
        }
    )


def asiair(shot: Shot) -> Cards:
    """Return the header of an ASIAIR: mixed-case kinds, six decimals of a second, CREATOR."""
    return _told(
        {
            "IMAGETYP": shot.kind.capitalize(),
            "EXPOSURE": shot.exposure_s,
            "EXPTIME": shot.exposure_s,
            "DATE-OBS": _moment(shot.started, 6),
            "XBINNING": shot.binning,
            "GAIN": shot.gain,
            "EGAIN": shot.egain,
            "XPIXSZ": shot.rig.pixel_um * shot.binning,
            "INSTRUME": shot.rig.camera,
            "CCD-TEMP": shot.sensor_c,
            "TELESCOP": shot.rig.telescope,
            "FOCALLEN": int(shot.rig.focal_length_mm),
            "SITELAT": shot.rig.latitude_deg,
            "SITELONG": shot.rig.longitude_deg,
            "FILTER": shot.filter_name or None,
            "OBJECT": shot.object_name or None,
            "CREATOR": "ZWO ASIAIR Plus",
        }
    )


def siril(shot: Shot) -> Cards:
    """Return the header of a frame that Siril converted from one of EKOS: PROGRAM, and pixels on both axes."""
    cards = ekos(shot)
    del cards["FRAME"]
    return cards | {"PROGRAM": "Siril 1.2.1", "YPIXSZ": shot.rig.pixel_um * shot.binning, "LIVETIME": shot.exposure_s}


def siril_master(shot: Shot, count: int) -> Cards:
    """Return the header of a stack of Siril: the kind of its frames, and how many they were."""
    return siril(shot) | {"STACKCNT": count, "LIVETIME": shot.exposure_s * count}


def pixinsight_master(shot: Shot) -> Cards:
    """Return the header of a master of PixInsight's WBPP: ``Master Dark``, LAT-OBS, a filter on flats only."""
    kinds = {"LIGHT": "Master Light", "DARK": "Master Dark", "BIAS": "Master Bias", "FLAT": "Master Flat"}
    return _told(
        {
            "IMAGETYP": kinds.get(shot.kind, f"Master {shot.kind.title()}"),
            "EXPTIME": shot.exposure_s,
            "DATE-OBS": _moment(shot.started, 3),
            "XBINNING": shot.binning,
            "YBINNING": shot.binning,
            "GAIN": shot.gain,
            "EGAIN": shot.egain,
            "INSTRUME": shot.rig.camera,
            "CCD-TEMP": shot.sensor_c if shot.kind == "DARK" else None,
            "TELESCOP": shot.rig.telescope,
            "FOCALLEN": shot.rig.focal_length_mm,
            "FOCRATIO": shot.rig.f_ratio,
            "XPIXSZ": shot.rig.pixel_um * shot.binning,
            "LAT-OBS": shot.rig.latitude_deg,
            "LONG-OBS": shot.rig.longitude_deg,
            "ALT-OBS": 0.0,
            "FILTER": shot.filter_name if shot.kind in ("FLAT", "LIGHT") else None,
        }
    )


def dwarf(shot: Shot) -> Cards:
    """Return the header of a Dwarf: no IMAGETYP, and the exposure in EXP."""
    return _told(
        {
            "EXP": shot.exposure_s,
            "DATE-OBS": _moment(shot.started, 3),
            "GAIN": shot.gain,
            "INSTRUME": "DWARFII",
            "FILTER": shot.filter_name or None,
            "OBJECT": shot.object_name or None,
        }
    )


DIALECTS: dict[str, Callable[[Shot], Cards]] = {
    "nina": nina,
    "sgpro": sgpro,
    "maxim": maxim,
    "acp": acp,
    "ekos": ekos,
    "asiair": asiair,
    "siril": siril,
    "dwarf": dwarf,
}
"""What the programs write for single frames, by the program's name."""


def _told(cards: Cards) -> Cards:
    return {keyword: value for keyword, value in cards.items() if value is not None}


def _moment(moment: datetime, decimals: int) -> str:
    text = f"{moment:%Y-%m-%dT%H:%M:%S}"
    return f"{text}.{moment.microsecond * 10:07d}"[: len(text) + 1 + decimals] if decimals else text


def _sexagesimal(degrees: float) -> str:
    seconds = round(abs(degrees) * 36000) / 10
    text = f"{int(seconds // 3600):02d} {int(seconds // 60) % 60:02d} {seconds % 60:04.1f}"
    return text if degrees >= 0 else f"-{text}"
