"""Keeps how far the order of a target's exposures came, when one is saved: never before, and never by a preview."""

from __future__ import annotations

from datetime import date, datetime

from tsplug.model import ExposurePlan, ExposureTemplate, Profile, Project, Site, Target
from tsplug.model.night import session_date
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.exposures import Selector, after_exposure, recorded, selector_of, state_of
from tsplug.ports import Unit


def keep_order(unit: Unit, target: Target, *, plan: ExposurePlan, profile: Profile, started: datetime) -> None:
    """Bring a target's cadence or turns to the place after an exposure of a plan, in the unit that records it.

    Nothing is read or written for a target whose exposures follow no order.
    """
    project = unit.get(Project, target.project_id)
    kind = selector_of(project, target)
    if kind is Selector.UNTIL_DONE or (kind is Selector.SMART and project.filter_switch_frequency == 0):
        return
    plans = unit.list(ExposurePlan, target_id=target.id, enabled=True)
    templates = {each.id: each for each in unit.list(ExposureTemplate, id=[each.template_id for each in plans])}
    items = tuple(CandidatePlan(each, templates[each.template_id]) for each in plans)
    taken = next((item for item in items if item.plan.guid == plan.guid), None)
    if taken is None:
        return
    candidate, night = Candidate(project, target, items), _night(unit, profile, started=started)
    before = state_of(project, target, plan_guids=candidate.plan_guids, night=night)
    after = recorded(candidate, after_exposure(candidate, taken, state=before), night=night)
    if after != target:
        unit.update(after)


def _night(unit: Unit, profile: Profile, *, started: datetime) -> date:
    site = None if profile.site_id is None else unit.find(Site, id=profile.site_id)
    return started.date() if site is None else session_date(started, site)
