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
    """Return the gaps of a night in order: its waits as far as it is dark enough to expose, and its dark rest."""
    return [*_waits(night), *_rest(night)]


def _waits(night: NightAhead) -> Iterator[Gap]:
    by_guid = {each.target.guid: each for each in night.candidates}
    for span in night.preview.spans:
        if span.kind == "wait":
            start = max(span.start, _dark_within(night, by_guid[span.target_guid])[0])
            if span.end - start >= _SHORTEST:
                yield Gap(start, span.end, span.target, span.cause)


def _rest(night: NightAhead) -> Iterator[Gap]:
    """Yield the dark hours after the night's last exposure, for the highest target that may be imaged some day."""
    ended, tables = ended_at(night.preview, night.situation), night.outlook.tables
    if ended not in tables.night:
        return
    wanting = left_by(night.preview, night.candidates, profile=night.rig.profile)
    altitudes = tables.altitude_deg[:, tables.sample_before(ended) :].max(axis=1)
    for each in sorted(wanting, key=lambda each: -float(altitudes[tables.rows[each.target.guid]])):
        _, until = _dark_within(night, each)
        if until - ended < _SHORTEST:
            continue
        [told] = after_night(night.situation, [each], night=night.preview)
        if told.rule not in _FINAL:
            yield Gap(ended, until, told.target, told.cause)
            return


def _dark_within(night: NightAhead, candidate: Candidate) -> tuple[datetime, datetime]:
    """Return from when until when it is dark enough for any plan of a target that wants more, in all of the night."""
    board, tables = Board(night.outlook, [candidate], profile=night.rig.profile), night.outlook.tables
    limits = board.entries[0].limits.values()
    dark = np.flatnonzero(np.logical_or.reduce([night.outlook.dark(each) for each in limits]))
    if not len(dark):
        return tables.night.end, tables.night.start
    return tables.moment(int(dark[0])), tables.moment(int(dark[-1]))
