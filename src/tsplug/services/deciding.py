"""Answers a host that asks what to image next: load, decide, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from tsplug.model import (
    Decision,
    DecisionRequest,
    ExposurePlan,
    ExposureTemplate,
    Profile,
    Project,
    ProjectState,
    Target,
)
from tsplug.model.night import Night, night_of
from tsplug.planning import Candidate, CandidatePlan, NightOutlook, Place, Situation, SkyTarget, night_tables
from tsplug.planning.decide import decide as choose
from tsplug.ports import Context, Unit
from tsplug.services.rigs import load_rig


def decide(request: DecisionRequest, context: Context) -> Decision:
    """Return what a rig does next: an exposure with its steps, a wait, or that nothing is left in this night.

    Only reads the store. The sky of a night is computed once for a set of targets and kept in this process.

    Raises:
        NotFoundError: there is no such profile.
    """
    now = context.clock.now()
    with context.store.read() as unit:
        rig = load_rig(unit, request.profile_guid)
        candidates = load_candidates(unit, rig.profile)
    targets = tuple(SkyTarget(each.target.guid, each.target.ra_hours, each.target.dec_deg) for each in candidates)
    outlook = _outlook(Place.of(rig.site), night_of(now, rig.site), targets=targets)
    return choose(Situation(now, rig.site, rig.profile, outlook, request), candidates)


def load_candidates(unit: Unit, profile: Profile) -> tuple[Candidate, ...]:
    """Return the targets of a profile's active projects with their plans, in the order they were made."""
    projects = {project.id: project for project in _active_projects(unit, profile)}
    targets = unit.list(Target, project_id=tuple(projects)) if projects else []
    plans = unit.list(ExposurePlan, target_id=tuple(target.id for target in targets)) if targets else []
    used = tuple({plan.template_id for plan in plans})
    templates = {each.id: each for each in unit.list(ExposureTemplate, id=used)} if used else {}
    by_target: defaultdict[int, list[CandidatePlan]] = defaultdict(list)
    for plan in plans:
        by_target[plan.target_id].append(CandidatePlan(plan, templates[plan.template_id]))
    return tuple(Candidate(projects[target.project_id], target, tuple(by_target[target.id or 0])) for target in targets)


def _active_projects(unit: Unit, profile: Profile) -> list[Project]:
    return unit.list(Project, profile_id=profile.id, state=ProjectState.ACTIVE)


@lru_cache(maxsize=8)
def _outlook(place: Place, night: Night, *, targets: tuple[SkyTarget, ...]) -> NightOutlook:
    return NightOutlook(night_tables(place, night, targets=targets))
