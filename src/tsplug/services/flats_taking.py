"""Takes the frames of planned flat sets: brings the equipment there, exposes, holds the level, keeps the book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tsplug.errors import Cancelled, DeviceError, FileError
from tsplug.flats import (
    UNCHECKED,
    Level,
    LevelFault,
    check_dark,
    check_level,
    check_plausible,
    check_saturation,
    check_steady,
)
from tsplug.flats.correction import Lit, lit
from tsplug.flats.level import CORRECTION_RANGE, Deviation, rounded_s
from tsplug.flats.plan import AS_BEFORE, corrected_note, moves_for
from tsplug.flats.resume import missing_numbers
from tsplug.flats.steps import LightOn, Move, PlannedSet, TakeFrames
from tsplug.model import FlatSet, FlatSetReport, FlatSetState, FlatsPreferences, FlatsType
from tsplug.ports import Context, FrameMeter, FrameRequest, SavedFrame
from tsplug.services.flats_equipment import BrightnessError, FlatEquipment, StepError
from tsplug.services.flats_look import look, max_adu
from tsplug.services.flats_records import FlatRecords, frame_guid


@dataclass
class Tally:
    """What became of the sets of a run so far."""

    taken: list[FlatSetReport] = field(default_factory=list)
    failed: list[FlatSetReport] = field(default_factory=list)
    left: list[FlatSetReport] = field(default_factory=list)


@dataclass
class FlatTaker:
    """Takes sets with one rig's equipment; ``total`` is how many frames are planned, ``done`` how many were taken."""

    context: Context
    preferences: FlatsPreferences
    records: FlatRecords
    equipment: FlatEquipment
    total: int = 0
    done: int = 0
    corrections: dict[Lit, float] = field(default_factory=dict)

    def take_sets(self, sets: Sequence[PlannedSet], tally: Tally, *, no_time_for: Callable[[PlannedSet], str]) -> bool:
        """Take set after set; a panel that fails ends the run, any other device only its set.

        Args:
            sets: what is to be taken, in order.
            tally: where each set is entered.
            no_time_for: returns why a set is left for the next run, empty if it is not.

        Returns:
            Whether the panel and its cover worked.
        """
        stopped = self._close_cover()
        for planned in sets:
            if stopped:
                tally.failed.append(report(planned.take, on_disk(planned.take), reason=f"not tried: {stopped}"))
            elif reason := no_time_for(planned):
                tally.left.append(report(planned.take, on_disk(planned.take), reason=reason))
            else:
                stopped = self._try_set(planned, tally)
        return not stopped

    def take_dark(self, takes: Sequence[TakeFrames], tally: Tally) -> None:
        """Take sets of dark flats, behind the closed cover with the panel off; one that fails costs no other."""
        for take in takes:
            try:
                self.equipment.darken()
                self._move(moves_for(take))
                made, fault = self.expose(take)
            except StepError as error:
                frames = on_disk(take) if error.frames is None else error.frames
                tally.failed.append(report(take, frames, reason=str(error)))
            else:
                (tally.taken if fault is None else tally.failed).append(made)

    def expose(self, take: TakeFrames) -> tuple[FlatSetReport, LevelFault | None]:
        """Take the missing frames of a set and close it: complete, or flagged if a frame's level is off.

        Raises:
            StepError: the camera or the disk failed; the set is left to be resumed.
            Cancelled: a stop was asked for; the set is left to be resumed.
        """
        flat_set = self.records.begin(take)
        try:
            fault = self._frames(flat_set, take)
        except Cancelled:
            self._interrupt(flat_set, "cancelled")
            raise
        except StepError as error:
            # What was asked of the camera meanwhile names its own step and remedy.
            error.frames = self._interrupt(flat_set, str(error))
            raise
        except (DeviceError, FileError) as error:
            frames = self._interrupt(flat_set, str(error))
            raise StepError(take, error, frames=frames) from error
        if fault is None:
            self.records.complete(flat_set, take.sessions)
        else:
            self.records.leave(flat_set, FlatSetState.FLAGGED, message=str(fault))
        reason = take.note if fault is None else f"{fault}; {fault.remedy}"
        frames_on_disk = self.records.frames(flat_set)
        first = frames_on_disk[0].adu_median if frames_on_disk else None
        level = first if fault is not None else flat_set.adu_median
        return report(take, len(frames_on_disk), reason=reason, adu_median=level), fault

    def _try_set(self, planned: PlannedSet, tally: Tally) -> str:
        """Take a set; return why no other can be taken, empty if others can."""
        try:
            self._take_set(planned, tally)
        except StepError as error:
            frames = on_disk(planned.take) if error.frames is None else error.frames
            tally.failed.append(report(planned.take, frames, reason=str(error)))
            is_panel = isinstance(error.step, LightOn) and not isinstance(error.__cause__, BrightnessError)
            return str(error) if is_panel else ""
        return ""

    def _close_cover(self) -> str:
        self.context.cancellation.check()
        try:
            self.equipment.close_cover()
        except DeviceError as error:
            return str(error)
        return ""

    def _take_set(self, planned: PlannedSet, tally: Tally) -> None:
        """Take a set; one whose level is off is taken once more with the exposure corrected, as are those like it."""
        self._move(planned.moves)
        take, before = self._as_corrected_before(self._aimed(planned.take)), self.done
        made, fault = self.expose(take)
        if fault is not None and not take.corrected:
            exposure_s = self._corrected_s(fault, take, planned=planned)
            if exposure_s is not None:
                again = _corrected(take, exposure_s, fault=fault)
                self.total += len(again.missing) - len(take.missing) + self.done - before
                # A set that lacked no frame has moved nothing yet.
                self._move(_as_planned(moves_for(again), planned))
                made, fault = self.expose(again)
                if fault is None:
                    self.corrections[_lit(planned.take)] = exposure_s
        (tally.taken if fault is None else tally.failed).append(made)

    def _corrected_s(self, fault: LevelFault, take: TakeFrames, *, planned: PlannedSet) -> float | None:
        """Return the exposure that mends a level; how bright a clipped one is, a frame tells that is not kept."""
        meters = isinstance(self.context.devices.frames, FrameMeter)
        if not (isinstance(fault, Deviation) and fault.clipped and meters):
            return fault.corrected_exposure_s(take.exposure_s)
        self._move(_as_planned(moves_for(take), planned))
        shortest_s = rounded_s(CORRECTION_RANGE[0] * take.exposure_s)
        levels = look(self.context, take.spec, exposure_s=shortest_s)
        return fault.seen_shorter(levels.adu_median, levels.exposure_s, max_adu=max_adu(self.context))

    def _aimed(self, take: TakeFrames) -> TakeFrames:
        """Return a set with a level to hold it against: where none is trained, that of earlier sets like it."""
        if take.target_adu is not None:
            return take
        usual_adu = self.records.usual_level(take)
        if usual_adu is None:
            return take.model_copy(update={"note": "; ".join(filter(None, (take.note, UNCHECKED)))})
        return take.model_copy(update={"target_adu": usual_adu, "usual_level": True})

    def _as_corrected_before(self, take: TakeFrames) -> TakeFrames:
        """Return a set with the exposure that an earlier one of this run needed, which differs in angle at most."""
        exposure_s = None if take.resumes else self.corrections.get(_lit(take))
        if exposure_s is None:
            return take
        note = corrected_note(take.exposure_s, exposure_s, why=AS_BEFORE)
        return take.model_copy(
            update={"exposure_s": exposure_s, "note": "; ".join(filter(None, (take.note, note)))},
        )

    def _move(self, moves: Sequence[Move]) -> None:
        for move in moves:
            self.context.cancellation.check()
            self.equipment.move(move)

    def _interrupt(self, flat_set: FlatSet, why: str) -> int:
        frames = len(self.records.frames(flat_set))
        message = f"{why}, with {frames} of {flat_set.wanted} frames on disk"
        self.records.leave(flat_set, FlatSetState.INTERRUPTED, message=message)
        return frames

    def _frames(self, flat_set: FlatSet, take: TakeFrames) -> LevelFault | None:
        """Take and record frames until none is missing, or the level of one is off."""
        recorded = self.records.frames(flat_set)
        first_adu = recorded[0].adu_median if recorded else None
        fault = self._level(first_adu, take)
        for number in missing_numbers(take.wanted, [frame.number for frame in recorded]):
            if fault is not None:
                break
            self.context.cancellation.check()
            self.context.progress.report(take.describe(), done=self.done, total=self.total)
            saved = self._take_frame(flat_set, take, number=number)
            self.records.add_frame(flat_set, number, saved=saved)
            self.done += 1
            fault = self._fault(saved, first_adu, take=take, number=number)
            first_adu = saved.adu_median if first_adu is None else first_adu
        return fault

    def _fault(self, saved: SavedFrame, first_adu: float | None, *, take: TakeFrames, number: int) -> LevelFault | None:
        if first_adu is None:
            level = self._level(saved.adu_median, take)
        else:
            tolerance = self.preferences.adu_tolerance_percent
            level = check_steady(saved.adu_median, first_adu, number=number, tolerance_percent=tolerance)
        return level or check_saturation(saved.saturated_fraction, number=number)

    def _level(self, adu_median: float | None, take: TakeFrames) -> LevelFault | None:
        if adu_median is None:
            return None
        if take.flats_type is FlatsType.DARK:
            return check_dark(adu_median, max_adu=max_adu(self.context))
        if take.target_adu is None:
            return check_plausible(adu_median, max_adu=max_adu(self.context))
        wanted = Level(take.target_adu, take.bias_adu, usual=take.usual_level, max_adu=max_adu(self.context))
        return check_level(adu_median, wanted, tolerance_percent=self.preferences.adu_tolerance_percent)

    def _take_frame(self, flat_set: FlatSet, take: TakeFrames, *, number: int) -> SavedFrame:
        saved = self.context.devices.frames.take(frame_request(flat_set.guid, take, number=number))
        if not self.context.files.status(Path(saved.file)).exists:
            raise FileError(f"{saved.file}: the frame was reported as saved and is not there")
        return saved


