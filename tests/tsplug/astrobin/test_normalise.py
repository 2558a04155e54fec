"""Headers of every program become frames that mean the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dialects import DIALECTS
from hypothesis import given, settings
from hypothesis import strategies as st
from shots import Shot, utc

from tsplug.astrobin.aliases import WANTED
from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.astrobin.export import exported
from tsplug.astrobin.frames import Frame, FrameKind, LeftOut
from tsplug.astrobin.normalise import Normalised, normalised
from tsplug.model import FrameHeader
from tsplug.model.headers import CardValue

LIGHT = Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", "Sh2 101", focuser_c=14.0)
NOTHING = Configuration()


def read(cards: dict[str, Any], *, name: str = "a.fits", settings: Configuration = NOTHING, **more: Any) -> Normalised:
    told = {key: value.rstrip() if isinstance(value, str) else value for key, value in cards.items()}
    return normalised(FrameHeader(file=Path(name), container="fits", cards=told, **more), settings)


def frame(cards: dict[str, Any], **more: Any) -> Frame:
    found = read(cards, **more).frame
    assert isinstance(found, Frame), found
    return found


def nina(**changes: Any) -> dict[str, Any]:
    """Return the cards of a light of N.I.N.A. with some changed, and those set to None taken away."""
    cards = DIALECTS["nina"](LIGHT) | changes
    return {key: value for key, value in cards.items() if value is not None}


@pytest.mark.parametrize("program", [name for name in DIALECTS if name != "dwarf"])
def test_every_program_means_the_same(program: str) -> None:
    """Kind, moment, exposure, filter, optics and place of a light are one, whoever wrote them."""
    found = frame(DIALECTS[program](LIGHT))
    told = (found.kind, found.started, found.exposure_s, found.filter_name, found.target_name, found.binning)
    assert told == (FrameKind.LIGHT, LIGHT.started, 600.0, "Ha", "Sh2 101", 1)
    assert found.scale_arcsec == pytest.approx(1.4633, abs=1e-4)
    assert found.longitude_deg == pytest.approx(-0.1232, abs=1e-4)
    assert (found.gain, found.sensor_c) == (None if program in ("maxim", "acp") else 100, -10.0)
    assert found.focuser_c == (None if program == "asiair" else 14.0)


def test_a_dwarf_is_known_by_its_folder() -> None:
    """Without a kind in the header the folder's name tells it; without that the file is left out, with the reason."""
    cards = DIALECTS["dwarf"](LIGHT)
    assert frame(cards, name="Lights/a.fits").sources["kind"] == "folder"
    left_out = read(cards, name="x/a.fits").frame
    assert isinstance(left_out, LeftOut)
    assert left_out.wanted
    assert "IMAGETYP" in left_out.reason


@pytest.mark.parametrize(
    ("cards", "more"),
    [
        ({"IMAGETYP": "Master Light"}, {}),
        ({"IMAGETYP": "MASTERLIGHT"}, {}),
        ({"IMAGETYP": "LIGHT"}, {"integrated_frames": 51}),
        ({"IMAGETYP": "Preview"}, {}),
    ],
)
def test_integrated_lights_are_not_counted(cards: dict[str, Any], more: dict[str, Any]) -> None:
    """A master light is none, however it is written; nor is a kind that is no frame's. No fault is made of it."""
    found = read(nina() | cards, **more).frame
    assert isinstance(found, LeftOut)
    assert not found.wanted


def test_an_empty_header_is_a_processed_image() -> None:
    """A file that tells of no exposure at all is left out, and that is no fault."""
    found = read({"NAXIS": 2}).frame
    assert isinstance(found, LeftOut)
    assert not found.wanted


@pytest.mark.parametrize(
    ("kind", "expected", "master"),
    [
        ("Flat Field", FrameKind.FLAT, False),
        ("DARKFLAT", FrameKind.FLAT_DARK, False),
        ("FlatDark", FrameKind.FLAT_DARK, False),
        ("Bias Frame", FrameKind.BIAS, False),
        ("masterFlatDark", FrameKind.FLAT_DARK, True),
        ("Master Dark", FrameKind.DARK, True),
        ("dark frames", FrameKind.DARK, False),
    ],
)
def test_kinds_are_understood(kind: str, expected: FrameKind, master: bool) -> None:
    """Case, blanks and the words around a kind do not matter; a master counts what its history tells."""
    found = frame(nina(IMAGETYP=kind), integrated_frames=32 if master else None)
    assert (found.kind, found.is_master, found.count) == (expected, master, 32 if master else 1)


@pytest.mark.parametrize(
    ("changes", "meaning", "value", "source"),
    [
        ({"EXPOSURE": None}, "exposure_s", 600.0, "EXPTIME"),
        ({"EXPOSURE": None, "EXPTIME": None, "EXPOINUS": 2_500_000}, "exposure_s", 2.5, "EXPOINUS"),
        ({"XPIXSZ": None, "PIXSIZE1": 3.76, "XBINNING": 2}, "pixel_um", 7.52, "PIXSIZE1 x binning"),
        ({"FOCRATIO": None, "APTDIA": 106.0}, "f_number", 5.0, "FOCALLEN / APTDIA"),
        ({"XBINNING": None, "BINNING": "2x2"}, "binning", 2, "BINNING"),
        ({"HFD": 4.0}, "hfr_px", 2.0, "HFD"),
        ({"AOCAMBT": 3.5}, "ambient_c", 3.5, "AOCAMBT"),
        ({"AOCSKYQ": 21.1}, "sky_quality", 21.1, "AOCSKYQ"),
        ({"ISOSPEED": 800}, "iso", 800, "ISOSPEED"),
        ({"DATE-OBS": None, "MJD-OBS": 60130.930555555555}, "started", LIGHT.started, "MJD-OBS"),
    ],
)
def test_other_keywords_stand_in(changes: dict[str, Any], meaning: str, value: object, source: str) -> None:
    """The first keyword that is there supplies a value, in our unit, and is recorded."""
    found = frame(nina(**changes))
    assert getattr(found, meaning) == (pytest.approx(value) if isinstance(value, float) else value)
    assert found.sources[meaning] == source


