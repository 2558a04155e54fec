"""The decision: what to do next, from the situation and the candidates alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from tsplug.model import Decision, NothingLeft, Rejection, TakeExposure, Twilight, WaitUntil
from tsplug.model.night import session_id
from tsplug.planning.candidates import Candidate
from tsplug.planning.exposures import select_plan
from tsplug.planning.progress import target_progress
from tsplug.planning.reasons import Reason
from tsplug.planning.rules import score
from tsplug.planning.scoring import RuleScore, Scored
from tsplug.planning.situation import Situation
from tsplug.planning.steps import steps_for
from tsplug.planning.twilight import SUN_LIMIT_DEG
from tsplug.planning.visibility import Ready, Refused, assess

__all__ = ["Situation", "decide"]


def decide(situation: Situation, candidates: Sequence[Candidate]) -> Decision:
    """Return the next exposure, a wait for the first target that will be possible, or that this night is over.

    Of the targets that can be imaged now the one with the highest score is taken; equals are decided by priority,
    target name and guid. The order of the candidates does not matter. All targets must be in the night's tables.
    """
    in_order = sorted(candidates, key=lambda candidate: candidate.tie_key)
    views = [assess(candidate, situation) for candidate in in_order]
    ready = [view for view in views if isinstance(view, Ready)]
    refused = [view for view in views if isinstance(view, Refused)]
    return _take(ready, refused, situation=situation) if ready else _wait_or_end(refused, situation)


def _take(ready: Sequence[Ready], refused: Sequence[Refused], *, situation: Situation) -> TakeExposure:
    scores = [score(_scored(view, situation)) for view in ready]
    totals = [sum(part.product for part in parts) for parts in scores]
    best = totals.index(max(totals))
    losers = tuple(
        _lower_score(view, parts, best=max(totals), situation=situation)
        for place, (view, parts) in enumerate(zip(ready, scores, strict=True))
        if place != best
    )
    plans = chain.from_iterable(view.rejected for view in ready)
    others = chain.from_iterable(view.rejected for view in refused)
    return _exposure(ready[best], situation, score=totals[best], rejected=(*losers, *plans, *others))


def _scored(view: Ready, situation: Situation) -> Scored:
    return Scored(
        candidate=view.candidate,
        progress=target_progress(view.candidate, situation.profile),
        ends=view.ends,
        night_start=situation.outlook.tables.night.start,
        is_current=view.candidate.target.guid == situation.request.current_target_guid,
    )


def _lower_score(view: Ready, parts: Sequence[RuleScore], *, best: float, situation: Situation) -> Rejection:
    own = sum(part.product for part in parts)
    terms = ", ".join(f"{part.rule} {part.value:.3f} x {part.weight:g}" for part in parts)
    return Rejection(
        target_name=view.candidate.target.name,
        rule=Reason.LOWER_SCORE.value,
        detail=f"score {own:.4f}, the best has {best:.4f} ({terms})",
        again_at=situation.now,
    )


def _exposure(view: Ready, situation: Situation, *, score: float, rejected: tuple[Rejection, ...]) -> TakeExposure:
    project, target = view.candidate.project, view.candidate.target
    item = select_plan(view.choices, project)
    until = view.ends if situation.request.until is None else min(view.ends, situation.request.until)
    night = situation.outlook.tables.night
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
        session_id=session_id(
            project.created_at, night.date, flats_handling=project.flats_handling, site=situation.site
        ),
        score=score,
        until=until,
        steps=steps_for(view.candidate, item, situation=situation),
        rejected=rejected,
    )


def _wait_or_end(refused: Sequence[Refused], situation: Situation) -> WaitUntil | NothingLeft:
    rejected = tuple(chain.from_iterable(view.rejected for view in refused))
    waits = [(view.again_at, view.rejected[0]) for view in refused if view.again_at is not None]
    if not waits:
        return NothingLeft(reason=_why_nothing(refused, situation), rejected=rejected)
    until, own = min(waits, key=lambda wait: wait[0])
    return WaitUntil(until=until, target_name=own.target_name, reason=f"{own.rule}: {own.detail}", rejected=rejected)


def _why_nothing(refused: Sequence[Refused], situation: Situation) -> str:
    final = {reason.value for reason in (Reason.COMPLETE, Reason.DISABLED, Reason.NO_FILTER, Reason.PROJECT_STATE)}
    if not refused:
        return "no active project has a target"
    if all(view.rejected[0].rule in final for view in refused):
        return "no enabled target wants more exposures"
    if float(situation.outlook.tables.sun_altitude_deg.min()) >= SUN_LIMIT_DEG[Twilight.CIVIL]:
        return "the Sun does not set in this night"
    return "no target can be imaged any more in this night"
