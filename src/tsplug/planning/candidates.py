"""What there is to choose from: targets with their project, and plans with their template."""

from __future__ import annotations

from dataclasses import dataclass

from tsplug.model import ExposurePlan, ExposureTemplate, Priority, Project, Target


@dataclass(frozen=True)
class CandidatePlan:
    """An exposure plan with the template it is made from."""

    plan: ExposurePlan
    template: ExposureTemplate

    @property
    def exposure_s(self) -> float:
        """Return the exposure time: the plan's own or the template's."""
        return self.template.default_exposure_s if self.plan.exposure_s is None else self.plan.exposure_s


@dataclass(frozen=True)
class Candidate:
    """A target with its project and its plans, in the order they are to be worked through."""

    project: Project
    target: Target
    plans: tuple[CandidatePlan, ...]

    @property
    def priority(self) -> Priority:
        """Return the target's own priority, or the project's."""
        return self.project.priority if self.target.priority is None else self.target.priority

    @property
    def tie_key(self) -> tuple[int, str, str]:
        """Return what decides between equals: higher priority first, then the target's name, then its guid."""
        return (-int(self.priority), self.target.name, self.target.guid)
