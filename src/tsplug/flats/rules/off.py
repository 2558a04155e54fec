"""Off: the project wants no flats."""

from __future__ import annotations

from tsplug.flats.scope import Due, DueRule, Scope
from tsplug.model import FLATS_OFF, LightSession


def _judge(scope: Scope, session: LightSession) -> Due:
    return Due(False, f"flats are off for project {scope.project.name!r}")


RULE = DueRule(name="off", handlings=frozenset({FLATS_OFF}), judge=_judge, waits=False)
