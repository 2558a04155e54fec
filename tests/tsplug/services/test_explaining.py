"""What is told of why an image has its status."""

from __future__ import annotations

import pytest

from tsplug.grading.combine import Rule
from tsplug.model import AcquiredImage, GradingStatus, Verdict, VerdictStatus
from tsplug.services.explaining import explain_image
from tsplug.testing import ManualClock, memory_store
from tsplug.testing.clock import START

ACCEPT, REJECT, ABSTAIN = VerdictStatus.ACCEPT, VerdictStatus.REJECT, VerdictStatus.ABSTAIN


@pytest.mark.parametrize(
    ("status", "said", "manual", "rule"),
    [
        ("accepted", (ABSTAIN, ABSTAIN), False, Rule.COUNT),
        ("pending", (ABSTAIN,), False, Rule.HOLD),
        ("accepted", (ABSTAIN, ACCEPT), False, Rule.ACCEPT),
        ("rejected", (ACCEPT, REJECT), False, Rule.REJECT),
        ("accepted", (REJECT,), True, Rule.MANUAL),
        ("accepted", (REJECT,), False, None),
        ("accepted", (), False, None),
    ],
)
def test_the_rule_that_made_the_status_is_named(
    status: str, said: tuple[VerdictStatus, ...], *, manual: bool, rule: Rule | None
) -> None:
    """Verdicts alone do not tell why a frame that nobody judged counts; those that came later decided nothing."""
    store = memory_store(ManualClock())
    with store.write() as unit:
        image = unit.add_image(_image(status, manual=manual))
        for place, each in enumerate(said):
            grader = f"g{place}"
            unit.add(Verdict(image_id=image.id or 0, grader=grader, version="1", status=each, judged_at=START))
    assert explain_image(store, "1")["rule"] == rule


def _image(status: str, *, manual: bool) -> AcquiredImage:
    names = {"profile_name": "rig", "project_name": "p", "target_name": "M 42", "filter_name": "L", "file": "1.fits"}
    times = {"started": START, "acquired": START, "exposure_s": 60}
    return AcquiredImage(**names, **times, status=GradingStatus(status), manual=manual)
