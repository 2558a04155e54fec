"""When the flats of light sessions are due: groups sessions into scopes and asks the project's rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tsplug.flats.history import TakenFlats
from tsplug.flats.rules import rule_for
from tsplug.flats.scope import Due, DueRule, Scope
from tsplug.flats.sessions import SiteMoment, window_begins
from tsplug.model import FlatHistory, FlatsPreferences, LightSession, Project, SessionDue
from tsplug.model.night import session_date


@dataclass(frozen=True)
class TargetStanding:
    """What due rules need to know of a target: its project, whether it is enabled, its progress from 0 to 1."""

    project: Project
    enabled: bool
    progress: float


@dataclass(frozen=True)
class JudgedSession:
    """A light session and whether its flats are due.

    ``served_by`` is the history row of the flats it has. ``outstanding`` says that it has none and nothing keeps it
    from getting some, ``waits`` that it is for a run to take them, or was until it expired.
    """

    session: LightSession
    verdict: SessionDue
    served_by: FlatHistory | None = None
    outstanding: bool = False
    waits: bool = False


def judge_sessions(
    sessions: Iterable[LightSession],
    standings: Mapping[int, TargetStanding],
    *,
    taken: TakenFlats,
    moment: SiteMoment,
    preferences: FlatsPreferences,
) -> tuple[JudgedSession, ...]:
    """Return for every session whether its flats are due, and why; sessions of targets that are gone are left out.

    Args:
        sessions: light sessions of one profile; those older than the window are expired and never due.
        standings: targets by id.
        taken: the flat history.
        moment: when and where the run is.
        preferences: the profile's: window, rule of a cadence, start date, and whether a due session makes those of its
            project due, not only those of its target.

    Raises:
        InputError: the profile names a rule for cadences that does not exist.
    """
    court = _Court(standings, taken, moment=moment, preferences=preferences)
    known = [session for session in sessions if session.target_id in standings]
    for session in known:
        court.call(session)
    return tuple(court.judged(session) for session in known)


class _Court:
    """Judges sessions, once those that fall due together have been called."""

    def __init__(
        self,
        standings: Mapping[int, TargetStanding],
        taken: TakenFlats,
        *,
        moment: SiteMoment,
        preferences: FlatsPreferences,
    ) -> None:
        self._standings = standings
        self._progress = {target_id: standing.progress for target_id, standing in standings.items()}
        self._taken = taken
        self._moment = moment
        self._preferences = preferences
        self._begins = window_begins(moment, days=preferences.window_days)
        self._together: dict[int, list[LightSession]] = {}

    def call(self, session: LightSession) -> None:
        """Count an outstanding session among those that fall due together."""
        if self._taken.of(session) is None and not self._hindrance(session) and not self._is_expired(session):
            self._together.setdefault(self._scope_key(session), []).append(session)

    def judged(self, session: LightSession) -> JudgedSession:
        """Return the verdict on a session."""
        row, rule = self._taken.of(session), self._rule(session)
        hindrance = self._hindrance(session)
        if row is not None:
            return JudgedSession(session, self._verdict(session, Due(False, _served(row))), row)
        if hindrance:
            return JudgedSession(session, self._verdict(session, Due(False, hindrance)))
        if self._is_expired(session):
            return JudgedSession(session, self._verdict(session, self._expired()), waits=rule.waits)
        due = rule.judge(self._scope(session), session)
        return JudgedSession(session, self._verdict(session, self._with_end(session, due)), None, True, rule.waits)

    def _rule(self, session: LightSession) -> DueRule:
        handling = self._standings[session.target_id].project.flats_handling
        return rule_for(handling, cadence_rule=self._preferences.due_rule)

    def _scope_key(self, session: LightSession) -> int:
        return session.project_id if self._preferences.project_scope else session.target_id

    def _scope(self, session: LightSession) -> Scope:
        project = self._standings[session.target_id].project
        return Scope(
            project=project,
            sessions=tuple(self._together[self._scope_key(session)]),
            run_date=self._moment.run_date,
            tonight=self._moment.tonight,
            created_on=session_date(project.created_at, self._moment.site),
            progress=self._progress,
        )

    def _hindrance(self, session: LightSession) -> str:
        """Return why a session gets no flats whatever its rule says, empty where nothing hinders."""
        standing, rule = self._standings[session.target_id], self._rule(session)
        if not standing.enabled:
            return f"target {session.target_name!r} is disabled"
        if standing.project.state not in rule.states:
            return f"project {standing.project.name!r} is {standing.project.state}"
        first = self._start_date(standing.project)
        if rule.waits and first is not None and session.session_date < first:
            return f"flats are taken of sessions from {first} on"
        return ""

    def _is_expired(self, session: LightSession) -> bool:
        return session.session_date < self._begins

    def _expired(self) -> Due:
        days = self._preferences.window_days
        return Due(
            False, f"expired: older than the window of {days} days (flats.window_days), its lights have no flats"
        )

    def _start_date(self, project: Project) -> date | None:
        given = [each for each in (self._preferences.start_date, project.flats_start_date) if each is not None]
        return max(given, default=None)

    def _expires_on(self, session: LightSession) -> date:
        return session.session_date + timedelta(days=self._preferences.window_days + 1)

    def _with_end(self, session: LightSession, due: Due) -> Due:
        """Return a verdict that also tells where a session will be too old before its flats are due."""
        expires_on = self._expires_on(session)
        if due.due or not self._rule(session).waits or (due.due_on is not None and due.due_on < expires_on):
            return due
        return Due(due.due, f"{due.reason}; the session expires on {expires_on}", due.due_on)

    def _verdict(self, session: LightSession, due: Due) -> SessionDue:
        return SessionDue(
            project_name=session.project_name,
            target_name=session.target_name,
            session_date=session.session_date,
            session_id=session.session_id,
            spec=session.spec,
            rule=self._rule(session).name,
            due=due.due,
            reason=due.reason,
            due_on=due.due_on,
            expires_on=self._expires_on(session),
            expired=self._is_expired(session),
        )


def _served(row: FlatHistory) -> str:
    if row.flat_set_id is None:
        return f"has flats taken elsewhere, {row.taken_at:%Y-%m-%d}"
    return f"has flats: set {row.flat_set_id}, {row.taken_at:%Y-%m-%d %H:%M} UTC"