def frame_request(set_guid: str, take: TakeFrames, *, number: int) -> FrameRequest:
    """Return the frame of a number of a set; file name patterns know one target, so it goes by its oldest session."""
    first = take.sessions[0]
    return FrameRequest(
        guid=frame_guid(set_guid, number),
        kind="DARKFLAT" if take.flats_type is FlatsType.DARK else "FLAT",
        exposure_s=take.exposure_s,
        target_name=first.target_name,
        project_name=first.project_name,
        session_id=first.session_id,
        number=number,
        **take.spec.model_dump(
            include={"filter_name", "gain", "offset", "binning", "readout_mode", "roi_percent"},
        ),
    )


def on_disk(take: TakeFrames) -> int:
    """Return how many frames of a set were on disk when it was planned."""
    return max(0, take.wanted - len(take.missing))


def report(take: TakeFrames, frames: int, *, reason: str, adu_median: float | None = None) -> FlatSetReport:
    """Return what is told of a set with so many frames on disk."""
    return FlatSetReport(
        flats_type=take.flats_type,
        spec=take.spec,
        sessions=take.session_names,
        wanted=take.wanted,
        on_disk=frames,
        brightness=take.brightness,
        exposure_s=take.exposure_s,
        adu_median=adu_median,
        reason=reason,
    )


def _lit(take: TakeFrames) -> Lit:
    return lit(take.spec, brightness=take.brightness, exposure_s=take.exposure_s)


def _corrected(take: TakeFrames, exposure_s: float, *, fault: LevelFault) -> TakeFrames:
    note = f"exposure corrected from {take.exposure_s:g} s to {exposure_s:.4g} s: {fault}"
    numbers = missing_numbers(take.wanted, ())
    changes = {"exposure_s": exposure_s, "corrected": True, "resumes": "", "missing": numbers, "note": note}
    return take.model_copy(update=changes)


def _as_planned(moves: Sequence[Move], planned: PlannedSet) -> Sequence[Move]:
    """Leave out the kinds of moves that a planned set leaves out, such as turning a rotator that must stand."""
    kinds = {type(move) for move in planned.moves}
    return [move for move in moves if not kinds or type(move) in kinds]
