"""A previewed night in which several containers of a sequence image one after the other, each in its own way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tsplug.model import NightPreview, PlannerPreferences, Until
from tsplug.planning.candidates import Candidate
from tsplug.planning.preview import Lived, live
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import ScoringRule
from tsplug.planning.situation import Situation
from tsplug.planning.until import moment_of
from tsplug.planning.ways import PLAIN, Focus, Ways


@dataclass(frozen=True)
class Turn:
    """One container of a sequence.

    Attributes:
        planner: the preferences that count in it; None for those of the profile.
        ways: how its host goes about it.
        before: what the sequence waits for before it, in order, after the container before it.
        until: when it ends at the latest.
    """

    planner: PlannerPreferences | None = None
    ways: Ways = PLAIN
    before: tuple[Until, ...] = ()
    until: Until | None = None


def preview_turns(
    situation: Situation,
    candidates: Sequence[Candidate],
    *,
    turns: Sequence[Turn],
    rules: Mapping[str, ScoringRule] = RULES,
) -> NightPreview:
    """Return what a rig would do from a moment on, as `preview` does, with containers that image in turn.

    What is between them takes no time but for the waits. A container that does not begin in this night, and those
    after it, are left out and told of.

    Raises:
        InputError: what is waited for does not come to pass within a day.
    """
    nights = list(_nights(situation, tuple(candidates), turns=turns, rules=rules))
    date, profile = situation.outlook.tables.night.date, situation.profile.name
    notes = [note for each in nights for note in each.notes]
    if len(nights) < len(turns):
        notes.append(f"of {len(turns)} containers that image {len(nights) or 'none'} begins in this night")
    return NightPreview(
        date=date,
        profile=profile,
        spans=tuple(span for each in nights for span in each.spans),
        ends_because=nights[-1].ends_because if nights else "the sequence does not begin to image in this night",
        notes=tuple(dict.fromkeys(notes)),
    )


def _nights(
    situation: Situation, candidates: tuple[Candidate, ...], *, turns: Sequence[Turn], rules: Mapping[str, ScoringRule]
) -> Iterator[NightPreview]:
    """Yield what each container does that begins in the night."""
    now, in_beam, focus, site = situation.now, situation.request.current_filter, Focus(), situation.site
    for turn in turns:
        for wait in turn.before:
            now = moment_of(wait, now, site=site)
        if now not in situation.outlook.tables.night:
            return
        until = None if turn.until is None else moment_of(turn.until, now, site=site)
        profile = situation.profile
        if turn.planner is not None:
            profile = profile.model_copy(update={"planner": turn.planner})
        request = situation.request.model_copy(update={"until": until, "current_filter": in_beam})
        own = replace(situation, now=now, profile=profile, request=request)
        lived: Lived = live(own, candidates, rules=rules, ways=turn.ways, focus=focus)
        yield lived.night if until is None else _ended(lived.night, until=until, zone=ZoneInfo(site.time_zone))
        now, candidates, in_beam, focus = lived.ended, lived.candidates, lived.filter, lived.focus


def _ended(night: NightPreview, *, until: datetime, zone: ZoneInfo) -> NightPreview:
    """Return what a container did that has an end of its own, and say so."""
    why = f"{night.ends_because} (the sequence's `until` is {until.astimezone(zone):%H:%M} {zone.key})"
    return night.model_copy(update={"ends_because": why})
