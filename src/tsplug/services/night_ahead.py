"""The night ahead and the nights after it, for a rig as its records stand; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from tsplug.errors import InputError, NotFoundError
from tsplug.model import (
    Contribution,
    DecisionRequest,
    ExposureTemplate,
    IdleTarget,
    NightPreview,
    PreviewDocument,
    Profile,
    Site,
    TargetSeason,
    Twilight,
)
from tsplug.model.night import Night, night_of, night_starting
from tsplug.planning import Board, Candidate, NightOutlook, Place, Situation, night_tables
from tsplug.planning.beside import SecondCamera
from tsplug.planning.idle import idle_targets, unfinished_targets
from tsplug.planning.season import season
from tsplug.planning.turns import NOT_BEGUN, Turn, preview_turns
from tsplug.planning.twilight import SUN_LIMIT_DEG
from tsplug.ports import Context
from tsplug.services.lookup import find_named
from tsplug.services.night_sky import outlook_of
from tsplug.services.rig_records import Candidates, RigRecords, read_records
from tsplug.services.rigs import Rig
from tsplug.services.scoring_rules import installed_rules
from tsplug.services.sequence_habits import AS_RECORDED, Habits
from tsplug.services.sequence_site import Whereabouts, absent_words, site_of_sequence
from tsplug.services.sharing import active_projects


@dataclass(frozen=True)
class NightAhead:
    """A previewed night with what it was previewed from.

    Attributes:
        preview: the night, exposure by exposure.
        rig: the profile and its site.
        outlook: the sky.
        candidates: the targets that took part.
        starts: when the preview begins.
    """

    preview: NightPreview
    rig: Rig
    outlook: NightOutlook
    candidates: tuple[Candidate, ...]
    starts: datetime

    @property
    def situation(self) -> Situation:
        """Return what the preview started from."""
        request = DecisionRequest(profile_guid=self.rig.profile.guid)
        return Situation(self.starts, self.rig.site, self.rig.profile, self.outlook, request)


class SeasonAhead(NamedTuple):
    """What the nights ahead offer each target, and what lacks or fails in the first of them, a line each."""

    targets: list[TargetSeason]
    notes: tuple[str, ...]


def preview_night(
    context: Context,
    profile_guid: str,
    *,
    day: date | None = None,
    targets: Sequence[str] = (),
    habits: Habits = AS_RECORDED,
) -> NightAhead:
    """Return what a rig would do in a night: from noon of a given day, or from now on in this one or the coming one.

    Args:
        context: store and clock.
        profile_guid: the rig.
        day: the date of the night's first noon; None for the rest of the present night, after dawn for the coming one.
        targets: names, ids or guids of the only targets that take part, capitals ignored; none for all.
        habits: what counts instead of what the rig's records say, as of a sequence.

    Raises:
        NotFoundError: there is no such profile, or no such target among those that could be imaged.
        InputError: the profile has no site, the second camera's contributes to none of its projects, the day never
            was, or a sequence waits for what does not come to pass.
    """
    rig, candidates = _loaded(context, profile_guid, targets=targets)
    rig, elsewhere = _there(context, rig, said=habits.whereabouts)
    elsewhere += () if targets else absent_words(habits.whereabouts, {each.target.name for each in candidates})
    beside, notes = _beside(context, rig, second=habits.second)
    turns = [replace(turn, ways=replace(turn.ways, second=beside)) for turn in habits.turns or (Turn(),)]
    if turns[0].planner is not None:
        rig = Rig(rig.profile.model_copy(update={"planner": turns[0].planner}), rig.site)
    now = context.clock.now()
    night = usable_night(now, rig.site) if day is None else night_starting(day, rig.site)
    if night.start == night.end:
        raise InputError(f"there was no {day} at {rig.site.name}: the clocks of {rig.site.time_zone} skipped that day")
    outlook = outlook_of(Place.of(rig.site), night, candidates=candidates)
    starts = max(now, night.start) if day is None else night.start
    request = DecisionRequest(profile_guid=profile_guid)
    situation = Situation(starts, rig.site, rig.profile, outlook, request)
    installed = installed_rules()
    found = preview_turns(situation, candidates, turns=turns, rules=installed.rules)
    before = (*installed.troubles, *elsewhere, *habits.notes, *notes, *_unforetold(rig, candidates))
    told = found.model_copy(update={"notes": (*before, *found.notes)})
    return NightAhead(told, rig, outlook, candidates, starts)


def _there(context: Context, rig: Rig, *, said: Whereabouts) -> tuple[Rig, tuple[str, ...]]:
    """Return a rig where a sequence has it, and what of that is to be told."""
    with context.store.read() as unit:
        site, notes = site_of_sequence(said, unit, stored=rig.site)
    return Rig(rig.profile, site), notes


def _unforetold(rig: Rig, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Return what is to be told of limits of the weather, which a preview leaves out of account."""
    limits = [(name, most, "") for name, most in sorted(rig.profile.planner.weather_limits.items()) if most is not None]
    templates = {item.template.name: item.template for each in candidates for item in each.plans}
    moist = {name: each.maximum_humidity_percent for name, each in sorted(templates.items())}
    for most in sorted({each for each in moist.values() if each > 0}):
        names = ", ".join(name for name, each in moist.items() if each == most)
        limits.append(("humidity", most, f" for {names}"))
    if not limits:
        return ()
    told = ", ".join(f"{name} at most {most:g}{whose}" for name, most, whose in limits)
    return (f"weather is not foretold: {told} are left out of account",)


