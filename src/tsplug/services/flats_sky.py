"""Takes flats by the light of the twilight sky: filter after filter, each while the sky is right for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tsplug.errors import Cancelled, DeviceError, FileError, TsplugError
from tsplug.flats.plan import moves_for
from tsplug.flats.sky import Look, Over, Pause, SkyAim, SkySample, sky_order, sky_step
from tsplug.flats.sky_plan import SkyPlan, plan_sky
from tsplug.flats.steps import CloseCover, Move, OpenCover, SetReadoutMode, TakeFrames
from tsplug.model import FlatInstruction, FlatRunReport, FlatSet, FlatSetState, FlatSpec, TrainedFlat
from tsplug.model.night import session_date
from tsplug.model.wording import counted, minutes
from tsplug.ports import Context, FrameLevels, SavedFrame, Unit
from tsplug.services.flats_due import due_sessions
from tsplug.services.flats_equipment import FlatEquipment, StepError, attempt
from tsplug.services.flats_look import CameraSettings, camera_settings, look, max_adu
from tsplug.services.flats_panel import MAY_BE_LIT, PanelPromise
from tsplug.services.flats_records import FlatRecords, begun_sets, started_sets
from tsplug.services.flats_taking import Tally, frame_request, on_disk, report
from tsplug.services.rigs import Rig, filters_of

_SPOILT_IN_A_ROW = 3


def run_sky_flats(event: FlatInstruction, context: Context, *, rig: Rig, said: str = "") -> FlatRunReport:
    """Take the flats that are due by the light of the sky, as far as its light allows.

    The cover is opened, the panel is off. A set that the sky does not let finish is left to be resumed in this night.
    A frame whose level is off is kept on disk in a flagged set, and does not count. ``said`` is what came of a panel
    that an earlier run left lit.

    Raises:
        Cancelled: a stop was asked for; the cover is closed and a begun set is left to be resumed.
        TsplugError: the host ended it in another way, with the same care.
    """
    now = context.clock.now()
    night = session_date(now, rig.site)
    with context.store.read() as unit:
        due = due_sessions(unit, rig, now=now, rules=event.rules)
        begun = begun_sets(unit, profile_id=rig.profile.id or 0, night=night)
        sensitivity = _sensitivity(unit, rig)
    plan = plan_sky(
        due,
        event,
        preferences=rig.profile.flats,
        filters=filters_of(context.devices, rig=rig),
        started=started_sets(begun, context.files),
    )
    if context.devices.rotator is None:
        plan = plan.without_angles("no rotator is connected: connect it")
    takes = _in_order(plan, event, sensitivity=sensitivity)
    if event.dry_run or not takes:
        return _untouched(plan, takes, event=event, now=now, said=said)
    records = FlatRecords(context, profile_id=rig.profile.id or 0, night=night)
    return _SkyRun(event, context, rig, records).execute(takes, plan, said=said)


def _sensitivity(unit: Unit, rig: Rig) -> dict[str, float]:
    """Return what filters let through, as the panel's training tells it: level per second and step of brightness."""
    known: dict[str, float] = {}
    for row in unit.list(TrainedFlat, profile_id=rig.profile.id):
        if row.target_adu and row.brightness > 0:
            known[row.filter_name] = row.target_adu / row.exposure_s / row.brightness / row.binning**2
    return known


def _in_order(plan: SkyPlan, event: FlatInstruction, *, sensitivity: dict[str, float]) -> list[TakeFrames]:
    takes = {take.spec: take for take in plan.takes if take.missing}
    # A scale that only some of the filters are on would set them beside the others at random.
    known = sensitivity if all(spec.filter_name in sensitivity for spec in takes) else {}
    return [takes[spec] for spec in sky_order(takes, rising=event.sky.when == "dawn", sensitivity=known)]


