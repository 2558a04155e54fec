"""When a plan is graded: at once, or when enough of it has been taken to compare."""

from __future__ import annotations

from tsplug.model import ExposurePlan


def waiting_text(plan: ExposurePlan, delay_percent: int) -> str:
    """Return why a plan is not graded yet, or nothing when it is time."""
    if not plan.is_provisional(delay_percent):
        return ""
    if plan.desired <= 0:
        return "the plan desires no exposures, so its delay is never reached"
    needed = -(-delay_percent * plan.desired // 100)
    return f"{plan.acquired} of {plan.desired} taken; grading begins with {needed} ({delay_percent} %)"
