from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tsplug.astrobin.acquisitions import AcquisitionRow
from tsplug.astrobin.csv_text import csv_text
from tsplug.astrobin.importer import imported

TODAY = date(2026, 1, 16)

rows = st.builds(
    AcquisitionRow,
    date=st.dates(date(1000, 1, 1), TODAY),
    filter_name=st.text(max_size=5),
    filter=st.none() | st.integers(1, 10_000),
    number=st.integers(1, 10_000),
    duration=st.integers(1, 9_999_999_999).map(lambda tenths: tenths / 10_000),
    binning=st.none() | st.integers(1, 4),
    gain=st.none() | st.integers(-100, 1000),
    sensor_cooling=st.none() | st.integers(-274, 100),
    flats=st.none() | st.integers(0, 900),
    mean_fwhm=st.none() | st.integers(0, 3000).map(lambda hundredths: hundredths / 100),
)


@given(st.lists(rows, min_size=1, max_size=8))
def test_the_importer_reads_back_what_was_meant(table: list[AcquisitionRow]) -> None:
    """Whatever a row holds, AstroBin's rules read the same numbers, and no cell where nothing is known."""
    read = imported(csv_text(table), today=TODAY)
    assert read.faults == ()
    found = read.rows
    assert [row["date"] for row in found] == [row.date.isoformat() for row in table]
    for name, attribute in [("filter",) * 2, ("duration",) * 2, ("gain",) * 2, ("meanFwhm", "mean_fwhm")]:
        assert [row.get(name) for row in found] == [getattr(row, attribute) for row in table]


def test_the_text_is_exact() -> None:
    """Columns come in AstroBin's order, empty ones are left out, lines end with LF, nothing is quoted."""
    first = AcquisitionRow(date=TODAY, filter_name="a,b", filter=7, number=3, duration=60.0, sensor_cooling=-10)
    second = first.model_copy(update={"filter": None, "mean_fwhm": 2.5})
    assert csv_text([first, second]) == (
        "date,filter,number,duration,sensorCooling,meanFwhm\n2026-01-16,7,3,60,-10,\n2026-01-16,,3,60,-10,2.5\n"
    )
