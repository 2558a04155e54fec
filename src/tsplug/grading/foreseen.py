"""Tests of many frames against others, settled for all of them at once, before these are judged one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tsplug.grading.asked import Question
from tsplug.grading.checks import wanted_checks
from tsplug.grading.finding import Case
from tsplug.grading.harm import Harm
from tsplug.grading.spread import Limits, SpreadCheck
from tsplug.grading.usual import MetricUsual
from tsplug.model import GraderMode, GraderPreferences

_SEVERAL = 2
"""One frame alone needs no arrays, and importing them takes longer than to judge it."""


class _Test(NamedTuple):
    """A frame under one test: how many others have the metric, and what is to be found of these."""

    case: Case
    check: SpreadCheck
    limits: Limits
    scale: Harm
    others: int
    question: Question


def foresee(cases: Iterable[Case]) -> None:
    """Settle tests of frames against others; the cases remember it, so that judging them looks it up.

    It may be left out: then it is found when a frame is judged, one by one, and is the same to the last bit.
    """
    tests: dict[int, list[_Test]] = {}
    known: dict[int, list[tuple[SpreadCheck, Limits]]] = {}
    for case in cases:
        checks = known.get(id(case.preferences))
        if checks is None:
            checks = known[id(case.preferences)] = _checks(case.preferences)
        for check, limits in checks:
            if (test := _test(case, check, limits=limits)) is not None:
                tests.setdefault(id(test.question.held), []).append(test)
    if sum(map(len, tests.values())) >= _SEVERAL:
        # Whoever lists or deletes images needs no arrays, and importing them takes most of a short command's time.
        from tsplug.grading.many_usual import usual_of_many

        usual = usual_of_many([[test.question for test in among] for among in tests.values()])
        for among, found in zip(tests.values(), usual, strict=True):
            for test, each in zip(among, found, strict=True):
                usual_here = MetricUsual(test.case.image, test.scale, samples=test.others, usual=each)
                test.check.keep(test.case, usual_here, limits=test.limits)


def _checks(preferences: GraderPreferences) -> list[tuple[SpreadCheck, Limits]]:
    """Return the tests against levels of nights that a profile wants, with their limits."""
    if preferences.mode is not GraderMode.ROBUST:
        return []
    wanted = wanted_checks(preferences)
    return [(check, check.limits(preferences)) for check in wanted if isinstance(check, SpreadCheck)]


def _test(case: Case, check: SpreadCheck, *, limits: Limits) -> _Test | None:
    """Return a test of a frame that is to be settled; None where it is settled already, or without many others."""
    if (asked := check.asks(case, limits)) is None:
        return None
    scale = case.population.crowd.on(asked, case.image)
    found = case.population.crowd.ask(
        case.image, check.metric, scale=scale, yardstick=check.yardstick, pixel_arcsec=case.scale_arcsec
    )
    return None if found is None else _Test(case, check, limits, scale, *found)
