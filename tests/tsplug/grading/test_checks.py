"""The registry of tests."""

from __future__ import annotations

from pathlib import Path

import tsplug.grading.checks
from tsplug.grading.checks import METRIC_CHECKS, OWN_CHECKS, wanted_checks
from tsplug.metrics import METRICS
from tsplug.model import GraderMode, GraderPreferences, MetricPreferences


def test_one_test_one_file_in_the_order_of_the_reference() -> None:
    """Each file is one test of a known metric."""
    files = {path.stem for path in Path(tsplug.grading.checks.__file__).parent.glob("*.py")} - {"__init__"}
    titles = [check.title for check in OWN_CHECKS]
    assert titles == ["Guiding RMS", "Star Count", "HFR", "FWHM", "Eccentricity"]
    assert len(files) == len(OWN_CHECKS)
    assert files <= set(METRICS)


def test_every_other_metric_has_a_test_that_profiles_switch_on() -> None:
    """By default only the tests of the reference are made; a profile adds others by key, in the order of their keys."""
    assert METRIC_CHECKS.keys() | {check.metric for check in OWN_CHECKS} == METRICS.keys()
    asked = {
        "snr": MetricPreferences(grade=True),
        "noise": MetricPreferences(grade=True),
        "altitude": MetricPreferences(),
    }
    for mode in GraderMode:
        usual = [check.title for check in wanted_checks(GraderPreferences(mode=mode))]
        assert usual[:3] == ["Guiding RMS", "Star Count", "HFR"]
        assert not {"Background noise", "Star signal-to-noise ratio"} & set(usual)
        added = [check.metric for check in wanted_checks(GraderPreferences(mode=mode, metrics=asked))]
        assert added[-2:] == ["noise", "snr"]
        assert "altitude" not in added
