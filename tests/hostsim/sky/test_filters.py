"""Filters pass what their names promise."""

from __future__ import annotations

import pytest

from hostsim.sky.filters import CLEAR, CURVES, curve


def test_an_unknown_filter_is_clear_glass() -> None:
    """A name without a curve passes everything."""
    assert curve("Moonlight 7") is CLEAR


@pytest.mark.parametrize("name", sorted(CURVES))
def test_no_filter_passes_more_than_clear(name: str) -> None:
    """Every filter passes something, and no more than clear glass."""
    assert 0.0 < curve(name).bandwidth <= 1.0
    assert 0.0 < curve(name).panel <= 1.0


def test_broad_bands_pass_more_than_narrow_ones() -> None:
    """Each of R, G and B passes several times as much starlight as a line filter."""
    assert min(curve(name).bandwidth for name in "RGB") > 5.0 * max(curve(n).bandwidth for n in ("Ha", "OIII", "SII"))
