"""Completion: all flats of a target are due once its plans are complete, also when its project was closed by then."""

from __future__ import annotations

from tsplug.flats.scope import Due, DueRule, Scope
from tsplug.model import FLATS_ON_COMPLETION, LightSession, ProjectState


def _judge(scope: Scope, session: LightSession) -> Due:
    progress = scope.progress.get(session.target_id, 0.0)
    if progress >= 1.0:
        return Due(True, f"target {session.target_name!r} is complete", scope.run_date)
    # Rounded down, since 99.96 % is not complete.
    percent = int(progress * 1000) / 10
    return Due(False, f"target {session.target_name!r} is {percent:g} % complete; its flats follow at 100 %")


RULE = DueRule(
    name="completion",
    handlings=frozenset({FLATS_ON_COMPLETION}),
    judge=_judge,
    states=frozenset({ProjectState.ACTIVE, ProjectState.CLOSED}),
)
