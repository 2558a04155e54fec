"""Answers a host that asks what to image next: load, decide, and give the plan to the rig where others share it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from tsplug.model import (
    Decision,
    DecisionRequest,
    Expose,
    ExposurePlan,
    ExposureTemplate,
    Lease,
    Profile,
    Project,
    TakeExposure,
    Target,
)
from tsplug.model.night import night_of
from tsplug.planning import Candidate, CandidatePlan, Place, Situation
from tsplug.planning.decide import decide as choose
from tsplug.ports import Context, Unit
from tsplug.services.leases import take_lease
from tsplug.services.night_sky import outlook_of
from tsplug.services.rigs import Rig, load_rig
from tsplug.services.scoring_rules import installed_rules
from tsplug.services.sharing import GivenAway, active_projects, end_leases, given_away, shared_among


def decide(request: DecisionRequest, context: Context) -> Decision:
    """Return what a rig does next: an exposure with its steps, a wait, or that nothing is left in this night.

    An exposure of a plan that several rigs share is given to this one for as long as it takes, so that no other takes
    it too; the next decision for the rig ends that, as does recording where nothing is left to grade. Nothing is
    written where no rig shares. The sky of a night is computed once for a set of targets and kept in this process.

    Raises:
        NotFoundError: there is no such profile.
    """
    while True:
        look = _Looking(request, context)
        decision = look.choose()
        if look.take(decision):
            return decision
        # Another rig was quicker. What it took is not there at the next look, so this comes to an end.


def look_ahead(request: DecisionRequest, context: Context) -> Decision:
    """Return what `decide` would answer, for people to read: nothing is given to the rig, and nothing written.

    Raises:
        NotFoundError: there is no such profile.
    """
    return _Looking(request, context).choose()


def load_candidates(unit: Unit, profile: Profile, *, now: datetime | None = None) -> tuple[Candidate, ...]:
    """Return the targets of the active projects that a profile owns or contributes to, in the order they were made.

    With ``now`` plans know what other rigs are taking of them at that moment.
    """
    projects = {project.id: project for project in active_projects(unit, profile)}
    targets = unit.list(Target, project_id=tuple(projects)) if projects else []
    plans = unit.list(ExposurePlan, target_id=tuple(target.id for target in targets)) if targets else []
    used = tuple({plan.template_id for plan in plans})
    templates = {each.id: each for each in unit.list(ExposureTemplate, id=used)} if used else {}
    given = {} if now is None else given_away(unit, profile, now=now)
    by_target: defaultdict[int, list[CandidatePlan]] = defaultdict(list)
    for plan in plans:
        away = given.get(plan.id or 0, GivenAway(0))
        by_target[plan.target_id].append(CandidatePlan(plan, templates[plan.template_id], away.number, away.until))
    owners = _owners(unit, projects.values(), profile=profile)
    return tuple(
        Candidate(project := projects[target.project_id], target, tuple(by_target[target.id or 0]), owners[project.id])
        for target in targets
    )


class _Looking:
    """One look at the store for a rig, and what follows from it."""

    def __init__(self, request: DecisionRequest, context: Context) -> None:
        self._request = request
        self._context = context
        self._now = context.clock.now()
        with context.store.read() as unit:
            self._rig: Rig = load_rig(unit, request.profile_guid)
            found = load_candidates(unit, self._rig.profile, now=self._now)
            self._candidates = tuple(each for each in found if each.target.guid not in request.left_out)
            self._shared = shared_among(unit, {each.project.id: each.project for each in self._candidates}.values())
            self._holds = unit.find(Lease, profile_id=self._rig.profile.id) is not None

    def choose(self) -> Decision:
        """Return the decision; nothing is written."""
        rig = self._rig
        outlook = outlook_of(Place.of(rig.site), night_of(self._now, rig.site), candidates=self._candidates)
        situation = Situation(self._now, rig.site, rig.profile, outlook, self._request)
        return choose(situation, self._candidates, rules=installed_rules())

    def take(self, decision: Decision) -> bool:
        """End what the rig holds and give it what was decided, if that is shared; return whether it has it."""
        shared = isinstance(decision, TakeExposure) and self._is_shared(decision)
        if not (shared or self._holds):
            return True
        profile = self._rig.profile
        with self._context.store.write() as unit:
            end_leases(unit, profile.id)
            if not isinstance(decision, TakeExposure) or not shared:
                return True
            exposure_s = sum(step.exposure_s for step in decision.steps if isinstance(step, Expose))
            return take_lease(unit, decision.plan_guid, profile=profile, exposure_s=exposure_s, now=self._now)

    def _is_shared(self, decision: TakeExposure) -> bool:
        return any(
            each.project.id in self._shared for each in self._candidates if each.target.guid == decision.target_guid
        )


def _owners(unit: Unit, projects: Iterable[Project], *, profile: Profile) -> dict[int | None, Profile | None]:
    """Return by project id the profile that owns it, or None where the rig's own does."""
    owner_ids = {project.id: project.profile_id for project in projects}
    others = sorted(set(owner_ids.values()) - {profile.id or 0})
    profiles = {each.id: each for each in unit.list(Profile, id=others)} if others else {}
    return {project_id: profiles.get(owner_id) for project_id, owner_id in owner_ids.items()}
