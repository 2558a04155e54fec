"""When the flats of light sessions are due: groups sessions into scopes and asks the project's rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tsplug.flats.history import TakenFlats
from tsplug.flats.rules import RULES
from tsplug.flats.scope import Due, Scope
from tsplug.model import FlatHistory, LightSession, Project, SessionDue


@dataclass(frozen=True)
class TargetStanding:
    """What due rules need to know of a target: its project, whether it is enabled, its progress from 0 to 1."""

    project: Project
    enabled: bool
    progress: float


@dataclass(frozen=True)
class JudgedSession:
    """A light session and whether its flats are due."""

    session: LightSession
    verdict: SessionDue


def judge_sessions(
    sessions: Iterable[LightSession],
    standings: Mapping[int, TargetStanding],
    *,
    taken: TakenFlats,
    run_date: date,
    project_scope: bool = False,
) -> tuple[JudgedSession, ...]:
    """Return for every session whether its flats are due, and why; sessions of targets that are gone are left out.

    Args:
        sessions: light sessions of one profile.
        standings: targets by id.
        taken: the flat history.
        run_date: the calendar date of the run at the site.
        project_scope: whether a due session makes those of its project due, not only those of its target.
    """
    known = [session for session in sessions if session.target_id in standings]
    scopes: dict[int, list[LightSession]] = {}
    for session in known:
        if taken.of(session) is None and not _hindrance(session, standings[session.target_id]):
            scopes.setdefault(session.project_id if project_scope else session.target_id, []).append(session)
    progress = {target_id: standing.progress for target_id, standing in standings.items()}
    judged = []
    for session in known:
        standing = standings[session.target_id]
        row = taken.of(session)
        if row is not None:
            due = Due(False, _served(row))
        elif hindrance := _hindrance(session, standing):
            due = Due(False, hindrance)
        else:
            together = scopes[session.project_id if project_scope else session.target_id]
            scope = Scope(standing.project, tuple(together), run_date, progress)
            due = RULES[standing.project.flats_handling].judge(scope, session)
        judged.append(JudgedSession(session, _verdict(session, standing, due=due)))
    return tuple(judged)


def _served(row: FlatHistory) -> str:
    if row.flat_set_id is None:
        return f"has flats taken elsewhere, {row.taken_at:%Y-%m-%d}"
    return f"has flats: set {row.flat_set_id}, {row.taken_at:%Y-%m-%d %H:%M} UTC"


def _hindrance(session: LightSession, standing: TargetStanding) -> str:
    if not standing.enabled:
        return f"target {session.target_name!r} is disabled"
    if standing.project.state not in RULES[standing.project.flats_handling].states:
        return f"project {standing.project.name!r} is {standing.project.state}"
    return ""


def _verdict(session: LightSession, standing: TargetStanding, *, due: Due) -> SessionDue:
    return SessionDue(
        project_name=session.project_name,
        target_name=session.target_name,
        session_date=session.session_date,
        session_id=session.session_id,
        spec=session.spec,
        rule=RULES[standing.project.flats_handling].name,
        due=due.due,
        reason=due.reason,
        due_on=due.due_on,
    )