def test_properties_of_xisf_are_in_other_units() -> None:
    """XISF properties count focal lengths in metres; a keyword goes before a property."""
    cards = nina(FOCALLEN=None)
    found = frame(cards, properties={"Instrument:Telescope:FocalLength": 0.53, "Instrument:ExposureTime": 1.0})
    assert (found.focal_length_mm, found.exposure_s) == (530.0, 600.0)


@pytest.mark.parametrize(
    ("name", "changes", "hfr", "source"),
    [
        ("M81_HFR_1.64.fits", {}, 1.64, "file name"),
        ("M81_HFR_1.64_0001.fits", {"HFR": 2.5}, 2.5, "HFR"),
        ("M81_0001.fits", {}, 1.9, "settings: defaults"),
    ],
)
def test_star_sizes_come_from_header_then_name_then_settings(
    name: str, changes: dict[str, Any], hfr: float, source: str
) -> None:
    """A number that ends the name is one too (spec astrobin 11: the reference lets it become 0)."""
    found = frame(nina(**changes), name=name, settings=Configuration(defaults={"hfr_px": 1.9}))
    assert (found.hfr_px, found.sources["hfr_px"]) == (hfr, source)


def test_weather_that_was_off_is_not_cold() -> None:
    """0 degrees with all other weather 0 or missing is no temperature; with wind or humidity it is."""
    assert frame(nina(AMBTEMP=0.0, HUMIDITY=0.0)).ambient_c is None
    assert frame(nina(AMBTEMP=0.0, HUMIDITY=81.0)).ambient_c == 0.0


def test_settings_put_keywords_first_and_fill_gaps() -> None:
    """The first override that is there wins; a default fills what is missing and nothing else."""
    settings = Configuration(overrides={"exposure_s": ("NOPE", "REALEXP", "EXPTIME")}, defaults={"filter_name": "OSC"})
    found = frame(nina(REALEXP=599.5), settings=settings)
    assert (found.exposure_s, found.filter_name) == (599.5, "Ha")
    assert frame(nina(FILTER=None), settings=settings).filter_name == "OSC"


# spec astrobin 17: one bad frame among 52 costs the reference the table, or a wrong value.
BAD_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "date without time": ({"DATE-OBS": "2023-07-05", "DATE-LOC": None}, "has no time of day"),
    "empty date": ({"DATE-OBS": "", "DATE-LOC": None}, "is missing, so its night is not known"),
    "date with zone": ({"DATE-OBS": "2023-07-05T22:20:00Z", "DATE-LOC": None}, ""),
    "date with offset": ({"DATE-OBS": "2023-07-06T00:20:00+02:00", "DATE-LOC": None}, ""),
    "no focal length": ({"FOCALLEN": 0}, "is less than 0.1"),
    "focal length as text": ({"FOCALLEN": "long"}, "is no number"),
    "sensor as text": ({"CCD-TEMP": "cold", "SET-TEMP": None}, "is no number"),
    "empty latitude": ({"SITELAT": ""}, ""),
    "gain as text": ({"GAIN": "No Data"}, "is no number"),
    "focuser not a number": ({"FOCTEMP": "nan", "FOCUSTEM": None}, "is no number"),
    "latitude beyond the pole": ({"SITELAT": 152.0}, "is no latitude"),
    "negative binning": ({"XBINNING": -1}, "is less than 1"),
}


@pytest.mark.parametrize("case", BAD_FIELDS)
def test_a_bad_field_costs_that_field(case: str) -> None:
    """51 good lights and one with a bad field are 52 lights, the field is told, and none of the others changes."""
    changes, reason = BAD_FIELDS[case]
    bad = read(nina(**changes), name="bad.fits")
    good = [frame(nina(), name=f"{number}.fits") for number in range(51)]
    good = [replace(each, name=f"{number}") for number, each in enumerate(good)]
    assert isinstance(bad.frame, Frame)
    assert [problem.reason for problem in bad.problems] == ([reason] if reason else [])
    rows = exported([*good, bad.frame], NOTHING, choices=Choices()).rows
    assert sum(row.number for row in rows) == 52
    assert max(row.number for row in rows) >= 51


cards = st.dictionaries(
    st.sampled_from(sorted(WANTED)),
    st.one_of(
        st.text(max_size=30),
        st.integers(-(10**12), 10**12),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=300)
@given(st.lists(cards, max_size=6))
def test_whatever_headers_hold_good_rows_stay(drawn: list[dict[str, CardValue]]) -> None:
    """Cards of any type and value are read or told, never raise, and a good light is always in the rows."""
    found = [read(nina() | cards, name=f"{number}.fits") for number, cards in enumerate(drawn)]
    frames = [each.frame for each in found if isinstance(each.frame, Frame)]
    good = frame(nina(OBJECT="Good"), name="good.fits")
    for choices in (Choices(), Choices(compatible=True)):
        rows = exported([*frames, good], NOTHING, choices=choices).rows
        assert sum(row.number for row in rows) >= 1
        assert any("Good" in row.target_name or row.number > 1 for row in rows)
