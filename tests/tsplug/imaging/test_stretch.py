"""The screen transfer function."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.imaging.stretch import Levels, StretchSettings, as_bytes, levels_of, linked, midtones, stretch


def test_the_stretch_is_the_midtones_transfer_function() -> None:
    """0, the balance and 1 go to 0, a half and 1; shadows below -2.8 sigma become black."""
    assert midtones(np.array([0.0, 0.2, 1.0]), 0.2) == pytest.approx([0.0, 0.5, 1.0])
    values = np.random.default_rng(3).normal(0.1, 0.01, 10_000)
    stretched = stretch(values)
    assert stretched.min() == 0.0
    assert np.median(stretched) == pytest.approx(0.25, abs=1e-6)
    assert np.mean(stretched == 0.0) == pytest.approx(0.0026, abs=0.002)


def test_its_parameters_say_where_black_begins_and_how_bright_the_sky_is() -> None:
    """The median comes to the target, and the harder the shadows, the more is black."""
    values = np.random.default_rng(3).normal(0.1, 0.01, 10_000)
    bright = stretch(values, settings=StretchSettings(target=0.5))
    assert np.median(bright) == pytest.approx(0.5, abs=1e-6)
    hard = stretch(values, settings=StretchSettings(shadows_sigma=-1.0))
    assert np.mean(hard == 0.0) == pytest.approx(0.159, abs=0.01)


def test_linked_levels_are_the_means_of_those_of_the_channels() -> None:
    """Median and MAD alike."""
    assert linked([Levels(0.1, 0.01), Levels(0.2, 0.02), Levels(0.6, 0.06)]) == Levels(
        pytest.approx(0.3), pytest.approx(0.03)
    )


def test_the_table_gives_what_the_function_gives() -> None:
    """Bytes by the table are those of the function within one; what is no number is black, what is over white."""
    values = np.random.default_rng(3).normal(0.1, 0.01, 10_000)
    shown = as_bytes(values.astype(np.float32)).astype(int)
    assert np.abs(shown - np.rint(255 * stretch(values))).max() <= 1
    odd = np.array([np.nan, -1.0, 2.0, np.inf, -np.inf], np.float32)
    assert as_bytes(odd, levels=levels_of(values)).tolist() == [0, 0, 255, 255, 0]