def _untouched(
    plan: SkyPlan, takes: Sequence[TakeFrames], *, event: FlatInstruction, now: datetime, said: str
) -> FlatRunReport:
    if not event.dry_run:
        why = "every due set was skipped" if plan.skipped else "no flats are due"
        return FlatRunReport(
            skipped=plan.skipped,
            panel_off=not said.startswith(MAY_BE_LIT),
            message="; ".join(filter(None, [why, said])),
            finished=now,
        )
    planned = tuple(report(take, on_disk(take), reason="dry run: would be taken by the sky's light") for take in takes)
    return FlatRunReport(
        dry_run=True,
        planned=planned,
        skipped=plan.skipped,
        message="; ".join(_told(takes, event)),
        finished=now,
    )


def _told(takes: Sequence[TakeFrames], event: FlatInstruction) -> Iterator[str]:
    """Yield what a run would do, step by step; when and how long it exposes, the sky decides."""
    sky = event.sky
    yield f"dry run, {sky.when}, {minutes(60.0 * sky.minutes)} at most"
    if not takes:
        return
    yield (
        f"flats of {sky.target_percent:g} % of the camera's range in {sky.minimum_exposure_s:g} to "
        f"{sky.maximum_exposure_s:g} s, as the sky allows"
    )
    yield OpenCover().describe()
    reached: dict[type[Move], Move] = {}
    for take in takes:
        for move in moves_for(take):
            if reached.get(type(move)) != move:
                yield move.describe()
            reached[type(move)] = move
        yield take.describe()
    if event.cover_at_end == "closed":
        yield CloseCover().describe()


