"""How verdicts become a status."""

from __future__ import annotations

from itertools import permutations

import pytest

from tsplug.grading.combine import WAITS_INPUT, Rule, combine, failure
from tsplug.model import GraderVerdict, GradingStatus, UngradedPolicy, VerdictStatus

PENDING, ACCEPTED, REJECTED = GradingStatus.PENDING, GradingStatus.ACCEPTED, GradingStatus.REJECTED
COUNT, HOLD = UngradedPolicy.COUNT, UngradedPolicy.HOLD


def said(letters: str) -> list[GraderVerdict]:
    words = {"a": VerdictStatus.ACCEPT, "r": VerdictStatus.REJECT}
    return [
        failure("g", "g", error="broken")
        if letter == "e"
        else GraderVerdict(
            image_guid="g",
            grader=f"g{n}",
            version="1",
            status=words.get(letter, VerdictStatus.ABSTAIN),
            reason=f"{letter}{n}",
            inputs={WAITS_INPUT: "later frames"} if letter == "w" else {},
        )
        for n, letter in enumerate(letters)
    ]


@pytest.mark.parametrize(
    ("letters", "policy", "status"),
    [
        ("a", HOLD, ACCEPTED),
        ("r", COUNT, REJECTED),
        ("ar", COUNT, REJECTED),
        ("a-", HOLD, ACCEPTED),
        ("-r", HOLD, REJECTED),
        ("--", COUNT, ACCEPTED),
        ("--", HOLD, PENDING),
        ("e", COUNT, PENDING),
        ("e-", COUNT, PENDING),
        ("e", HOLD, PENDING),
        ("ea", COUNT, PENDING),
        ("er", COUNT, REJECTED),
        ("w", COUNT, PENDING),
        ("wa", COUNT, PENDING),
        ("wr", COUNT, REJECTED),
        ("", COUNT, PENDING),
    ],
)
def test_verdicts_combine_whatever_their_order(letters: str, policy: UngradedPolicy, status: GradingStatus) -> None:
    """One reject rejects, else an error or waiting keeps it pending, else one accept accepts, else the policy rules."""
    results = {combine(order, policy) for order in permutations(said(letters))}
    assert {result.status for result in results} == {status}
    assert len(results) == 1


@pytest.mark.parametrize("manual", [ACCEPTED, REJECTED])
def test_a_manual_status_wins(manual: GradingStatus) -> None:
    """Graders do not change what a person decided."""
    assert combine(said("ra"), COUNT, manual=manual).status is manual


def test_a_cleared_manual_status_lets_graders_decide_again() -> None:
    """Pending is not a decision."""
    assert combine(said("r"), COUNT, manual=PENDING).status is REJECTED


def test_reasons_of_all_rejecting_graders_are_told() -> None:
    """Who rejected, and why."""
    result = combine(said("rar"), COUNT)
    assert (result.reason, result.by) == ("r0; r2", ("g0", "g2"))


@pytest.mark.parametrize(
    ("letters", "policy", "rule"),
    [
        ("ra", COUNT, Rule.REJECT),
        ("ea", COUNT, Rule.FAILURE),
        ("wa", COUNT, Rule.WAITING),
        ("a-", HOLD, Rule.ACCEPT),
        ("--", COUNT, Rule.COUNT),
        ("--", HOLD, Rule.HOLD),
        ("", COUNT, None),
    ],
)
def test_the_rule_that_decided_is_told(letters: str, policy: UngradedPolicy, rule: Rule | None) -> None:
    """Who reads a status can name what made it."""
    assert combine(said(letters), policy).rule is rule


@pytest.mark.parametrize("policy", [COUNT, HOLD])
def test_the_policy_for_ungraded_frames_is_named_in_the_reason(policy: UngradedPolicy) -> None:
    """The reason goes into the audit trail: it names the preference that decided, then why no grader did."""
    assert f"grader.ungraded={policy.value}" in combine(said("--"), policy).reason
    assert combine(said("--"), policy).reason.endswith(": -0; -1")
