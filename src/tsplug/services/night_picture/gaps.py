"""The hours of a previewed night in which nothing is imaged though it is dark, and what keeps the best target then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tsplug.planning import Board, Candidate
from tsplug.planning.idle import after_night, ended_at, left_by
from tsplug.planning.reasons import Reason
from tsplug.services.night_ahead import NightAhead

_SHORTEST = timedelta(minutes=5)
_FINAL = frozenset(each.value for each in Reason if each.is_final)


@dataclass(frozen=True)
class Gap:
    """An empty part of a night, the target that would be imaged, and in a word or two what forbids it."""

    start: datetime
    end: datetime
    target: str
    cause: str


def gaps_of(night: NightAhead) -> list[Gap]:
    """Return the gaps of a night, waits and what is dark after it, in order; waiting for dusk is none."""
    waits = [span for span in night.preview.spans if span.kind == "wait" and span.end - span.start >= _SHORTEST]
    if waits and waits[0] is night.preview.spans[0] and waits[0].cause == Reason.TWILIGHT:
        waits = waits[1:]
    return [*(Gap(span.start, span.end, span.target, span.cause) for span in waits), *_rest(night)]


def _rest(night: NightAhead) -> Iterator[Gap]:
    """Yield the dark hours after the night's last exposure, for the highest target that may be imaged some day."""
    ended, tables = ended_at(night.preview, night.situation), night.outlook.tables
    if ended not in tables.night:
        return
    wanting = left_by(night.preview, night.candidates, profile=night.rig.profile)
    altitudes = tables.altitude_deg[:, tables.sample_before(ended) :].max(axis=1)
    for each in sorted(wanting, key=lambda each: -float(altitudes[tables.rows[each.target.guid]])):
        until = _dark_until(night, each)
        if until - ended < _SHORTEST:
            continue
        [told] = after_night(night.situation, [each], night=night.preview)
        if told.rule not in _FINAL:
            yield Gap(ended, until, told.target, told.cause)
            return


def _dark_until(night: NightAhead, candidate: Candidate) -> datetime:
    """Return until when it is dark enough for any plan of a target that wants more."""
    board = Board(night.outlook, [candidate], profile=night.rig.profile)
    limits = board.entries[0].limits.values()
    dark = np.flatnonzero(np.logical_or.reduce([night.outlook.dark(each) for each in limits]))
    return night.outlook.tables.moment(int(dark[-1])) if len(dark) else night.starts