@dataclass
class _SkyRun:
    event: FlatInstruction
    context: Context
    rig: Rig
    records: FlatRecords
    tally: Tally = field(default_factory=Tally)
    bias_adu: dict[CameraSettings, float] = field(default_factory=dict)
    total: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        self.equipment = FlatEquipment(self.context.devices, PanelPromise(self.context, self.rig.profile.id or 0))
        self.began = self.context.clock.now()

    def execute(self, takes: Sequence[TakeFrames], plan: SkyPlan, *, said: str) -> FlatRunReport:
        self.total = sum(len(take.missing) for take in takes)
        is_off, ended = False, False
        problems: list[str] = []
        try:
            try:
                self.records.close_abandoned({take.resumes for take in takes})
                self._take_all(takes)
            finally:
                is_off, problems = self.equipment.make_safe()
            self._close(problems)
            ended = True
        finally:
            if not ended:
                # The Sun may rise before anybody comes back to an open telescope.
                self.equipment.shut(problems)
            for problem in problems:
                self.context.progress.report(problem)
        tally = self.tally
        taken = counted(len(tally.taken), "sky flat set")
        counts = f"{taken} taken, {len(plan.skipped)} skipped, {len(tally.failed)} failed"
        left = f"{len(tally.left)} left for the next run" if tally.left else ""
        return FlatRunReport(
            taken=tuple(tally.taken),
            skipped=plan.skipped,
            failed=tuple(tally.failed),
            left=tuple(tally.left),
            panel_off=is_off,
            message="; ".join(filter(None, [counts, left, said, *problems])),
            finished=self.context.clock.now(),
        )

    def _close(self, problems: list[str]) -> None:
        """End a run that came to its end: the cover first, for a turn may take long."""
        if self.event.cover_at_end == "closed" and self.context.devices.panel is not None:
            attempt(self.equipment.close_cover, problems)
        if self.event.rotator_back:
            attempt(self.equipment.turn_back, problems)

    def _take_all(self, takes: Sequence[TakeFrames]) -> None:
        stopped = self._open()
        for take in takes:
            if stopped:
                self.tally.failed.append(report(take, on_disk(take), reason=f"not tried: {stopped}"))
                continue
            try:
                self._take(take, self._aim(self._bias(take.spec)))
            except StepError as error:
                frames = on_disk(take) if error.frames is None else error.frames
                self.tally.failed.append(report(take, frames, reason=str(error)))

    def _open(self) -> str:
        """See that the sky reaches the camera; return why it does not."""
        self.context.cancellation.check()
        if self.context.devices.panel is None:
            return ""
        try:
            self.equipment.darken()
            self.equipment.open_cover()
        except DeviceError as error:
            return str(error)
        return ""

    def _bias(self, spec: FlatSpec) -> float:
        """Return what the camera adds without light, measured once for its settings."""
        settings = camera_settings(spec)
        if settings not in self.bias_adu:
            self.context.cancellation.check()
            # An exposure sets the readout mode as well: the one before the run must have been noted by then.
            self.equipment.move(SetReadoutMode(readout_mode=spec.readout_mode))
            levels = look(self.context, spec, exposure_s=self.event.sky.minimum_exposure_s, kind="DARKFLAT")
            self.bias_adu[settings] = levels.adu_median
        return self.bias_adu[settings]

    def _aim(self, bias_adu: float) -> SkyAim:
        sky, top = self.event.sky, max_adu(self.context)
        return SkyAim(
            target_adu=top * sky.target_percent / 100.0,
            max_adu=top,
            exposures_s=(sky.minimum_exposure_s, sky.maximum_exposure_s),
            rising=sky.when == "dawn",
            # A camera without a shutter sees the sky in its darks: what it sees at the least is no bias.
            bias_adu=bias_adu if bias_adu < 0.1 * top else 0.0,
        )

    def _take(self, take: TakeFrames, aim: SkyAim) -> None:
        """Take the frames of a set while the sky is right for it, and close the set as far as it came."""
        for move in moves_for(take):
            self.context.cancellation.check()
            self.equipment.move(move)
        flat_set = self.records.begin(take)
        sky_set = SkySet(self.context, self.records, take=take, flat_set=flat_set)
        try:
            over = self._frames(sky_set, aim=aim)
        except Cancelled:
            self.records.leave(flat_set, FlatSetState.INTERRUPTED, message="cancelled")
            raise
        except StepError as error:
            # A look that failed names its step and remedy itself.
            self.records.leave(flat_set, FlatSetState.INTERRUPTED, message=str(error))
            error.frames = sky_set.count
            raise
        except (DeviceError, FileError) as error:
            self.records.leave(flat_set, FlatSetState.INTERRUPTED, message=str(error))
            raise StepError(take, error, frames=sky_set.count) from error
        except TsplugError as error:
            # The host ends it, for rain perhaps.
            self.records.leave(flat_set, FlatSetState.INTERRUPTED, message=str(error))
            raise
        if over:
            self.records.leave(flat_set, FlatSetState.INTERRUPTED, message=over)
            reason = f"{over}, with {sky_set.count} of {take.wanted} frames on disk"
            self.tally.left.append(report(take, sky_set.count, reason=reason))
            return
        self.records.complete(flat_set, take.sessions)
        made = take.model_copy(update={"exposure_s": flat_set.exposure_s})
        self.tally.taken.append(report(made, sky_set.count, reason=take.note, adu_median=flat_set.adu_median))

    def _frames(self, sky_set: SkySet, *, aim: SkyAim) -> str:
        """Take frames until none is missing; return why the sky ended it, empty if it did not."""
        settings = self.event.sky
        while sky_set.is_short:
            self.context.cancellation.check()
            if self._passed_s() > 60.0 * settings.minutes:
                return f"the {minutes(60.0 * settings.minutes)} for sky flats are over"
            step = sky_step(aim, sky_set.samples, now_s=self._passed_s())
            if isinstance(step, Over):
                return step.reason
            if isinstance(step, Pause):
                self.context.progress.report(f"wait {step.seconds:.0f} s for the sky", done=self.done, total=self.total)
                self.context.clock.sleep(step.seconds)
            elif isinstance(step, Look):
                levels = look(self.context, sky_set.take.spec, exposure_s=step.exposure_s)
                self._see(sky_set, levels, adu=levels.adu_median)
            else:
                self._frame(sky_set, step.exposure_s, aim=aim)
                if sky_set.spoilt_in_a_row >= _SPOILT_IN_A_ROW:
                    return f"{_SPOILT_IN_A_ROW} frames in a row had the wrong level: the sky's light is not steady"
        return ""

    def _frame(self, sky_set: SkySet, exposure_s: float, *, aim: SkyAim) -> None:
        take = sky_set.take
        words = f"take sky flat {sky_set.count + 1} of {take.wanted} in {take.spec.filter_name}, {exposure_s:.3g} s"
        self.context.progress.report(words, done=self.done, total=self.total)
        saved = sky_set.expose(exposure_s, dither=self.event.sky.dither)
        self._see(sky_set, saved, adu=saved.adu_median)
        off_percent = 100.0 * abs(saved.adu_median / aim.target_adu - 1.0)
        self.done += sky_set.keep(saved, is_right=off_percent <= self.event.sky.tolerance_percent)

    def _see(self, sky_set: SkySet, levels: FrameLevels | SavedFrame, *, adu: float) -> None:
        middle = levels.started + (levels.ended - levels.started) / 2
        at_s = (middle - self.began).total_seconds()
        sky_set.samples.append(SkySample(at_s, max(levels.exposure_s, 1e-3), adu))

    def _passed_s(self) -> float:
        return (self.context.clock.now() - self.began).total_seconds()


