from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.model.coordinates import parse_dec_deg, parse_ra_hours, shown_dec, shown_ra

M42_HOURS = 5 + 35 / 60 + 17.3 / 3600
M42_DEG = -(5 + 23 / 60 + 28 / 3600)


@pytest.mark.parametrize(
    "text",
    ["5h35m17.3s", "05:35:17.3", "5 35 17.3", "5h 35' 17.3\"", "5hr 35' 17,3\"", "5ʰ35ᵐ17.3ˢ", f"{M42_HOURS * 15}°"],
)
def test_right_ascensions_are_read(text: str) -> None:
    """Every usual notation of a right ascension gives its hours."""
    assert parse_ra_hours(text) == pytest.approx(M42_HOURS, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    ["-5d23m28s", "-05:23:28", "-5 23 28", "-5° 23' 28\"", "−5º 23′ 28″", "-5 23 28.0", str(M42_DEG)],
)
def test_declinations_are_read(text: str) -> None:
    """Every usual notation of a declination gives its degrees."""
    assert parse_dec_deg(text) == pytest.approx(M42_DEG, abs=1e-9)


@pytest.mark.parametrize(("text", "degrees"), [("-0d30m", -0.5), ("-0:30", -0.5), ("+0 30", 0.5), ("−0° 30′", -0.5)])
def test_the_sign_counts_for_the_whole(text: str, degrees: float) -> None:
    """A declination just below the equator keeps its sign, though its degrees are zero."""
    assert parse_dec_deg(text) == degrees


@pytest.mark.parametrize("text", ["25h", "24", "-1h", "5h61m", "5.5h30m", "abc", "", "nan", "1e3", "5h35m17s9"])
def test_what_is_no_right_ascension_is_refused(text: str) -> None:
    """Hours beyond a turn, minutes beyond an hour and other texts are errors."""
    with pytest.raises(ValueError, match=r"must|is not|only"):
        parse_ra_hours(text)


@pytest.mark.parametrize("text", ["91", "-90:00:01", "5h", "5 60", "up", "inf"])
def test_what_is_no_declination_is_refused(text: str) -> None:
    """Degrees beyond the poles, hours and other texts are errors."""
    with pytest.raises(ValueError, match=r"must|is not|in degrees"):
        parse_dec_deg(text)


def test_a_plain_number_may_be_degrees() -> None:
    """A right ascension without a mark is hours unless the file says degrees."""
    assert parse_ra_hours("83.82", plain_degrees=True) == pytest.approx(5.588)


@given(st.floats(0, 24, exclude_max=True), st.floats(-90, 90))
def test_what_is_shown_can_be_read(ra_hours: float, dec_deg: float) -> None:
    """Coordinates as shown are read again, to the last digit shown."""
    apart = abs(parse_ra_hours(shown_ra(ra_hours)) - ra_hours)
    assert min(apart, 24 - apart) <= 0.051 / 3600
    assert parse_dec_deg(shown_dec(dec_deg)) == pytest.approx(dec_deg, abs=0.51 / 3600)