def _beside(context: Context, rig: Rig, *, second: str) -> tuple[SecondCamera | None, tuple[str, ...]]:
    """Return the second camera, and what of other contributors is to be told."""
    with context.store.read() as unit:
        projects = {each.id: each.guid for each in active_projects(unit, rig.profile)}
        shared: dict[int, set[str]] = {}
        for link in unit.list(Contribution, project_id=list(projects)) if projects else ():
            if link.profile_id != rig.profile.id:
                shared.setdefault(link.profile_id, set()).add(projects[link.project_id])
        own = find_named(unit, Profile, name=second) if second else None
        if own is not None and own.id == rig.profile.id:
            raise InputError(f"profile {own.name!r} is that of the first camera: each has a profile of its own")
        names = [each.name for each in unit.list(Profile, id=list(shared)) if own is None or each.id != own.id]
        templates = unit.list(ExposureTemplate, profile_id=own.id) if own is not None else []
    if own is not None and own.id not in shared:
        raise InputError(
            f"profile {own.name!r} contributes to no project of {rig.profile.name!r}, so nothing it takes counts;"
            f" `tsplug project edit PROJECT contributors={own.name!r}` lets it"
        )
    notes = (
        ()
        if not names
        else (
            f"what {', '.join(names)} takes for the same projects is left out of account; a camera on the same mount is"
            " reckoned with by --second",
        )
    )
    if own is None:
        return None, notes
    return SecondCamera(own, {each.name: each for each in templates}, frozenset(shared[own.id or 0])), notes


def told_night(night: NightAhead) -> PreviewDocument:
    """Return all that is told of a previewed night."""
    return PreviewDocument(
        site=night.rig.site.name,
        time_zone=night.rig.site.time_zone,
        starts=night.starts,
        idle=tuple(_idle(night)),
        unfinished=tuple(unfinished_targets(night.situation, night.candidates, night=night.preview)),
        **dict(night.preview),
    )


def _idle(night: NightAhead) -> list[IdleTarget]:
    """Return the targets that get nothing, and why; none where nothing is imaged because no container begins."""
    if night.preview.ends_because == NOT_BEGUN:
        return []
    imaged = {span.target_guid for span in night.preview.spans if span.exposures}
    return list(idle_targets(night.situation, night.candidates, imaged=imaged))


def season_ahead(context: Context, profile_guid: str, *, nights: int, targets: Sequence[str] = ()) -> SeasonAhead:
    """Return what coming nights, the rest of this one first, offer each target; arguments as for `preview_night`.

    Raises:
        NotFoundError: there is no such profile, or no such target among those that could be imaged.
        InputError: the profile has no site.
    """
    rig, candidates = _loaded(context, profile_guid, targets=targets)
    now = context.clock.now()
    first = usable_night(now, rig.site).date
    days: list[Night] = [night_starting(first + timedelta(days=count), rig.site) for count in range(nights)]
    place = Place.of(rig.site)
    first_one = outlook_of(place, days[0], candidates=candidates)
    outlooks = chain((first_one,), (outlook_of(place, night, candidates=candidates) for night in days[1:]))
    seasons = season(outlooks, candidates, profile=rig.profile, since=now)
    request = DecisionRequest(profile_guid=profile_guid)
    situation = Situation(max(now, days[0].start), rig.site, rig.profile, first_one, request)
    lacking = Board(first_one, candidates, profile=rig.profile).lacking
    return SeasonAhead(list(_with_reasons(seasons, candidates, situation=situation)), lacking)


def _with_reasons(
    seasons: Sequence[TargetSeason], candidates: Sequence[Candidate], *, situation: Situation
) -> Iterator[TargetSeason]:
    """Yield seasons; those of targets that get nothing tell what forbids them in the situation's night."""
    given = {each.target_guid for each in seasons if any(night.hours > 0 for night in each.nights)}
    why = {each.target_guid: each for each in idle_targets(situation, candidates, imaged=given)}
    for each in seasons:
        idle = None if each.target_guid in given else why.get(each.target_guid)
        yield each if idle is None else each.model_copy(update={"why": f"{idle.rule}: {idle.detail}"})


def usable_night(now: datetime, site: Site) -> Night:
    """Return the night of a moment, or the coming one where the Sun is up for the rest of this one."""
    night = night_of(now, site)
    tables = night_tables(Place.of(site), night, targets=())
    later = tables.sun_altitude_deg[tables.sample_before(now) :]
    # Where the Sun does not set at all, a night lasts until its noon.
    over = now - night.start > (night.end - night.start) / 2 and float(later.min()) >= SUN_LIMIT_DEG[Twilight.CIVIL]
    return night_starting(night.date + timedelta(days=1), site) if over else night


def _loaded(context: Context, profile_guid: str, *, targets: Sequence[str]) -> tuple[Rig, tuple[Candidate, ...]]:
    with context.store.read() as unit:
        records = read_records(unit, profile_guid, before=RigRecords())
    rig = records.rig(profile_guid)
    candidates = tuple(Candidates().of(records, rig.profile).values())
    if not targets:
        return rig, candidates
    wanted = {name.casefold() for name in targets}
    chosen = tuple(each for each in candidates if _called(each) & wanted)
    found = {name for each in chosen for name in _called(each)}
    missing = [name for name in targets if name.casefold() not in found]
    if missing:
        known = ", ".join(sorted({each.target.name for each in candidates})) or "none"
        raise NotFoundError(f"no active project has a target {missing[0]!r}; there are: {known}")
    return rig, chosen


def _called(candidate: Candidate) -> set[str]:
    target = candidate.target
    return {target.name.casefold(), target.guid.casefold(), str(target.id)}
