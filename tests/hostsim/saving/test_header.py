"""The header of lights and flats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits

from hostsim.saving.facts import FrameFacts, Subject
from hostsim.saving.header import cards

EXPECTED = {
    "IMAGETYP": "LIGHT",
    "EXPOSURE": 300.0,
    "EXPTIME": 300.0,
    "DATE-LOC": "2026-01-16T00:30:05.000",
    "DATE-OBS": "2026-01-15T23:30:05.000",
    "DATE-AVG": "2026-01-15T23:32:35.000",
    "XBINNING": 2,
    "XPIXSZ": 7.52,
    "GAIN": 100,
    "OFFSET": 50,
    "INSTRUME": "SIM1600",
    "SET-TEMP": -10.0,
    "CCD-TEMP": -9.96,
    "READOUTM": "Low Noise",
    "TSRDMODE": 0,
    "FOCALLEN": 540.0,
    "FOCRATIO": 5.0,
    "PIERSIDE": "West",
    "SITELAT": 47.2,
    "SITELONG": 8.6,
    "FILTER": "Ha",
    "OBJECT": "M 42",
    "OBJCTRA": "05 35 16.80",
    "OBJCTDEC": "-05 23 24.00",
    "OBJCTROT": 30.0,
    "FOCPOS": 25_078,
    "FOCUSTEM": 3.5,
    "ROTATANG": 31.5,
    "TSSESSID": "0003",
    "TSUID": "0f1e",
}


def test_a_light_carries_the_dialect(light: FrameFacts) -> None:
    """Keywords and values are those that N.I.N.A. 3 writes, pixel sizes with binning, the rotator mechanical."""
    found = {keyword: value for keyword, value, _ in cards(light)}
    assert {keyword: found[keyword] for keyword in EXPECTED} == EXPECTED
    assert found["AIRMASS"] == pytest.approx(1.995, abs=0.005)


def test_every_card_is_explained_once(light: FrameFacts) -> None:
    """No keyword occurs twice, and each has a comment."""
    keywords = [keyword for keyword, _, _ in cards(light)]
    assert len(set(keywords)) == len(keywords)
    assert all(comment for _, _, comment in cards(light))


def test_a_flat_knows_no_target(flat: FrameFacts) -> None:
    """Calibration frames carry neither target nor pointing, but what they must match."""
    found = {keyword for keyword, _, _ in cards(flat)}
    assert found.isdisjoint({"OBJECT", "OBJCTRA", "RA", "DEC", "AIRMASS", "PIERSIDE"})
    assert {"FILTER", "GAIN", "OFFSET", "ROTATANG", "TSSESSID"} <= found


def test_astropy_accepts_the_header(light: FrameFacts) -> None:
    """The cards make a header that astropy verifies without a complaint."""
    hdu = fits.PrimaryHDU(np.zeros((2, 2), np.uint16))
    for keyword, value, comment in cards(light):
        hdu.header[keyword] = (value, comment)
    hdu.verify("exception")


def header(facts: FrameFacts) -> dict[str, object]:
    """Return keywords and values."""
    return {keyword: value for keyword, value, _ in cards(facts)}


@pytest.mark.parametrize(
    ("ra_hours", "dec_deg", "expected"),
    [
        (23.9999999999, -0.5, ("00 00 00.00", "-00 30 00.00")),
        (0.0, 90.0, ("00 00 00.00", "+90 00 00.00")),
        (11.9999999999, -89.9999999999, ("12 00 00.00", "-90 00 00.00")),
    ],
)
def test_coordinates_round_into_their_range(
    light: FrameFacts, ra_hours: float, dec_deg: float, expected: tuple[str, str]
) -> None:
    """Rounding carries into minutes and hours, and from 24 h to 0 h."""
    subject = replace(light.subject, ra_hours=ra_hours, dec_deg=dec_deg)
    found = header(replace(light, subject=subject))
    assert (found["OBJCTRA"], found["OBJCTDEC"]) == expected


def test_a_snapshot_claims_no_planned_place(light: FrameFacts) -> None:
    """A frame without a planned place tells where the telescope was, and no coordinates that nobody asked for."""
    found = header(replace(light, subject=Subject("Snapshot", "", 0)))
    assert found["OBJECT"] == "Snapshot"
    assert found.keys().isdisjoint({"OBJCTRA", "OBJCTDEC", "OBJCTROT"})
    assert "RA" in found


def test_a_mosaic_is_told_where_it_begins(light: FrameFacts) -> None:
    """A frame with a mosaic carries pattern and offsets; one without carries neither."""
    colour = replace(light.readings, camera=replace(light.readings.camera, bayer_offset=(1, 0)))
    found = header(replace(light, readings=colour))
    assert (found["BAYERPAT"], found["XBAYROFF"], found["YBAYROFF"]) == ("RGGB", 1, 0)
    assert header(light).keys().isdisjoint({"BAYERPAT", "XBAYROFF", "YBAYROFF"})


def test_a_sensor_without_a_value_is_left_out(light: FrameFacts) -> None:
    """A device that answers not-a-number, which FITS cannot hold, does not cost the frame."""
    readings = replace(light.readings, camera=replace(light.readings.camera, temperature_c=float("nan")))
    assert "CCD-TEMP" not in header(replace(light, readings=readings))


def test_weather_is_told_in_the_units_of_headers(light: FrameFacts) -> None:
    """Wind is km/h in headers; what the station has no sensor for is left out."""
    told = {keyword: value for keyword, value, _ in cards(light)}
    assert (told["AMBTEMP"], told["WINDSPD"], told["WINDGUST"], told["MPSAS"]) == (3.0, 9.0, 18.0, 21.25)
    assert not {"HUMIDITY", "PRESSURE", "DEWPOINT", "CLOUDCVR"} & set(told)
