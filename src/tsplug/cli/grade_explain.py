"""``tsplug grade explain``: why an image got its grade, to be read at three in the morning."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import counted, show_json, show_table, show_text
from tsplug.grading.criteria_verdict import GRADER as CRITERIA
from tsplug.grading.statistical import GRADER as STATISTICAL
from tsplug.services.explaining import explain_image

_WIDTH = 80
_INDENT = "      "
_TINY = 0.005
_CRITERIA_LINE = "  {:<18} {:>7} {:>5} {:>5} {:>6} {:>5}  {:<9} {:>6} {:>7}"
_CRITERIA_COLUMNS = ("metric", "value", "good", "bad", "weight", "score", "by", "adds")
_MARKS = {"pass": "ok", "reject": "BAD", "wait": "...", "abstain": "?"}


def register_explain(group: typer.Typer) -> None:
    """Add the command."""
    command(group, "explain")(grade_explain)


def grade_explain(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="Id or guid.")],
    common: Common,
) -> None:
    """Say why an image got its grade: what each grader found, what would have passed, and every change of status."""
    with common.store() as store:
        found = explain_image(store, image)
    if common.as_json:
        show_json(found)
        return
    for line in _lines(found):
        show_text(line)
    changes = [[_moment(each["at"]), each["to_status"], each["by"], each["why"]] for each in found["history"]]
    show_table("history", ("at", "status", "by", "why"), rows=changes)


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    shown = found["image"]
    exposed = f"{shown['filter']} {shown['exposure_s']:g} s, {_moment(shown['started'])}"
    yield f"Image {shown['id']}: {shown['target']}, {exposed}"
    why = f": {shown['reject_reason']}" if shown["reject_reason"] else ""
    yield f"{shown['status'].upper()}{why}"
    if found["rule"] is not None:
        yield from _wrapped(f"rule: {found['rule']}", indent="")
    if found["measure_error"]:
        yield from _wrapped(f"It could not be measured: {found['measure_error']}", indent="")
    for move in found["moves"]:
        yield f"Its file was {move['state']}, {_moment(move['moved_at'])}"
        yield f"  from {move['from_file']}\n  to   {move['to_file']}"
    if not found["verdicts"]:
        yield "\nNo grader has judged it yet."
    for verdict in found["verdicts"]:
        yield ""
        yield from _verdict(verdict)
    yield ""


def _verdict(verdict: Mapping[str, Any]) -> Iterator[str]:
    inputs = verdict["inputs"]
    said = f": {verdict['reason']}" if verdict["reason"] else ""
    version = f" {verdict['version']}" if verdict["version"] else ""
    when = _moment(verdict["judged_at"])
    says, since = ("said", ", before the status was cleared") if verdict["earlier"] else ("says", "")
    yield from _wrapped(f"{verdict['grader']}{version} {says} {verdict['status']}{said} ({when}{since})", indent="")
    if verdict["grader"] == STATISTICAL and "checks" in inputs:
        yield from _statistics(inputs)
    elif verdict["grader"] == CRITERIA and "rows" in inputs:
        yield from _criteria(verdict)
    else:
        for key, value in inputs.items():
            yield from _wrapped(f"{key}: {value}", indent="   ")


def _statistics(inputs: Mapping[str, Any]) -> Iterator[str]:
    population = inputs["population"]
    # Verdicts of earlier versions know less: what is not there is not told.
    compared = population["size"] + population.get("earlier", 0)
    matched = population.get("matched", compared)
    text = f"{inputs['mode']} mode, compared with {counted(compared, 'frame')} of {matched} taken alike"
    tolerance = population.get("rotation_tolerance_deg")
    if population.get("matched_by"):
        text += f" ({', '.join(population['matched_by'])} within {tolerance:g} deg)"
    yield from _wrapped(text, indent="   ")
    outcomes = {check["outcome"] for check in inputs["checks"]}
    if "wait" in outcomes and "reject" not in outcomes:
        yield "   later frames must show whether the night stays so"
    elif "reject" not in outcomes:
        yield "   nothing speaks against it"
    elif inputs.get("decided_by"):
        yield f"   decided by {inputs['decided_by']}"
    for check in inputs["checks"]:
        yield from _check(check)


def _check(check: Mapping[str, Any]) -> Iterator[str]:
    mark, unit = _MARKS.get(check["outcome"], check["outcome"]), check.get("unit") or ""
    if check.get("value") is None:
        yield from _wrapped(f"{mark:>3}  {check['check']}: {check['detail']}", indent="", hanging=_INDENT)
        return
    value = f"{check['value']:.4g} {unit}".strip()
    bound = _bound(check)
    yield f"{mark:>3}  {check['check']:<12} {value:<11} {bound}".rstrip()
    for facts in (_comparison(check), _about(check.get("about") or {}), [f"rule: {check['rule']}"]):
        if facts:
            yield from _wrapped("; ".join(facts), indent=_INDENT)
    if check["outcome"] in ("reject", "wait"):
        yield from _wrapped(_needed(check, unit), indent=_INDENT)


def _needed(check: Mapping[str, Any], unit: str) -> str:
    worst = check.get("would_pass")
    if worst is not None:
        return f"{f'{worst:.4g} {unit}'.strip()} would have passed"
    return "no value of it alone would have passed" if _is_empty(check) else ""


def _is_empty(check: Mapping[str, Any]) -> bool:
    lower, upper = check.get("lower"), check.get("upper")
    return lower is not None and upper is not None and lower > upper


def _comparison(check: Mapping[str, Any]) -> list[str]:
    if check.get("centre") is None:
        return []
    name = "pixel limit" if (check.get("about") or {}).get("sampled") else "usual"
    facts = [f"{name} {check['centre']:.4g}, spread {check['spread']:.3g}"]
    if check.get("contribution") is not None:
        side = "worse" if check["contribution"] >= 0 else "better"
        allowed = check["sigma"] if check.get("allowed") is None else check["allowed"]
        facts.append(f"{abs(check['contribution']):.1f} spreads {side}, {allowed:.3g} allowed")
    if check.get("set_right_for"):
        facts.append(f"peers set right for {' and '.join(check['set_right_for'])}")
    return [*facts, f"{check['samples']} values"]


def _bound(check: Mapping[str, Any]) -> str:
    lower, upper = check.get("lower"), check.get("upper")
    if _is_empty(check):
        return "nothing passes"
    if lower is not None and upper is not None:
        return f"from {lower:.4g} to {upper:.4g} passes"
    if upper is not None:
        return f"up to {upper:.4g} passes"
    return "" if lower is None else f"from {lower:.4g} on passes"


def _about(about: Mapping[str, Any]) -> list[str]:
    if not about:
        return []
    night, plan = about["night_level"], about["plan_level"]
    facts = [f"plan {plan:.4g}" if night is None else f"night {night:.4g}, plan {plan:.4g}"]
    facts.append(f"outliers left out, {about['used']} remain")
    # Verdicts of earlier versions granted nothing for guiding.
    by_guiding = about.get("by_guiding") or 0.0
    if about["slack"] - by_guiding > _TINY * plan:
        why = "since its night is little known" if night is None else "for the air it was seen through"
        facts.append(f"{about['slack'] - by_guiding:.3g} granted, {why}")
    if by_guiding:
        facts.append(f"{by_guiding:.3g} granted, since it was guided a little worse")
    if about.get("sampled"):
        facts.append("narrower stars are no better, since pixels cannot show them")
    if about.get("lasting_most"):
        before, most = about["lasting_before"], about["lasting_most"]
        facts.append(f"worse for so long that it is usual: {before:.4g} before, at most {most:.4g}")
    if about["air"] > _TINY * plan:
        facts.append(f"the air makes {about['air']:.3g} of it")
    return facts


def _criteria(verdict: Mapping[str, Any]) -> Iterator[str]:
    inputs = verdict["inputs"]
    unrounded = "" if inputs.get("unrounded") is None else f" ({inputs['unrounded']:.3f})"
    score = "no score" if verdict["score"] is None else f"score {verdict['score']:g}{unrounded}, band {verdict['band']}"
    text = f"{inputs['set']}: {score}, {inputs['minimum_grade']} wanted, coverage {inputs['coverage']:.0%}"
    yield from _wrapped(text, indent="   ")
    passing = inputs.get("would_pass") or {}
    yield _CRITERIA_LINE.format(*_CRITERIA_COLUMNS, "passes" if passing else "").rstrip()
    for row in inputs["rows"]:
        yield _criteria_row(row, passing).rstrip()
    for row in inputs["rows"]:
        if row.get("deviation_score") is not None:
            yield from _wrapped(_deviation(row), indent="   ", hanging=_INDENT)
    if any(value is not None for value in passing.values()):
        yield "   passes: the value that alone would have been enough"
    if inputs.get("missing"):
        yield from _wrapped(f"missing: {', '.join(inputs['missing'])}", indent="   ")
    if inputs.get("gated"):
        yield from _wrapped(f"gates that failed: {', '.join(inputs['gated'])}", indent="   ")


def _criteria_row(row: Mapping[str, Any], passing: Mapping[str, float | None]) -> str:
    numbers = [_short(row.get(key)) for key in ("value", "good", "bad", "weight")]
    shares = [f"{row['score']:.1f}", row.get("decided_by", ""), f"{row['contribution']:.2f}"]
    return _CRITERIA_LINE.format(row["metric"], *numbers, *shares, _short(passing.get(row["metric"])))


def _deviation(row: Mapping[str, Any]) -> str:
    usual = f"{row['metric']}: usual {_short(row['baseline'])}"
    peers = f" of {counted(row['samples'], 'accepted frame')}" if row.get("samples") else ""
    return f"{usual}{peers}; by threshold {row['threshold_score']:.1f}, by deviation {row['deviation_score']:.1f}"


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _wrapped(text: str, indent: str, *, hanging: str | None = None) -> list[str]:
    after = indent if hanging is None else hanging
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=after, break_long_words=False, break_on_hyphens=False
    )


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"
