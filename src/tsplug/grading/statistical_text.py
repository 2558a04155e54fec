"""The statistical grader's verdict with its inputs as JSON text: that of `tsplug.grading.statistical.judge`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tsplug.grading.checks import wanted_checks
from tsplug.grading.combine import ERROR_INPUT, WAITS_INPUT
from tsplug.grading.finding import Case, Check, Finding, Outcome, Rule
from tsplug.grading.provenance import MADE_FROM_INPUT
from tsplug.grading.statistical import GRADER, MATCHED, VERSION, concluded, decisive, inputs_of, made_from
from tsplug.grading.told import ToldVerdict, is_finite_text, number_text, quoted
from tsplug.model.json_text import JsonText, encoded

_REMEMBERED = 256
_MATCHED = f"[{','.join(map(quoted, MATCHED))}]"


def told(case: Case, checks: Sequence[Check] | None = None) -> ToldVerdict:
    """Return what `judge` returns, as it is stored.

    ``checks`` are those that the profile wants, where they are known already.
    """
    findings = [check.examine(case) for check in (wanted_checks(case.preferences) if checks is None else checks)]
    status, reason, said = concluded(case, findings)
    text = _inputs(case, findings, said=said)
    if not is_finite_text(text):
        text = encoded(inputs_of(case, findings) | said)
    error, waits = said.get(ERROR_INPUT, ""), said.get(WAITS_INPUT, "")
    return ToldVerdict(GRADER, VERSION, status, reason, JsonText(text), error=error, waits=waits)


def _inputs(case: Case, findings: Sequence[Finding], *, said: dict[str, str]) -> str:
    deciding, wanted, few = decisive(findings), case.preferences, any(each.is_by_rule for each in findings)
    more = "".join([f',"{key}":{quoted(text)}' for key, text in said.items()])
    return (
        f'{{"mode":"{wanted.mode}","population":{_population(case)},"few_peers":{_truth(few)},'
        f'"accept_improvement":{_truth(wanted.accept_improvement)},"scale_arcsec":{number_text(case.scale_arcsec)},'
        f'"detector":{_word(case.image.detector)},"{MADE_FROM_INPUT}":"{made_from(case)}",'
        f'"decided_by":{_word(deciding and deciding.check)},"rule":{_word(deciding and deciding.rule)},'
        f'"detail":{quoted(deciding.detail if deciding else "")},'
        f'"checks":[{",".join([_finding(each) for each in findings])}]{more}}}'
    )


def _population(case: Case) -> str:
    population = case.population
    return (
        f'{{"ids":[{population.ids_text}],"size":{population.size},"earlier":{population.earlier},'
        f'"matched":{population.matched},"matched_by":{_MATCHED},'
        f'"rotation_tolerance_deg":{number_text(case.preferences.rotation_tolerance_deg)}}}'
    )


def _finding(finding: Finding) -> str:
    # What is missing is missing of many frames, and the same is told of all.
    return _missing(finding[:5], finding.unit) if finding.rule is Rule.MISSING else _full(finding)


@lru_cache(_REMEMBERED)
def _missing(told: tuple[str, str, Outcome, Rule, str], unit: str) -> str:
    return _full(Finding(*told, unit=unit))


def _full(finding: Finding) -> str:
    check, metric, outcome, rule, detail, value, unit, samples, centre, spread, sigma, lower, upper, about = finding
    numbers = [number_text(each) for each in (value, centre, spread, sigma, lower, upper, *about.values())]
    words = outcome, rule, quoted(detail), numbers[0], samples
    return _template(check, metric, *about, unit=unit) % (*words, *numbers[1:])


@lru_cache(_REMEMBERED)
def _template(check: str, metric: str, *about: str, unit: str) -> str:
    """Return what findings of one test have in common, with places for what they have not."""
    same = {name: quoted(text).replace("%", "%%") for name, text in (("c", check), ("m", metric), ("u", unit))}
    told = ",".join([f'"{name}":%s' for name in about])
    return (
        f'{{"check":{same["c"]},"metric":{same["m"]},"outcome":"%s","rule":"%s","detail":%s,"value":%s,'
        f'"unit":{same["u"]},"samples":%s,"centre":%s,"spread":%s,"sigma":%s,"lower":%s,"upper":%s,"about":{{{told}}}}}'
    )


def _word(text: str | None) -> str:
    return "null" if text is None else quoted(text)


def _truth(value: bool) -> str:
    return "true" if value else "false"
