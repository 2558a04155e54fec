"""Keeps the book of flat sets: every frame in a transaction of its own, history only for complete sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from uuid import UUID, uuid5

from tsplug.flats import StartedSet
from tsplug.flats.steps import TakeFrames
from tsplug.flats.temperature import same_temperature
from tsplug.model import FlatHistory, FlatSet, FlatSetFile, FlatSetState, LightSession, Profile, frame_place
from tsplug.ports import Context, FrameFiles, SavedFrame, Unit
from tsplug.services.flats_flagged import FlaggedFrames

_OTHER_TEMPERATURE = "C, the lights at"


def frame_guid(set_guid: str, number: int) -> str:
    """Return the name of a set's frame for ever: taken twice it is one frame."""
    return str(uuid5(UUID(set_guid), str(number)))


@dataclass(frozen=True)
class BegunSet:
    """A flat set with its recorded frames."""

    flat_set: FlatSet
    frames: tuple[FlatSetFile, ...]


def begun_sets(unit: Unit, *, profile_id: int, night: date) -> tuple[BegunSet, ...]:
    """Return the sets that a profile began in a night."""
    begun = unit.list(FlatSet, profile_id=profile_id, night=night)
    return tuple(BegunSet(item, tuple(frames_of(unit, item))) for item in begun)


def started_sets(begun: Iterable[BegunSet], files: FrameFiles) -> tuple[StartedSet, ...]:
    """Return begun sets with the numbers of their frames that are on disk; call it outside a unit of work."""
    return tuple(StartedSet(item.flat_set, _numbers_on_disk(item.frames, files)) for item in begun)


def frames_of(unit: Unit, flat_set: FlatSet) -> list[FlatSetFile]:
    """Return the recorded frames of a set, by number."""
    return sorted(unit.list(FlatSetFile, flat_set_id=flat_set.id), key=lambda frame: frame.number)


