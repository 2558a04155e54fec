"""Plans and targets with what names them and how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from tsplug.model import ExposurePlan, ExposureTemplate, Profile, Project, Target
from tsplug.planning.progress import mean_progress, plan_progress
from tsplug.ports import Unit, ids_of


@dataclass(frozen=True)
class PlanStanding:
    """One exposure plan with what names it; ``profile`` is the one that its project belongs to."""

    profile: Profile
    project: Project
    target: Target
    plan: ExposurePlan
    template: ExposureTemplate

    @property
    def exposure_s(self) -> float:
        """Return the seconds of one exposure."""
        return self.template.default_exposure_s if self.plan.exposure_s is None else self.plan.exposure_s

    @property
    def percent(self) -> int:
        """Return the progress in whole percent up to 100."""
        # Rounded down, since 99.9 % is not complete, but not where a share is only short in its last bits.
        return floor(100 * plan_progress(self.plan, self.project, profile=self.profile) + 1e-9)

    def document(self) -> dict[str, Any]:
        """Return the plan as JSON tells it."""
        return {
            "project": self.project.name,
            "target": self.target.name,
            "filter": self.template.filter_name,
            "template": self.template.name,
            "exposure_s": self.exposure_s,
            "enabled": self.plan.enabled,
            "desired": self.plan.desired,
            "acquired": self.plan.acquired,
            "accepted": self.plan.accepted,
            "progress_percent": self.percent,
        }


@dataclass(frozen=True)
class TargetStanding:
    """A target with its project and plans, and its progress from 0 to 1."""

    project: Project
    target: Target
    plans: tuple[PlanStanding, ...]
    progress: float

    def document(self) -> dict[str, Any]:
        """Return the target as JSON tells it."""
        return {
            "project": self.project.name,
            "target": self.target.name,
            "state": str(self.project.state),
            "enabled": self.target.enabled,
            "ra_hours": self.target.ra_hours,
            "dec_deg": self.target.dec_deg,
            "progress_percent": floor(100 * self.progress + 1e-9),
            "complete": self.progress >= 1 - 1e-9,
        }


def standings_of_profile(unit: Unit, profile: Profile) -> list[TargetStanding]:
    """Return the targets of all projects of a profile, by project and id, in a number of queries that never grows."""
    own = ids_of(Project, profile_id=profile.id)
    projects = {project.id: project for project in unit.list(Project, profile_id=profile.id)}
    return _standings(unit, unit.list(Target, project_id=own), projects=projects)


def standings_of_targets(unit: Unit, targets: Sequence[Target]) -> list[TargetStanding]:
    """Return targets with their projects and plans, by project and id."""
    keys = sorted({target.project_id for target in targets})
    return _standings(unit, targets, projects={project.id: project for project in unit.list(Project, id=keys)})


def _standings(unit: Unit, targets: Iterable[Target], *, projects: dict[int | None, Project]) -> list[TargetStanding]:
    ordered = sorted(targets, key=lambda target: (target.project_id, target.id or 0))
    plans: dict[int, list[ExposurePlan]] = {}
    for plan in unit.list(ExposurePlan, target_id=[target.id for target in ordered]):
        plans.setdefault(plan.target_id, []).append(plan)
    used = sorted({plan.template_id for own in plans.values() for plan in own})
    templates = {each.id: each for each in unit.list(ExposureTemplate, id=used)}
    owners = sorted({project.profile_id for project in projects.values()})
    profiles = {profile.id: profile for profile in unit.list(Profile, id=owners)}
    found = []
    for target in ordered:
        project = projects[target.project_id]
        profile, own = profiles[project.profile_id], plans.get(target.id or 0, [])
        rows = tuple(PlanStanding(profile, project, target, plan, templates[plan.template_id]) for plan in own)
        found.append(TargetStanding(project, target, rows, mean_progress(own, project, profile=profile)))
    return found
