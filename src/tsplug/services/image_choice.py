"""Which images a front asks for: what its user typed or clicked, as a query of the store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tsplug.errors import AmbiguousNameError, InputError, NotFoundError
from tsplug.metrics import METRICS
from tsplug.model import AcquiredImage, ExposurePlan, GradingStatus, Profile, Project, Site, Target, Value
from tsplug.model.days import midnight
from tsplug.ports import ImageQuery, Unit
from tsplug.services.lookup import find_filter, find_named

RANGES = {"today": 1, **{str(days): days for days in (2, 7, 30, 60, 90, 180, 365)}}
"""How many days up to and with today each word stands for."""

NO_PLAN = "none"
"""The word in place of a plan for images that were recorded without one, or whose plan is gone."""

SORTS: dict[str, str] = {
    "profile": "profile_name",
    "project": "project_name",
    "target": "target_name",
    "filter": "filter_name",
    "template": "template_name",
    **{
        name: name
        for name in AcquiredImage.model_fields
        if name not in ("metrics", "host_metrics", "extra", "guid") and not name.endswith(("_id", "_name"))
    },
    **{key: key for key in METRICS},
}
"""By what images can be sorted, and the field or metric that holds it."""


class ImageChoice(Value):
    """Which images, in words: names, ids or guids; empty or None leaves a thing open.

    ``first`` and ``last`` are calendar days of the site, both inclusive, or moments, the last exclusive. ``range`` is a
    word of `RANGES`. ``plan`` may be `NO_PLAN`. Projects and targets that are gone are known by the names that their
    images keep. ``since`` chooses what was recorded or graded at a moment or later. ``sort`` is a key of `SORTS`, with
    a minus before it the other way round; ``after`` goes on behind an image.
    """

    profile: str = ""
    project: str = ""
    target: str = ""
    plan: str = ""
    filter_name: str = ""
    status: GradingStatus | None = None
    first: datetime | date | None = None
    last: datetime | date | None = None
    range: str = ""
    since: datetime | None = None
    sort: str = ""
    after: str = ""
    limit: int | None = None

    @property
    def narrows(self) -> bool:
        """Return whether anything is asked for but order and number."""
        return self != ImageChoice(sort=self.sort, after=self.after, limit=self.limit)


def image_query(unit: Unit, choice: ImageChoice, *, now: datetime) -> ImageQuery:
    """Return the query that a choice means; names are looked up within what else is chosen.

    Raises:
        NotFoundError: something that is named is not stored.
        AmbiguousNameError: several have the name.
        InputError: range, order or dates make no sense.
    """
    profile = find_named(unit, Profile, name=choice.profile) if choice.profile else None
    project = _project(unit, choice.project, profile=profile) if choice.project else None
    target = _target(unit, choice.target, project=project, profile=profile) if choice.target else None
    planless = choice.plan.casefold() == NO_PLAN
    plan = find_named(unit, ExposurePlan, name=choice.plan) if choice.plan and not planless else None
    started_from, started_before = _bounds(unit, choice, profile=profile, now=now)
    sort, newest_first = _sort(choice)
    return ImageQuery(
        profile_id=profile.id if profile else None,
        project_id=project.id if isinstance(project, Project) else None,
        project_name=project if isinstance(project, str) else None,
        target_id=target.id if isinstance(target, Target) else None,
        target_name=target if isinstance(target, str) else None,
        plan_id=plan.id if plan else None,
        without_plan=planless,
        filter_name=find_filter(unit, choice.filter_name) if choice.filter_name else None,
        status=choice.status,
        started_from=started_from,
        started_before=started_before,
        changed_since=choice.since,
        sort=sort,
        newest_first=newest_first,
        after=_after(unit, choice),
        limit=choice.limit,
    )


def time_zone_of(unit: Unit, profile: Profile | None = None) -> str:
    """Return the time zone in which dates are meant: a profile's, or the one in which all rigs stand, else UTC.

    Raises:
        InputError: the rigs stand in several, and none was chosen.
    """
    profiles = unit.list(Profile) if profile is None else [profile]
    sites = unit.list(Site, id=_ids(each.site_id for each in profiles))
    zones = {site.time_zone for site in sites}
    if len(zones) > 1:
        names = ", ".join(each.name for each in profiles)
        raise InputError(f"the rigs stand in several time zones: say by --profile whose dates are meant, of: {names}")
    return zones.pop() if zones else "UTC"


def _project(unit: Unit, name: str, *, profile: Profile | None) -> Project | str:
    """Return the project of a name, or the name where only records of images still have it."""
    try:
        return find_named(unit, Project, name=name)
    except AmbiguousNameError:
        own = unit.list(Project, name=name, profile_id=profile.id) if profile else []
        if len(own) != 1:
            raise
        return own[0]
    except NotFoundError:
        if unit.find(AcquiredImage, project_name=name) is None:
            raise
        return name


def _target(unit: Unit, name: str, *, project: Project | str | None, profile: Profile | None) -> Target | str:
    """Return the target of a name, or the name where only records of images have it."""
    try:
        return find_named(unit, Target, name=name)
    except AmbiguousNameError:
        within = [project] if isinstance(project, Project) else []
        projects = within or (unit.list(Project, profile_id=profile.id) if profile else [])
        own = unit.list(Target, name=name, project_id=_ids(each.id for each in projects))
        if len(own) != 1:
            raise
        return own[0]
    except NotFoundError:
        if unit.find(AcquiredImage, target_name=name) is None:
            raise
        return name


def _bounds(
    unit: Unit, choice: ImageChoice, *, profile: Profile | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    if choice.range and (choice.first or choice.last):
        raise InputError("a range and dates exclude each other: give --range, or --from and --to")
    if choice.range:
        if choice.range not in RANGES:
            raise InputError(f"no range {choice.range!r}: one of {', '.join(RANGES)}")
        zone = time_zone_of(unit, profile)
        today = now.astimezone(ZoneInfo(zone)).date()
        return midnight(today - timedelta(days=RANGES[choice.range] - 1), zone), midnight(_after_day(today), zone)
    first, last = choice.first, choice.last
    zone = time_zone_of(unit, profile) if _is_day(first) or _is_day(last) else "UTC"
    begin = first if isinstance(first, datetime) or first is None else midnight(first, zone)
    end = last if isinstance(last, datetime) or last is None else midnight(_after_day(last), zone)
    if begin is not None and end is not None and begin >= end:
        raise InputError(f"--from {first} lies after --to {last}: nothing is between")
    return begin, end


def _is_day(bound: datetime | date | None) -> bool:
    return bound is not None and not isinstance(bound, datetime)


def _after_day(day: date) -> date:
    return day + timedelta(days=1)


def _sort(choice: ImageChoice) -> tuple[str, bool]:
    """Return the field to sort by, none for the order of time, and whether the highest come first."""
    name = choice.sort.removeprefix("-")
    if not name:
        return "", True
    if name not in SORTS:
        raise InputError(f"images are not sorted by {name!r}: one of {', '.join(sorted(SORTS))}")
    return "" if name == "started" else SORTS[name], choice.sort.startswith("-")


def _after(unit: Unit, choice: ImageChoice) -> tuple[datetime, int] | None:
    if not choice.after:
        return None
    image = find_named(unit, AcquiredImage, name=choice.after)
    return image.started, image.id or 0


def _ids(values: Iterable[int | None]) -> list[int]:
    return sorted({value for value in values if value is not None})
