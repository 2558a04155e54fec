from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.astrobin.acquisitions import acquisition_rows
from tsplug.astrobin.lights import Gear, Light, Place

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
    "flats are counted once": (
        [{"flats": ("a", "b")}, {"flats": ("b", "c")}, {"filter_name": "R", "flats": ("d",)}],
        [{"flats": 3}, {"flats": 1}],
    ),
    "measured sky goes before the site's": ([{"sky_quality": 21.004}, {}], [{"mean_sqm": 21.0}]),
    "the site's sky is the rest": ([{}], [{"mean_sqm": 20.52, "bortle": 4.5, "f_number": 5.5}]),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_lights_become_rows(case: str, make_light: Any) -> None:
    """Every golden set of lights becomes exactly the rows it states."""
    lights, expected = GOLDEN[case]
    rows = acquisition_rows(make_light(**changes) for changes in lights)
    told = [{key: getattr(row, key) for key in wanted} for row, wanted in zip(rows, expected, strict=True)]
    assert told == expected


def test_without_lights_there_are_no_rows() -> None:
    """No lights give no rows."""
    assert acquisition_rows([]) == ()


@given(st.lists(st.tuples(st.sampled_from("LRGB"), st.sampled_from([60.0, 120.0]), st.integers(15, 17)), max_size=30))
def test_no_light_is_lost(choices: list[tuple[str, float, int]]) -> None:
    """Frames and seconds of the rows are those of the lights, whatever their order."""
    place = Place(name="P", latitude_deg=0, longitude_deg=0)
    gear = Gear(rig="R", focal_length_mm=500, aperture_mm=100, pixel_size_um=3.8)
    lights = [
        Light(
            target_name="T",
            night=date(2026, 1, day),
            started=f"2026-01-{day}T20:00:00Z",  # type: ignore[arg-type]
            filter_name=name,
            exposure_s=seconds,
            place=place,
            gear=gear,
        )
        for name, seconds, day in choices
    ]
    rows = acquisition_rows(lights)
    assert sum(row.number for row in rows) == len(lights)
    assert sum(row.number * row.duration for row in rows) == sum(light.exposure_s for light in lights)
    assert acquisition_rows(reversed(lights)) == rows
