"""Why targets get nothing in a previewed night, each told at the moment at which it was nearest to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from tsplug.model import IdleTarget
from tsplug.planning.board import Board
from tsplug.planning.candidates import Candidate
from tsplug.planning.choosing import look
from tsplug.planning.situation import AfterWait, Situation
from tsplug.planning.visibility import Ready, explain


def idle_targets(
    situation: Situation, candidates: Sequence[Candidate], *, imaged: Collection[str]
) -> Iterator[IdleTarget]:
    """Yield the targets that are not among the imaged ones (guids), in the order of equals, and why they are not.

    What can be imaged at some moment of the night is told so; of the others that is told which forbids them where they
    are highest while it is darkest.
    """
    asked = AfterWait(None, situation.request.until)
    for candidate in sorted(candidates, key=lambda each: each.tie_key):
        if candidate.target.guid in imaged:
            continue
        # A board of its own: what is asked of it must not grow with the number of targets.
        board = Board(situation.outlook, [candidate], profile=situation.profile)
        moment = look(board, max(situation.now, board.outlook.tables.moment(_nearest(board, situation))), request=asked)
        view = explain(board, moment, number=0)
        told = None if isinstance(view, Ready) else view.rejected[0]
        yield IdleTarget(
            project=candidate.project.name,
            target=candidate.target.name,
            target_guid=candidate.target.guid,
            rule="lower score" if told is None else told.rule,
            detail="it could be imaged, but others were chosen" if told is None else told.detail,
        )


def _nearest(board: Board, situation: Situation) -> int:
    """Return the sample at which a target can be imaged first; where it never can, that of its best darkness."""
    tables = board.outlook.tables
    first = tables.sample_before(situation.now)
    visit = board.entries[0].visit if board.entries else None
    start = tables.samples if visit is None else int(visit.next_start[:, first].min())
    if start < tables.samples:
        return start
    sun = tables.sun_altitude_deg[first:]
    dark = np.flatnonzero(sun <= max(_NIGHT_DEG, float(sun.min())))
    altitudes = tables.altitude_deg[tables.rows[board.candidates[0].target.guid], first:]
    return first + int(dark[np.argmax(altitudes[dark])])


_NIGHT_DEG = -18.0
