from __future__ import annotations

from datetime import date

import pytest

from tsplug.astrobin.importer import Effect, imported

TODAY = date(2026, 1, 16)
# spec astrobin 1.1 and 1.2: the last value taken, and the first that is not.
CELLS = [
    ("filter", ["4663", "1"], ["0", "Ha", "nan", "4663.5"]),
    ("iso", ["0", "1600", "800.0"], ["-1", "100.5"]),
    ("binning", ["1", "4", "4.0"], ["0", "5", "1x1"]),
    ("gain", ["-99999.99", "99999.99", "1.25", "100.000"], ["-100000", "100000", "1.255"]),
    ("sensorCooling", ["-274", "100", "-10.0"], ["-275", "101", "-9.5"]),
    ("fNumber", ["0", "5.55"], ["-0.1", "5.555", "f/5"]),
    ("darks", ["0", "50"], ["-1", "1.5"]),
    ("flats", ["0", "50"], ["-1", "1.5"]),
    ("flatDarks", ["0", "50"], ["-1", "1.5"]),
    ("bias", ["0", "1e3"], ["-1", "1.5"]),
    ("bortle", ["1", "4.5", "9", "4.0"], ["0", "4.2", "10"]),
    ("meanSqm", ["0", "20.52"], ["-0.01", "20.525"]),
    ("meanFwhm", ["0", "3.14"], ["-0.01", "3.141", "Infinity"]),
    ("temperature", ["-88", "58", "12.50"], ["-88.01", "58.01", "0x3B"]),
]
TAKEN = [(name, cell) for name, cells, _ in CELLS for cell in cells]
DROPPED = [(name, cell) for name, _, cells in CELLS for cell in cells]
REJECTED = [
    ("date", "2026-01-17", "in the future"),
    ("date", "0999-12-31", "before the year 1000"),
    ("date", "16.01.2026", "is no date"),
    ("date", "2026-02-30", "no day of the calendar"),
    ("number", "0", "outside"),
    ("number", "2.5", "more than 0 decimals"),
    ("number", "", "is missing"),
    ("duration", "0", "outside"),
    ("duration", "1000000", "outside"),
    ("duration", "1.00001", "more than 4 decimals"),
]
REFUSED = {
    "unknown column": ("date,number,duration,sensorTemperature\n2026-01-15,1,60,-10", "no column of AstroBin"),
    "column in other letters": ("date,Number,duration\n2026-01-15,1,60", "spelt 'number'"),
    "byte order mark": ("\ufeffdate,number,duration\n2026-01-15,1,60", "spelt 'date'"),
    "carriage returns": ("date,number,duration\r\n2026-01-15,1,60\r\n", "spelt 'duration'"),
    "blanks around names": ("date, number,duration\n2026-01-15,1,60", "spelt 'number'"),
    "no number": ("date,duration\n2026-01-15,60", "column is missing"),
    "no duration": ("date,number\n2026-01-15,1", "column is missing"),
    "a comma in a value": ('number,duration,filter\n1,60,"a,b"', "no cell may hold a comma"),
    "a short line": ("number,duration,gain\n1,60", "has 2 cells, the first line 3"),
    "an empty line between": ("number,duration\n\n1,60", "has 1 cells, the first line 2"),
    "nothing": (" \n ", "nothing to import"),
}


def with_cell(name: str, cell: str) -> str:
    """Return a good CSV with one cell set."""
    values = {"date": "2026-01-15", "number": "10", "duration": "120"} | {name: cell}
    return ",".join(values) + "\n" + ",".join(values.values()) + "\n"


@pytest.mark.parametrize(("name", "cell"), TAKEN)
def test_a_value_at_a_limit_appears(name: str, cell: str) -> None:
    """What AstroBin takes comes back as a number, trailing zeros and exponents no matter."""
    found = imported(with_cell(name, cell), today=TODAY)
    assert found.faults == ()
    assert found.rows[0][name] == float(cell)


@pytest.mark.parametrize(("name", "cell"), DROPPED)
def test_a_value_beyond_a_limit_vanishes(name: str, cell: str) -> None:
    """What AstroBin drops is told with line and column, and the rest of the row stays."""
    found = imported(with_cell(name, cell), today=TODAY)
    assert [(fault.line, fault.column, fault.effect) for fault in found.faults] == [(2, name, Effect.DROPPED)]
    assert found.rows == ({"date": "2026-01-15", "number": 10.0, "duration": 120.0},)


@pytest.mark.parametrize(("name", "cell", "reason"), REJECTED)
def test_a_row_without_its_essentials_is_rejected(name: str, cell: str, reason: str) -> None:
    """Date, number and duration that AstroBin does not take cost the row; the reason is told."""
    found = imported(with_cell(name, cell), today=TODAY)
    assert found.rows == ()
    assert found.faults[0].effect is Effect.ROW_REJECTED
    assert reason in found.faults[0].reason


@pytest.mark.parametrize("case", REFUSED)
def test_one_wrong_line_or_name_refuses_everything(case: str) -> None:
    """Unknown names, missing columns and lines of another length refuse the whole paste."""
    text, reason = REFUSED[case]
    found = imported(text, today=TODAY)
    assert found.rows == ()
    assert {fault.effect for fault in found.faults} == {Effect.REFUSED}
    assert reason in "\n".join(map(str, found.faults))


def test_empty_cells_are_no_values() -> None:
    """An empty cell, a missing date column and the newest of days are all well."""
    assert imported("number,duration,gain\n3,60,\n", today=TODAY).rows == ({"number": 3.0, "duration": 60.0},)
    assert imported(with_cell("date", "2026-01-16"), today=TODAY).faults == ()


def test_a_filter_that_does_not_exist_is_told() -> None:
    """With the ids that exist known, another one is dropped."""
    found = imported(with_cell("filter", "99"), today=TODAY, filters={4663})
    assert str(found.faults[0]) == "line 2, filter: AstroBin has no filter 99: the cell appears empty"
