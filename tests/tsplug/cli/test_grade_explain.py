"""What ``tsplug grade explain`` prints, whoever judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tsplug.app import open_store
from tsplug.cli.application import application
from tsplug.model import AcquiredImage, Band, GradingStatus, Verdict, VerdictStatus
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
            "detail": "hfr 3 px is above 2.431",
            "value": 3.0,
            "unit": "px",
            "samples": 9,
            "centre": 2.0,
            "spread": 0.1,
            "sigma": 4.0,
            "lower": None,
            "upper": 2.431,
            "about": {"used": 8, "nights": 1, "night_level": 2.0, "plan_level": 1.9, "slack": 0.0, "air": 0.1},
        },
        {"check": "FWHM", "metric": "fwhm", "outcome": "abstain", "rule": "missing value", "detail": "fwhm is missing"},
        {
            **{"check": "FWHM", "metric": "fwhm", "outcome": "pass", "rule": "spread", "detail": "", "unit": "px"},
            **{"value": 2.5, "samples": 9, "centre": 2.3, "spread": 0.1, "sigma": 4.0, "lower": None, "upper": 2.828},
            "about": {
                **{"used": 8, "nights": 1, "night_level": 2.0, "plan_level": 2.0, "slack": 0.0, "by_guiding": 0.0},
                **{"lasting_before": 2.0, "lasting_most": 2.828, "sampled": 2.0, "air": 0.0},
            },
        },
        {
            **{"check": "Background", "metric": "background", "outcome": "reject", "unit": "ADU"},
            **{"rule": "automatic reject level", "detail": "", "value": 500.0, "lower": 450.0, "upper": 400.0},
        },
    ],
}

CRITERIA = {
    "set": "strict",
    "minimum_grade": "B",
    "unrounded": 62.412,
    "coverage": 0.9,
    "rows": [
        {
            **{"metric": "guiding_rms_dec_px", "value": 22.2, "weight": 0.25, "good": 10.0, "bad": 80.0},
            **{"baseline": None, "threshold_score": 82.6, "deviation_score": None, "score": 82.6},
            **{"contribution": 41.3, "decided_by": "threshold", "samples": 0},
        },
        {
            **{"metric": "hfr", "value": 2.6, "weight": 0.25, "good": 1.8, "bad": 5.0, "baseline": 2.0},
            **{"threshold_score": 75.0, "deviation_score": 50.0, "score": 50.0},
            **{"contribution": 25.0, "decided_by": "deviation", "samples": 4},
        },
    ],
    "missing": ["snr"],
    "would_pass": {"guiding_rms_dec_px": None, "hfr": 2.2},
}


@pytest.fixture
def explained(tmp_path: Path) -> list[str]:
    """The lines about a rejected image that three graders judged, one of them foreign and odd."""
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
                status=GradingStatus.REJECTED,
            )
        )
        foreign = {"checks": 3, "rows": "none", "cloud": 0.4}
        for grader, inputs in (("statistical", STATISTICAL), ("criteria", CRITERIA), ("mine", foreign)):
            unit.add(
                Verdict(
                    image_id=image.id or 0,
                    grader=grader,
                    version="2",
                    status=VerdictStatus.REJECT,
                    reason="HFR",
                    score=62 if grader == "criteria" else None,
                    band=Band.D if grader == "criteria" else None,
                    inputs=inputs,
                    judged_at=START,
                )
            )
    store.close()
    result = CliRunner().invoke(
        application(["grade"]), ["grade", "explain", "1", "--db", url], env={"COLUMNS": "80", "NO_COLOR": "1"}
    )
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_a_check_tells_value_bound_contribution_and_what_would_have_passed(explained: list[str]) -> None:
    """Everything that led to the grade, in the metric's unit."""
    text = " ".join(" ".join(explained).split())
    assert "BAD HFR 3 px up to 2.431 passes" in text
    assert "usual 2, spread 0.1; 8.3 spreads worse, 4 allowed; peers set right for air; 9 values" in text
    assert "night 2, plan 1.9; outliers left out, 8 remain; the air makes 0.1 of it" in text
    assert "2.431 px would have passed" in text
    assert "? FWHM: fwhm is missing" in text
    assert "compared with 9 frames of 12 taken alike (plan, filter, rotation within 1 deg)" in text


def test_where_no_value_passes_that_is_said(explained: list[str]) -> None:
    """An automatic level may lie beyond all that peers allow."""
    text = " ".join(" ".join(explained).split())
    assert "BAD Background 500 ADU nothing passes rule: automatic reject level no value of it alone would" in text


def test_what_sets_a_level_is_told(explained: list[str]) -> None:
    """Stars that pixels cannot show, and what lasted: with the numbers that make the bound."""
    text = " ".join(" ".join(explained).split())
    assert "ok FWHM 2.5 px up to 2.828 passes" in text
    assert "narrower stars are no better, since pixels cannot show them" in text
    assert "worse for so long that it is usual: 2 before, at most 2.828" in text


def test_criteria_are_a_table_that_tells_what_won(explained: list[str]) -> None:
    """Each row with its limits, weight and share; where the peers count too, both scores and who the peers are."""
    begin = explained.index("   strict: score 62 (62.412), band D, B wanted, coverage 90%")
    columns, guiding, hfr, usual, passes, missing = (line.split() for line in explained[begin + 1 : begin + 7])
    assert " ".join(columns) == "metric value good bad weight score by adds passes"
    assert guiding == ["guiding_rms_dec_px", "22.2", "10", "80", "0.25", "82.6", "threshold", "41.30"]
    assert hfr == ["hfr", "2.6", "1.8", "5", "0.25", "50.0", "deviation", "25.00", "2.2"]
    assert " ".join(usual) == "hfr: usual 2 of 4 accepted frames; by threshold 75.0, by deviation 50.0"
    assert " ".join(passes) == "passes: the value that alone would have been enough"
    assert " ".join(missing) == "missing: snr"


def test_the_rule_that_decided_is_named(explained: list[str]) -> None:
    """Three verdicts become one status by a rule."""
    assert explained[1:3] == ["REJECTED", "rule: one reject rejects"]


def test_a_foreign_grader_may_tell_what_it_likes(explained: list[str]) -> None:
    """What a plugin keeps is shown as it is, whatever names it uses."""
    assert "   cloud: 0.4" in explained
    assert "   checks: 3" in explained


def test_it_fits_eighty_columns(explained: list[str]) -> None:
    """A telescope's console is narrow."""
    assert max(map(len, explained)) <= 80
