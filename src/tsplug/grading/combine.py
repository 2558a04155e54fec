"""How the verdicts of several graders become one status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from tsplug.model import Band, GraderVerdict, GradingStatus, UngradedPolicy, VerdictStatus

ERROR_INPUT = "error"
"""The key of a verdict's inputs that tells of an error, which is why the grader abstained."""

WAITS_INPUT = "waits"
"""The key of a verdict's inputs that tells what the grader waits for, which is why it abstained."""


_REMEMBERED = 256


class Said(Protocol):
    """What of a verdict decides: a `GraderVerdict` says it, and a `Conclusion`, which explains nothing."""

    @property
    def grader(self) -> str:
        """Return who says it."""
        ...

    @property
    def status(self) -> VerdictStatus:
        """Return what is said."""
        ...

    @property
    def reason(self) -> str:
        """Return why."""
        ...

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Return what it rests on; `ERROR_INPUT` among it where the grader failed, `WAITS_INPUT` where it waits."""
        ...


class Conclusion(NamedTuple):
    """What a grader concludes of a frame, without the numbers that explain it."""

    grader: str
    status: VerdictStatus
    reason: str = ""
    score: float | None = None
    band: Band | None = None
    error: str = ""
    waits: str = ""

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Return the error, if there was one, and what is waited for."""
        return deciding_inputs(self.error, self.waits)


_NOTHING: Mapping[str, Any] = MappingProxyType({})


def deciding_inputs(error: str, waits: str) -> Mapping[str, Any]:
    """Return what of the inputs of a verdict decides: an error, and what is waited for; nothing where that is empty."""
    if not (error or waits):
        return _NOTHING
    told = {ERROR_INPUT: error, WAITS_INPUT: waits}
    return {key: value for key, value in told.items() if value}


class Rule(StrEnum):
    """Which of the rules of combination decided, in the words in which it is told."""

    MANUAL = "it was set by hand, which no grader changes"
    REJECT = "one reject rejects"
    FAILURE = "a grader failed, so the frame waits for it"
    WAITING = "a grader waits for later frames"
    ACCEPT = "no grader rejects and one accepts"
    COUNT = "no grader judged it, and grader.ungraded=count lets such frames count"
    HOLD = "no grader judged it, and grader.ungraded=hold keeps such frames pending"


_STATUSES = {
    Rule.REJECT: GradingStatus.REJECTED,
    Rule.FAILURE: GradingStatus.PENDING,
    Rule.WAITING: GradingStatus.PENDING,
    Rule.ACCEPT: GradingStatus.ACCEPTED,
    Rule.COUNT: GradingStatus.ACCEPTED,
    Rule.HOLD: GradingStatus.PENDING,
}


class Combination(NamedTuple):
    """A status, the reason in few words, the graders that decided, and the rule; None where nobody was asked."""

    status: GradingStatus
    reason: str
    by: tuple[str, ...]
    rule: Rule | None = None


def combine(verdicts: Sequence[Said], policy: UngradedPolicy, *, manual: GradingStatus | None = None) -> Combination:
    """Return the status that follows from the verdicts of all enabled graders.

    A manual status wins; one reject rejects. Where a grader failed or waits and none rejects the frame stays pending,
    whatever the policy, until that grader can judge it. Else one accept accepts, and where all abstain the policy for
    ungraded frames decides. The order of the verdicts does not matter.
    """
    if manual is not None and manual is not GradingStatus.PENDING:
        return Combination(manual, "Manual", ("user",), Rule.MANUAL)
    rule, deciding = _decided(verdicts, policy)
    if rule is None:
        return Combination(GradingStatus.PENDING, "", ())
    found = _of(_STATUSES[rule], deciding, rule=rule)
    if rule in (Rule.COUNT, Rule.HOLD):
        # The reason names the policy, then why nobody judged the frame.
        return found._replace(reason=f"{rule}: {found.reason}" if found.reason else str(rule))
    return found


def status_by(verdicts: Sequence[Said], policy: UngradedPolicy) -> GradingStatus:
    """Return the status that `combine` finds, without reasons."""
    rule, _ = _decided(verdicts, policy)
    return GradingStatus.PENDING if rule is None else _STATUSES[rule]


def _decided(verdicts: Sequence[Said], policy: UngradedPolicy) -> tuple[Rule | None, Sequence[Said]]:
    """Return the rule that decides, and the verdicts by which it does."""
    rejecting = [verdict for verdict in verdicts if verdict.status is VerdictStatus.REJECT]
    if rejecting:
        return Rule.REJECT, rejecting
    if open_ := [verdict for verdict in verdicts if verdict.inputs]:
        failed = [verdict for verdict in open_ if has_failed(verdict)]
        if failed:
            return Rule.FAILURE, failed
        waiting = [verdict for verdict in open_ if verdict.inputs.get(WAITS_INPUT)]
        if waiting:
            return Rule.WAITING, waiting
    accepting = [verdict for verdict in verdicts if verdict.status is VerdictStatus.ACCEPT]
    if accepting:
        return Rule.ACCEPT, accepting
    if not verdicts:
        return None, ()
    return Rule.COUNT if policy is UngradedPolicy.COUNT else Rule.HOLD, verdicts


def has_failed(verdict: Said) -> bool:
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


def _of(status: GradingStatus, deciding: Sequence[Said], *, rule: Rule) -> Combination:
    return _combined(status, tuple([(verdict.grader, verdict.reason) for verdict in deciding]), rule=rule)


@lru_cache(_REMEMBERED)
def _combined(status: GradingStatus, said: tuple[tuple[str, str], ...], *, rule: Rule) -> Combination:
    """Return what graders come to together that give reasons; most frames are accepted for the same ones."""
    if len(said) == 1:
        return Combination(status, said[0][1], (said[0][0],), rule)
    ordered = sorted(said)
    reasons = dict.fromkeys(reason for _, reason in ordered if reason)
    return Combination(status, "; ".join(reasons), tuple(dict.fromkeys(grader for grader, _ in ordered)), rule)
