"""Which rigs count for which projects, and what each of them is taking of plans that they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tsplug.model import Contribution, Lease, Profile, Project, ProjectState
from tsplug.ports import Unit


@dataclass(frozen=True)
class GivenAway:
    """How many exposures of a plan other rigs are taking, and when the first of their leases ends."""

    number: int
    until: datetime | None = None


def counts_for(unit: Unit, project: Project, *, profile: Profile | None) -> bool:
    """Return whether exposures of a profile count for a project: as its owner's, or as a contributor's."""
    if profile is None:
        return False
    if project.profile_id == profile.id:
        return True
    return unit.find(Contribution, project_id=project.id, profile_id=profile.id) is not None


def active_projects(unit: Unit, profile: Profile) -> list[Project]:
    """Return the active projects that a profile owns or contributes to, in the order they were made."""
    own = unit.list(Project, profile_id=profile.id, state=ProjectState.ACTIVE)
    contributed = [link.project_id for link in unit.list(Contribution, profile_id=profile.id)]
    others = unit.list(Project, id=contributed, state=ProjectState.ACTIVE) if contributed else []
    return sorted((*own, *others), key=lambda project: project.id or 0)


def given_away(leases: Iterable[Lease], profile: Profile, *, now: datetime) -> Mapping[int, GivenAway]:
    """Return by plan id what rigs other than a profile's are taking at a moment; ended leases count no more."""
    ends: dict[int, list[datetime]] = {}
    for lease in leases:
        if lease.profile_id != profile.id and lease.until > now:
            ends.setdefault(lease.plan_id, []).append(lease.until)
    return {plan_id: GivenAway(len(moments), min(moments)) for plan_id, moments in ends.items()}


def end_leases(unit: Unit, profile_id: int | None, *, plan_id: int | None = None) -> int:
    """End the leases of a profile, all or those of one plan; return how many there were."""
    of_plan = {} if plan_id is None else {"plan_id": plan_id}
    return unit.delete_all(Lease, profile_id=profile_id, **of_plan) if profile_id is not None else 0
