"""Takes the flats that are due: plan first, then run it, and end dark whatever happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tsplug.errors import Cancelled, DeviceError, FileError
from tsplug.flats import (
    UNCHECKED,
    FlatPlan,
    FlatRequest,
    FlatRig,
    LevelFault,
    check_level,
    check_plausible,
    check_steady,
    plan_flats,
)
from tsplug.flats.plan import moves_for
from tsplug.flats.resume import missing_numbers
from tsplug.flats.steps import LightOn, Move, PlannedSet, TakeFrames
from tsplug.model import (
    FlatInstruction,
    FlatRunReport,
    FlatSet,
    FlatSetReport,
    FlatSetState,
    LightSession,
    Profile,
    TrainedFlat,
)
from tsplug.model.night import session_date
from tsplug.ports import Context, Devices, FrameRequest, SavedFrame, Unit
from tsplug.services.flats_due import due_sessions
from tsplug.services.flats_equipment import FlatEquipment, StepError
from tsplug.services.flats_records import BegunSet, FlatRecords, begun_sets, frame_guid, started_sets
from tsplug.services.rigs import Rig, load_rig

_MAX_ADU = 65_535


def run_flats(event: FlatInstruction, context: Context) -> FlatRunReport:
    """Take the flats of all due light sessions of a profile; where none is due nothing is touched.

    Every frame is recorded as soon as it is on disk, every set that is complete is linked to the sessions it serves. A
    set that fails is reported and the others are tried while the panel works. The panel is dark and the readout mode
    restored at the end of every run that moved anything; the cover stays closed unless asked for open at a regular end.

    Returns:
        What was taken, skipped and failed; for a dry run what would be taken.

    Raises:
        NotFoundError: no such profile.
        Cancelled: a stop was asked for; the equipment is safe and a begun set is left to be resumed.
    """
    now = context.clock.now()
    with context.store.read() as unit:
        rig = load_rig(unit, event.profile_guid)
        needs = _needs(unit, rig, now=now)
    plan = _plan(needs, event, context=context, profile=rig.profile)
    if event.dry_run:
        return _dry_run(plan, context)
    if not plan.sets:
        return _nothing_to_take(plan, context, rig=rig)
    records = FlatRecords(context, profile_id=rig.profile.id or 0, night=session_date(now, rig.site))
    return _Run(context, rig, records=records).execute(plan, open_at_end=event.cover_at_end == "open")


@dataclass(frozen=True)
class _Needs:
    """What the store tells of a run: the due sessions, the training, and the sets begun this night."""

    due: tuple[LightSession, ...] = ()
    trained: tuple[TrainedFlat, ...] = ()
    begun: tuple[BegunSet, ...] = ()


def _needs(unit: Unit, rig: Rig, *, now: datetime) -> _Needs:
    due = due_sessions(unit, rig, now=now)
    if not due:
        return _Needs()
    trained = tuple(unit.list(TrainedFlat, profile_id=rig.profile.id))
    night = session_date(now, rig.site)
    return _Needs(due, trained, begun_sets(unit, profile_id=rig.profile.id or 0, night=night))


def _plan(needs: _Needs, event: FlatInstruction, *, context: Context, profile: Profile) -> FlatPlan:
    if not needs.due:
        return FlatPlan()
    request = FlatRequest(
        instruction=event,
        preferences=profile.flats,
        trained=needs.trained,
        started=started_sets(needs.begun, context.files),
    )
    return plan_flats(
        needs.due,
        request,
        rig=_flat_rig(context.devices, filters=profile.filters, brightest=profile.panel_max_brightness),
    )


def _flat_rig(devices: Devices, *, filters: Sequence[str], brightest: int) -> FlatRig:
    """Return what the equipment can do; what does not answer counts with what the profile knows of it.

    A missing or silent device then fails at its own step, where the report names it.
    """
    try:
        names = None if devices.wheel is None else devices.wheel.names
    except DeviceError:
        names = tuple(filters)
    try:
        level = brightest if devices.panel is None else devices.panel.max_brightness
    except DeviceError:
        level = brightest
    return FlatRig(filters=names, has_rotator=devices.rotator is not None, max_brightness=level)


def _dry_run(plan: FlatPlan, context: Context) -> FlatRunReport:
    planned = tuple(
        _report(item.take, len(_on_disk(item.take)), reason="dry run: would be taken") for item in plan.sets
    )
    return FlatRunReport(
        planned=planned,
        skipped=plan.skipped,
        message="; ".join(["dry run", *(step.describe() for step in plan.steps)]),
        finished=context.clock.now(),
    )


def _nothing_to_take(plan: FlatPlan, context: Context, *, rig: Rig) -> FlatRunReport:
    """Report that nothing is taken; a panel that a killed run left lit is switched off."""
    message = "every due set was skipped" if plan.skipped else "no flats are due"
    equipment, problems, is_off = FlatEquipment(context.devices), [message], True
    with context.store.read() as unit:
        night = session_date(context.clock.now(), rig.site)
        begun = unit.find(FlatSet, profile_id=rig.profile.id, night=night)
        killed = unit.find(FlatSet, profile_id=rig.profile.id, state=FlatSetState.RUNNING)
    lit_by_us = begun is not None or killed is not None
    if lit_by_us and equipment.is_lit():
        is_off = equipment.switch_off(problems)
        problems.append("the panel was lit by an earlier run" if is_off else "the panel may be lit")
    return FlatRunReport(
        skipped=plan.skipped, panel_off=is_off, message="; ".join(problems), finished=context.clock.now()
    )


@dataclass
class _Tally:
    taken: list[FlatSetReport] = field(default_factory=list)
    failed: list[FlatSetReport] = field(default_factory=list)


class _Run:
    """One flats run over a plan that has sets."""

    def __init__(self, context: Context, rig: Rig, *, records: FlatRecords) -> None:
        self._context = context
        self._rig = rig
        self._records = records
        self._equipment = FlatEquipment(context.devices)
        self._done = 0
        self._total = 0

    def execute(self, plan: FlatPlan, *, open_at_end: bool) -> FlatRunReport:
        """Run a plan and report; the panel is switched off whatever is raised on the way."""
        tally = _Tally()
        self._total = plan.frames
        try:
            self._records.close_abandoned({item.take.resumes for item in plan.sets})
            self._take_sets(plan.sets, tally)
        finally:
            is_off, problems = self._equipment.make_safe()
            for problem in problems:
                # A run that ends with an exception has no report to say it in.
                self._context.progress.report(problem)
        if open_at_end and is_off:
            self._open_cover(problems)
        return FlatRunReport(
            taken=tuple(tally.taken),
            skipped=plan.skipped,
            failed=tuple(tally.failed),
            panel_off=is_off,
            message="; ".join([_summary(tally, plan), *problems]),
            finished=self._context.clock.now(),
        )

    def _open_cover(self, problems: list[str]) -> None:
        try:
            self._equipment.open_cover()
        except DeviceError as error:
            problems.append(str(error))

    def _take_sets(self, sets: Sequence[PlannedSet], tally: _Tally) -> None:
        """Take set after set; a panel that fails ends the run, any other device only its set."""
        stopped = self._close_cover()
        for planned in sets:
            if stopped:
                tally.failed.append(_report(planned.take, len(_on_disk(planned.take)), reason=f"not tried: {stopped}"))
                continue
            try:
                self._take_set(planned, tally)
            except StepError as error:
                on_disk = len(_on_disk(planned.take)) if error.frames is None else error.frames
                tally.failed.append(_report(planned.take, on_disk, reason=str(error)))
                stopped = str(error) if isinstance(error.step, LightOn) else ""

    def _close_cover(self) -> str:
        self._context.cancellation.check()
        try:
            self._equipment.close_cover()
        except DeviceError as error:
            return str(error)
        return ""

    def _take_set(self, planned: PlannedSet, tally: _Tally) -> None:
        """Take a set; one whose level is off is taken once more with the exposure corrected."""
        self._move(planned.moves)
        take, before = self._aimed(planned.take), self._done
        report, deviation = self._expose(take)
        if deviation is not None and not take.corrected:
            exposure_s = deviation.corrected_exposure_s(take.exposure_s)
            if exposure_s is not None:
                again = _corrected(take, exposure_s, deviation=deviation)
                self._total += len(again.missing) - len(take.missing) + self._done - before
                # A set that lacked no frame has moved nothing yet.
                self._move(moves_for(again))
                report, deviation = self._expose(again)
        (tally.taken if deviation is None else tally.failed).append(report)

    def _aimed(self, take: TakeFrames) -> TakeFrames:
        """Return a set with a level to hold it against: where none is trained, that of earlier sets like it."""
        if take.target_adu is not None:
            return take
        usual_adu = self._records.usual_level(take)
        if usual_adu is None:
            return take.model_copy(update={"note": "; ".join(filter(None, (take.note, UNCHECKED)))})
        return take.model_copy(update={"target_adu": usual_adu, "usual_level": True})

    def _move(self, moves: Sequence[Move]) -> None:
        for move in moves:
            self._context.cancellation.check()
            self._equipment.move(move)

    def _expose(self, take: TakeFrames) -> tuple[FlatSetReport, LevelFault | None]:
        """Take the missing frames of a set and close it: complete, or flagged if a frame's level is off."""
        flat_set = self._records.begin(take)
        try:
            deviation = self._frames(flat_set, take)
        except Cancelled:
            self._interrupt(flat_set, "cancelled")
            raise
        except (DeviceError, FileError) as error:
            frames = self._interrupt(flat_set, str(error))
            raise StepError(take, error, frames=frames) from error
        if deviation is None:
            self._records.complete(flat_set, take.sessions)
        else:
            self._records.leave(flat_set, FlatSetState.FLAGGED, message=str(deviation))
        reason = take.note if deviation is None else f"{deviation}; {deviation.remedy}"
        frames_on_disk = self._records.frames(flat_set)
        first = frames_on_disk[0].adu_median if frames_on_disk else None
        level = first if deviation is not None else flat_set.adu_median
        return _report(take, len(frames_on_disk), reason=reason, adu_median=level), deviation

    def _interrupt(self, flat_set: FlatSet, why: str) -> int:
        frames = len(self._records.frames(flat_set))
        message = f"{why}, with {frames} of {flat_set.wanted} frames on disk"
        self._records.leave(flat_set, FlatSetState.INTERRUPTED, message=message)
        return frames

    def _frames(self, flat_set: FlatSet, take: TakeFrames) -> LevelFault | None:
        """Take and record frames until none is missing, or the level of one is off."""
        recorded = self._records.frames(flat_set)
        first_adu = recorded[0].adu_median if recorded else None
        checked = self._level(first_adu, take)
        for number in missing_numbers(take.wanted, [frame.number for frame in recorded]):
            if checked is not None:
                break
            self._context.cancellation.check()
            self._context.progress.report(take.describe(), done=self._done, total=self._total)
            saved = self._take_frame(flat_set, take, number=number)
            self._records.add_frame(flat_set, number, saved=saved)
            self._done += 1
            checked = self._steady(saved.adu_median, first_adu, number=number)
            if first_adu is None:
                first_adu = saved.adu_median
                checked = self._level(first_adu, take)
        return checked

    def _level(self, adu_median: float | None, take: TakeFrames) -> LevelFault | None:
        if adu_median is None:
            return None
        tolerance = self._rig.profile.flats.adu_tolerance_percent
        if take.target_adu is None:
            camera = self._context.devices.camera
            return check_plausible(adu_median, max_adu=_MAX_ADU if camera is None else camera.max_adu)
        return check_level(adu_median, take.target_adu, tolerance_percent=tolerance, usual=take.usual_level)

    def _steady(self, adu_median: float, first_adu: float | None, *, number: int) -> LevelFault | None:
        tolerance = self._rig.profile.flats.adu_tolerance_percent
        return check_steady(adu_median, first_adu, number=number, tolerance_percent=tolerance)

    def _take_frame(self, flat_set: FlatSet, take: TakeFrames, *, number: int) -> SavedFrame:
        # File name patterns know one target; a shared set goes by its oldest session.
        first = take.sessions[0]
        settings = take.spec.model_dump(exclude={"rotation_deg", "temperature_c"})
        saved = self._context.devices.frames.take(
            FrameRequest(
                guid=frame_guid(flat_set.guid, number),
                exposure_s=take.exposure_s,
                target_name=first.target_name,
                project_name=first.project_name,
                session_id=first.session_id,
                number=number,
                **settings,
            )
        )
        if not self._context.files.status(Path(saved.file)).exists:
            raise FileError(f"{saved.file}: the frame was reported as saved and is not there")
        return saved


def _corrected(take: TakeFrames, exposure_s: float, *, deviation: LevelFault) -> TakeFrames:
    note = f"exposure corrected from {take.exposure_s:g} s to {exposure_s:.4g} s: {deviation}"
    numbers = missing_numbers(take.wanted, ())
    changes = {"exposure_s": exposure_s, "corrected": True, "resumes": "", "missing": numbers, "note": note}
    return take.model_copy(update=changes)


def _on_disk(take: TakeFrames) -> range:
    return range(max(0, take.wanted - len(take.missing)))


def _report(take: TakeFrames, on_disk: int, *, reason: str, adu_median: float | None = None) -> FlatSetReport:
    return FlatSetReport(
        spec=take.spec,
        sessions=take.session_names,
        wanted=take.wanted,
        on_disk=on_disk,
        brightness=take.brightness,
        exposure_s=take.exposure_s,
        adu_median=adu_median,
        reason=reason,
    )


def _summary(tally: _Tally, plan: FlatPlan) -> str:
    return f"{len(tally.taken)} flat sets taken, {len(plan.skipped)} skipped, {len(tally.failed)} failed"
