"""Document: once the oldest outstanding night is as many days old as the cadence, all outstanding nights are due.

The age is the calendar date of the run minus the date of the session (SEMANTICS, Flats), so with a cadence of 1 the
flats of a night are due on its own morning.
"""

from __future__ import annotations

from datetime import timedelta

from tsplug.flats.scope import Due, DueRule, Scope, in_days
from tsplug.model import FLATS_CADENCES, LightSession


def _judge(scope: Scope, session: LightSession) -> Due:
    cadence = scope.project.flats_handling
    oldest = min(item.session_date for item in scope.sessions)
    age = (scope.run_date - oldest).days
    due_on = oldest + timedelta(days=cadence)
    if age < cadence:
        return Due(False, f"oldest outstanding session {oldest} is {age} of {in_days(cadence)} old", due_on)
    if session.session_date == oldest:
        return Due(True, f"session {oldest} is {in_days(age)} old, cadence {in_days(cadence)}", due_on)
    together = f"due together with session {oldest}, which is {in_days(age)} old, cadence {in_days(cadence)}"
    return Due(True, together, due_on)


RULE = DueRule(name="document", handlings=frozenset(FLATS_CADENCES), judge=_judge)
