"""The decision: what to do next, from the situation and the candidates alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from tsplug.model import Decision, NothingLeft, Rejection, TakeExposure, TargetScore, Twilight, WaitUntil
from tsplug.model.clock import clock_words
from tsplug.model.night import session_id
from tsplug.planning.board import Board
from tsplug.planning.candidates import Candidate
from tsplug.planning.choosing import Choice, Moment, choose, look, next_start, rounded_scores, rule_values
from tsplug.planning.ephemeris import STEP
from tsplug.planning.reasons import Reason
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import ScoringRule, shares_of
from tsplug.planning.situation import AfterWait, Situation
from tsplug.planning.standing import rejection
from tsplug.planning.steps import steps_for
from tsplug.planning.twilight import SUN_LIMIT_DEG
from tsplug.planning.visibility import Ready, Refused, explain

__all__ = ["Situation", "decide", "decide_on"]

_UNPREDICTED = (Reason.GIVEN_AWAY, Reason.HUMIDITY, Reason.WEATHER)


def decide(
    situation: Situation, candidates: Sequence[Candidate], *, rules: Mapping[str, ScoringRule] = RULES
) -> Decision:
    """Return the next exposure, a wait for the first target that will be possible, or that this night is over.

    Of the targets that can be imaged now the one with the highest score is taken; equals are decided by priority,
    target name and guid. The order of the candidates does not matter. All targets must be in the night's tables.
    """
    return decide_on(Board(situation.outlook, candidates, profile=situation.profile, rules=rules), situation)


def decide_on(board: Board, situation: Situation) -> Decision:
    """Return what `decide` does, of a board that is laid out for the situation's night and rig."""
    moment = look(board, situation.now, request=situation.request)
    choice = choose(board, moment)
    decision: Decision
    if choice is None:
        decision = _wait_or_end(board, moment)
    else:
        decision = _exposure(board, moment, choice=choice, situation=situation)
    notes = board.notes if choice is None else (*board.notes, *choice.troubles)
    return decision.model_copy(update={"notes": notes}) if notes else decision


def _exposure(board: Board, moment: Moment, *, choice: Choice, situation: Situation) -> TakeExposure:
    candidate, item = board.entries[choice.place].candidate, choice.selection.item
    project, target = candidate.project, candidate.target
    scores = _scores(board, choice) if moment.request.explain else ()
    ends = moment.now + timedelta(seconds=float(moment.room_s[choice.place]))
    plan_ends = moment.now + timedelta(seconds=moment.room_of(choice.place, item))
    period = session_id(
        project.created_at,
        board.outlook.tables.night.date,
        flats_handling=project.flats_handling,
        site=situation.site,
    )
    return TakeExposure(
        profile_guid=situation.profile.guid,
        project_name=project.name,
        target_guid=target.guid,
        target_name=target.name,
        plan_guid=item.plan.guid,
        template_name=item.template.name,
        filter_name=item.template.filter_name,
        ra_hours=target.ra_hours,
        dec_deg=target.dec_deg,
        rotation_deg=target.rotation_deg,
        session_id=period,
        score=_score(board, moment, choice=choice),
        until=ends,
        plan_until=plan_ends,
        stays_until=choice.stays_until,
        steps=steps_for(candidate, choice.selection, profile=situation.profile, request=moment.request),
        scores=scores,
        rejected=_others(board, moment, choice=choice, scores=scores) if moment.request.explain else (),
        host=situation.request.host,
    )


def _score(board: Board, moment: Moment, *, choice: Choice) -> float:
    """Return the score of the target that is taken; nothing where it was kept unasked."""
    if choice.values is None:
        return 0.0
    ready = np.array(choice.ready)
    # A target that could be imaged alone was not asked either, but has a score.
    values = choice.values if len(ready) > 1 else rule_values(board, moment, ready=ready).values
    return float(rounded_scores(values, board.weights[:, ready])[choice.ready.index(choice.place)])


def _scores(board: Board, choice: Choice) -> tuple[TargetScore, ...]:
    """Return the scores of all targets that could be imaged, best first; none where nobody competed."""
    if choice.values is None:
        return ()
    weights = board.weights[:, list(choice.ready)]
    totals = rounded_scores(choice.values, weights).tolist()
    found = []
    for column, place in enumerate(choice.ready):
        target = board.entries[place].candidate.target
        shares = shares_of(choice.values[:, column], weights[:, column], rules=board.rules)
        found.append(TargetScore(target_name=target.name, target_guid=target.guid, score=totals[column], shares=shares))
    return tuple(sorted(found, key=lambda each: -each.score))


def _others(board: Board, moment: Moment, *, choice: Choice, scores: Sequence[TargetScore]) -> tuple[Rejection, ...]:
    """Return why every other target and plan is not taken: losers first, then their plans, then the impossible."""
    by_guid = {each.target_guid: each for each in scores}
    chosen = board.entries[choice.place].number
    losers: list[Rejection] = []
    plans: list[Rejection] = []
    impossible: list[Rejection] = []
    for number, candidate in enumerate(board.candidates):
        view = explain(board, moment, number=number)
        if isinstance(view, Refused):
            impossible.extend(view.rejected)
            continue
        plans.extend(view.rejected)
        if number != chosen:
            losers.append(_loser(candidate, by_guid, choice=choice, moment=moment))
    return (*losers, *plans, *impossible)


