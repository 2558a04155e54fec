"""Sliding: each night is due by itself, once the present night began as many days later as the cadence.

The age is counted from noon to noon (domain 3.5), so the flats of a night wait for a later morning, and a run after
noon is of the next night. A cadence of 1 is due at once.
"""

from __future__ import annotations

from datetime import timedelta

from tsplug.flats.scope import Due, DueRule, Scope, in_days
from tsplug.model import FLATS_CADENCES, LightSession


def _judge(scope: Scope, session: LightSession) -> Due:
    cadence, night = scope.project.flats_handling, session.session_date
    if cadence == 1:
        return Due(True, f"session {night} is due at once, cadence 1 day", night)
    age = (scope.tonight - night).days
    due_on = night + timedelta(days=cadence)
    if age < cadence:
        return Due(False, f"session {night} is {age} of {in_days(cadence)} old from noon to noon", due_on)
    return Due(True, f"session {night} is {in_days(age)} old from noon to noon, cadence {in_days(cadence)}", due_on)


RULE = DueRule(name="sliding", handlings=frozenset(FLATS_CADENCES), judge=_judge)
