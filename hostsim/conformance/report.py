"""What a reader gets of a check: a line for every verdict, a summary by device, or one JSON document."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from hostsim.conformance.rule import Status, Verdict


def line(verdict: Verdict) -> str:
    """Return a verdict on one line."""
    subject = f" [{verdict.subject}]" if verdict.subject else ""
    start = f"{verdict.status} {verdict.place} {verdict.rule.id}{subject}: {verdict.rule.text}"
    if verdict.status is Status.FAIL:
        expected = "" if verdict.expected == verdict.rule.text else f"expected {verdict.expected}; "
        text = f"{start} | {expected}seen {verdict.seen}"
    else:
        text = f"{start} | {verdict.seen}"
    return _one_line(text)


def summary(verdicts: Iterable[Verdict]) -> list[str]:
    """Return how many verdicts of each kind there are, by device and in all."""
    counted: dict[str, Counter[Status]] = {}
    for verdict in verdicts:
        counted.setdefault(verdict.place, Counter())[verdict.status] += 1
    total: Counter[Status] = sum(counted.values(), Counter())
    width = max([len(place) for place in counted] + [len("all")])
    return [f"{place:<{width}}  {_counts(counts)}" for place, counts in [*counted.items(), ("all", total)]]


def passed(verdicts: Iterable[Verdict]) -> bool:
    """Return whether nothing failed."""
    return all(verdict.status is not Status.FAIL for verdict in verdicts)


def counted(verdicts: Iterable[Verdict]) -> str:
    """Return how many verdicts of each kind there are."""
    return _counts(Counter(verdict.status for verdict in verdicts))


def document(verdicts: list[Verdict], incomplete: str = "") -> str:
    """Return every verdict and the counts as one JSON document; ``incomplete`` says why not everything was asked."""
    counts = Counter(verdict.status for verdict in verdicts)
    content: dict[str, Any] = {
        "passed": passed(verdicts) and not incomplete,
        "incomplete": incomplete or None,
        "counts": {status.value: counts[status] for status in Status},
        "verdicts": [_entry(verdict) for verdict in verdicts],
    }
    return json.dumps(content, indent=1)


def _counts(counts: Counter[Status]) -> str:
    return ", ".join(f"{counts[status]} {status.value}" for status in Status)


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _entry(verdict: Verdict) -> dict[str, str]:
    rule = verdict.rule
    return {
        "status": verdict.status.value,
        "place": verdict.place,
        "rule": rule.id,
        "subject": verdict.subject,
        "text": rule.text,
        "section": rule.section,
        "profile": rule.profile.value,
        "expected": verdict.expected,
        "seen": verdict.seen,
    }
