"""Removing old records of images: what would go, what that would cost, and doing it. No file is touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tsplug.errors import InputError
from tsplug.model import Profile, UtcDatetime, Value
from tsplug.model.days import midnight
from tsplug.ports import Clock, ImageQuery, Store, Unit
from tsplug.services.flats_due import judged_sessions
from tsplug.services.image_choice import ImageChoice, image_query, time_zone_of
from tsplug.services.lookup import find_named
from tsplug.services.purged_populations import WeakenedPopulation, weakened
from tsplug.services.rigs import rig_of

AGE_MONTHS = 9
"""How old records are that go unless a date is given (spec/target-scheduler-domain 4)."""


class Scope(Value):
    """Which records are meant: older than a day at the site or a moment, of all or of one profile, project or target.

    ``older_than`` None means nine months ago.
    """

    older_than: datetime | date | None = None
    profile: str = ""
    project: str = ""
    target: str = ""


class LostSession(Value):
    """A light session whose flats are still to be taken, and that nobody would know of any more."""

    project: str
    target: str
    session_date: date
    filter: str
    lights: int


class Purge(Value):
    """What a purge removes, or would, and what that costs. Counters do not move, and files stay."""

    older_than: UtcDatetime
    images: int
    weakened: tuple[WeakenedPopulation, ...] = ()
    lost_sessions: tuple[LostSession, ...] = ()
    purged: bool = False


def preview_purge(scope: Scope, store: Store, *, clock: Clock) -> Purge:
    """Return what `purge_images` would remove, and the consequences.

    Raises:
        NotFoundError: something that is named is not stored.
        InputError: the date lies in the future, or it is not clear whose it is.
    """
    with store.read() as unit:
        query = _query(unit, scope, now=clock.now())
        return _previewed(unit, query, now=clock.now())


def purge_images(scope: Scope, store: Store, *, clock: Clock) -> Purge:
    """Remove the records strictly older than a date with their thumbnails, verdicts and audit trails, in one unit.

    Plans keep counting them: their share becomes an adjustment.

    Raises:
        NotFoundError: something that is named is not stored.
        InputError: the date lies in the future, or it is not clear whose it is.
    """
    with store.write() as unit:
        query = _query(unit, scope, now=clock.now())
        preview = _previewed(unit, query, now=clock.now())
        return preview.model_copy(update={"images": unit.purge(query), "purged": True})


def months_before(day: date, months: int) -> date:
    """Return the day so many months before, or the last of that month where it has no such day."""
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


def _query(unit: Unit, scope: Scope, *, now: datetime) -> ImageQuery:
    choice = ImageChoice(profile=scope.profile, project=scope.project, target=scope.target)
    before = scope.older_than
    if not isinstance(before, datetime):
        profile = find_named(unit, Profile, name=scope.profile) if scope.profile else None
        zone = time_zone_of(unit, profile)
        today = now.astimezone(ZoneInfo(zone)).date()
        before = midnight(before or months_before(today, AGE_MONTHS), zone)
    if before > now:
        raise InputError(f"{before:%Y-%m-%d %H:%M} UTC lies in the future: nothing is older than now")
    return image_query(unit, choice, now=now).model_copy(update={"started_before": before, "newest_first": False})


def _previewed(unit: Unit, query: ImageQuery, *, now: datetime) -> Purge:
    by_profile = unit.tally(query, by="profile_id")
    return Purge(
        older_than=query.started_before or now,
        images=sum(by_profile.values()),
        weakened=tuple(weakened(unit, query)),
        lost_sessions=tuple(_lost(unit, query, profiles=by_profile, now=now)),
    )


def _lost(unit: Unit, query: ImageQuery, *, profiles: Iterable[int | None], now: datetime) -> Iterator[LostSession]:
    for profile in unit.list(Profile, id=[key for key in profiles if key is not None]):
        if profile.site_id is None:
            continue
        rig = rig_of(unit, profile)
        # A day more than the window has, wherever noon is.
        begin = now - timedelta(days=profile.flats.window_days + 1)
        if query.started_before is None or query.started_before <= begin:
            continue
        inside = query.model_copy(update={"profile_id": profile.id, "started_from": begin})
        going = {image.id for image in unit.images(inside)}
        for judged in judged_sessions(unit, rig, now=now):
            if judged.outstanding and going.issuperset(judged.session.image_ids):
                yield LostSession(
                    project=judged.session.project_name,
                    target=judged.session.target_name,
                    session_date=judged.session.session_date,
                    filter=judged.session.spec.filter_name,
                    lights=len(judged.session.image_ids),
                )
