"""Which light sessions need flats, why or why not, and when: loads records, asks the due rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tsplug.flats import JudgedSession, TakenFlats, TargetStanding, judge_sessions, light_sessions, window_start
from tsplug.model import (
    FLATS_ON_COMPLETION,
    AcquiredImage,
    ExposurePlan,
    FlatHistory,
    FlatSet,
    FlatSetState,
    LightSession,
    Profile,
    Project,
    SessionDue,
    Target,
)
from tsplug.ports import Context, ImageQuery, Unit
from tsplug.services.rigs import Rig, load_rig


def flats_due(profile_guid: str, context: Context) -> tuple[SessionDue, ...]:
    """Return for every light session of a profile's window whether its flats are due, why, and when they will be.

    Raises:
        NotFoundError: no such profile.
    """
    with context.store.read() as unit:
        rig = load_rig(unit, profile_guid)
        return tuple(judged.verdict for judged in judged_sessions(unit, rig, now=context.clock.now()))


def flats_due_rows(profile_guid: str, context: Context) -> list[dict[str, Any]]:
    """Return `flats_due` as JSON-ready dictionaries, oldest session first."""
    return [_row(due) for due in flats_due(profile_guid, context)]


def judged_sessions(unit: Unit, rig: Rig, *, now: datetime) -> tuple[JudgedSession, ...]:
    """Return the light sessions of a profile's window, each with whether its flats are due at a moment."""
    return _judged(unit, _lights(unit, rig, now=now), rig=rig, now=now)


def due_sessions(unit: Unit, rig: Rig, *, now: datetime) -> tuple[LightSession, ...]:
    """Return the light sessions that a run at a moment takes flats for.

    Their rotation classes are those of this run alone: lights that have their flats do not shift its angles.
    """
    lights = _lights(unit, rig, now=now)
    judged = _judged(unit, lights, rig=rig, now=now)
    due = {key for item in judged if item.verdict.due for key in item.session.image_ids}
    return _sessions(_Lights([image for image in lights.images if image.id in due], lights.projects), rig)


@dataclass(frozen=True)
class _Lights:
    """The lights of a window with their projects by id."""

    images: Sequence[AcquiredImage]
    projects: Mapping[int, Project]


def _lights(unit: Unit, rig: Rig, *, now: datetime) -> _Lights:
    images = unit.images(
        ImageQuery(
            profile_id=rig.profile.id,
            started_from=window_start(now, rig.site, days=rig.profile.flats.window_days),
            newest_first=False,
        )
    )
    projects = unit.list(Project, id=_ids(image.project_id for image in images))
    return _Lights(images, {project.id: project for project in projects if project.id is not None})


def _sessions(lights: _Lights, rig: Rig) -> tuple[LightSession, ...]:
    tolerance_deg = rig.profile.flats.rotation_tolerance_deg
    return light_sessions(lights.images, lights.projects, site=rig.site, tolerance_deg=tolerance_deg)


def _judged(unit: Unit, lights: _Lights, *, rig: Rig, now: datetime) -> tuple[JudgedSession, ...]:
    preferences, sessions = rig.profile.flats, _sessions(lights, rig)
    return judge_sessions(
        sessions,
        _standings(unit, lights.images, profile=rig.profile),
        taken=TakenFlats(_valid_history(unit, sessions), tolerance_deg=preferences.rotation_tolerance_deg),
        run_date=now.astimezone(ZoneInfo(rig.site.time_zone)).date(),
        project_scope=preferences.project_scope,
    )


def _standings(unit: Unit, images: Iterable[AcquiredImage], *, profile: Profile) -> dict[int, TargetStanding]:
    targets = unit.list(Target, id=_ids(image.target_id for image in images))
    projects = {project.id: project for project in unit.list(Project, id=_ids(t.project_id for t in targets))}
    plans = unit.list(ExposurePlan, target_id=_ids(target.id for target in targets), enabled=True)
    standings = {}
    for target in targets:
        project = projects.get(target.project_id)
        if target.id is not None and project is not None:
            # Only flats on completion ask for it.
            waits = project.flats_handling == FLATS_ON_COMPLETION
            own = [plan for plan in plans if waits and plan.target_id == target.id]
            # The owner's preferences say when a plan is complete, whichever rig's lights want flats.
            owner = profile if project.profile_id == profile.id or not own else unit.get(Profile, project.profile_id)
            progress = _progress(own, project, profile=owner) if own else 0.0
            standings[target.id] = TargetStanding(project, target.enabled, progress)
    return standings


def _progress(plans: Sequence[ExposurePlan], project: Project, *, profile: Profile) -> float:
    # Planning brings astronomy along, which a profile without flats on completion would load for nothing.
    from tsplug.planning.progress import mean_progress

    return mean_progress(plans, project, profile=profile)


def _valid_history(unit: Unit, sessions: Iterable[LightSession]) -> list[FlatHistory]:
    """Return the history of some sessions but for revoked sets; what lies before them is not read."""
    sessions = tuple(sessions)
    rows = unit.list(
        FlatHistory,
        profile_id=_ids(session.profile_id for session in sessions),
        target_id=_ids(session.target_id for session in sessions),
        session_date=sorted({session.session_date for session in sessions}),
    )
    sets = unit.list(FlatSet, id=_ids(row.flat_set_id for row in rows), state=FlatSetState.REVOKED)
    revoked = {item.id for item in sets}
    return [row for row in rows if row.flat_set_id not in revoked]


def _ids(keys: Iterable[int | None]) -> list[int]:
    return sorted({key for key in keys if key is not None})


def _row(due: SessionDue) -> dict[str, Any]:
    spec = due.spec
    return {
        "project": due.project_name,
        "target": due.target_name,
        "session_date": due.session_date.isoformat(),
        "session_id": due.session_id,
        "filter": spec.filter_name,
        "gain": spec.gain,
        "offset": spec.offset,
        "binning": spec.binning,
        "readout_mode": spec.readout_mode,
        "rotation_deg": spec.rotation_deg,
        "roi_percent": spec.roi_percent,
        "rule": due.rule,
        "due": due.due,
        "reason": due.reason,
        "due_on": None if due.due_on is None else due.due_on.isoformat(),
    }
