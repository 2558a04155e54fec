from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.astrobin import readings
from tsplug.model.headers import CardValue


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        # spec astrobin 9: the reference reads -61 45 08 as -60.25 and -0 07 22 as +0.123.
        ("-61 45 08", -61.7522),
        ("-0 07 22", -0.1228),
        ("52 14 54", 52.2483),
        ("52d14m54s N", 52.2483),
        ("+52:14:54.9", 52.2486),
        ("61 45 08 W", -61.7522),
        ("33°30'S", -33.5),
        ("'52.2485'", 52.2485),
        (52.2485, 52.2485),
    ],
)
def test_angles_are_read_in_every_notation(text: CardValue, degrees: float) -> None:
    """The sign counts for degrees, minutes and seconds alike, wherever it stands."""
    assert readings.angle_deg(text) == pytest.approx(degrees, abs=1e-4)


@pytest.mark.parametrize(("longitude", "folded"), [(359.8768, -0.1232), (180.0, 180.0), (-61.75, -61.75)])
def test_longitudes_are_folded(longitude: float, folded: float) -> None:
    """A longitude of 180 to 360 degrees is one in the west."""
    assert readings.longitude_deg(longitude) == pytest.approx(folded)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-07-05T22:20:00", "2023-07-05T22:20:00"),
        ("2023-07-05T22:20:00.1234567", "2023-07-05T22:20:00.123456"),
        ("2023-07-05T22:20:00.", "2023-07-05T22:20:00"),
        ("2023-07-05 22:20:00,5", "2023-07-05T22:20:00.500000"),
        ("2023-07-05T22:20:00Z", "2023-07-05T22:20:00+00:00"),
        ("2023-07-05T22:20:00+02:00", "2023-07-05T20:20:00+00:00"),
        ("'2023-07-05T22:20:00.123'", "2023-07-05T22:20:00.123000"),
    ],
)
def test_moments_are_read_in_every_notation(text: str, moment: str) -> None:
    """Decimals of any length, zones and quotes do not matter."""
    assert readings.moment(text).isoformat() == moment


@pytest.mark.parametrize(
    ("read", "value", "reason"),
    [
        (readings.number, "No Data", "is no number"),
        (readings.number, "nan", "is no number"),
        (readings.number, True, "is no number"),
        (readings.number, "1e999", "is no finite number"),
        (readings.angle_deg, "52 75 00", "60 or more minutes"),
        (readings.angle_deg, "north", "is no angle"),
        (readings.latitude_deg, 91.0, "is no latitude"),
        (readings.longitude_deg, 361.0, "is no longitude"),
        (readings.moment, "2023-07-05", "has no time of day"),
        (readings.moment, "yesterday", "is no time"),
        (readings.moment, "2023-13-05T22:20:00", "month must be in"),
        (readings.julian, 1e30, "is no modified Julian date"),
    ],
)
def test_what_cannot_be_read_is_said(read: Callable[[CardValue], object], value: CardValue, reason: str) -> None:
    """A bad value is an error with a reason, whatever it is."""
    with pytest.raises(ValueError, match=reason):
        read(value)


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_no_card_is_anything_but_read_or_refused(value: CardValue) -> None:
    """Whatever a card holds, a reading gives a value or a ValueError."""
    for read in (readings.number, readings.angle_deg, readings.moment, readings.binning, readings.julian):
        try:
            read(value)
        except ValueError:
            continue
    assert isinstance(readings.text(value), str)
