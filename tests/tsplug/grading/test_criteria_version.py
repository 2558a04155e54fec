"""Verdicts of the criteria grader that stand are judged anew when its rules change, since its version says so."""

from __future__ import annotations

from random import Random

from varied_plans import varied_plan

from tsplug.grading import criteria_verdict
from tsplug.grading.criteria import Criteria
from tsplug.grading.provenance import digest
from tsplug.model import Band, CriteriaRow, CriteriaSet, Trend

OF_RULES = "51fe8996ab8fc4f24dc788864adb76b3"
"""What `verdicts_of_fixed_frames` comes to by the rules of the present `criteria_verdict.VERSION`, 1."""

LOWER, HIGHER = Trend.LOWER_IS_BETTER, Trend.HIGHER_IS_BETTER
ROWS = (
    CriteriaRow(set_id=1, metric="hfr", trend=LOWER, good=1.8, bad=5.0, weight=0.4, deviation=True),
    CriteriaRow(set_id=1, metric="star_count", trend=HIGHER, good=250.0, bad=20.0, weight=0.3, deviation=True),
    CriteriaRow(set_id=1, metric="guiding_rms", trend=LOWER, good=0.5, bad=2.5, weight=0.2, gate=1.9),
    CriteriaRow(set_id=1, metric="airmass", trend=LOWER, good=1.5, bad=1.5, weight=0.1),
)


def verdicts_of_fixed_frames() -> str:
    """Return the digest of what frames that never change are judged, scores to nine digits."""
    found: list[object] = []
    for seed in range(4):
        images = varied_plan(Random(seed), 40).images
        whole = CriteriaSet(id=1, guid="set", name="fixed", minimum_coverage=0.3 * (seed % 2))
        judge = criteria_verdict.FrameJudge(Criteria(whole, ROWS), images)
        for image in images:
            said = judge.verdict(image, minimum=Band.C)
            unrounded = said.inputs["unrounded"]
            shown = f"{unrounded:.9g}" if isinstance(unrounded, float) else None
            found.append((said.status.value, said.reason, said.score, str(said.band), shown))
    return digest(*found)


def test_other_rules_have_another_version() -> None:
    """Raise `criteria_verdict.VERSION` where this fails, then note what it says."""
    assert (criteria_verdict.VERSION, verdicts_of_fixed_frames()) == ("1", OF_RULES)
