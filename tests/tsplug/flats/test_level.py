"""The level of the first flat of a set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.flats.level import Deviation, Level, check_level, check_steady


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
        assert bias + corrected / exposure_s * (found - bias) == pytest.approx(target)
        assert 0.249 <= corrected / exposure_s <= 4.001


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
