"""The night ahead and the nights after it, for a rig as its records stand; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tsplug.errors import NotFoundError
from tsplug.model import DecisionRequest, NightPreview, TargetSeason
from tsplug.model.night import Night, night_of, night_starting
from tsplug.planning import Candidate, NightOutlook, Place, Situation
from tsplug.planning.preview import preview
from tsplug.planning.season import season
from tsplug.ports import Context
from tsplug.services.night_sky import outlook_of
from tsplug.services.rig_records import Candidates, RigRecords, read_records
from tsplug.services.rigs import Rig
from tsplug.services.scoring_rules import installed_rules


@dataclass(frozen=True)
class NightAhead:
    """A previewed night with what it was previewed from.

    Attributes:
        preview: the night, exposure by exposure.
        rig: the profile and its site.
        outlook: the sky.
        candidates: the targets that took part.
    """

    preview: NightPreview
    rig: Rig
    outlook: NightOutlook
    candidates: tuple[Candidate, ...]


def preview_night(
    context: Context, profile_guid: str, *, day: date | None = None, targets: Sequence[str] = ()
) -> NightAhead:
    """Return what a rig would do in a night: from noon of a given day, or from now on in this one.

    Args:
        context: store and clock.
        profile_guid: the rig.
        day: the date of the night's first noon; None for the rest of the present night.
        targets: names or guids of the only targets that take part; none for all.

    Raises:
        NotFoundError: there is no such profile, or no such target among those that could be imaged.
        InputError: the profile has no site.
    """
    rig, candidates = _loaded(context, profile_guid, targets=targets)
    now = context.clock.now()
    night = night_of(now, rig.site) if day is None else night_starting(day, rig.site)
    outlook = outlook_of(Place.of(rig.site), night, candidates=candidates)
    starts: datetime = now if day is None else night.start
    request = DecisionRequest(profile_guid=profile_guid)
    situation = Situation(starts, rig.site, rig.profile, outlook, request)
    return NightAhead(preview(situation, candidates, rules=installed_rules()), rig, outlook, candidates)


def season_ahead(
    context: Context, profile_guid: str, *, nights: int, targets: Sequence[str] = ()
) -> list[TargetSeason]:
    """Return what the coming nights, this one first, offer each target of a rig; arguments as for `preview_night`.

    Raises:
        NotFoundError: there is no such profile, or no such target among those that could be imaged.
        InputError: the profile has no site.
    """
    rig, candidates = _loaded(context, profile_guid, targets=targets)
    first = night_of(context.clock.now(), rig.site).date
    days: list[Night] = [night_starting(first + timedelta(days=count), rig.site) for count in range(nights)]
    place = Place.of(rig.site)
    outlooks = (outlook_of(place, night, candidates=candidates) for night in days)
    return season(outlooks, candidates, profile=rig.profile)


def _loaded(context: Context, profile_guid: str, *, targets: Sequence[str]) -> tuple[Rig, tuple[Candidate, ...]]:
    with context.store.read() as unit:
        records = read_records(unit, profile_guid, before=RigRecords())
    rig = records.rig(profile_guid)
    candidates = tuple(Candidates().of(records, rig.profile).values())
    if not targets:
        return rig, candidates
    chosen = tuple(each for each in candidates if {each.target.name, each.target.guid} & set(targets))
    found = {name for each in chosen for name in (each.target.name, each.target.guid)}
    missing = [name for name in targets if name not in found]
    if missing:
        known = ", ".join(sorted({each.target.name for each in candidates})) or "none"
        raise NotFoundError(f"no active project has a target {missing[0]!r}; there are: {known}")
    return rig, chosen
