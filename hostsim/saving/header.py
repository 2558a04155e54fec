"""The header cards of a frame, in the dialect of N.I.N.A. 3."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hostsim.saving.airmass import airmass
from hostsim.saving.facts import FrameFacts
from tsplug import PierSide, __version__

Card = tuple[str, str | int | float, str]

SOFTWARE = f"hostsim (tsplug {__version__})"
_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)


def cards(facts: FrameFacts) -> list[Card]:
    """Return keyword, value and comment of every card, in N.I.N.A.'s order.

    What a device does not tell is left out. Calibration frames carry neither target nor pointing.
    """
    return [
        *_exposure(facts),
        *_camera(facts),
        *_telescope(facts),
        *_pointing(facts),
        *_site(facts),
        *_filter(facts),
        *_subject(facts),
        *_focuser(facts),
        *_rotator(facts),
        *_weather(facts),
        *_session(facts),
    ]


def _exposure(facts: FrameFacts) -> Iterator[Card]:
    middle = facts.started + (facts.ended - facts.started) / 2
    yield "IMAGETYP", facts.kind, "Type of exposure"
    yield "EXPOSURE", facts.exposure_s, "[s] Exposure duration"
    yield "EXPTIME", facts.exposure_s, "[s] Exposure duration"
    yield "DATE-LOC", _stamp(facts.started_local), "Time of observation (local)"
    yield "DATE-OBS", _stamp(facts.started), "Time of observation (UTC)"
    yield "DATE-AVG", _stamp(middle), "Averaged midpoint time (UTC)"
    yield "MJD-OBS", _mjd(facts.started), "[d] Modified Julian Date of observation"
    yield "MJD-AVG", _mjd(middle), "[d] Averaged midpoint MJD"


def _camera(facts: FrameFacts) -> Iterator[Card]:
    camera = facts.readings.camera
    yield "XBINNING", camera.binning, "X axis binning factor"
    yield "YBINNING", camera.binning, "Y axis binning factor"
    yield from _if_known("GAIN", camera.gain, comment="Sensor gain")
    yield from _if_known("OFFSET", camera.offset, comment="Sensor gain offset")
    yield from _if_known("EGAIN", camera.egain, comment="[e-/ADU] Electrons per A/D unit")
    yield "XPIXSZ", camera.pixel_um * camera.binning, "[um] Pixel X axis size, binning included"
    yield "YPIXSZ", camera.pixel_um * camera.binning, "[um] Pixel Y axis size, binning included"
    yield "INSTRUME", facts.profile.camera or camera.name, "Imaging instrument name"
    yield from _if_known("SET-TEMP", camera.set_temperature_c, comment="[degC] CCD temperature setpoint")
    yield from _if_known("CCD-TEMP", camera.temperature_c, comment="[degC] CCD temperature")
    if camera.readout_mode_name:
        yield "READOUTM", camera.readout_mode_name, "Sensor readout mode"
    yield from _if_known("TSRDMODE", camera.readout_mode, comment="Sensor readout mode, its number")
    if camera.bayer_offset is not None:
        yield "BAYERPAT", "RGGB", "Sensor Bayer pattern"
        yield "XBAYROFF", camera.bayer_offset[0], "Bayer pattern X axis offset"
        yield "YBAYROFF", camera.bayer_offset[1], "Bayer pattern Y axis offset"


def _telescope(facts: FrameFacts) -> Iterator[Card]:
    profile = facts.profile
    if profile.telescope:
        yield "TELESCOP", profile.telescope, "Name of telescope"
    if profile.focal_length_mm is not None:
        yield "FOCALLEN", profile.focal_length_mm, "[mm] Focal length"
        if profile.aperture_mm is not None:
            yield "FOCRATIO", round(profile.focal_length_mm / profile.aperture_mm, 2), "Focal ratio"


def _pointing(facts: FrameFacts) -> Iterator[Card]:
    mount = facts.readings.mount
    if mount is None or not facts.is_light:
        return
    yield "RA", mount.ra_deg, "[deg] RA of telescope"
    yield "DEC", mount.dec_deg, "[deg] Declination of telescope"
    yield "CENTALT", mount.altitude_deg, "[deg] Altitude of telescope, mid-exposure"
    yield "CENTAZ", mount.azimuth_deg, "[deg] Azimuth of telescope, mid-exposure"
    yield from _if_known("AIRMASS", airmass(mount.altitude_deg), comment="Airmass, mid-exposure (Gueymard 1993)")
    if mount.pier_side is not PierSide.UNKNOWN:
        yield "PIERSIDE", mount.pier_side.value, "Telescope pointing state"


def _site(facts: FrameFacts) -> Iterator[Card]:
    site = facts.site
    yield "SITEELEV", site.elevation_m, "[m] Observation site elevation"
    yield "SITELAT", site.latitude_deg, "[deg] Observation site latitude"
    yield "SITELONG", site.longitude_deg, "[deg] Observation site longitude"
    yield "SITENAME", site.name, "Observation site"
    if facts.profile.observer:
        yield "OBSERVER", facts.profile.observer, "Observer"


def _filter(facts: FrameFacts) -> Iterator[Card]:
    if facts.readings.wheel_name:
        yield "FWHEEL", facts.readings.wheel_name, "Filter Wheel name"
    if facts.filter_name:
        yield "FILTER", facts.filter_name, "Active filter name"


def _subject(facts: FrameFacts) -> Iterator[Card]:
    subject = facts.subject
    if not facts.is_light:
        return
    yield "OBJECT", subject.target_name, "Name of the object of interest"
    if subject.ra_hours is None or subject.dec_deg is None:
        return
    yield "OBJCTRA", _sexagesimal(subject.ra_hours, turn=24), "[H M S] RA of imaged object"
    sign = "-" if subject.dec_deg < 0 else "+"
    yield "OBJCTDEC", sign + _sexagesimal(abs(subject.dec_deg)), "[D M S] Declination of imaged object"
    yield "OBJCTROT", subject.rotation_deg, "[deg] planned rotation of imaged object"


def _focuser(facts: FrameFacts) -> Iterator[Card]:
    focuser = facts.readings.focuser
    if focuser is None:
        return
    yield "FOCNAME", focuser.name, "Focusing equipment name"
    yield "FOCPOS", focuser.position, "[step] Focuser position"
    yield "FOCUSPOS", focuser.position, "[step] Focuser position"
    yield from _if_known("FOCUSSZ", focuser.step_um, comment="[um] Focuser step size")
    yield from _if_known("FOCTEMP", focuser.temperature_c, comment="[degC] Focuser temperature")
    yield from _if_known("FOCUSTEM", focuser.temperature_c, comment="[degC] Focuser temperature")


def _rotator(facts: FrameFacts) -> Iterator[Card]:
    rotator = facts.readings.rotator
    if rotator is None:
        return
    yield "ROTNAME", rotator.name, "Rotator equipment name"
    yield "ROTATOR", rotator.mechanical_deg, "[deg] Mechanical rotator angle"
    yield "ROTATANG", rotator.mechanical_deg, "[deg] Mechanical rotator angle"
    yield from _if_known("ROTSTPSZ", rotator.step_deg, comment="[deg] Rotator step size")


def _weather(facts: FrameFacts) -> Iterator[Card]:
    weather = facts.readings.weather
    if weather is None:
        return
    yield from _if_known("CLOUDCVR", weather.cloud_percent, comment="[percent] Cloud cover")
    yield from _if_known("DEWPOINT", weather.dew_point_c, comment="[degC] Dew point")
    yield from _if_known("HUMIDITY", weather.humidity_percent, comment="[percent] Relative humidity")
    yield from _if_known("PRESSURE", weather.pressure_hpa, comment="[hPa] Air pressure")
    yield from _if_known("SKYBRGHT", weather.sky_lux, comment="[lux] Sky brightness")
    yield from _if_known("MPSAS", weather.sky_mag_per_arcsec2, comment="[mags/arcsec^2] Sky quality")
    yield from _if_known("SKYTEMP", weather.sky_c, comment="[degC] Sky temperature")
    yield from _if_known("STARFWHM", weather.star_fwhm_arcsec, comment="[arcsec] Star FWHM of the seeing monitor")
    yield from _if_known("AMBTEMP", weather.temperature_c, comment="[degC] Ambient air temperature")
    yield from _if_known("WINDDIR", weather.wind_direction_deg, comment="[deg] Wind direction: 0=N, 90=E")
    yield from _if_known("WINDGUST", _km_per_h(weather.gust_m_per_s), comment="[kph] Wind gust")
    yield from _if_known("WINDSPD", _km_per_h(weather.wind_m_per_s), comment="[kph] Wind speed")


def _km_per_h(m_per_s: float | None) -> float | None:
    return None if m_per_s is None else m_per_s * 3.6


def _session(facts: FrameFacts) -> Iterator[Card]:
    yield "ROWORDER", "TOP-DOWN", "FITS Image Orientation"
    yield "EQUINOX", 2000.0, "Equinox of celestial coordinate system"
    yield "TSSESSID", f"{facts.subject.session_id:04d}", "Flats session"
    yield "TSUID", facts.guid, "Frame identifier"
    yield "SWCREATE", SOFTWARE, "Software that created this file"


def _if_known(keyword: str, value: float | None, *, comment: str) -> Iterator[Card]:
    if value is not None and math.isfinite(value):
        yield keyword, value, comment


def _stamp(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _mjd(moment: datetime) -> float:
    return (moment - _MJD_EPOCH) / timedelta(days=1)


def _sexagesimal(value: float, *, turn: int = 360) -> str:
    hundredths = round(value * 360_000) % (turn * 360_000)
    whole, rest = divmod(hundredths, 360_000)
    minutes, rest = divmod(rest, 6_000)
    return f"{whole:02d} {minutes:02d} {rest / 100:05.2f}"
