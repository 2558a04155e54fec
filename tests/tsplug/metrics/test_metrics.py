"""The vocabulary of image quality."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import one_more_metric

import tsplug.metrics
from tsplug.metrics import METRICS

PROMISED = {
    "adu_max",
    "adu_mean",
    "adu_median",
    "adu_min",
    "adu_stdev",
    "airmass",
    "altitude",
    "background",
    "cloud_cover",
    "dew_point",
    "eccentricity",
    "fwhm",
    "fwhm_arcsec",
    "guiding_rms",
    "guiding_rms_dec",
    "guiding_rms_dec_px",
    "guiding_rms_px",
    "guiding_rms_ra",
    "guiding_rms_ra_px",
    "hfr",
    "hfr_stdev",
    "humidity",
    "moon_distance",
    "moon_illumination",
    "noise",
    "pressure",
    "sky_quality",
    "snr",
    "star_count",
    "temperature",
    "wind_speed",
}


def test_every_promised_metric_key_exists() -> None:
    """The keys that scripts rely on are all there."""
    assert set(METRICS) >= PROMISED
    assert len(PROMISED) == 31


def test_each_metric_is_a_file_named_after_its_key() -> None:
    """One metric, one file, one obvious name."""
    files = {path.stem for path in Path(tsplug.metrics.__file__).parent.glob("*.py")} - {"__init__", "metric"}
    assert files == set(METRICS)


def test_good_and_bad_agree_with_the_better_direction() -> None:
    """The usual good value lies on the better side of the bad one."""
    with_defaults = [metric for metric in METRICS.values() if metric.good is not None and metric.bad is not None]
    for metric in with_defaults:
        assert metric.good is not None
        assert metric.bad is not None
        assert (metric.good < metric.bad) == (metric.better == "lower"), metric.key
    assert len(with_defaults) == 21


ADDED = '''"""How sharp a frame is, in percent."""

from __future__ import annotations

from tsplug.metrics.metric import Metric

METRIC = Metric(key="sharpness", title="Sharpness", unit="%", better="higher", good=90.0, bad=10.0)
'''


def test_one_more_file_is_one_more_metric(tmp_path: Path) -> None:
    """In a copy of tsplug with one file more it is stored, shown, exported, scored, graded and documented."""
    source = Path(tsplug.metrics.__file__).parents[1]
    shutil.copytree(source, tmp_path / "tsplug", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tsplug" / "metrics" / "sharpness.py").write_text(ADDED, encoding="utf-8")
    # The copy is not the code whose coverage is asked for: its files would be counted beside the original ones.
    unwatched = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, one_more_metric.__file__, "sharpness", str(tmp_path)],
        env={**unwatched, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "listed": [{"sharpness": value} for value in (25, 73, 74, 75, 76)],
        "csv": ["25", "76", "73", "74", "75"],
        "problems": [],
        "scored": 75,
        "graded": ["accepted", "accepted", "accepted", "accepted", "rejected"],
        "explained": ["Sharpness", "reject", 30.5, 30.5],
        "page": True,
    }
