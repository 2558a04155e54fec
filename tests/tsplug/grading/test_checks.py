"""The registry of tests."""

from __future__ import annotations

from pathlib import Path

import tsplug.grading.checks
from tsplug.grading.checks import CHECKS
from tsplug.metrics import METRICS


def test_one_test_one_file_in_the_order_of_the_reference() -> None:
    """Each file is one test of a known metric."""
    files = {path.stem for path in Path(tsplug.grading.checks.__file__).parent.glob("*.py")} - {"__init__"}
    titles = [check.title for check in CHECKS]
    assert titles == ["Guiding RMS", "Star Count", "HFR", "FWHM", "Eccentricity"]
    assert len(files) == len(CHECKS)
    assert files <= set(METRICS)
