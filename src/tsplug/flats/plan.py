"""Plans a flats run: which sets, in which order, with which steps, and what is skipped and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tsplug.flats.correction import Lit, corrections_of, lit
from tsplug.flats.estimate import FRAME_OVERHEAD_S, steps_s
from tsplug.flats.resume import StartedSet, missing_numbers, resumable, without
from tsplug.flats.steps import (
    CloseCover,
    LightOff,
    LightOn,
    Move,
    OpenCover,
    PlannedSet,
    RestoreReadoutMode,
    RotateTo,
    SelectFilter,
    SetReadoutMode,
    Step,
    TakeFrames,
    TurnBack,
)
from tsplug.flats.training import TrainingMatch, missing_training, preferred_training
from tsplug.model import (
    FlatInstruction,
    FlatSetReport,
    FlatSpec,
    FlatsPreferences,
    FlatsType,
    LightSession,
    TrainedFlat,
    Value,
)
from tsplug.model.angles import same_rotation
from tsplug.model.wording import minutes

AS_BEFORE = ", as for the set before"
"""Why a set begins with a corrected exposure: one like it needed it this night."""


@dataclass(frozen=True)
class FlatRig:
    """What the equipment can do: names in the wheel (None without one), rotator, brightest level of the panel.

    ``stands_at_deg`` is the rotator's mechanical angle where it must not be turned, and None where it may;
    ``rotator_fault`` is why that angle cannot be known, empty if it can.
    ``frame_overhead_s`` is what a frame takes beside its exposure.
    """

    filters: tuple[str, ...] | None
    has_rotator: bool
    max_brightness: int
    stands_at_deg: float | None = None
    rotator_fault: str = ""
    frame_overhead_s: float = FRAME_OVERHEAD_S


@dataclass(frozen=True)
class FlatRequest:
    """What a run is asked for: the instruction, the profile's preferences and training, the sets begun this night."""

    instruction: FlatInstruction
    preferences: FlatsPreferences
    trained: tuple[TrainedFlat, ...]
    started: tuple[StartedSet, ...] = field(default=())

    @property
    def count(self) -> int:
        """Return the frames of a set: the instruction's, or the profile's."""
        return self.instruction.count or self.preferences.count


