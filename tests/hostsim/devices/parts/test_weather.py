"""The numbers of the weather."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.devices.parts.weather import dew_point_c, wave_mean


@pytest.mark.parametrize(("air_c", "humidity", "expected_c"), [(20, 50, 9.27), (0, 80, -3.04), (30, 90, 28.18)])
def test_the_dew_point_is_that_of_the_tables(air_c: float, humidity: float, expected_c: float) -> None:
    """Three entries of a psychrometric table."""
    assert dew_point_c(air_c, humidity) == pytest.approx(expected_c, abs=0.05)


@given(air_c=st.floats(-40, 50), humidity=st.floats(0, 100))
def test_the_dew_point_is_never_above_the_air(air_c: float, humidity: float) -> None:
    """Air that holds less than it can dews later."""
    assert dew_point_c(air_c, humidity) <= air_c + 1e-9


@pytest.mark.parametrize(("moment_s", "expected"), [(0, 0.0), (25, 0.5), (50, 1.0), (75, 0.5), (1e9, 0.0)])
def test_a_wave_without_a_span_is_its_value(moment_s: float, expected: float) -> None:
    """It starts at 0 and is at 1 after half a period, however many went before."""
    assert wave_mean(moment_s, moment_s, period_s=100) == pytest.approx(expected)


@given(start_s=st.floats(0, 1e6), span_s=st.floats(1, 1e5))
def test_a_mean_is_that_of_many_samples(start_s: float, span_s: float) -> None:
    """The formula agrees with counting."""
    count = 4000
    times = [start_s + span_s * (index + 0.5) / count for index in range(count)]
    counted = sum(wave_mean(time, time, period_s=span_s / 3.3) for time in times) / count
    assert wave_mean(start_s, start_s + span_s, period_s=span_s / 3.3) == pytest.approx(counted, abs=1e-4)
