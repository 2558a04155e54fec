"""Judges rules: checks each of a phase, and makes a verdict of however the check ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hostsim.conformance.device import Conditions
from hostsim.conformance.outcome import NotApplicableError, NotAskedError, NotedError, UnmetError
from hostsim.conformance.rule import Phase, Rule, Status, Verdict


def judged(rules: Iterable[Rule], subject: Any, *, phase: Phase, conditions: Conditions) -> Iterator[Verdict]:
    """Check the rules of a phase about a device or the server; yields their verdicts.

    Raises:
        StoppedError: the check is stopped.
    """
    for rule in rules:
        if rule.phase is not phase:
            continue
        if rule.timed and not conditions.timed:
            yield Verdict(rule, subject.place, "", Status.SKIP, rule.text, "seconds are not measured")
        elif rule.version > getattr(subject, "version", rule.version):
            seen = f"interface version {subject.version} is older than {rule.version}"
            yield Verdict(rule, subject.place, "", Status.SKIP, rule.text, seen)
        else:
            yield from _judged_each(rule, subject)


def _judged_each(rule: Rule, subject: Any) -> Iterator[Verdict]:
    if rule.each is None:
        yield _verdict(rule, subject, run=lambda: rule.check(subject))
        return
    parts: list[Any] = []
    found = _verdict(rule, subject, run=lambda: parts.extend(rule.each(subject)) if rule.each else None)
    if found.status is not Status.PASS:
        yield found
    for part in parts:
        yield _verdict(rule, subject, run=lambda part=part: rule.check(subject, part), name=str(part))  # type: ignore[misc]


def _verdict(rule: Rule, subject: Any, *, run: Callable[[], str | None], name: str = "") -> Verdict:
    expected = rule.text
    try:
        seen = run() or "as expected"
        status = Status.PASS
    except NotAskedError as error:
        status, seen = Status.SKIP, error.seen
    except UnmetError as error:
        status, seen, expected = Status.FAIL, error.seen, error.expected or rule.text
    except NotApplicableError as error:
        status, seen = Status.SKIP, str(error)
    except NotedError as error:
        status, seen = Status.INFO, str(error)
    except Exception as error:  # noqa: BLE001 - what anybody's server answers may trip a rule; that is its failure, not ours
        status, seen = Status.FAIL, f"an answer this rule cannot read ({type(error).__name__}: {error})"
    return Verdict(rule, subject.place, name, status, expected, seen)
