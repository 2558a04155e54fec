"""A previewed night in which several containers of a sequence image one after the other, each in its own way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tsplug.model import NightPreview, PlannerPreferences, Site, Until
from tsplug.model.clock import clock_words
from tsplug.planning.candidates import Candidate
from tsplug.planning.preview import Lived, live
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import ScoringRule
from tsplug.planning.situation import Situation
from tsplug.planning.until import moment_of
from tsplug.planning.ways import PLAIN, Focus, Ways

NOT_BEGUN = "the sequence does not begin to image in this night"
"""Why a preview is empty in which no container begins."""


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

    What is between them takes no time but for the waits. Times of day are those of this night, also where they have
    passed: then the sequence is taken to be at work. Containers that have ended before the moment, and those that do
    not begin in this night, are left out and told of.

    Raises:
        InputError: what is waited for does not come to pass within a day.
    """
    nights: list[NightPreview] = []
    notes: list[str] = []
    over = 0
    for turn, each in zip(turns, _nights(situation, tuple(candidates), turns=turns, rules=rules), strict=False):
        if each is None:
            assert turn.until is not None
            over += 1
            notes.append(f"a container whose `until` ({turn.until.described()}) has come is left out")
        else:
            nights.append(each)
            notes.extend(each.notes)
    if missing := len(turns) - len(nights) - over:
        notes.append(f"containers of the sequence that image and do not begin in this night: {missing}")
    return NightPreview(
        date=situation.outlook.tables.night.date,
        profile=situation.profile.name,
        spans=tuple(span for each in nights for span in each.spans),
        ends_because=nights[-1].ends_because if nights else NOT_BEGUN,
        notes=tuple(dict.fromkeys(notes)),
    )


def _nights(
    situation: Situation, candidates: tuple[Candidate, ...], *, turns: Sequence[Turn], rules: Mapping[str, ScoringRule]
) -> Iterator[NightPreview | None]:
    """Yield what each container does that begins in the night, None for one that has ended before the moment."""
    now, in_beam, focus, site = situation.now, situation.request.current_filter, Focus(), situation.site
    then = situation.outlook.tables.night.start
    for turn in turns:
        for wait in turn.before:
            then = _reckoned(wait, then, now=now, site=site)
        now = max(now, then)
        if now not in situation.outlook.tables.night:
            return
        until = None if turn.until is None else _reckoned(turn.until, then, now=now, site=site)
        if until is not None and until <= situation.now:
            then = until
            yield None
            continue
        profile = situation.profile
        if turn.planner is not None:
            profile = profile.model_copy(update={"planner": turn.planner})
        request = situation.request.model_copy(update={"until": until, "current_filter": in_beam})
        own = replace(situation, now=now, profile=profile, request=request)
        lived: Lived = live(own, candidates, rules=rules, ways=turn.ways, focus=focus)
        yield lived.night if until is None else _ended(lived.night, until=until, site=site)
        now, candidates, in_beam, focus = lived.ended, lived.candidates, lived.filter, lived.focus
        then = now


def _reckoned(until: Until, then: datetime, *, now: datetime, site: Site) -> datetime:
    """Return when a condition comes to pass that a sequence began to wait for then: by its time, or as the sky is."""
    return moment_of(until, then if until.time is not None else max(then, now), site=site)


def _ended(night: NightPreview, *, until: datetime, site: Site) -> NightPreview:
    """Return what a container did that has an end of its own, and say so."""
    clock = clock_words(until, site.time_zone, shown="%H:%M")
    why = f"{night.ends_because} (the sequence's `until` is {clock})"
    return night.model_copy(update={"ends_because": why})
