"""Document: once the oldest outstanding night is as many days old as the cadence, all outstanding nights are due.

The age is the calendar date of the run minus the date of the session (SEMANTICS, Flats), so with a cadence of 1 the
flats of a night are due on its own morning.
"""

from __future__ import annotations

from datetime import timedelta

from tsplug.flats.scope import Due, DueRule, Scope
from tsplug.model import FLATS_CADENCES, LightSession


def _judge(scope: Scope, session: LightSession) -> Due:
    cadence = scope.project.flats_handling
    oldest = min(item.session_date for item in scope.sessions)
    age = (scope.run_date - oldest).days
    due_on = oldest + timedelta(days=cadence)
    if age < cadence:
        return Due(False, f"oldest outstanding session {oldest} is {age} of {_days(cadence)} old", due_on)
    if session.session_date == oldest:
        return Due(True, f"session {oldest} is {_days(age)} old, cadence {_days(cadence)}", due_on)
    return Due(True, f"due together with session {oldest}, which is {_days(age)} old, cadence {_days(cadence)}", due_on)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


RULE = DueRule(name="document", handlings=frozenset(FLATS_CADENCES), judge=_judge)
