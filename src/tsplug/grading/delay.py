"""When a plan is graded: at once, or when enough of it has been taken to compare."""

from __future__ import annotations

from tsplug.model import ExposurePlan


def is_provisional(plan: ExposurePlan, delay_percent: int) -> bool:
    """Return whether delayed grading has not been reached: acquired / desired is below the delay.

    The same rule says when grading begins and how far the plan counts as being done, so the two never disagree.
    Whole numbers only. A plan that desires nothing never reaches a delay.
    """
    if delay_percent <= 0:
        return False
    return plan.desired <= 0 or plan.acquired * 100 < delay_percent * plan.desired


def waiting_text(plan: ExposurePlan, delay_percent: int) -> str:
    """Return why a plan is not graded yet, or nothing when it is time."""
    if not is_provisional(plan, delay_percent):
        return ""
    if plan.desired <= 0:
        return "the plan desires no exposures, so its delay is never reached"
    needed = -(-delay_percent * plan.desired // 100)
    return f"{plan.acquired} of {plan.desired} taken; grading begins with {needed} ({delay_percent} %)"
