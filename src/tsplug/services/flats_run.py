"""Runs a flats instruction: finds what is due, plans it, takes it, keeps the book, and ends dark whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tsplug.errors import DeviceError
from tsplug.flats import FlatPlan, FlatRequest, FlatRig, plan_flats
from tsplug.flats.dark import DarkNeed, dark_sets, foreseen_dark
from tsplug.flats.estimate import frame_overhead_s, steps_s
from tsplug.flats.steps import PlannedSet, ReadAngle, TakeFrames
from tsplug.model import (
    FlatInstruction,
    FlatRunReport,
    FlatSet,
    FlatSetState,
    LightSession,
    TrainedFlat,
)
from tsplug.model.night import session_date
from tsplug.model.wording import counted, minutes
from tsplug.ports import Context, Devices, Unit
from tsplug.services.flats_dark import dark_needs
from tsplug.services.flats_due import due_sessions
from tsplug.services.flats_equipment import FlatEquipment, StepError, attempt
from tsplug.services.flats_panel import MAY_BE_LIT, PanelPromise, settle
from tsplug.services.flats_records import BegunSet, FlatRecords, begun_sets, started_sets
from tsplug.services.flats_taking import FlatTaker, Tally, on_disk, report
from tsplug.services.rigs import Rig, filters_of, load_rig

_MEASURED_SETS = 20


def run_flats(event: FlatInstruction, context: Context) -> FlatRunReport:
    """Take the flats that an instruction asks for; where none is due nothing is touched.

    Every frame is recorded as soon as it is on disk, every set that is complete is linked to the sessions it serves. A
    set that fails is reported and the others are tried while the panel works. The panel is dark and the readout mode
    restored at the end of every run that moved anything; the cover stays closed unless asked for open at a regular end.

    Returns:
        What was taken, skipped, left and failed; for a dry run what would be taken.

    Raises:
        NotFoundError: no such profile.
        Cancelled: a stop was asked for; the equipment is safe and a begun set is left to be resumed.
    """
    with context.store.read() as unit:
        rig = load_rig(unit, event.profile_guid)
    promise = PanelPromise(context, rig.profile.id or 0)
    said = "" if event.dry_run else settle(promise, context.devices.panel)
    if event.kind == "sky":
        from tsplug.services.flats_sky import run_sky_flats

        return run_sky_flats(event, context, rig=rig, said=said)
    needs, plan = planned_run(event, context, rig=rig)
    if event.dry_run:
        return _dry_run(plan, context, dark=_foreseen_dark(needs, plan, event=event))
    if not plan.sets and not needs.dark:
        return _nothing_to_take(plan, context, said=said)
    return _Run(event, context, rig=rig, promise=promise).execute(plan, needs.dark, said=said)


@dataclass(frozen=True)
class Needs:
    """What the store tells of a run: due sessions, training, sets begun this night, times measured, dark flats owed."""

    due: tuple[LightSession, ...] = ()
    trained: tuple[TrainedFlat, ...] = ()
    begun: tuple[BegunSet, ...] = ()
    earlier: tuple[FlatSet, ...] = ()
    dark: tuple[TakeFrames, ...] = ()


def planned_run(event: FlatInstruction, context: Context, *, rig: Rig) -> tuple[Needs, FlatPlan]:
    """Return what an instruction finds in the store, and the run that it would make of it."""
    with context.store.read() as unit:
        needs = _needs(unit, event, rig=rig, context=context)
    if not needs.due:
        return needs, FlatPlan()
    request = FlatRequest(
        instruction=event,
        preferences=rig.profile.flats,
        trained=needs.trained,
        started=started_sets(needs.begun, context.files),
    )
    flat_rig = replace(_flat_rig(context.devices, rig=rig), frame_overhead_s=frame_overhead_s(needs.earlier))
    if event.kind == "immediate":
        flat_rig = _standing(flat_rig, context.devices)
    return needs, plan_flats(needs.due, request, rig=flat_rig)


def _needs(unit: Unit, event: FlatInstruction, *, rig: Rig, context: Context) -> Needs:
    now = context.clock.now()
    due = due_sessions(unit, rig, now=now, rules=_rules(event), immediate=event.kind == "immediate")
    night, profile_id = session_date(now, rig.site), rig.profile.id or 0
    owed = _dark(dark_needs(unit, profile_id=profile_id, night=night), event) if event.dark_flats else ()
    if not due:
        return Needs(dark=owed)
    return Needs(
        due=due,
        trained=tuple(unit.list(TrainedFlat, profile_id=profile_id)),
        begun=begun_sets(unit, profile_id=profile_id, night=night),
        earlier=tuple(unit.list(FlatSet, profile_id=profile_id, state=FlatSetState.COMPLETE)[-_MEASURED_SETS:]),
        dark=owed,
    )


def _rules(event: FlatInstruction) -> tuple[str, ...]:
    return ("immediate",) if event.kind == "immediate" else event.rules


def _dark(needs: Sequence[DarkNeed], event: FlatInstruction) -> tuple[TakeFrames, ...]:
    return dark_sets(needs, count=event.dark_flats)


def _flat_rig(devices: Devices, *, rig: Rig) -> FlatRig:
    """Return what the equipment can do; what does not answer counts with what the profile knows of it.

    A missing or silent device then fails at its own step, where the report names it.
    """
    names = filters_of(devices, rig=rig)
    brightest = rig.profile.panel_max_brightness
    try:
        level = brightest if devices.panel is None else devices.panel.max_brightness
    except DeviceError:
        level = brightest
    return FlatRig(filters=names, has_rotator=devices.rotator is not None, max_brightness=level)


def _standing(flat_rig: FlatRig, devices: Devices) -> FlatRig:
    """Add where the rotator stands; without one the lights have no angle, and nothing is to be turned."""
    if devices.rotator is None:
        return flat_rig
    try:
        return replace(flat_rig, stands_at_deg=devices.rotator.mechanical_deg())
    except DeviceError as error:
        return replace(flat_rig, rotator_fault=str(StepError(ReadAngle(), error)))


def _foreseen_dark(needs: Needs, plan: FlatPlan, *, event: FlatInstruction) -> tuple[TakeFrames, ...]:
    if not event.dark_flats:
        return ()
    return foreseen_dark(needs.dark, (item.take for item in plan.sets), count=event.dark_flats)


def _dry_run(plan: FlatPlan, context: Context, *, dark: Sequence[TakeFrames]) -> FlatRunReport:
    takes = [*(item.take for item in plan.sets), *dark]
    planned = tuple(report(take, on_disk(take), reason="dry run: would be taken") for take in takes)
    estimate_s = plan.estimate_s + steps_s(dark, frame_overhead_s=plan.frame_overhead_s)
    about = f"dry run, about {minutes(estimate_s)}" if takes else "dry run, nothing would be taken"
    return FlatRunReport(
        dry_run=True,
        planned=planned,
        skipped=plan.skipped,
        failed=plan.failed,
        left=plan.left,
        estimate_s=estimate_s,
        message="; ".join([about, *(step.describe() for step in [*plan.steps, *dark])]),
        finished=context.clock.now(),
    )


def _nothing_to_take(plan: FlatPlan, context: Context, *, said: str) -> FlatRunReport:
    message = "every due set was skipped" if plan.skipped else "no flats are due"
    if plan.left:
        message = "no due set fits into the time"
    if plan.failed:
        message = _summary(Tally(left=list(plan.left), failed=list(plan.failed)), plan)
    return FlatRunReport(
        skipped=plan.skipped,
        failed=plan.failed,
        left=plan.left,
        panel_off=not said.startswith(MAY_BE_LIT),
        message="; ".join(filter(None, (message, said))),
        finished=context.clock.now(),
    )


class _Run:
    """One flats run over a plan that has sets, or dark flats that earlier sets still lack."""

    def __init__(self, event: FlatInstruction, context: Context, *, rig: Rig, promise: PanelPromise) -> None:
        self._event = event
        self._context = context
        self._profile_id = rig.profile.id or 0
        self._night = session_date(context.clock.now(), rig.site)
        self._equipment = FlatEquipment(context.devices, promise)
        self._records = FlatRecords(context, profile_id=self._profile_id, night=self._night)
        self._taker = FlatTaker(context, rig.profile.flats, self._records, self._equipment)

    def execute(self, plan: FlatPlan, dark: Sequence[TakeFrames], *, said: str) -> FlatRunReport:
        """Run a plan and report; the panel is switched off whatever is raised on the way."""
        tally = Tally(left=list(plan.left), failed=list(plan.failed))
        self._taker.total = plan.frames
        try:
            self._records.close_abandoned({item.take.resumes for item in plan.sets})
            works = self._taker.take_sets(plan.sets, tally, no_time_for=self._no_time_for(plan))
            if works and self._event.dark_flats:
                self._take_dark(tally)
        finally:
            is_off, problems = self._equipment.make_safe()
            for problem in problems:
                # A run that ends with an exception has no report to say it in.
                self._context.progress.report(problem)
        if self._event.rotator_back:
            attempt(self._equipment.turn_back, problems)
        if self._event.cover_at_end == "open" and is_off:
            attempt(self._equipment.open_cover, problems)
        return FlatRunReport(
            taken=tuple(tally.taken),
            skipped=plan.skipped,
            failed=tuple(tally.failed),
            left=tuple(tally.left),
            estimate_s=plan.estimate_s,
            panel_off=is_off,
            message="; ".join(filter(None, [_summary(tally, plan), said, *problems])),
            finished=self._context.clock.now(),
        )

    def _no_time_for(self, plan: FlatPlan) -> Callable[[PlannedSet], str]:
        budget_min = self._event.budget_min
        if budget_min is None:
            return lambda planned: ""
        clock, overhead_s = self._context.clock, plan.frame_overhead_s
        ends = clock.now() + timedelta(minutes=budget_min)
        closing_s = steps_s(plan.closing)

        def judged(planned: PlannedSet) -> str:
            needed_s = steps_s((*planned.moves, planned.take), frame_overhead_s=overhead_s) + closing_s
            left_s = (ends - clock.now()).total_seconds()
            if needed_s <= left_s:
                return ""
            return f"left for the next run: it needs about {needed_s:.0f} s, {max(0.0, left_s):.0f} s are left"

        return judged

    def _take_dark(self, tally: Tally) -> None:
        with self._context.store.read() as unit:
            needs = dark_needs(unit, profile_id=self._profile_id, night=self._night)
        takes = _dark(needs, self._event)
        self._taker.total += sum(len(take.missing) for take in takes)
        self._taker.take_dark(takes, tally)


def _summary(tally: Tally, plan: FlatPlan) -> str:
    left = f", {len(tally.left)} left for the next run" if tally.left else ""
    taken = counted(len(tally.taken), "flat set")
    return f"{taken} taken, {len(plan.skipped)} skipped, {len(tally.failed)} failed{left}"