class FlatPlan(Value):
    """A whole run: sets in order, what is done before and after them, and the sessions that cannot be served.

    ``failed`` are those that equipment stands in the way of which should work and does not.
    """

    opening: tuple[Step, ...] = ()
    sets: tuple[PlannedSet, ...] = ()
    closing: tuple[Step, ...] = ()
    skipped: tuple[FlatSetReport, ...] = ()
    left: tuple[FlatSetReport, ...] = ()
    failed: tuple[FlatSetReport, ...] = ()
    frame_overhead_s: float = FRAME_OVERHEAD_S

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return every step in order, without moves to where the equipment already is."""
        return tuple(self._steps())

    @property
    def frames(self) -> int:
        """Return how many frames are to be taken."""
        return sum(len(planned.take.missing) for planned in self.sets)

    @property
    def estimate_s(self) -> float:
        """Return how long the run is expected to take, in seconds."""
        return steps_s(self.steps, frame_overhead_s=self.frame_overhead_s)

    def _steps(self) -> Iterator[Step]:
        yield from self.opening
        reached: dict[type[Move], Move] = {}
        for planned in self.sets:
            for move in planned.moves:
                if reached.get(type(move)) != move:
                    yield move
                reached[type(move)] = move
            yield planned.take
        yield from self.closing


def plan_flats(sessions: Iterable[LightSession], request: FlatRequest, *, rig: FlatRig) -> FlatPlan:
    """Return the run that takes the flats of due sessions; a plan without sets moves nothing.

    Sessions of one spec share a set, or with ``repeat`` have one each. Sets are ordered by rotator angle, then filter
    in the wheel's order, then readout mode. A set begun this night is continued where it fits, another one begins with
    the exposure that a set like it needed this night. Sets for which the budget leaves no time are named as left.

    Args:
        sessions: the due sessions, their angles in rotation classes as `tsplug.flats.sessions.light_sessions` gives.
        request: what is asked for.
        rig: what the equipment can do.
    """
    sets: list[PlannedSet] = []
    skipped: list[FlatSetReport] = []
    failed: list[FlatSetReport] = []
    started = list(request.started)
    corrections = corrections_of(started)
    for group in _groups(sessions, repeat=request.instruction.repeat, rig=rig):
        spec = group[0].spec
        match = preferred_training(spec, request.trained, preferences=request.preferences)
        reason = _obstacle(spec, match, rig=rig) or _turned_away(spec, request, rig=rig)
        if match is None or reason:
            skipped.append(_skipped(group, request.count, reason=reason))
            continue
        if rig.rotator_fault and spec.rotation_deg is not None:
            failed.append(_skipped(group, request.count, reason=rig.rotator_fault))
            continue
        begun = resumable(
            spec, match.training, started=started, tolerance_deg=request.preferences.rotation_tolerance_deg
        )
        started = without(started, begun)
        planned = _planned(group, match, begun=begun, count=request.count, corrections=corrections)
        sets.append(planned if rig.stands_at_deg is None else _unturned(planned))
    if not sets:
        return FlatPlan(skipped=tuple(skipped), failed=tuple(failed))
    whole = FlatPlan(
        opening=(CloseCover(),),
        sets=tuple(sets),
        closing=_closing(request.instruction, sets),
        skipped=tuple(skipped),
        failed=tuple(failed),
        frame_overhead_s=rig.frame_overhead_s,
    )
    budget_min = request.instruction.budget_min
    return whole if budget_min is None else within_budget(whole, 60.0 * budget_min)


def within_budget(plan: FlatPlan, budget_s: float) -> FlatPlan:
    """Return as much of a plan as fits into ``budget_s`` seconds, whole sets in their order; the others are left."""
    for kept in range(len(plan.sets), -1, -1):
        shorter = plan.model_copy(update={"sets": plan.sets[:kept]})
        if kept and shorter.estimate_s > budget_s:
            continue
        reason = f"left for the next run: it does not fit into {minutes(budget_s)}"
        left = tuple(_left(item.take, reason=reason) for item in plan.sets[kept:])
        if not kept:
            keeps = {"opening": (), "sets": (), "closing": (), "left": left}
            return plan.model_copy(update=keeps)
        return shorter.model_copy(update={"left": left})
    return plan


def _closing(instruction: FlatInstruction, sets: Iterable[PlannedSet]) -> tuple[Step, ...]:
    turned = any(isinstance(move, RotateTo) for planned in sets for move in planned.moves)
    return (
        LightOff(),
        RestoreReadoutMode(),
        *((TurnBack(),) if instruction.rotator_back and turned else ()),
        *((OpenCover(),) if instruction.cover_at_end == "open" else ()),
    )


def _unturned(planned: PlannedSet) -> PlannedSet:
    return planned.model_copy(update={"moves": tuple(move for move in planned.moves if not isinstance(move, RotateTo))})


def _turned_away(spec: FlatSpec, request: FlatRequest, *, rig: FlatRig) -> str:
    """Return why a rotator that must stay where it is stands in the way, empty if it does not."""
    tolerance_deg = request.preferences.rotation_tolerance_deg
    if rig.stands_at_deg is None or spec.rotation_deg is None:
        return ""
    if same_rotation(spec.rotation_deg, rig.stands_at_deg, tolerance_deg=tolerance_deg):
        return ""
    return (
        f"the lights were taken at {spec.rotation_deg:.2f} degrees, the rotator stands at {rig.stands_at_deg:.2f} and "
        'is not turned now: take them with Scheduler Flats and the rule "immediate"'
    )


def _left(take: TakeFrames, *, reason: str) -> FlatSetReport:
    return FlatSetReport(
        spec=take.spec,
        sessions=take.session_names,
        wanted=take.wanted,
        on_disk=take.wanted - len(take.missing),
        brightness=take.brightness,
        exposure_s=take.exposure_s,
        reason=reason,
    )


def _groups(sessions: Iterable[LightSession], *, repeat: bool, rig: FlatRig) -> list[tuple[LightSession, ...]]:
    groups: dict[object, list[LightSession]] = {}
    by_age = sorted(sessions, key=lambda session: (session.session_date, session.target_name, session.target_id))
    for number, session in enumerate(by_age):
        groups.setdefault((session.spec, number if repeat else 0), []).append(session)
    return [tuple(group) for group in sorted(groups.values(), key=lambda group: _place(group[0].spec, rig))]


def _place(spec: FlatSpec, rig: FlatRig) -> tuple[float, int, str, tuple[float, ...]]:
    """Return where a spec stands in the order; what is not known of it comes first."""
    filters = rig.filters or ()
    slot = filters.index(spec.filter_name) if spec.filter_name in filters else len(filters)
    rest = (spec.readout_mode, spec.gain, spec.offset, spec.binning, -spec.roi_percent)
    rotation = -1.0 if spec.rotation_deg is None else spec.rotation_deg
    return rotation, slot, spec.filter_name, tuple(-1.0 if value is None else float(value) for value in rest)


def _obstacle(spec: FlatSpec, match: TrainingMatch | None, *, rig: FlatRig) -> str:
    """Return why a spec cannot be taken with this rig and training, empty if it can."""
    if match is None:
        return missing_training(spec)
    if rig.filters is None:
        return f"no filter wheel is connected to select {spec.filter_name}: connect it"
    if spec.filter_name not in rig.filters:
        return f"filter {spec.filter_name} is not in the wheel ({', '.join(rig.filters)}): put it in or rename it"
    if spec.rotation_deg is not None and not rig.has_rotator:
        return f"the lights were taken at {spec.rotation_deg:.2f} degrees and no rotator is connected: connect it"
    if match.training.brightness > rig.max_brightness:
        return (
            f"trained at brightness {match.training.brightness}, the panel reaches {rig.max_brightness}: train it anew"
        )
    return ""


def _skipped(group: tuple[LightSession, ...], wanted: int, *, reason: str) -> FlatSetReport:
    names = tuple(f"{session.target_name} {session.session_date}" for session in group)
    return FlatSetReport(spec=group[0].spec, sessions=names, wanted=wanted, on_disk=0, reason=reason)


def _planned(
    group: tuple[LightSession, ...],
    match: TrainingMatch,
    *,
    begun: StartedSet | None,
    count: int,
    corrections: Mapping[Lit, float],
) -> PlannedSet:
    spec, training = group[0].spec, match.training
    trained_s = training.exposure_s
    on_disk: frozenset[int] = frozenset()
    if begun is None:
        exposure_s = corrections.get(lit(spec, brightness=training.brightness, exposure_s=trained_s), trained_s)
        why = AS_BEFORE
    else:
        # The rest of a set belongs to where its first frames were taken.
        spec, exposure_s, on_disk = begun.flat_set.spec, begun.flat_set.exposure_s, begun.on_disk
        why = " before the set was interrupted"
    take = TakeFrames(
        spec=spec,
        brightness=training.brightness,
        exposure_s=exposure_s,
        target_adu=training.target_adu,
        bias_adu=training.bias_adu,
        wanted=count,
        missing=missing_numbers(count, on_disk),
        sessions=group,
        resumes="" if begun is None else begun.flat_set.guid,
        corrected=begun is not None and exposure_s != trained_s,
        note="; ".join(filter(None, (match.fallback, corrected_note(trained_s, exposure_s, why=why)))),
    )
    return PlannedSet(moves=moves_for(take) if take.missing else (), take=take)


def corrected_note(wrong_s: float, exposure_s: float, *, why: str) -> str:
    """Return what is said of a set that begins with another exposure than it would have, empty where it does not."""
    return "" if exposure_s == wrong_s else f"exposure corrected from {wrong_s:g} s to {exposure_s:.4g} s{why}"


def moves_for(take: TakeFrames) -> tuple[Move, ...]:
    """Return where the equipment must be for the frames of a set, in the order in which it is brought there."""
    spec = take.spec
    mode = SetReadoutMode(readout_mode=spec.readout_mode)
    if take.flats_type is FlatsType.DARK:
        return (mode,)
    rotate = () if spec.rotation_deg is None else (RotateTo(mechanical_deg=spec.rotation_deg),)
    light = (LightOn(brightness=take.brightness),) if take.flats_type is FlatsType.PANEL else ()
    return (*rotate, mode, SelectFilter(filter_name=spec.filter_name), *light)
