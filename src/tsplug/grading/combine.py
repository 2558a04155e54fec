"""How the verdicts of several graders become one status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tsplug.model import GraderVerdict, GradingStatus, UngradedPolicy, VerdictStatus

ERROR_INPUT = "error"
"""The key of a verdict's inputs that tells of an error, which is why the grader abstained."""


@dataclass(frozen=True)
class Combination:
    """A status, the reason in few words, and the graders that decided."""

    status: GradingStatus
    reason: str
    by: tuple[str, ...]


def combine(
    verdicts: Sequence[GraderVerdict], policy: UngradedPolicy, *, manual: GradingStatus | None = None
) -> Combination:
    """Return the status that follows from the verdicts of all enabled graders.

    A manual status wins; one reject rejects. Where a grader failed and none rejects the frame stays pending, whatever
    the policy, until that grader can judge it. Else one accept accepts, and where all abstain the policy for ungraded
    frames decides. The order of the verdicts does not matter.
    """
    if manual is not None and manual is not GradingStatus.PENDING:
        return Combination(manual, "Manual", ("user",))
    rejecting, accepting, abstaining = (
        [verdict for verdict in verdicts if verdict.status is said]
        for said in (VerdictStatus.REJECT, VerdictStatus.ACCEPT, VerdictStatus.ABSTAIN)
    )
    failed = [verdict for verdict in abstaining if has_failed(verdict)]
    if rejecting:
        return _of(GradingStatus.REJECTED, rejecting)
    if failed:
        return _of(GradingStatus.PENDING, failed)
    if accepting:
        return _of(GradingStatus.ACCEPTED, accepting)
    if abstaining and policy is UngradedPolicy.COUNT:
        return _of(GradingStatus.ACCEPTED, abstaining)
    return _of(GradingStatus.PENDING, abstaining)


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


def _of(status: GradingStatus, deciding: Sequence[GraderVerdict]) -> Combination:
    ordered = sorted(deciding, key=lambda verdict: (verdict.grader, verdict.reason))
    reasons = dict.fromkeys(verdict.reason for verdict in ordered if verdict.reason)
    return Combination(status, "; ".join(reasons), tuple(dict.fromkeys(verdict.grader for verdict in ordered)))
