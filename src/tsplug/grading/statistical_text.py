"""The statistical grader's verdict with its inputs as JSON text: that of `tsplug.grading.statistical.judge`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, repeat

from tsplug.grading.checks import wanted_checks
from tsplug.grading.combine import ERROR_INPUT, WAITS_INPUT
from tsplug.grading.finding import Case, Check, Finding, Outcome, Rule
from tsplug.grading.provenance import MADE_FROM_INPUT
from tsplug.grading.statistical import GRADER, MATCHED, VERSION, concluded, decisive, inputs_of, made_from
from tsplug.grading.told import ToldVerdict, number_texts, quoted
from tsplug.model.json_text import JsonText, encoded

_REMEMBERED = 256
_MATCHED = f"[{','.join(map(quoted, MATCHED))}]"


def told(case: Case, checks: Sequence[Check] | None = None) -> ToldVerdict:
    """Return what `judge` returns, as it is stored.

    ``checks`` are those that the profile wants, where they are known already.
    """
    findings = [check.examine(case) for check in (wanted_checks(case.preferences) if checks is None else checks)]
    deciding = decisive(findings)
    status, reason, said = concluded(case, findings, deciding=deciding)
    numbers = number_texts(_numbers(case, findings))
    if numbers is None:
        text = encoded(inputs_of(case, findings) | said)
    else:
        text = _inputs(case, findings, numbers=iter(numbers), deciding=deciding)
        text += "".join([f',"{key}":{quoted(word)}' for key, word in said.items()]) + "}"
    error, waits = said.get(ERROR_INPUT, ""), said.get(WAITS_INPUT, "")
    return ToldVerdict(GRADER, VERSION, status, reason, JsonText(text), error=error, waits=waits)


def _numbers(case: Case, findings: Sequence[Finding]) -> list[float | None]:
    """Return all numbers that are told of a frame, in their order, so that they are written at once."""
    numbers = [case.preferences.rotation_tolerance_deg, case.scale_arcsec]
    for each in findings:
        if each.rule is not Rule.MISSING:
            _, _, _, _, _, value, _, _, centre, spread, sigma, lower, upper, about = each
            numbers += (value, centre, spread, sigma, lower, upper, *about.values())
    return numbers


def _inputs(case: Case, findings: Sequence[Finding], *, numbers: Iterator[str], deciding: Finding | None) -> str:
    """Return the text but for its end."""
    wanted, image = case.preferences, case.image
    few = any(each.is_by_rule for each in findings)
    check, rule, detail = (None, None, "") if deciding is None else (deciding.check, deciding.rule, deciding.detail)
    # What is missing is missing of many frames, and the same is told of all.
    population, scale, checks = (
        _population(case, next(numbers)),
        next(numbers),
        [
            _missing(each[:5], each.unit) if each.rule is Rule.MISSING else _full(each, numbers=numbers)
            for each in findings
        ],
    )
    return (
        f'{{"mode":"{wanted.mode}","population":{population},"few_peers":{_truth(few)},'
        f'"accept_improvement":{_truth(wanted.accept_improvement)},"scale_arcsec":{scale},'
        f'"detector":{_word(image.detector)},"{MADE_FROM_INPUT}":"{made_from(case)}",'
        f'"decided_by":{_word(check)},"rule":{_word(rule)},"detail":{quoted(detail)},"checks":[{",".join(checks)}]'
    )


def _population(case: Case, tolerance: str) -> str:
    population = case.population
    size = population.size
    return (
        f'{{"ids":[{population.ids_text}],"size":{size},"earlier":{population.others - size},'
        f'"matched":{population.matched},"matched_by":{_MATCHED},"rotation_tolerance_deg":{tolerance}}}'
    )


@lru_cache(_REMEMBERED)
def _missing(told: tuple[str, str, Outcome, Rule, str], unit: str) -> str:
    return _full(Finding(*told, unit=unit), numbers=repeat("null"))


def _full(finding: Finding, *, numbers: Iterator[str]) -> str:
    """Return the text of a finding, whose numbers come next."""
    check, metric, outcome, rule, detail, _, unit, samples, _, _, _, _, _, about = finding
    told = outcome, rule, quoted(detail), next(numbers), samples, *islice(numbers, 5 + len(about))
    return _template(check, metric, *about, unit=unit) % told


@lru_cache(_REMEMBERED)
def _template(check: str, metric: str, *about: str, unit: str) -> str:
    """Return what findings of one test have in common, with places for what they have not."""
    same = {name: quoted(text).replace("%", "%%") for name, text in (("c", check), ("m", metric), ("u", unit))}
    told = ",".join([f'"{name}":%s' for name in about])
    return (
        f'{{"check":{same["c"]},"metric":{same["m"]},"outcome":"%s","rule":"%s","detail":%s,"value":%s,'
        f'"unit":{same["u"]},"samples":%s,"centre":%s,"spread":%s,"sigma":%s,"lower":%s,"upper":%s,"about":{{{told}}}}}'
    )


@lru_cache(_REMEMBERED)
def _word(text: str | None) -> str:
    return "null" if text is None else quoted(text)


def _truth(value: bool) -> str:
    return "true" if value else "false"