def _loser(candidate: Candidate, scores: Mapping[str, TargetScore], *, choice: Choice, moment: Moment) -> Rejection:
    own = scores.get(candidate.target.guid)
    if own is None:
        ends = clock_words(choice.stays_until, moment.board.outlook.tables.place.time_zone)
        detail = f"the current target has its minimum time until {ends}"
        return rejection(candidate, Reason.PROMISED, detail=detail, told=choice.stays_until)
    best = max(each.score for each in scores.values())
    terms = ", ".join(f"{part.rule} {part.value:.3f} x {part.weight:g}" for part in own.shares)
    detail = f"score {own.score:.4f}, the best has {best:.4f} ({terms})"
    return Rejection(
        target_name=candidate.target.name,
        target_guid=candidate.target.guid,
        rule=Reason.LOWER_SCORE.value,
        detail=detail,
        numbers={"score": own.score, "best": best},
        again_at=moment.now,
    )


def _wait_or_end(board: Board, moment: Moment) -> WaitUntil | NothingLeft:
    if not moment.request.explain and not _needs_views(board, moment):
        return _wait_unexplained(board, moment)
    views = [explain(board, moment, number=number) for number in range(len(board.candidates))]
    rejected = tuple(each for view in views for each in view.rejected)
    shown = rejected if moment.request.explain else ()
    if _ends_for_humidity(board, views):
        return NothingLeft(reason="it is too humid for every plan that is open", rejected=shown)
    waits = [view for view in views if isinstance(view, Refused) and view.again_at is not None]
    if not waits:
        return NothingLeft(reason=why_nothing(board, moment), rejected=shown)
    first = min(waits, key=lambda view: view.again_at or moment.now)
    own = first.rejected[0]
    assert own.again_at is not None
    number = board.number[first.candidate.target.guid]
    place = board.place_of(first.candidate.target.guid)
    if own.rule not in _UNPREDICTED and place is not None:
        number = board.entries[waited_for(board, moment, place=place, until=own.again_at)].number
    reason = wait_words(board, moment, number=number, until=own.again_at)
    assert own.again_at > moment.now, "a wait must lead on"
    return _wait(board.candidates[number], own.again_at, reason=reason, rejected=shown)


def _needs_views(board: Board, moment: Moment) -> bool:
    """Return whether what every target says decides: of the weather, or of leases that end."""
    given = any(item.given_away for each in board.candidates for item in each.plans)
    return given or bool((board.opened & ~moment.dry).any())


def _wait_unexplained(board: Board, moment: Moment) -> WaitUntil | NothingLeft:
    """Return the wait for the first target, in the words of that one alone."""
    following = next_start(board, moment)
    if following is None:
        return NothingLeft(reason=why_nothing(board, moment))
    place, until = following
    assert until > moment.now, "a wait must lead on"
    number = board.entries[waited_for(board, moment, place=place, until=until)].number
    reason = wait_words(board, moment, number=number, until=until)
    return _wait(board.candidates[number], until, reason=reason)


def _wait(candidate: Candidate, until: datetime, *, reason: str, rejected: tuple[Rejection, ...] = ()) -> WaitUntil:
    """Return the wait for a target."""
    target = candidate.target
    return WaitUntil(
        until=until,
        target_name=target.name,
        reason=reason,
        project_name=candidate.project.name,
        target_guid=target.guid,
        ra_hours=target.ra_hours,
        dec_deg=target.dec_deg,
        rotation_deg=target.rotation_deg,
        rejected=rejected,
    )


def waited_for(board: Board, moment: Moment, *, place: int, until: datetime) -> int:
    """Return which entry is imaged after a wait: of those that begin to be possible then, the one that is chosen."""
    asked = AfterWait(moment.request.current_filter, moment.request.until)
    choice = choose(board, look(board, until, request=asked))
    return place if choice is None else choice.place


def wait_words(board: Board, moment: Moment, *, number: int, until: datetime) -> str:
    """Return why a target cannot be imaged up to a moment: what ends last, and ends then.

    What is not predicted is told as it is now: weather, and what other rigs are taking.
    """
    own = refused_until(board, moment, number=number, until=until).rejected[0]
    return f"{own.rule}: {own.detail}"


def refused_until(board: Board, moment: Moment, *, number: int, until: datetime) -> Ready | Refused:
    """Return what a target says that cannot be imaged up to a moment: at its end, or now of what is not predicted."""
    view = explain(board, moment, number=number)
    if view.rejected[0].rule not in _UNPREDICTED and until - STEP > moment.now:
        last = explain(board, look(board, until - STEP, request=moment.request), number=number)
        view = last if isinstance(last, Refused) else view
    return view


def _ends_for_humidity(board: Board, views: Sequence[Ready | Refused]) -> bool:
    """Return whether humidity alone keeps the rig idle and its preferences end the night then (planner a.12).

    What this night cannot give any more for another reason is not waited for.
    """
    if not board.profile.planner.stop_on_humidity:
        return False
    own = [each.rejected[0] for each in views]
    open_now = [each.rule for each in own if each.again_at is not None or each.rule == Reason.HUMIDITY]
    return bool(open_now) and all(rule == Reason.HUMIDITY for rule in open_now)


def _all_final(board: Board, moment: Moment) -> bool:
    views = (explain(board, moment, number=number) for number in range(len(board.candidates)))
    return all(Reason(view.rejected[0].rule).is_final for view in views)


def why_nothing(board: Board, moment: Moment) -> str:
    """Return why a night is over in which no target can be imaged any more."""
    if not board.candidates:
        return "no active project has a target"
    if all(each.visit is None for each in board.entries) and _all_final(board, moment):
        return "no enabled target wants more exposures"
    if float(board.outlook.tables.sun_altitude_deg.min()) >= SUN_LIMIT_DEG[Twilight.CIVIL]:
        return "the Sun does not set in this night"
    return "no target can be imaged any more in this night"
