"""Which rigs count for which projects, and what each of them is taking of plans that they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tsplug.model import Contribution, Lease, Profile, Project, ProjectState
from tsplug.ports import Unit


@dataclass(frozen=True)
class GivenAway:
    """How many exposures of a plan others are taking, and when the first of their leases ends."""

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


class Holder(NamedTuple):
    """Who an exposure is given to: a profile, and the host that images with it, empty where that is the only one."""

    profile: Profile
    host: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields of what it holds; who is the only host holds all that its profile does."""
        return {"profile_id": self.profile.id, **({"owner": self.host} if self.host else {})}

    def holds(self, lease: Lease) -> bool:
        """Return whether a lease is its own."""
        return all(getattr(lease, name) == value for name, value in self.fields.items())


def given_away(leases: Iterable[Lease], holder: Holder, *, now: datetime) -> Mapping[int, GivenAway]:
    """Return by plan id what others than a holder are taking at a moment; ended leases count no more."""
    ends: dict[int, list[datetime]] = {}
    for lease in leases:
        if not holder.holds(lease) and lease.until > now:
            ends.setdefault(lease.plan_id, []).append(lease.until)
    return {plan_id: GivenAway(len(moments), min(moments)) for plan_id, moments in ends.items()}


def end_leases(unit: Unit, holder: Holder, *, plan_id: int | None = None) -> int:
    """End the leases of a holder, all or those of one plan; return how many there were."""
    of_plan = {} if plan_id is None else {"plan_id": plan_id}
    return unit.delete_all(Lease, **holder.fields, **of_plan) if holder.profile.id is not None else 0
