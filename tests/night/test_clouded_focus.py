"""A night in which no focus can be found."""

from __future__ import annotations

from pathlib import Path

import pytest
from nights import SHORT_NIGHT, Night

pytestmark = pytest.mark.timeout(600)


def test_a_failed_autofocus_costs_a_warning_and_not_the_night(night: Night, tmp_path: Path) -> None:
    """Frames too short to show stars leave the focuser where it was, and imaging goes on."""
    blind = SHORT_NIGHT.read_text(encoding="utf-8").replace("focus: {exposure_s: 60,", "focus: {exposure_s: 0.01,")
    sequence = tmp_path / "blind.yaml"
    sequence.write_text(blind, encoding="utf-8")
    printed = night.run(sequence)
    assert "imaging goes on at the old focus" in printed
    assert len(night.frames("lights")) == 11
