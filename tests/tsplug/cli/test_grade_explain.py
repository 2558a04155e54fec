"""What ``tsplug grade explain`` prints, whoever judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.model import AcquiredImage, Verdict, VerdictStatus
from tsplug.testing.clock import START, ManualClock

STATISTICAL = {
    "mode": "robust",
    "population": {
        "size": 7,
        "earlier": 2,
        "matched": 12,
        "matched_by": ["plan", "filter", "rotation"],
        "rotation_tolerance_deg": 1.0,
    },
    "decided_by": "HFR",
    "rule": "spread",
    "checks": [
        {
            "check": "HFR",
            "metric": "hfr",
            "outcome": "reject",
            "rule": "spread",
            "detail": "hfr 3 px is above 2.4",
            "value": 3.0,
            "unit": "px",
            "samples": 9,
            "centre": 2.0,
            "spread": 0.1,
            "sigma": 4.0,
            "lower": None,
            "upper": 2.4,
            "about": {"used": 8, "nights": 1, "night_level": 2.0, "plan_level": 1.9, "slack": 0.0, "air": 0.1},
        },
        {"check": "FWHM", "metric": "fwhm", "outcome": "abstain", "rule": "missing value", "detail": "fwhm is missing"},
    ],
}


@pytest.fixture
def explained(tmp_path: Path) -> list[str]:
    """The lines about an image that three graders judged, one of them foreign and odd."""
    url = str(tmp_path / "store.sqlite")
    store = open_store(url, ManualClock())
    with store.write() as unit:
        image = unit.add_image(
            AcquiredImage(
                profile_name="rig",
                project_name="p",
                target_name="M 42",
                filter_name="L",
                file="1.fits",
                started=START,
                acquired=START,
                exposure_s=60,
            )
        )
        for grader, inputs in (("statistical", STATISTICAL), ("mine", {"checks": 3, "rows": "none", "cloud": 0.4})):
            unit.add(
                Verdict(
                    image_id=image.id or 0,
                    grader=grader,
                    version="2",
                    status=VerdictStatus.REJECT,
                    reason="HFR",
                    inputs=inputs,
                    judged_at=START,
                )
            )
    store.close()
    result = CliRunner().invoke(
        application(), ["grade", "explain", "1", "--db", url], env={"COLUMNS": "80", "NO_COLOR": "1"}
    )
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_a_check_tells_value_bound_contribution_and_what_would_have_passed(explained: list[str]) -> None:
    """Everything that led to the grade, in the metric's unit."""
    text = " ".join(" ".join(explained).split())
    assert "BAD HFR 3 px up to 2.4 passes" in text
    assert "usual 2, spread 0.1; 10.0 spreads worse, 4 allowed; 9 values" in text
    assert "night 2, plan 1.9; outliers left out, 8 remain; the air makes 0.1 of it" in text
    assert "2.4 px would have passed" in text
    assert "? FWHM: fwhm is missing" in text
    assert "compared with 9 frames of 12 taken alike (plan, filter, rotation within 1 deg)" in text


def test_a_foreign_grader_may_tell_what_it_likes(explained: list[str]) -> None:
    """What a plugin keeps is shown as it is, whatever names it uses."""
    assert "   cloud: 0.4" in explained
    assert "   checks: 3" in explained


def test_it_fits_eighty_columns(explained: list[str]) -> None:
    """A telescope's console is narrow."""
    assert max(map(len, explained)) <= 80
