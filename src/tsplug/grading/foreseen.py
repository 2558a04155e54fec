"""Tests of many frames against others, settled for all of them at once, before these are judged one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tsplug.grading.asked import Question
from tsplug.grading.checks import wanted_checks
from tsplug.grading.finding import Case
from tsplug.grading.harm import Harm
from tsplug.grading.spread import SpreadCheck
from tsplug.grading.usual import MetricUsual

_SEVERAL = 2
"""One frame alone needs no arrays, and importing them takes longer than to judge it."""


class _Test(NamedTuple):
    """A frame under one test: how many others have the metric, and what is to be found of these."""

    case: Case
    check: SpreadCheck
    scale: Harm
    others: int
    question: Question


def foresee(cases: Iterable[Case]) -> None:
    """Settle tests of frames against others; the cases remember it, so that judging them looks it up.

    It may be left out: then it is found when a frame is judged, one by one, and is the same to the last bit.
    """
    tests: dict[int, list[_Test]] = {}
    checks: dict[int, list[SpreadCheck]] = {}
    for case in cases:
        known = checks.get(id(case.preferences))
        if known is None:
            among = wanted_checks(case.preferences)
            known = checks[id(case.preferences)] = [each for each in among if isinstance(each, SpreadCheck)]
        for check in known:
            if (test := _test(case, check)) is not None:
                tests.setdefault(id(test.question.held), []).append(test)
    if sum(map(len, tests.values())) >= _SEVERAL:
        # Whoever lists or deletes images needs no arrays, and importing them takes most of a short command's time.
        from tsplug.grading.many_usual import usual_of_many

        usual = usual_of_many([[test.question for test in among] for among in tests.values()])
        for among_, found in zip(tests.values(), usual, strict=True):
            for test, each in zip(among_, found, strict=True):
                test.check.keep(test.case, MetricUsual(test.case.image, test.scale, test.others, each))


def _test(case: Case, check: SpreadCheck) -> _Test | None:
    """Return a test of a frame that is to be settled; None where it is settled already, or without many others."""
    if (scale := check.asks(case)) is None:
        return None
    found = case.population.crowd.ask(
        case.image, check.metric, scale=scale, yardstick=check.yardstick, pixel_arcsec=case.scale_arcsec
    )
    return None if found is None else _Test(case, check, scale, *found)
