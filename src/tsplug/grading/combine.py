"""How the verdicts of several graders become one status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tsplug.model import GraderVerdict, GradingStatus, UngradedPolicy, VerdictStatus

ERROR_INPUT = "error"
"""The key of a verdict's inputs that tells of an error, which is why the grader abstained."""


class Rule(StrEnum):
    """Which of the rules of combination decided, in the words in which it is told."""

    MANUAL = "it was set by hand, which no grader changes"
    REJECT = "one reject rejects"
    FAILURE = "a grader failed, so the frame waits for it"
    ACCEPT = "no grader rejects and one accepts"
    COUNT = "no grader judged it, and grader.ungraded=count lets such frames count"
    HOLD = "no grader judged it, and grader.ungraded=hold keeps such frames pending"


@dataclass(frozen=True)
class Combination:
    """A status, the reason in few words, the graders that decided, and the rule; None where nobody was asked."""

    status: GradingStatus
    reason: str
    by: tuple[str, ...]
    rule: Rule | None = None


def combine(
    verdicts: Sequence[GraderVerdict], policy: UngradedPolicy, *, manual: GradingStatus | None = None
) -> Combination:
    """Return the status that follows from the verdicts of all enabled graders.

    A manual status wins; one reject rejects. Where a grader failed and none rejects the frame stays pending, whatever
    the policy, until that grader can judge it. Else one accept accepts, and where all abstain the policy for ungraded
    frames decides. The order of the verdicts does not matter.
    """
    if manual is not None and manual is not GradingStatus.PENDING:
        return Combination(manual, "Manual", ("user",), Rule.MANUAL)
    rejecting, accepting, abstaining = (
        [verdict for verdict in verdicts if verdict.status is said]
        for said in (VerdictStatus.REJECT, VerdictStatus.ACCEPT, VerdictStatus.ABSTAIN)
    )
    failed = [verdict for verdict in abstaining if has_failed(verdict)]
    if rejecting:
        return _of(GradingStatus.REJECTED, rejecting, rule=Rule.REJECT)
    if failed:
        return _of(GradingStatus.PENDING, failed, rule=Rule.FAILURE)
    if accepting:
        return _of(GradingStatus.ACCEPTED, accepting, rule=Rule.ACCEPT)
    if not abstaining:
        return Combination(GradingStatus.PENDING, "", ())
    if policy is UngradedPolicy.COUNT:
        return _by_policy(GradingStatus.ACCEPTED, abstaining, rule=Rule.COUNT)
    return _by_policy(GradingStatus.PENDING, abstaining, rule=Rule.HOLD)


def has_failed(verdict: GraderVerdict) -> bool:
    """Return whether a grader abstained because something went wrong, not because it had nothing to say."""
    return verdict.status is VerdictStatus.ABSTAIN and bool(verdict.inputs.get(ERROR_INPUT))


def failure(grader: str, image_guid: str, *, error: str) -> GraderVerdict:
    """Return the verdict of a grader that failed on an image: it abstains and tells the error."""
    return GraderVerdict(
        image_guid=image_guid,
        grader=grader,
        version="",
        status=VerdictStatus.ABSTAIN,
        reason=error,
        inputs={ERROR_INPUT: error},
    )


def _by_policy(status: GradingStatus, abstaining: Sequence[GraderVerdict], *, rule: Rule) -> Combination:
    """Return what the policy makes of a frame that nobody judged; the reason names the policy, then why nobody did."""
    found = _of(status, abstaining, rule=rule)
    return replace(found, reason=f"{rule}: {found.reason}" if found.reason else str(rule))


def _of(status: GradingStatus, deciding: Sequence[GraderVerdict], *, rule: Rule) -> Combination:
    ordered = sorted(deciding, key=lambda verdict: (verdict.grader, verdict.reason))
    reasons = dict.fromkeys(verdict.reason for verdict in ordered if verdict.reason)
    return Combination(status, "; ".join(reasons), tuple(dict.fromkeys(each.grader for each in ordered)), rule)
