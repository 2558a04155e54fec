"""What is usual for many frames, in arrays: the rules of `tsplug.grading.levels.Levels.usual`, to the last bit.

A frame of which the air alone made the harm, on a night with worse parts, is asked for by itself: what lasted is told
from its hours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tsplug.grading.asked import Question
from tsplug.grading.found_levels import FoundLevels, levels_found
from tsplug.grading.left_out import LevelsWithout
from tsplug.grading.left_out_rows import LeftOut
from tsplug.grading.levels import DISTURBED, Cause, Usual
from tsplug.grading.night_levels import Yardstick
from tsplug.grading.ragged import Floats, Ints, Truths, starts_of
from tsplug.grading.sample_table import sample_table


def usual_of_many(questions: Sequence[Sequence[Question]]) -> list[list[Usual]]:
    """Return what is usual for the frames of questions; those of one list are about one crowd, held in one way."""
    held = [each[0].held for each in questions]
    table = sample_table([each.samples for each in held], [each.yardstick for each in held])
    found = levels_found(table, LeftOut(table.given[_given(questions)], _newest(questions)))
    flat = [each for asked in questions for each in asked]
    usual = _Usual(found, flat).told()
    for place in np.flatnonzero(found.own_tells & found.is_spoiled).tolist():
        question = flat[place]
        if question.place.cause is Cause.AIR:
            levels = LevelsWithout([column[place].item() for column in found], question)
            usual[place] = levels.usual(question.place)
    ends = np.cumsum([len(each) for each in questions]).tolist()
    return [usual[end - len(each) : end] for end, each in zip(ends, questions, strict=True)]


class _Usual:
    """What is granted to frames."""

    def __init__(self, found: FoundLevels, questions: Sequence[Question]) -> None:
        self._found, self._questions = found, questions
        self._causes = [each.place.cause for each in questions]
        self._hour, self._air, self._by_guiding = _columns(questions)
        self._is_over = np.array([each.place.is_over for each in questions], dtype=bool)
        self._is_air = np.array([each is Cause.AIR for each in self._causes], dtype=bool)
        self._disturbed = np.array([each in DISTURBED for each in self._causes], dtype=bool)
        yardsticks = [each.held.yardstick for each in questions]
        self._swing, self._young = _of(yardsticks, "swing"), _of(yardsticks, "young")
        self._steepest, self._floor = _of(yardsticks, "steepest"), _of(yardsticks, "floor")
        self._sampled, self._seeing = _of(yardsticks, "sampled"), _of(yardsticks, "seeing") > 0
        self._lasting = _of(yardsticks, "lasting")
        self._plan = np.maximum(found.plan, self._sampled)

    def told(self) -> list[Usual]:
        """Return what is usual for each."""
        found = self._found
        by_air = np.where(np.isnan(self._air), 0.0, found.trend * self._air)
        own = np.maximum(found.own_level, self._sampled)
        level = np.where(found.own_tells, np.minimum(own, self._worst()), self._plan)
        by_guiding = np.where(self._disturbed, 0.0, self._by_guiding)
        night = (own + by_air).tolist()
        columns = (
            (level + by_air).tolist(),
            np.where(self._disturbed, 0.0, self._slack() + by_guiding).tolist(),
            np.where(self._disturbed, self._floor, found.spread).tolist(),
            found.used.tolist(),
            found.known.tolist(),
            [each if tells else None for each, tells in zip(night, found.own_tells.tolist(), strict=True)],
            (self._plan + by_air).tolist(),
            by_air.tolist(),
            self._causes,
            self._undecided().tolist(),
            by_guiding.tolist(),
            [None] * len(night),
            (level == self._sampled).tolist(),
        )
        return [Usual._make(row) for row in zip(*columns, strict=True)]

    def _worst(self) -> Floats:
        hidden, plain = self._plan + self._swing, self._found.plan + self._swing
        granted = np.where(np.isinf(self._lasting), hidden, np.minimum(hidden, self._lasting))
        worst: Floats = np.maximum(plain, granted)
        return worst

    def _slack(self) -> Floats:
        found = self._found
        more = self._air - found.own_air
        by_more_air = np.where(self._is_air & (more > 0), (self._steepest - found.trend) * more, 0.0)
        return np.where(found.own_tells, by_more_air, np.where(found.known > 0, self._swing, self._young))

    def _undecided(self) -> Truths:
        waits = np.where(self._found.own_tells, self._hour >= self._found.settled, self._seeing)
        undecided: Truths = self._is_air & ~self._is_over & waits
        return undecided


def _columns(questions: Sequence[Question]) -> tuple[Floats, Floats, Floats]:
    told = np.array([(place.hour, place.air, place.by_guiding) for _, _, place in questions], dtype=np.float64)
    return told[:, 0], told[:, 1], told[:, 2]


def _of(yardsticks: Sequence[Yardstick], name: str) -> Floats:
    return np.array([getattr(each, name) for each in yardsticks], dtype=np.float64)


def _given(questions: Sequence[Sequence[Question]]) -> Ints:
    """Return which of all samples, one crowd after the other, those asked for are."""
    starts = starts_of(np.array([len(each[0].held.samples) for each in questions])).tolist()
    found: list[int] = []
    for start, each in zip(starts, questions, strict=True):
        place = {sample.rank: start + number for number, (_, sample) in enumerate(each[0].held.samples)}
        found += [place[question.asked.sample.rank] for question in each]
    return np.array(found, dtype=np.int64)


def _newest(questions: Sequence[Sequence[Question]]) -> Ints:
    every = np.iinfo(np.int64).max
    told = [question.asked.newest for each in questions for question in each]
    return np.array([every if each is None else each for each in told], dtype=np.int64)
