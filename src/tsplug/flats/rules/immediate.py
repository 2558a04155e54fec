"""Immediate: flats are taken right after the target's lights, never by a run at dawn."""

from __future__ import annotations

from tsplug.flats.scope import Due, DueRule, Scope
from tsplug.model import FLATS_IMMEDIATE, LightSession


def _judge(scope: Scope, session: LightSession) -> Due:
    when = "still outstanding" if session.session_date == scope.tonight else "not taken in its night"
    return Due(
        False,
        f"project {scope.project.name!r} takes its flats right after each target (Scheduler Immediate Flats), "
        f"not at dawn; {when}",
    )


RULE = DueRule(name="immediate", handlings=frozenset({FLATS_IMMEDIATE}), judge=_judge, waits=False)
