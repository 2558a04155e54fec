"""Why targets get nothing, or nothing more, in a previewed night, told where they were nearest to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from tsplug.model import IdleTarget, NightPreview, Profile
from tsplug.planning.board import Board, wants_exposures
from tsplug.planning.candidates import Candidate
from tsplug.planning.choosing import look
from tsplug.planning.situation import AfterWait, Situation
from tsplug.planning.visibility import Ready, cause_of, explain

OTHERS = ("lower score", "it could be imaged, but others were chosen")
"""Why a target gets nothing that could be imaged."""

ENDED = ("end of the sequence", "it could go on, but the sequence images no longer")
"""Why a target gets nothing more that could be imaged."""


def idle_targets(
    situation: Situation,
    candidates: Sequence[Candidate],
    *,
    imaged: Collection[str],
    possible: tuple[str, str] = OTHERS,
) -> Iterator[IdleTarget]:
    """Yield the targets that are not among the imaged ones (guids), in the order of equals, and why they are not.

    What can be imaged at some moment of the night is told so, as ``possible`` says; of the others that is told which
    forbids them where they are highest while it is darkest.
    """
    asked = AfterWait(None, situation.request.until)
    for candidate in sorted(candidates, key=lambda each: each.tie_key):
        if candidate.target.guid in imaged:
            continue
        # A board of its own: what is asked of it must not grow with the number of targets.
        board = Board(situation.outlook, [candidate], profile=situation.profile)
        moment = look(board, max(situation.now, board.outlook.tables.moment(_nearest(board, situation))), request=asked)
        view = explain(board, moment, number=0)
        rule, detail = possible if isinstance(view, Ready) else (view.rejected[0].rule, view.rejected[0].detail)
        yield IdleTarget(
            project=candidate.project.name,
            target=candidate.target.name,
            target_guid=candidate.target.guid,
            rule=rule,
            detail=detail,
            cause=rule if isinstance(view, Ready) else cause_of(view),
        )


def unfinished_targets(
    situation: Situation, candidates: Sequence[Candidate], *, night: NightPreview
) -> Iterator[IdleTarget]:
    """Yield the targets that a night from the situation on images and leaves wanting more, and what ends them."""
    imaged = {span.target_guid for span in night.spans if span.exposures}
    left = left_by(night, [each for each in candidates if each.target.guid in imaged], profile=situation.profile)
    yield from after_night(situation, left, night=night)


def after_night(situation: Situation, candidates: Sequence[Candidate], *, night: NightPreview) -> Iterator[IdleTarget]:
    """Yield what keeps targets, as a night left them, from being imaged in the hours that it leaves empty behind it."""
    ended = ended_at(night, situation)
    if ended in situation.outlook.tables.night:
        # The host's limit is why the night ended, and no reason of a target.
        request = situation.request.model_copy(update={"until": None})
        yield from idle_targets(replace(situation, now=ended, request=request), candidates, imaged=(), possible=ENDED)


def ended_at(night: NightPreview, situation: Situation) -> datetime:
    """Return when a night that was previewed from a situation on has done what it does."""
    return max((span.end for span in night.spans), default=situation.now)


def left_by(night: NightPreview, candidates: Sequence[Candidate], *, profile: Profile) -> list[Candidate]:
    """Return those of some targets that want more after a night in which every exposure is a success."""
    left = [_after(each, night) for each in candidates]
    return [each for each in left if any(wants_exposures(each, item, profile=profile) for item in each.plans)]


def _after(candidate: Candidate, night: NightPreview) -> Candidate:
    taken: Counter[str] = Counter()
    for each in (exposure for span in night.spans for exposure in span.exposures):
        taken[each.plan_guid] += 1 + each.beside
    plans = list(candidate.plans)
    for place, item in enumerate(plans):
        for _ in range(taken[item.plan.guid]):
            plans[place] = plans[place].counted(accepts=candidate.project.grading_enabled)
    return replace(candidate, plans=tuple(plans))


def _nearest(board: Board, situation: Situation) -> int:
    """Return the sample at which a target can be imaged first; where it never can, that of its best darkness."""
    tables = board.outlook.tables
    first = tables.sample_before(situation.now)
    visit = board.entries[0].visit if board.entries else None
    start = tables.samples if visit is None else int(visit.next_start[:, first].min())
    if start < tables.samples:
        return start
    if visit is not None and 0 <= int(visit.ends[first]) + 1 < tables.samples:
        # A rest of its own hours that is too short for an exposure keeps nobody from more.
        first = max(first, int(visit.ends[first]) + 1)
    sun = tables.sun_altitude_deg[first:]
    dark = np.flatnonzero(sun <= max(_NIGHT_DEG, float(sun.min())))
    altitudes = tables.altitude_deg[tables.rows[board.candidates[0].target.guid], first:]
    return first + int(dark[np.argmax(altitudes[dark])])


_NIGHT_DEG = -18.0
