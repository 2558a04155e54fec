"""A whole night exposure by exposure, in one pure call: the same choices as the live planner's, on copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from tsplug.model import DecisionRequest, NightPreview, PreviewExposure, PreviewSpan
from tsplug.planning.beside import Room
from tsplug.planning.board import Board
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.choosing import Choice, Moment, choose, look, next_start
from tsplug.planning.decide import refused_until, waited_for, why_nothing
from tsplug.planning.exposures import after_exposure
from tsplug.planning.leads import flip_is_due, passed_min
from tsplug.planning.progress import remaining
from tsplug.planning.rules import RULES
from tsplug.planning.scoring import ScoringRule
from tsplug.planning.situation import Situation
from tsplug.planning.steps import dithers_first
from tsplug.planning.visibility import cause_of
from tsplug.planning.ways import PLAIN, Focus, Ways


def preview(
    situation: Situation,
    candidates: Sequence[Candidate],
    *,
    rules: Mapping[str, ScoringRule] = RULES,
    ways: Ways = PLAIN,
) -> NightPreview:
    """Return what a rig would do from a moment to the end of its night if nothing goes wrong.

    Every exposure succeeds and, where grading is on, is accepted; steps take as long as the rig's overheads say; the
    weather is left out of account. A second camera exposes beside the first, and the mount waits for both. The
    candidates stay as they are: the night runs on copies.
    """
    return live(situation, candidates, rules=rules, ways=ways).night


class Lived(NamedTuple):
    """A night as far as one container of a host went on with it, and what that leaves to the next one.

    Attributes:
        night: what it did.
        ended: when it found nothing left.
        candidates: the targets as its exposures left them.
        filter: the one in the beam.
        focus: when it focused last.
    """

    night: NightPreview
    ended: datetime
    candidates: tuple[Candidate, ...]
    filter: str | None
    focus: Focus


def live(
    situation: Situation,
    candidates: Sequence[Candidate],
    *,
    rules: Mapping[str, ScoringRule] = RULES,
    ways: Ways = PLAIN,
    focus: Focus | None = None,
) -> Lived:
    """Return what `preview` does with what it leaves; ``focus`` is that of whoever went before."""
    board = Board(situation.outlook, candidates, profile=situation.profile, rules=rules)
    run = _Run(board, _Host.of(situation.request), now=situation.now, ways=ways)
    run.focus = replace(focus or run.focus)
    while run.step():
        pass
    night = NightPreview(
        date=situation.outlook.tables.night.date,
        profile=situation.profile.name,
        spans=tuple(run.spans),
        ends_because=run.ends_because,
        notes=(*board.notes, *run.troubles),
    )
    return Lived(night, run.now, tuple(board.candidates), run.filter, run.focus)


def taken(candidate: Candidate, choice: Choice, *, beside: int = 0) -> Candidate:
    """Return a target as it would be after one more exposure that is saved and, if graded, accepted.

    So are those of a second camera ``beside`` it, which advance no order.
    """
    item, accepts = choice.selection.item, candidate.project.grading_enabled
    after = item
    for _ in range(1 + beside):
        after = after.counted(accepts=accepts)
    plans = tuple(after if each is item else each for each in candidate.plans)
    order = after_exposure(candidate, item, state=choice.order)
    return Candidate(candidate.project, candidate.target, plans, candidate.owner, order)


@dataclass(slots=True)
class _Host:
    """What the host of a previewed night says before its next exposure; as in `DecisionRequest`, but made to change."""

    current_target_guid: str | None
    stays_until: datetime | None
    current_filter: str | None
    until: datetime | None
    since_dither: tuple[str, ...]
    exposures_since_dither: int
    on_wrong_side: bool | None
    weather: Mapping[str, float] = field(default_factory=dict)
    explain: bool = False

    @classmethod
    def of(cls, request: DecisionRequest) -> _Host:
        """Return what a request says, apart from the weather."""
        return cls(
            request.current_target_guid,
            request.stays_until,
            request.current_filter,
            request.until,
            request.since_dither,
            request.exposures_since_dither,
            request.on_wrong_side,
        )

    def waits(self) -> None:
        """Forget the target: after a wait nobody was imaged last."""
        self.current_target_guid = self.stays_until = None
        self.since_dither, self.exposures_since_dither, self.on_wrong_side = (), 0, None

    def exposes(self, target_guid: str, choice: Choice, *, anew: bool) -> None:
        """Remember an exposure, the first since a dither or slew where that is ``anew``."""
        name = choice.selection.item.template.filter_name
        self.current_target_guid, self.current_filter, self.stays_until = target_guid, name, choice.stays_until
        self.since_dither = (name,) if anew else (*self.since_dither, name)
        self.exposures_since_dither = 0


class _Run:
    """A night that is being lived through."""

    def __init__(self, board: Board, host: _Host, *, now: datetime, ways: Ways) -> None:
        self.spans: list[PreviewSpan] = []
        self.ends_because = ""
        self.troubles: dict[str, None] = {}
        self.now = now
        self.focus = Focus()
        self._board = board
        self._asked = host
        self._exposures: list[PreviewExposure] = []
        self._came_at = now
        self._stands_past: bool | None = None
        self._ways = ways
        self._second_filter: str | None = None

    @property
    def filter(self) -> str | None:
        """Return the filter in the beam."""
        return self._asked.current_filter

    def step(self) -> bool:
        """Go on by one exposure or one wait; return whether anything is left."""
        if self.now not in self._board.outlook.tables.night:
            return self._end("the night is over")
        self._look_at_the_side()
        moment = look(self._board, self.now, request=self._asked)
        choice = choose(self._board, moment)
        if choice is not None:
            self.troubles |= dict.fromkeys(choice.troubles)
            self._expose(moment, choice)
            return True
        self._leave()
        following = next_start(self._board, moment)
        if following is None:
            return self._end(why_nothing(self._board, moment))
        place, until = following
        self._wait(moment, place=waited_for(self._board, moment, place=place, until=until), until=until)
        return True

    def _end(self, because: str) -> bool:
        self._leave()
        self.ends_because = because
        return False

    def _wait(self, moment: Moment, *, place: int, until: datetime) -> None:
        entry = self._board.entries[place]
        view = refused_until(self._board, moment, number=entry.number, until=until)
        self.spans.append(
            PreviewSpan(
                start=self.now,
                end=until,
                kind="wait",
                project=entry.candidate.project.name,
                target=entry.candidate.target.name,
                target_guid=entry.candidate.target.guid,
                reason=f"{view.rejected[0].rule}: {view.rejected[0].detail}",
                cause=cause_of(view),
            )
        )
        self.now, self._stands_past = until, None
        self._asked.waits()

    def _expose(self, moment: Moment, choice: Choice) -> None:
        board, item = self._board, choice.selection.item
        candidate = board.entries[choice.place].candidate
        overheads, fresh = board.profile.planner.overheads, candidate.target.guid != self._asked.current_target_guid
        dithers = not fresh and dithers_first(candidate, choice.selection, request=self._asked)
        dithers = dithers and not self._would_flip(choice.place)
        start = self.now + timedelta(seconds=self._lead_s(item, fresh=fresh, dithers=dithers))
        focuses = self.focus.is_due(start, overheads=overheads, ways=self._ways)
        if focuses and overheads.autofocus_s:
            start = self.focus.done(start, overheads=overheads)
            if overheads.autofocus_s + moment.needs_s(choice.place, item) > moment.room_of(choice.place, item):
                # What does not fit behind the focus is decided anew, as the host does.
                self.now += timedelta(seconds=overheads.autofocus_s)
                return
        if fresh or not self._exposures:
            self._leave()
            self._came_at = self.now
        flips = self._flips(choice.place, at=start, fresh=fresh)
        start += timedelta(seconds=overheads.flip_s if flips else 0.0)
        if flips and self._ways.focuses_after_flip:
            start = self.focus.done(start, overheads=overheads)
        beside, beside_s = self._beside(moment, choice, start=start)
        self._exposures.append(
            PreviewExposure(
                start=start,
                filter=item.template.filter_name,
                exposure_s=item.exposure_s,
                dither=dithers,
                flip=flips,
                focus=focuses and overheads.autofocus_s > 0,
                template=item.template.name,
                plan_guid=item.plan.guid,
                beside=beside,
            )
        )
        self.now = start + timedelta(seconds=max(item.exposure_s + overheads.download_s, beside_s))
        self.focus.lights += 1
        board.change(taken(candidate, choice, beside=beside))
        self._asked.exposes(candidate.target.guid, choice, anew=fresh or dithers)

    def _beside(self, moment: Moment, choice: Choice, *, start: datetime) -> tuple[int, float]:
        """Return how many exposures a second camera takes beside one, and for how many seconds it is busy."""
        second, item = self._ways.second, choice.selection.item
        candidate = self._board.entries[choice.place].candidate
        template = None if second is None else second.template_for(candidate, item)
        if second is None or template is None:
            return 0, 0.0
        planner = (candidate.owner or self._board.profile).planner
        left = remaining(item, candidate.project, planner=planner) - item.given_away - 1
        room_s = moment.room_of(choice.place, item) - (start - moment.now).total_seconds()
        room = Room(item.exposure_s, room_s, left)
        outlook, guid = self._board.outlook, candidate.target.guid
        count = second.count(outlook, template, target_guid=guid, start=start, exposure=room)
        overheads = second.profile.planner.overheads
        switch_s = overheads.filter_change_s if count and template.filter_name != self._second_filter else 0.0
        if count:
            self._second_filter = template.filter_name
        return count, switch_s + count * (template.default_exposure_s + overheads.download_s)

    def _lead_s(self, item: CandidatePlan, *, fresh: bool, dithers: bool) -> float:
        """Return how long the steps before an exposure take, apart from a flip."""
        overheads = self._board.profile.planner.overheads
        lead_s = overheads.new_target_s if fresh else 0.0
        lead_s += overheads.dither_s if dithers else 0.0
        return lead_s + (overheads.filter_change_s if item.template.filter_name != self._asked.current_filter else 0.0)

    def _look_at_the_side(self) -> None:
        """Let the host say how its mount stands; a request that begins a preview on a target says so itself."""
        place = self._board.place_of(self._asked.current_target_guid)
        if place is None:
            return
        past = passed_min(self._board, place, at=self.now) >= 0.0
        if self._stands_past is None:
            self._stands_past = past != bool(self._asked.on_wrong_side)
        self._asked.on_wrong_side = past != self._stands_past

    def _would_flip(self, place: int) -> bool:
        """Return whether a dither would be a flip that is not due yet: hosts leave it out until then."""
        wrong, stands_past = bool(self._asked.on_wrong_side), bool(self._stands_past)
        return wrong and not flip_is_due(self._board, place, at=self.now, stands_past=stands_past)

    def _flips(self, place: int, *, at: datetime, fresh: bool) -> bool:
        """Return whether the mount has to flip before an exposure; the slew to a new target chooses the side."""
        stands_past = self._stands_past
        if fresh or stands_past is None:
            stands_past = passed_min(self._board, place, at=self.now) >= 0.0
        flips = flip_is_due(self._board, place, at=at, stands_past=stands_past)
        self._stands_past = stands_past != flips
        return flips

    def _leave(self) -> None:
        """Close the visit of the target that was imaged, if any."""
        if not self._exposures:
            return
        number = self._board.number[self._asked.current_target_guid or ""]
        candidate = self._board.candidates[number]
        self.spans.append(
            PreviewSpan(
                start=self._came_at,
                end=self.now,
                kind="target",
                project=candidate.project.name,
                target=candidate.target.name,
                target_guid=candidate.target.guid,
                exposures=tuple(self._exposures),
            )
        )
        self._exposures = []
