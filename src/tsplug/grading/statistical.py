"""The statistical grader: one frame against comparable ones, every number kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tsplug.grading.checks import METRIC_CHECKS, OWN_CHECKS, wanted_checks
from tsplug.grading.combine import ERROR_INPUT, WAITS_INPUT, Conclusion
from tsplug.grading.finding import Case, Check, Finding, Outcome, Rule
from tsplug.grading.population import MATCHED_BY, MINIMUM_PEERS
from tsplug.grading.provenance import MADE_FROM_INPUT, asked_of, digest_of, own_of
from tsplug.grading.setup import setup_of
from tsplug.model import GraderVerdict, VerdictStatus

GRADER = "statistical"
VERSION = "16"

MATCHED = [*MATCHED_BY, "rotation"]
"""What frames have in common that are held against each other, as verdicts tell."""

_REMEMBERED = 64
_COMPARED = {check.metric for check in OWN_CHECKS if check.needs_peers} | METRIC_CHECKS.keys()


def judge(case: Case) -> GraderVerdict:
    """Return the statistical grader's verdict of one frame.

    All enabled tests are made, so that an explanation is complete; the first that fails, in their order, gives the
    reason. A frame is accepted when none fails and one passes. With no test enabled it is accepted; where no test can
    say anything, or one must see later frames first, the grader abstains; where the frame could not be measured that is
    an error, not a grade.
    """
    findings = [check.examine(case) for check in wanted_checks(case.preferences)]
    status, reason, said = concluded(case, findings, deciding=decisive(findings))
    return GraderVerdict(
        image_guid=case.image.guid,
        grader=GRADER,
        version=VERSION,
        status=status,
        reason=reason,
        inputs=inputs_of(case, findings) | said,
    )


def concluded(
    case: Case, findings: Sequence[Finding], *, deciding: Finding | None
) -> tuple[VerdictStatus, str, dict[str, str]]:
    """Return the status that findings lead to, the reason, and what of the inputs tells of waiting or an error.

    ``deciding`` is the `decisive` one.
    """
    status, reason = _conclusion(findings, deciding)
    said: dict[str, str] = {}
    if _waits(findings, status):
        said[WAITS_INPUT] = reason
    if _measuring_failed(case, findings, status=status):
        status, reason = VerdictStatus.ABSTAIN, case.image.measure_error
        said[ERROR_INPUT] = case.image.measure_error
    return status, reason, said


def made_from(case: Case) -> str:
    """Return the digest of all that `judge` looks at: two cases of one digest get one verdict."""
    crowd, image = case.population.crowd, case.image
    asked = case.asked or asked_of(case.preferences)
    # As one tuple would be written; what many frames have in common is written once.
    return digest_of(
        f"({_written((VERSION, asked, case.scale_arcsec, case.final, crowd.newest))}, {crowd.is_over(image)}, "
        f"{case.population.matched}, {crowd.mark_without(image)}, {crowd.mark_of(image)}, {repr(own_of(image))[1:-1]}, "
        f"{_written(setup_of(image))})"
    )


@lru_cache(_REMEMBERED)
def _written(parts: tuple[object, ...]) -> str:
    return repr(parts)[1:-1]


def conclude(case: Case, checks: Sequence[Check] | None = None) -> Conclusion:
    """Return what `judge` concludes of one frame; tests stop at the first that fails.

    ``checks`` are those that the profile wants, where they are known already.
    """
    few, passed, telling = [], False, False
    for check in wanted_checks(case.preferences) if checks is None else checks:
        outcome, rule = (settled := check.settle(case)).outcome, settled.rule
        if outcome is Outcome.REJECT:
            return _concluded(VerdictStatus.REJECT, check.title)
        passed = passed or outcome is Outcome.PASS
        telling = telling or outcome is Outcome.WAIT or (rule is Rule.MISSING and bool(case.image.measure_error))
        if rule is Rule.FEW_PEERS:
            few.append(check.metric)
    if telling or not passed:
        return _told(judge(case))
    return _concluded(VerdictStatus.ACCEPT, _by_rule_words(few) if few else "")


@lru_cache(_REMEMBERED)
def _concluded(status: VerdictStatus, reason: str) -> Conclusion:
    return Conclusion(GRADER, status, reason)


def _told(verdict: GraderVerdict) -> Conclusion:
    """Return what a verdict concludes, where its words are needed: why nothing is known, or what is waited for."""
    error, waits = (str(verdict.inputs.get(key, "")) for key in (ERROR_INPUT, WAITS_INPUT))
    return Conclusion(GRADER, verdict.status, verdict.reason, error=error, waits=waits)


def _conclusion(findings: Sequence[Finding], deciding: Finding | None) -> tuple[VerdictStatus, str]:
    if not findings:
        return VerdictStatus.ACCEPT, "no test is enabled"
    if deciding is None:
        return VerdictStatus.ABSTAIN, "; ".join(finding.detail for finding in findings)
    if deciding.outcome is Outcome.REJECT:
        return VerdictStatus.REJECT, deciding.check
    if deciding.outcome is Outcome.WAIT:
        return VerdictStatus.ABSTAIN, deciding.detail
    return VerdictStatus.ACCEPT, _by_rule_words([finding.metric for finding in _by_rule(findings)])


def _by_rule_words(metrics: Sequence[str]) -> str:
    return f"fewer than {MINIMUM_PEERS} comparable frames for {', '.join(metrics)}" if metrics else ""


def _waits(findings: Sequence[Finding], status: VerdictStatus) -> bool:
    return status is VerdictStatus.ABSTAIN and any(finding.outcome is Outcome.WAIT for finding in findings)


def _by_rule(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.is_by_rule]


def decisive(findings: Sequence[Finding]) -> Finding | None:
    """Return the finding that decides: the first that rejects, else that waits, else that passes."""
    waits = passes = None
    for finding in findings:
        if finding.outcome is Outcome.REJECT:
            return finding
        if finding.outcome is Outcome.WAIT:
            waits = waits or finding
        elif finding.outcome is Outcome.PASS:
            passes = passes or finding
    return waits or passes


def _measuring_failed(case: Case, findings: Sequence[Finding], *, status: VerdictStatus) -> bool:
    if not case.image.measure_error:
        return False
    # Guiding is known to the host alone: what the pixels would have told is what an unreadable file takes away.
    # Nor is anything lost that nobody asked for: hosts know sizes and counts, and hardly any knows eccentricities.
    unasked = {"eccentricity"} if case.preferences.grade_eccentricity is None else set()
    needed = _COMPARED - unasked
    missing = any(finding.rule is Rule.MISSING and finding.metric in needed for finding in findings)
    return missing and status is not VerdictStatus.REJECT


def inputs_of(case: Case, findings: Sequence[Finding]) -> dict[str, object]:
    """Return what explains a verdict, as JSON types; `tsplug.grading.statistical_text` writes the same as text."""
    deciding = decisive(findings)
    return {
        "mode": str(case.preferences.mode),
        "population": {
            "ids": list(case.population.ids),
            "size": case.population.size,
            "earlier": case.population.earlier,
            "matched": case.population.matched,
            "matched_by": MATCHED,
            "rotation_tolerance_deg": case.preferences.rotation_tolerance_deg,
        },
        "few_peers": bool(_by_rule(findings)),
        "accept_improvement": case.preferences.accept_improvement,
        "scale_arcsec": case.scale_arcsec,
        "detector": case.image.detector,
        MADE_FROM_INPUT: made_from(case),
        "decided_by": None if deciding is None else deciding.check,
        "rule": None if deciding is None else str(deciding.rule),
        "detail": "" if deciding is None else deciding.detail,
        "checks": [finding.as_inputs() for finding in findings],
    }
