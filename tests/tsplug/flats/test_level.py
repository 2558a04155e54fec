"""The level of the first flat of a set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.flats.level import Deviation, Level, check_level, check_steady, rounded_s


@pytest.mark.parametrize(("found", "fits"), [(27_000, True), (33_000, True), (26_999, False), (33_001, False)])
def test_the_tolerance_is_inclusive(found: float, fits: bool) -> None:
    """A level at the tolerance is as it should be, beyond it is not."""
    assert (check_level(found, Level(30_000.0), tolerance_percent=10.0) is None) == fits


def test_no_trained_level_no_check() -> None:
    """Where no level was trained none is asked for."""
    assert check_level(1.0, Level(None), tolerance_percent=10.0) is None


def test_the_numbers_are_told() -> None:
    """A deviation says what was found, by how much it is off, and what is allowed."""
    text = str(check_level(36_000, Level(30_000.0), tolerance_percent=10.0))
    assert text == ("the first frame's median is 36000 ADU, +20.0 % from the trained 30000 ADU (allowed 10 %)")


@given(st.floats(0, 65_535), st.floats(1_000, 60_000), st.floats(0.001, 60), st.floats(0, 5_000))
def test_a_correction_is_linear_and_bounded(found: float, target: float, exposure_s: float, bias: float) -> None:
    """The corrected exposure gives the trained level on a linear camera with a bias, within 1/4 and 4 times the old."""
    corrected = Deviation(found, target, 10.0, bias_adu=bias).corrected_exposure_s(exposure_s)
    if corrected is None:
        assert found <= bias or target <= bias or not 0.2501 <= (target - bias) / (found - bias) <= 3.999
    else:
        # To a millisecond, or three digits.
        exact_s = exposure_s * (target - bias) / (found - bias)
        assert corrected == pytest.approx(exact_s, abs=0.00051, rel=0.0051)
        assert 0.24 <= corrected / exposure_s <= 4.1


@pytest.mark.parametrize(
    ("found", "steady"), [(25_000, True), (30_000, True), (20_000, True), (19_999, False), (0, False)]
)
def test_a_later_frame_may_be_off_the_first_by_twice_as_much(found: float, steady: bool) -> None:
    """Twice the allowed error around the first frame is steady; more is told, and never corrected."""
    deviation = check_steady(found, 25_000.0, number=3, tolerance_percent=10.0)
    assert (deviation is None) == steady
    if deviation is not None:
        assert "frame 3" in str(deviation)
        assert deviation.corrected_exposure_s(2.0) is None


def test_without_a_first_frame_with_light_there_is_nothing_to_compare() -> None:
    """No first frame, or one without any light: no verdict."""
    assert check_steady(1.0, None, number=2, tolerance_percent=10.0) is None
    assert check_steady(1.0, 0.0, number=2, tolerance_percent=10.0) is None


@pytest.mark.parametrize(
    ("exposure_s", "rounded"), [(6.12345, 6.123), (15.0, 15.0), (0.0456789, 0.0457), (0.00045678, 0.000457)]
)
def test_exposures_are_rounded_so_that_they_are_shared(exposure_s: float, rounded: float) -> None:
    """An exposure has milliseconds, or three digits where it is shorter than a tenth of a second."""
    assert rounded_s(exposure_s) == pytest.approx(rounded, rel=1e-9)


def clipped(found: float = 65_535.0) -> Deviation:
    """Return what is said of a first frame at the end of a 16-bit range, of which half is wanted."""
    fault = check_level(found, Level(32_000.0, max_adu=65_535), tolerance_percent=10.0)
    assert fault is not None
    return fault


def test_a_clipped_level_says_so_and_is_halved() -> None:
    """How much too bright a clipped frame is nobody knows: without a better look its exposure is halved."""
    assert "65535 ADU, the end of the range, +104.8 % from" in str(clipped())
    assert clipped().corrected_exposure_s(4.0) == 2.0
    assert "end of the range" not in str(clipped(60_000.0))
    assert not clipped(60_000.0).clipped


@pytest.mark.parametrize(
    ("seen", "exposure_s"),
    [(16_000.0, 2.0), (32_000.0, 1.0), (33_000.0, 0.97), (60_000.0, None), (65_000.0, None), (0.0, None)],
)
def test_a_shorter_frame_tells_what_a_clipped_one_hides(seen: float, exposure_s: float | None) -> None:
    """A frame of a quarter of the exposure gives the one that is wanted, unless it is too bright itself."""
    assert clipped().seen_shorter(seen, 1.0, max_adu=65_535) == exposure_s


@pytest.mark.parametrize(
    ("found", "bias", "remedy"),
    [
        (36_000.0, 0.0, "train the panel anew for this filter"),
        (2_000.0, 0.0, "train the panel anew for this filter"),
        (900.0, 0.0, "look at the panel's light"),
        (2_000.0, 500.0, "train the panel anew for this filter"),
        (1_400.0, 500.0, "look at the panel's light"),
    ],
)
def test_a_dark_panel_is_not_to_be_trained(found: float, bias: float, remedy: str) -> None:
    """Where hardly any light arrives the panel is to be looked at, not trained."""
    fault = check_level(found, Level(30_000.0, bias), tolerance_percent=10.0)
    assert fault is not None
    assert fault.remedy == remedy
