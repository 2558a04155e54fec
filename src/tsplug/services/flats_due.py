"""Which light sessions need flats, why or why not, and when: loads records, asks the due rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tsplug.flats import (
    JudgedSession,
    SiteMoment,
    TakenFlats,
    TargetStanding,
    earliest_start,
    judge_sessions,
    latest_start,
    light_sessions,
    session_date_of,
    window_begins,
)
from tsplug.flats.rules.immediate import RULE as IMMEDIATE_RULE
from tsplug.model import (
    FLATS_ON_COMPLETION,
    AcquiredImage,
    ExposurePlan,
    FlatSetFile,
    LightSession,
    Profile,
    Project,
    SessionDue,
    Target,
)
from tsplug.ports import Context, ImageQuery, Unit
from tsplug.services.flats_links import history_of
from tsplug.services.flats_on_disk import FlatsOnDisk
from tsplug.services.rigs import Rig, load_rig


def flats_due(profile_guid: str, context: Context) -> tuple[SessionDue, ...]:
    """Return for every light session of a profile's window whether its flats are due, why, and when they will be.

    Sessions that waited for flats until they were too old are told too, marked as expired, for as long again as the
    window lasts.

    Raises:
        NotFoundError: no such profile.
        InputError: the profile names no rule that there is.
    """
    now = context.clock.now()
    with context.store.read() as unit:
        rig = load_rig(unit, profile_guid)
        return tuple(
            judged.verdict for judged in (*expired_sessions(unit, rig, now=now), *judged_sessions(unit, rig, now=now))
        )


def flats_due_rows(profile_guid: str, context: Context) -> list[dict[str, Any]]:
    """Return `flats_due` as JSON-ready dictionaries, oldest session first; reasons tell of flats that left the disk."""
    now = context.clock.now()
    with context.store.read() as unit:
        rig = load_rig(unit, profile_guid)
        judged = (*expired_sessions(unit, rig, now=now), *judged_sessions(unit, rig, now=now))
        recorded: dict[int | None, list[FlatSetFile]] = defaultdict(list)
        for file in unit.list(FlatSetFile, flat_set_id=_ids(_set_of(each) for each in judged)):
            recorded[file.flat_set_id].append(file)
    look = FlatsOnDisk(context.files)
    gone = [look.of(recorded[_set_of(each)]).told(due="the session") for each in judged]
    rows = [due_row(each.verdict) for each in judged]
    return [
        row | {"reason": "; ".join(filter(None, (row["reason"], told)))} for row, told in zip(rows, gone, strict=True)
    ]


def _set_of(judged: JudgedSession) -> int | None:
    return None if judged.served_by is None else judged.served_by.flat_set_id


def judged_sessions(unit: Unit, rig: Rig, *, now: datetime) -> tuple[JudgedSession, ...]:
    """Return the light sessions of a profile's window, each with whether its flats are due at a moment."""
    return _judged(unit, _lights(unit, rig, window=_Window.of(rig, now)), rig=rig, now=now)


def expired_sessions(unit: Unit, rig: Rig, *, now: datetime) -> tuple[JudgedSession, ...]:
    """Return the light sessions that were to get flats and did not before they left the window.

    They are told for as long again as the window lasts: what is older is history that nobody can mend.
    """
    lights = _lights(unit, rig, window=_Window.of(rig, now).before)
    return tuple(judged for judged in _judged(unit, lights, rig=rig, now=now) if judged.waits)


def due_sessions(
    unit: Unit, rig: Rig, *, now: datetime, rules: Collection[str] = (), immediate: bool = False
) -> tuple[LightSession, ...]:
    """Return the light sessions that a run at a moment takes flats for.

    Their rotation classes are those of this run alone: lights that have their flats do not shift its angles. They
    follow from the records, so that a host that was restarted loses none.

    Args:
        unit: the records.
        rig: whose lights.
        now: the moment of the run.
        rules: names of the due rules whose sessions are taken, all of those that are due if empty. Outstanding sessions
            of the rule "immediate", which are never due at dawn, are taken where it is named.
        immediate: whether only sessions of this night are taken.
    """
    lights = _lights(unit, rig, window=_Window.tonight(rig, now) if immediate else _Window.of(rig, now))
    judged = _judged(unit, lights, rig=rig, now=now)
    wanted = {key for item in judged if _is_wanted(item, rules) for key in item.session.image_ids}
    return _sessions(_Lights([image for image in lights.images if image.id in wanted], lights.projects), rig)


def _is_wanted(item: JudgedSession, rules: Collection[str]) -> bool:
    if rules and item.verdict.rule not in rules:
        return False
    return item.verdict.due or (item.outstanding and bool(rules) and item.verdict.rule == IMMEDIATE_RULE.name)


@dataclass(frozen=True)
class _Window:
    """Session dates from the first to the last."""

    first: date
    last: date

    @classmethod
    def of(cls, rig: Rig, now: datetime) -> _Window:
        """Return the window of a profile at a moment."""
        moment = SiteMoment(now, rig.site)
        # Where the telescope stood farther east, a night may have begun that has not begun here.
        return cls(window_begins(moment, days=rig.profile.flats.window_days), moment.tonight + timedelta(days=1))

    @classmethod
    def tonight(cls, rig: Rig, now: datetime) -> _Window:
        """Return the present night alone."""
        night = SiteMoment(now, rig.site).tonight
        return cls(night, night)

    @property
    def before(self) -> _Window:
        """Return the window of as many nights that ends where this one begins."""
        nights = self.last - self.first
        return _Window(self.first - nights, self.first - timedelta(days=1))


@dataclass(frozen=True)
class _Lights:
    """The lights of a window, oldest first, with their projects by id."""

    images: Sequence[AcquiredImage]
    projects: Mapping[int, Project]


def _lights(unit: Unit, rig: Rig, *, window: _Window) -> _Lights:
    found = unit.images(
        ImageQuery(
            profile_id=rig.profile.id,
            started_from=earliest_start(window.first, rig.site),
            started_before=latest_start(window.last, rig.site),
            newest_first=False,
        )
    )
    images = [image for image in found if window.first <= session_date_of(image, rig.site) <= window.last]
    projects = unit.list(Project, id=_ids(image.project_id for image in images))
    return _Lights(images, {project.id: project for project in projects if project.id is not None})


def _sessions(lights: _Lights, rig: Rig) -> tuple[LightSession, ...]:
    return light_sessions(lights.images, lights.projects, site=rig.site, preferences=rig.profile.flats)


def _judged(unit: Unit, lights: _Lights, *, rig: Rig, now: datetime) -> tuple[JudgedSession, ...]:
    sessions = _sessions(lights, rig)
    return judge_sessions(
        sessions,
        _standings(unit, lights.images, profile=rig.profile),
        taken=TakenFlats(history_of(unit, sessions), preferences=rig.profile.flats),
        moment=SiteMoment(now, rig.site),
        preferences=rig.profile.flats,
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


def _ids(keys: Iterable[int | None]) -> list[int]:
    return sorted({key for key in keys if key is not None})


def due_row(due: SessionDue) -> dict[str, Any]:
    """Return a verdict as a JSON-ready dictionary."""
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
        "temperature_c": spec.temperature_c,
        "expires_on": None if due.expires_on is None else due.expires_on.isoformat(),
        "expired": due.expired,
    }
