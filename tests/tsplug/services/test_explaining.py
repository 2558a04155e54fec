"""What is told of why an image has its status."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tsplug.grading.combine import Rule
from tsplug.model import AcquiredImage, GradingStatus, StatusChange, Verdict, VerdictStatus
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


def test_a_grader_that_is_no_longer_asked_decides_nothing() -> None:
    """Its verdict from before the status was cleared stays for the record; the policy decided, and is named."""
    store = memory_store(ManualClock())
    with store.write() as unit:
        image = unit.add_image(_image("pending", manual=False))
        key, hour = image.id or 0, timedelta(hours=1)
        unit.add(Verdict(image_id=key, grader="old", version="1", status=ACCEPT, judged_at=START))
        trail = ((None, "pending", "t"), ("pending", "accepted", "old"), ("accepted", "pending", "user"))
        for place, (before, after, by) in enumerate(trail):
            unit.add(_line(key, before, after, by=by, at=START + place * hour))
        unit.add(Verdict(image_id=key, grader="new", version="1", status=ABSTAIN, judged_at=START + 3 * hour))
    held = explain_image(store, "1")
    assert ([each["earlier"] for each in held["verdicts"]], held["rule"]) == ([True, False], Rule.HOLD)
    with store.write() as unit:
        unit.set_status(image, _line(key, "pending", "accepted", by="new", at=START + 3 * hour))
    assert explain_image(store, "1")["rule"] == Rule.COUNT
    with store.write() as unit:
        taken_back = {"by": "user", "at": START + 4 * hour}
        unit.set_status(unit.get(AcquiredImage, key), _line(key, "accepted", "rejected", **taken_back))
    assert explain_image(store, "1")["rule"] is None


def _line(key: int, before: str | None, after: str, *, by: str, at: datetime) -> StatusChange:
    from_status = None if before is None else GradingStatus(before)
    return StatusChange(image_id=key, from_status=from_status, to_status=GradingStatus(after), by=by, at=at)


def _image(status: str, *, manual: bool) -> AcquiredImage:
    names = {"profile_name": "rig", "project_name": "p", "target_name": "M 42", "filter_name": "L", "file": "1.fits"}
    times = {"started": START, "acquired": START, "exposure_s": 60}
    return AcquiredImage(**names, **times, status=GradingStatus(status), manual=manual)
