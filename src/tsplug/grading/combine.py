"""How the verdicts of several graders become one status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tsplug.model import GraderVerdict, GradingStatus, UngradedPolicy, VerdictStatus


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

    A manual status wins; one reject rejects; else one accept accepts. Where all abstain, for whatever reason,
    errors included, the policy for ungraded frames decides. The order of the verdicts does not matter.
    """
    if manual is not None and manual is not GradingStatus.PENDING:
        return Combination(manual, "Manual", ("user",))
    for said, status in (
        (VerdictStatus.REJECT, GradingStatus.REJECTED),
        (VerdictStatus.ACCEPT, GradingStatus.ACCEPTED),
    ):
        deciding = [verdict for verdict in verdicts if verdict.status is said]
        if deciding:
            return _of(status, deciding)
    abstaining = [verdict for verdict in verdicts if verdict.status is VerdictStatus.ABSTAIN]
    if abstaining and policy is UngradedPolicy.COUNT:
        return _of(GradingStatus.ACCEPTED, abstaining)
    return _of(GradingStatus.PENDING, abstaining)


def _of(status: GradingStatus, deciding: Sequence[GraderVerdict]) -> Combination:
    ordered = sorted(deciding, key=lambda verdict: (verdict.grader, verdict.reason))
    reasons = dict.fromkeys(verdict.reason for verdict in ordered if verdict.reason)
    return Combination(status, "; ".join(reasons), tuple(dict.fromkeys(verdict.grader for verdict in ordered)))
