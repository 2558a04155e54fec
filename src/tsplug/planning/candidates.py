"""What there is to choose from: targets with their project, and plans with their template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from tsplug.model import ExposurePlan, ExposureTemplate, Priority, Profile, Project, ProjectState, Target


@dataclass(frozen=True)
class CandidatePlan:
    """An exposure plan with the template it is made from.

    Attributes:
        plan: the plan with its counters.
        template: what it is made from.
        given_away: how many of its exposures other rigs are taking at this moment.
        given_until: when the first of them is free again if it does not come.
    """

    plan: ExposurePlan
    template: ExposureTemplate
    given_away: int = 0
    given_until: datetime | None = None

    @property
    def exposure_s(self) -> float:
        """Return the exposure time: the plan's own or the template's."""
        return self.template.default_exposure_s if self.plan.exposure_s is None else self.plan.exposure_s


@dataclass(frozen=True)
class Candidate:
    """A target with its project and its plans, in the order they are to be worked through.

    ``owner`` is the profile that the project belongs to where the rig only contributes, None where it is the rig's own.
    Its preferences say when a plan is complete, so that all rigs agree.
    """

    project: Project
    target: Target
    plans: tuple[CandidatePlan, ...]
    owner: Profile | None = None

    @property
    def is_open(self) -> bool:
        """Return whether the target may be imaged at all: it is enabled and its project active."""
        return self.project.state is ProjectState.ACTIVE and self.target.enabled

    @cached_property
    def plan_guids(self) -> tuple[str, ...]:
        """Return the guids of its enabled plans, in order."""
        return tuple(item.plan.guid for item in self.plans if item.plan.enabled)

    @property
    def priority(self) -> Priority:
        """Return the target's own priority, or the project's."""
        return self.project.priority if self.target.priority is None else self.target.priority

    @property
    def tie_key(self) -> tuple[int, str, str]:
        """Return what decides between equals: higher priority first, then the target's name, then its guid."""
        return (-int(self.priority), self.target.name, self.target.guid)
