"""Whether what has been decided still fits into the night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tsplug import Decision, Expose, TakeExposure, TsplugError, WaitUntil

# What rounding may make of two equal moments.
_EQUAL = timedelta(seconds=1)


def outlasting(decision: TakeExposure, now: datetime, *, shown: Callable[[datetime], datetime]) -> str:
    """Return in words how an exposure that would begin at a moment outlasts its limits; empty where it does not.

    ``shown`` returns a moment in the zone in which it is told.
    """
    exposure_s = sum(step.exposure_s for step in decision.steps if isinstance(step, Expose))
    ends, limit = now + timedelta(seconds=exposure_s), decision.plan_until or decision.until
    if ends <= limit + _EQUAL:
        return ""
    what = f"{decision.target_name} {decision.filter_name}, {exposure_s:g} s"
    return f"{what} would end at {shown(ends):%H:%M:%S}, and may go on until {shown(limit):%H:%M:%S %Z}"


def check_possible(decision: Decision, *, asked_at: datetime, shown: Callable[[datetime], datetime]) -> None:
    """Return when a decision was possible when it was asked for: else it would be asked for without end.

    Raises:
        TsplugError: it was not.
    """
    if isinstance(decision, WaitUntil) and decision.until <= asked_at:
        until = f"{shown(decision.until):%H:%M:%S %Z}"
        raise TsplugError(f"asked to wait until {until}, which has passed: {decision.reason}")
    outlasts = outlasting(decision, asked_at, shown=shown) if isinstance(decision, TakeExposure) else ""
    if outlasts:
        raise TsplugError(f"asked for what does not fit: {outlasts}")
