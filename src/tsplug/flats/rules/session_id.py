"""Session id: all nights of a period are due once it is over; periods of the cadence follow the project's creation.

So does Target Scheduler 5 (domain 3.5): a night is due when its number is lower than that of the present night. Numbers
are those of today's cadence, whatever the lights were saved under. A cadence of 1 is due at once.
"""

from __future__ import annotations

from datetime import timedelta

from tsplug.flats.scope import Due, DueRule, Scope, in_days
from tsplug.model import FLATS_CADENCES, LightSession
from tsplug.model.night import numbered_period


def _judge(scope: Scope, session: LightSession) -> Due:
    cadence, night = scope.project.flats_handling, session.session_date
    if cadence == 1:
        return Due(True, f"session {night} is due at once, cadence 1 day", night)
    own = numbered_period(scope.created_on, night, days=cadence)
    now = numbered_period(scope.created_on, scope.tonight, days=cadence)
    past = (night - scope.created_on).days % cadence
    due_on = night + timedelta(days=cadence - past)
    if own < now:
        return Due(True, f"period {own} of {in_days(cadence)} is over, the present one is {now}", due_on)
    return Due(False, f"period {own} of {in_days(cadence)} lasts until the noon of {due_on}", due_on)


RULE = DueRule(name="session-id", handlings=frozenset(FLATS_CADENCES), judge=_judge)
