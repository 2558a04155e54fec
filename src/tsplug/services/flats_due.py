"""Which light sessions need flats, why or why not, and when: loads records, asks the due rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tsplug.errors import NotFoundError
from tsplug.flats import JudgedSession, TakenFlats, TargetStanding, judge_sessions, light_sessions, window_start
from tsplug.model import (
    FLATS_ON_COMPLETION,
    AcquiredImage,
    ExposurePlan,
    FlatHistory,
    FlatSet,
    FlatSetState,
    Profile,
    Project,
    SessionDue,
    Site,
    Target,
)
from tsplug.ports import Context, ImageQuery, Unit


@dataclass(frozen=True)
class Rig:
    """A profile and the site it stands at."""

    profile: Profile
    site: Site


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


def load_rig(unit: Unit, profile_guid: str) -> Rig:
    """Return a profile with its site.

    Raises:
        NotFoundError: no such profile.
    """
    profile = unit.find(Profile, guid=profile_guid)
    if profile is None:
        raise NotFoundError(f"no profile has the id {profile_guid}; list them with: tsplug profile list")
    return Rig(profile, unit.get(Site, profile.site_id))


def judged_sessions(unit: Unit, rig: Rig, *, now: datetime) -> tuple[JudgedSession, ...]:
    """Return the light sessions of a profile's window, each with whether its flats are due at a moment."""
    preferences = rig.profile.flats
    images = unit.images(
        ImageQuery(
            profile_id=rig.profile.id,
            started_from=window_start(now, rig.site, days=preferences.window_days),
            newest_first=False,
        )
    )
    projects = {project.id: project for project in unit.list(Project, id=_ids(image.project_id for image in images))}
    sessions = light_sessions(
        images,
        {key: project for key, project in projects.items() if key is not None},
        site=rig.site,
        tolerance_deg=preferences.rotation_tolerance_deg,
    )
    return judge_sessions(
        sessions,
        _standings(unit, images, profile=rig.profile),
        taken=TakenFlats(_valid_history(unit, rig.profile), tolerance_deg=preferences.rotation_tolerance_deg),
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
            standings[target.id] = TargetStanding(project, target.enabled, _progress(own, project, profile=profile))
    return standings


def _progress(plans: Sequence[ExposurePlan], project: Project, *, profile: Profile) -> float:
    # Planning brings astronomy along, which a profile without flats on completion would load for nothing.
    from tsplug.planning.progress import plan_progress

    shares = [plan_progress(plan, project, profile=profile) for plan in plans]
    return sum(shares) / len(shares) if shares else 0.0


def _valid_history(unit: Unit, profile: Profile) -> list[FlatHistory]:
    revoked = {item.id for item in unit.list(FlatSet, profile_id=profile.id, state=FlatSetState.REVOKED)}
    return [row for row in unit.list(FlatHistory, profile_id=profile.id) if row.flat_set_id not in revoked]


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
