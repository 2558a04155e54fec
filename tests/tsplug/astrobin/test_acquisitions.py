from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.astrobin.acquisitions import AcquisitionRow
from tsplug.astrobin.configuration import AirTemperature, Choices, Configuration
from tsplug.astrobin.export import exported
from tsplug.astrobin.frames import Frame, FrameKind, Place

GOLDEN: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "equal lights are one row": ([{}, {}, {}], [{"number": 3, "duration": 120.0, "filter": 2906}]),
    "filters are rows, by name": (
        [{"filter_name": "Red", "filter_id": 5}, {"filter_name": "Blue", "filter_id": 9}],
        [{"filter": 9}, {"filter": 5}],
    ),
    "nights are rows": (
        [{"night": date(2026, 1, 16)}, {}],
        [{"date": date(2026, 1, 15)}, {"date": date(2026, 1, 16)}],
    ),
    "exposures are rows": ([{"exposure_s": 60.0}, {"exposure_s": 120.001}, {}], [{"number": 1}, {"number": 2}]),
    "short exposures keep four decimals": ([{"exposure_s": 0.00123}], [{"duration": 0.0012}]),
    "gains are rows": ([{"gain": 200}, {}], [{"gain": 100}, {"gain": 200}]),
    "ISO settings are rows": ([{"iso": 800, "gain": None}, {"iso": 1600, "gain": None}], [{"iso": 800}, {"iso": 1600}]),
    "binnings are rows": ([{"binning": 2}, {}], [{"binning": 1}, {"binning": 2}]),
    "set points are rows": ([{"set_point_c": -20.0, "sensor_c": -20.0}, {}], [{"sensor_cooling": -20}, {"number": 1}]),
    "a wandering sensor is one row": (
        [{"sensor_c": -9.4}, {"sensor_c": -10.4}],
        [{"number": 2, "sensor_cooling": -10}],
    ),
    "without measured temperature the set point counts": ([{"sensor_c": None}], [{"sensor_cooling": -10}]),
    "unknown stays empty": (
        [{"gain": None, "sensor_c": None, "set_point_c": None, "fwhm_arcsec": None, "ambient_c": None}],
        [{"gain": None, "sensor_cooling": None, "mean_fwhm": None, "temperature": None, "flats": None, "darks": None}],
    ),
    "means weigh lights, halves go up": (
        [{"fwhm_arcsec": 3.0}, {"fwhm_arcsec": 3.01}, {"fwhm_arcsec": None}],
        [{"mean_fwhm": 3.01, "number": 3}],
    ),
    "without FWHM the HFR tells it": (
        # 2 x 1.64 px x 1.41 arcsec/px = 4.63 (spec/peers f has 4.71 at 540 mm).
        [{"fwhm_arcsec": None, "hfr_px": 1.64, "focal_length_mm": 540.0}],
        [{"mean_fwhm": 4.71}],
    ),
    "linked flats are counted once": (
        [{"flats": ("a", "b")}, {"flats": ("b", "c")}, {"filter_name": "R", "flats": ("d",)}],
        [{"flats": 3}, {"flats": 1}],
    ),
    "the focuser stands in for the air, a row at a time": (
        [{"ambient_c": None, "focuser_c": 7.0}, {"focuser_c": 9.0}, {"gain": 0, "ambient_c": None, "focuser_c": 6.0}],
        [{"temperature": 6.0}, {"temperature": 2.0}],
    ),
    "measured sky goes before the site's": ([{"sky_quality": 21.004}, {}], [{"mean_sqm": 21.0}]),
    "the site's sky is the rest": ([{}], [{"mean_sqm": 20.52, "bortle": 4.5, "f_number": 5.5}]),
    "panels are one row": ([{"target_name": "M 81 Panel 1"}, {"target_name": "M 81 Panel 2"}], [{"number": 2}]),
    "a light without a date keeps all else": ([{"night": None, "started": None}], [{"date": None, "number": 1}]),
}


def rows_of(lights: list[Frame], choices: Choices | None = None) -> tuple[AcquisitionRow, ...]:
    return exported(lights, Configuration(), choices=choices or Choices()).rows


@pytest.mark.parametrize("case", GOLDEN)
def test_lights_become_rows(case: str, make_frame: Any) -> None:
    """Every golden set of lights becomes exactly the rows it states."""
    lights, expected = GOLDEN[case]
    rows = rows_of([make_frame(**changes) for changes in lights])
    told = [{key: getattr(row, key) for key in wanted} for row, wanted in zip(rows, expected, strict=True)]
    assert told == expected


def test_panels_are_rows_where_asked_for(make_frame: Any) -> None:
    """With a row a panel, two panels of one night and filter are two rows, in order of the panel."""
    lights = [make_frame(target_name="M_81_Panel_2"), make_frame(target_name="M 81 panel 1")]
    rows = rows_of(lights, Choices(per_panel=True))
    assert [row.target_name for row in rows] == ["M 81 Panel 1", "M 81 Panel 2"]


def test_each_cell_tells_its_source(make_frame: Any) -> None:
    """Keys are told with their lights where several supplied a value, and not at all where nothing is known."""
    lights = [make_frame(sources={"gain": "GAIN", "fwhm_arcsec": "FWHMARC"}) for _ in range(2)]
    lights += [make_frame(sources={"gain": "GAINRAW", "fwhm_arcsec": "FWHMARC"}, sky_quality=20.0)]
    (row,) = rows_of(lights)
    assert row.sources["gain"] == "GAIN (2), GAINRAW (1)"
    assert row.sources["mean_fwhm"] == "FWHMARC"
    assert row.sources["bortle"] == "site Sternwarte"
    assert "iso" not in row.sources


@pytest.mark.parametrize(
    ("air", "temperature"), [(AirTemperature.AMBIENT, None), (AirTemperature.FOCUSER, 5.0), (AirTemperature.AUTO, 5.0)]
)
def test_the_source_of_the_air_can_be_chosen(make_frame: Any, air: AirTemperature, temperature: float | None) -> None:
    """Settings say whether a focuser's temperature may stand for the air's."""
    (row,) = exported([make_frame(ambient_c=None, focuser_c=5.0)], Configuration(air=air), choices=Choices()).rows
    assert row.temperature == temperature


def test_without_lights_there_are_no_rows() -> None:
    """No lights give no rows."""
    assert rows_of([]) == ()


@given(st.lists(st.tuples(st.sampled_from("LRGB"), st.sampled_from([60.0, 120.0]), st.integers(15, 17)), max_size=30))
def test_no_light_is_lost(drawn: list[tuple[str, float, int]]) -> None:
    """Frames and seconds of the rows are those of the lights, whatever their order."""
    place = Place(name="P", latitude_deg=0, longitude_deg=0)
    lights = [
        Frame(
            name=str(number),
            kind=FrameKind.LIGHT,
            night=date(2026, 1, day),
            filter_name=name,
            exposure_s=seconds,
            place=place,
        )
        for number, (name, seconds, day) in enumerate(drawn)
    ]
    rows = rows_of(lights)
    assert sum(row.number for row in rows) == len(lights)
    assert sum(row.number * row.duration for row in rows) == sum(light.exposure_s for light in lights)
    assert rows_of(lights[::-1]) == rows