class FlatRecords:
    """The records of one flats run of a profile in one night."""

    def __init__(self, context: Context, *, profile_id: int, night: date) -> None:
        """Write to the context's store, for a profile and the night of the run."""
        self._store = context.store
        self._clock = context.clock
        self._files = context.files
        self._flagged = FlaggedFrames(context.store, context.files, clock=context.clock)
        self._profile_id = profile_id
        self._night = night

    def close_abandoned(self, resumed: set[str]) -> None:
        """Mark sets that a killed run left running and that this run does not resume as interrupted.

        Frames that it had flagged and left lying are set aside.
        """
        self._flagged.settle(self._profile_id)
        with self._store.write() as unit:
            for flat_set in unit.list(FlatSet, profile_id=self._profile_id, state=FlatSetState.RUNNING):
                if flat_set.guid not in resumed:
                    _set_state(
                        unit,
                        flat_set,
                        state=FlatSetState.INTERRUPTED,
                        message="the run ended before the set was complete",
                    )

    def begin(self, take: TakeFrames) -> FlatSet:
        """Return the stored set that frames go to: a new one, or the one resumed without records of lost files."""
        with self._store.read() as unit:
            known = unit.find(FlatSet, guid=take.resumes) if take.resumes else None
            frames = [] if known is None else frames_of(unit, known)
        # The disk may be slow, so it is asked while the store is free.
        lost = [frame for frame in frames if not _is_on_disk(frame, self._files)]
        with self._store.write() as unit:
            if known is None:
                return unit.add(self._new_set(take))
            for frame in lost:
                unit.delete(frame)
            known.wanted = take.wanted
            _set_state(unit, known, state=FlatSetState.RUNNING, message=take.note)
            return known

    def add_frame(self, flat_set: FlatSet, number: int, *, saved: SavedFrame) -> None:
        """Record a frame that is on disk; a frame recorded before stays as it is."""
        with self._store.write() as unit:
            if flat_set.id is None or unit.find(FlatSetFile, guid=saved.guid) is not None:
                return
            unit.add(
                FlatSetFile(
                    flat_set_id=flat_set.id,
                    guid=saved.guid,
                    number=number,
                    file=str(saved.file),
                    adu_median=saved.adu_median,
                    taken_at=saved.ended,
                )
            )
            self._compare_temperature(unit, flat_set, saved=saved)

    def _compare_temperature(self, unit: Unit, flat_set: FlatSet, *, saved: SavedFrame) -> None:
        """Say in a set's message, once, that a frame is not as cold as its lights, where the profile minds."""
        lights_c, found_c = flat_set.temperature_c, saved.camera_temperature_c
        if lights_c is None or found_c is None or _OTHER_TEMPERATURE in flat_set.message:
            return
        tolerance_c = unit.get(Profile, self._profile_id).flats.temperature_tolerance_c
        if not same_temperature(found_c, lights_c, tolerance_c=tolerance_c):
            warning = f"taken at {found_c:.1f} {_OTHER_TEMPERATURE} {lights_c:.1f} C"
            flat_set.message = "; ".join(filter(None, (flat_set.message, warning)))
            unit.update(flat_set)

    def frames(self, flat_set: FlatSet) -> list[FlatSetFile]:
        """Return the recorded frames of a set, by number."""
        with self._store.read() as unit:
            return frames_of(unit, flat_set)

    def free_number(self, flat_set: FlatSet) -> int:
        """Return the lowest number of a set whose frame has never been recorded, with this set or another."""
        number = 1
        with self._store.read() as unit:
            while unit.find(FlatSetFile, guid=frame_guid(flat_set.guid, number)) is not None:
                number += 1
        return number

    def usual_level(self, take: TakeFrames) -> float | None:
        """Return the median level, in ADU, of earlier complete sets that were lit and exposed as this one will be."""
        settings = take.spec.model_dump(include={"filter_name", "gain", "offset", "binning", "readout_mode"})
        with self._store.read() as unit:
            known = unit.list(FlatSet, profile_id=self._profile_id, state=FlatSetState.COMPLETE, **settings)
        levels = [
            item.adu_median
            for item in known
            if item.adu_median and item.brightness == take.brightness and item.exposure_s == take.exposure_s
        ]
        return median(levels) if levels else None

    def complete(self, flat_set: FlatSet, sessions: Sequence[LightSession]) -> None:
        """Close a set whose frames are all on disk and link it to the sessions it serves, in one transaction."""
        now = self._clock.now()
        with self._store.write() as unit:
            levels = [frame.adu_median for frame in frames_of(unit, flat_set) if frame.adu_median is not None]
            flat_set.adu_median = median(levels) if levels else None
            flat_set.finished = now
            _set_state(unit, flat_set, state=FlatSetState.COMPLETE, message=flat_set.message)
            for session in sessions:
                unit.add(_history(session, flat_set, taken_at=now))

    def leave(self, flat_set: FlatSet, state: FlatSetState, *, message: str) -> None:
        """Leave a set unfinished: interrupted, to be resumed, or flagged, never to count and its frames set aside."""
        with self._store.write() as unit:
            flat_set.finished = None
            _set_state(unit, flat_set, state=state, message=message)
        if state is FlatSetState.FLAGGED:
            self._flagged.set_aside(flat_set)

    def _new_set(self, take: TakeFrames) -> FlatSet:
        return FlatSet(
            profile_id=self._profile_id,
            **take.spec.model_dump(),
            brightness=take.brightness,
            exposure_s=take.exposure_s,
            wanted=take.wanted,
            night=self._night,
            flats_type=take.flats_type,
            message=take.note,
            started=self._clock.now(),
        )


def _numbers_on_disk(frames: Sequence[FlatSetFile], files: FrameFiles) -> frozenset[int]:
    return frozenset(frame.number for frame in frames if _is_on_disk(frame, files))


def _is_on_disk(frame: FlatSetFile, files: FrameFiles) -> bool:
    return files.status(frame_place(frame.file)).exists


def _set_state(unit: Unit, flat_set: FlatSet, *, state: FlatSetState, message: str) -> None:
    flat_set.state = state
    flat_set.message = message
    unit.update(flat_set)


def _history(session: LightSession, flat_set: FlatSet, *, taken_at: datetime) -> FlatHistory:
    settings = session.spec.model_dump()
    # The session is known again by its own lights; where and how cold the flats were taken stands in the set.
    settings["rotation_deg"] = session.lights_rotation_deg
    settings["temperature_c"] = session.lights_temperature_c
    return FlatHistory(
        profile_id=flat_set.profile_id,
        target_id=session.target_id,
        target_name=session.target_name,
        project_name=session.project_name,
        session_date=session.session_date,
        session_id=session.session_id,
        **settings,
        flats_type=flat_set.flats_type,
        flat_set_id=flat_set.id or 0,
        taken_at=taken_at,
    )
