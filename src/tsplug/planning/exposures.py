"""Which plan of a target is exposed next, and whether a dither comes first."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.model import Project
from tsplug.planning.candidates import CandidatePlan


def select_plan(choices: Sequence[CandidatePlan], project: Project) -> CandidatePlan:
    """Return the plan to expose next, of those that can be exposed now (in order, not empty).

    With a filter switch frequency of 0 one plan is finished before the next. With N, plans take turns of N exposures:
    the plan with the fewest finished turns goes on, the first of equals. That follows from the counters alone, so a
    restart changes nothing, and a plan that was held up catches up.
    """
    turn = project.filter_switch_frequency
    return choices[0] if turn == 0 else min(choices, key=lambda item: item.plan.acquired // turn)


def dither_due(item: CandidatePlan, project: Project, *, exposures_since_dither: int) -> bool:
    """Return whether to dither first: every N exposures, the template's N before the project's, 0 never."""
    every = project.dither_every if item.template.dither_every is None else item.template.dither_every
    return 0 < every <= exposures_since_dither
