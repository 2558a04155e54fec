"""What there is to choose from: targets with their project, and plans with their template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from tsplug.model import ExposurePlan, ExposureTemplate, Priority, Profile, Project, ProjectState, Target
from tsplug.model.project import delays_grading
from tsplug.planning.order_state import OrderState


class Counts(NamedTuple):
    """A plan's counters in the course of a previewed night."""

    acquired: int
    accepted: int


@dataclass(frozen=True)
class CandidatePlan:
    """An exposure plan with the template it is made from.

    Attributes:
        plan: the plan with its counters.
        template: what it is made from.
        given_away: how many of its exposures other rigs are taking at this moment.
        given_until: when the first of them is free again if it does not come.
        counts: its counters in the course of a previewed night; None where the plan's own are true.
    """

    plan: ExposurePlan
    template: ExposureTemplate
    given_away: int = 0
    given_until: datetime | None = None
    counts: Counts | None = None

    @property
    def enabled(self) -> bool:
        """Return whether the plan may be exposed."""
        return self.plan.enabled

    @property
    def desired(self) -> int:
        """Return how many exposures the plan wants."""
        return self.plan.desired

    @property
    def acquired(self) -> int:
        """Return how many exposures were taken."""
        return self.plan.acquired if self.counts is None else self.counts.acquired

    @property
    def accepted(self) -> int:
        """Return how many exposures were accepted."""
        return self.plan.accepted if self.counts is None else self.counts.accepted

    def is_provisional(self, delay_percent: int) -> bool:
        """Return whether delayed grading has not been reached, as `ExposurePlan.is_provisional` says."""
        return delays_grading(self.acquired, self.desired, delay_percent=delay_percent)

    def counted(self, *, accepts: bool) -> CandidatePlan:
        """Return the plan after one more exposure, which is accepted or not graded at all."""
        counts = Counts(self.acquired + 1, self.accepted + accepts)
        return CandidatePlan(self.plan, self.template, self.given_away, self.given_until, counts)

    @property
    def exposure_s(self) -> float:
        """Return the exposure time: the plan's own or the template's."""
        return self.template.default_exposure_s if self.plan.exposure_s is None else self.plan.exposure_s


@dataclass(frozen=True)
class Candidate:
    """A target with its project and its plans, in the order they are to be worked through.

    ``owner`` is the profile that the project belongs to where the rig only contributes, None where it is the rig's own.
    Its preferences say when a plan is complete, so that all rigs agree. ``order`` says how far its order came in the
    course of a previewed night, None where the target's record does.
    """

    project: Project
    target: Target
    plans: tuple[CandidatePlan, ...]
    owner: Profile | None = None
    order: OrderState | None = None

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