class SkySet:
    """One set of sky flats on its way: what its frames showed, and which of them count."""

    def __init__(self, context: Context, records: FlatRecords, *, take: TakeFrames, flat_set: FlatSet) -> None:
        """Go on with a stored set from what of it is on disk."""
        self.take = take
        self.samples: list[SkySample] = []
        self.count = len(records.frames(flat_set))
        self.spoilt_in_a_row = 0
        self._context = context
        self._records = records
        self._flat_set = flat_set
        self._spoilt: FlatSet | None = None
        self._spoilt_count = 0
        self._number = 0

    @property
    def is_short(self) -> bool:
        """Return whether frames are missing."""
        return self.count < self.take.wanted

    def expose(self, exposure_s: float, *, dither: bool) -> SavedFrame:
        """Take and save the next frame.

        Raises:
            DeviceError: the camera failed.
            FileError: the frame could not be saved.
            Cancelled: a stop was asked for.
        """
        # A number whose frame was spoilt is not used again: the host would return that frame.
        self._number = self._records.free_number(self._flat_set)
        take = self.take.model_copy(update={"exposure_s": exposure_s})
        request = frame_request(self._flat_set.guid, take, number=self._number)
        saved = self._context.devices.frames.take(request.model_copy(update={"dither": dither}))
        if not self._context.files.status(Path(saved.file)).exists:
            raise FileError(f"{saved.file}: the frame was reported as saved and is not there")
        return saved

    def keep(self, saved: SavedFrame, *, is_right: bool) -> int:
        """Record a frame: with its set if its level is right, else in a flagged one; return how many count more."""
        if is_right:
            if not self.count:
                self._flat_set.exposure_s = saved.exposure_s
            self._records.add_frame(self._flat_set, self._number, saved=saved)
            self.count, self.spoilt_in_a_row = self.count + 1, 0
            return 1
        if self._spoilt is None:
            self._spoilt = self._records.begin(self.take.model_copy(update={"resumes": "", "wanted": 1}))
            self._spoilt.exposure_s = saved.exposure_s
        self._spoilt.wanted = self._spoilt_count = self._spoilt_count + 1
        self._records.add_frame(self._spoilt, self._number, saved=saved)
        self._records.leave(self._spoilt, FlatSetState.FLAGGED, message="frames whose level was off")
        self.spoilt_in_a_row += 1
        return 0
