"""Nights, session dates and session ids."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.model import FLATS_CADENCES, FLATS_IMMEDIATE, FLATS_OFF, FLATS_ON_COMPLETION, Site
from tsplug.model.night import night_of, night_starting, session_date, session_id

ZURICH = Site(name="Garden", latitude_deg=47.4, longitude_deg=8.5, time_zone="Europe/Zurich")
CHATHAM = Site(name="Chatham", latitude_deg=-44, longitude_deg=-176.5, time_zone="Pacific/Chatham")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 1, 15, 10, 59, 59, tzinfo=UTC), date(2026, 1, 14)),
        (datetime(2026, 1, 15, 11, 0, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 1, 16, 2, 0, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 7, 15, 10, 0, tzinfo=UTC), date(2026, 7, 15)),
    ],
    ids=["before noon", "at noon", "after midnight", "summer time"],
)
def test_session_date_is_that_of_the_last_local_noon(moment: datetime, expected: date) -> None:
    """A session's date is that of the last noon on the site's clocks."""
    assert session_date(moment, ZURICH) == expected


def test_a_naive_moment_is_refused() -> None:
    """A moment without a zone belongs to no night."""
    with pytest.raises(ValueError, match="time zone"):
        session_date(datetime(2026, 1, 15), ZURICH)  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("noon", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2028, 2, 29), 24)]
)
def test_a_night_lasts_from_noon_to_noon_through_clock_changes(noon: date, hours: int) -> None:
    """The night in which clocks change has 23 or 25 hours."""
    night = night_starting(noon, ZURICH)
    assert night.end - night.start == timedelta(hours=hours)


@given(st.integers(0, 100 * 365 * 86_400), st.sampled_from([ZURICH, CHATHAM]))
def test_every_moment_lies_in_its_own_night_only(seconds: int, site: Site) -> None:
    """Nights cover all time without gap or overlap."""
    moment = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    night = night_of(moment, site)
    assert moment in night
    assert night.date == session_date(moment, site)
    assert night_starting(night.date + timedelta(days=1), site).start == night.end


@pytest.mark.parametrize(
    ("handling", "expected"), [(7, 27), (3, 63), (FLATS_OFF, 188), (FLATS_IMMEDIATE, 188), (FLATS_ON_COMPLETION, 188)]
)
def test_session_ids_count_cadences_since_the_creation(handling: int, expected: int) -> None:
    """The documented example (domain 3.3): created 1 June 2023, imaged 5 December 2023."""
    created = datetime(2023, 6, 1, 20, tzinfo=UTC)
    assert session_id(created, date(2023, 12, 5), flats_handling=handling, site=ZURICH) == expected


@given(st.integers(-400, 400), st.sampled_from(FLATS_CADENCES))
def test_no_session_id_comes_twice_and_none_is_zero(days: int, cadence: int) -> None:
    """Sessions before the project's creation have negative ids: each id stands for as many nights as the cadence."""
    first = date(2026, 6, 1)
    created = datetime(2026, 6, 1, 20, tzinfo=UTC)

    def number(offset: int) -> int:
        return session_id(created, first + timedelta(days=offset), flats_handling=cadence, site=ZURICH)

    own = number(days)
    assert own != 0
    assert (own > 0) == (days >= 0)
    assert sum(number(days + offset) == own for offset in range(-cadence, cadence + 1)) == cadence
    assert number(-1) == -1
