from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tsplug.astrobin.acquisitions import AcquisitionRow
from tsplug.astrobin.fields import checked, number_text, problems

TODAY = date(2026, 1, 16)
LIMITS = [
    ("date", [date(1000, 1, 1), TODAY, None], [date(999, 12, 31), date(2026, 1, 17)]),
    ("filter", [1, None], [0]),
    ("number", [1, 100_000], [0]),
    ("duration", [0.0001, 999_999.9999], [0.0, 1_000_000.0, 1.00001]),
    ("iso", [0, 1600], [-1]),
    ("binning", [1, 4, None], [0, 5]),
    ("gain", [-99_999.99, 99_999.99, 1.25], [-100_000.0, 100_000.0, 1.255]),
    ("sensor_cooling", [-274, 100], [-275, 101]),
    ("f_number", [0.0, 5.55], [-0.1, 5.555]),
    ("darks", [0, 500], [-1]),
    ("flats", [0, 500], [-1]),
    ("flat_darks", [0, 500], [-1]),
    ("bias", [0, 500], [-1]),
    ("bortle", [1.0, 4.5, 9.0], [0.0, 4.2, 10.0]),
    ("mean_sqm", [0.0, 20.52], [-0.01, 20.525]),
    ("mean_fwhm", [0.0, 3.14], [-0.01, 3.141, float("nan"), float("inf")]),
    ("temperature", [-88.0, 58.0], [-88.01, 58.01]),
]
NEEDED = ("date", "number", "duration")
GOOD = [(name, value) for name, values, _ in LIMITS for value in values]
BAD = [(name, value) for name, _, values in LIMITS for value in values]


def row(**changes: Any) -> AcquisitionRow:
    """Return a row that AstroBin takes, but for what differs."""
    base: dict[str, Any] = {"date": date(2026, 1, 15), "filter_name": "L", "number": 10, "duration": 120.0}
    return AcquisitionRow(**(base | changes))


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_values_within_limits_are_taken(name: str, value: object) -> None:
    """A value at a limit is taken."""
    assert problems(row(**{name: value}), today=TODAY) == {}


@pytest.mark.parametrize(("name", "value"), [case for case in BAD if case[0] in NEEDED])
def test_rows_that_say_nothing_without_a_value_are_refused(name: str, value: object) -> None:
    """Date, number and duration just beyond a limit refuse the row, and the reason names the column."""
    result = checked([row(**{name: value})], today=TODAY)
    assert result.rows == ()
    assert name in result.refused[0].reason.casefold()


@pytest.mark.parametrize(("name", "value"), [case for case in BAD if case[0] not in NEEDED])
def test_any_other_value_beyond_its_limit_costs_its_cell(name: str, value: object) -> None:
    """A value just beyond a limit leaves its cell empty, the row stays, and the reason names the column."""
    result = checked([row(**{name: value})], today=TODAY)
    assert [getattr(each, name) for each in result.rows] == [None]
    assert name.split("_")[0] in result.emptied[0].reason.casefold()
    assert result.refused == ()


def test_one_bad_row_costs_that_row() -> None:
    """Good rows around a bad one are kept in order, and the bad one is told in a line."""
    result = checked([row(), row(duration=0.00005), row(number=3, binning=8)], today=TODAY)
    assert [each.number for each in result.rows] == [10, 3]
    assert str(result.refused[0]) == "2026-01-15 L 10 x 5e-05 s: duration 0.00005 is outside 0.0001 to 999999.9999"
    assert str(result.emptied[0]) == ("2026-01-15 L 3 x 120 s: binning 8 is none of 1, 2, 3, 4; the cell is left empty")


@pytest.mark.parametrize(
    ("value", "text"), [(600.0, "600"), (-10, "-10"), (0.0001, "0.0001"), (999_999.9999, "999999.9999"), (100, "100")]
)
def test_numbers_are_plain(value: float, text: str) -> None:
    """Numbers have neither exponent nor trailing zeros."""
    assert number_text(value) == text
