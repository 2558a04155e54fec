"""Whether what has been decided still fits into the night."""

from __future__ import annotations

from datetime import datetime, timedelta

from tsplug import Decision, Expose, TakeExposure, TsplugError, WaitUntil

# What rounding may make of two equal moments.
_EQUAL = timedelta(seconds=1)


def outlasting(decision: TakeExposure, now: datetime) -> str:
    """Return in words how an exposure that would begin at a moment outlasts its limits; empty where it does not."""
    exposure_s = sum(step.exposure_s for step in decision.steps if isinstance(step, Expose))
    ends, limit = now + timedelta(seconds=exposure_s), decision.plan_until or decision.until
    if ends <= limit + _EQUAL:
        return ""
    what = f"{decision.target_name} {decision.filter_name}, {exposure_s:g} s"
    return f"{what} would end at {ends:%H:%M:%S} UTC, and may go on until {limit:%H:%M:%S}"


def check_possible(decision: Decision, *, asked_at: datetime) -> None:
    """Return when a decision was possible when it was asked for: else it would be asked for without end.

    Raises:
        TsplugError: it was not.
    """
    if isinstance(decision, WaitUntil) and decision.until <= asked_at:
        raise TsplugError(f"asked to wait until {decision.until:%H:%M:%S} UTC, which has passed: {decision.reason}")
    outlasts = outlasting(decision, asked_at) if isinstance(decision, TakeExposure) else ""
    if outlasts:
        raise TsplugError(f"asked for what does not fit: {outlasts}")
