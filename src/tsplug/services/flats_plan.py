"""What a flats run would do: planned from the records and what the profile says of its equipment, nothing moved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tsplug.flats import FlatPlan, FlatRequest, FlatRig, plan_flats
from tsplug.flats.estimate import frame_overhead_s, steps_s
from tsplug.flats.steps import PlannedSet
from tsplug.flats.training import preferred_training, training_command
from tsplug.model import (
    FlatInstruction,
    FlatSet,
    FlatSetReport,
    FlatSetState,
    FlatSpec,
    Profile,
    SessionDue,
    TrainedFlat,
)
from tsplug.model.night import session_date
from tsplug.ports import Context, Unit
from tsplug.services.flats_due import due_row, due_sessions, expired_sessions
from tsplug.services.flats_records import begun_sets, started_sets
from tsplug.services.rigs import Rig, load_rig

_ANY_LEVEL = 2**31 - 1


@dataclass(frozen=True)
class PlannedRun:
    """A flats run that nobody began: its plan, what it skips for want of training, and the sessions that expired.

    ``overhead_s`` is what a frame takes beside its exposure, in seconds, as measured in the last sets.
    """

    plan: FlatPlan
    untrained: tuple[FlatSpec, ...]
    overhead_s: float
    expired: tuple[SessionDue, ...]

    @property
    def estimate_s(self) -> float:
        """Return how long the run would take, in seconds."""
        return steps_s(self.plan.steps, frame_overhead_s=self.overhead_s)


def plan_run(event: FlatInstruction, context: Context, *, rules: tuple[str, ...] = ()) -> PlannedRun:
    """Return what an instruction would do if it were reached now; nothing is moved or written.

    What the equipment can do is taken from the profile. Sets that were begun this night go on where they are.

    Raises:
        NotFoundError: no such profile.
        InputError: the profile names no due rule that there is.
    """
    now = context.clock.now()
    with context.store.read() as unit:
        rig = load_rig(unit, event.profile_guid)
        due = due_sessions(unit, rig, now=now, rules=rules)
        expired = tuple(item.verdict for item in expired_sessions(unit, rig, now=now))
        trained = tuple(unit.list(TrainedFlat, profile_id=rig.profile.id))
        begun = begun_sets(unit, profile_id=rig.profile.id or 0, night=session_date(now, rig.site))
        overhead_s = frame_overhead_s(_earlier_sets(unit, rig, now=now))
    preferences = rig.profile.flats
    request = FlatRequest(event, preferences, trained, started_sets(begun, context.files))
    plan = plan_flats(due, request, rig=_rig_of(rig.profile))
    specs = (item.spec for item in plan.skipped)
    untrained = tuple(spec for spec in specs if preferred_training(spec, trained, preferences=preferences) is None)
    return PlannedRun(plan, untrained, overhead_s, expired)


def planned_row(run: PlannedRun) -> dict[str, Any]:
    """Return a planned run as a JSON-ready dictionary."""
    return {
        "estimate_s": round(run.estimate_s, 1),
        "frames": run.plan.frames,
        "sets": [_set_row(item, overhead_s=run.overhead_s) for item in run.plan.sets],
        "steps": [
            step.model_dump(mode="json", include={"step"}) | {"text": step.describe()} for step in run.plan.steps
        ],
        "skipped": [_skipped_row(item, untrained=run.untrained) for item in run.plan.skipped],
        "expired": [due_row(due) for due in run.expired],
    }


def _earlier_sets(unit: Unit, rig: Rig, *, now: datetime) -> list[FlatSet]:
    """Return the sets of recent nights, which tell how long a frame takes."""
    tonight = session_date(now, rig.site)
    nights = [tonight - timedelta(days=days) for days in range(rig.profile.flats.window_days + 1)]
    return unit.list(FlatSet, profile_id=rig.profile.id, night=nights, state=FlatSetState.COMPLETE)


def _rig_of(profile: Profile) -> FlatRig:
    return FlatRig(
        filters=tuple(profile.filters) or None,
        has_rotator=profile.has_rotator,
        max_brightness=profile.panel_max_brightness or _ANY_LEVEL,
    )


def _set_row(item: PlannedSet, *, overhead_s: float) -> dict[str, Any]:
    take = item.take
    return {
        **_spec_row(take.spec),
        "brightness": take.brightness,
        "exposure_s": take.exposure_s,
        "target_adu": take.target_adu,
        "wanted": take.wanted,
        "frames": len(take.missing),
        "resumes": take.resumes or None,
        "estimate_s": round(steps_s([*item.moves, take], frame_overhead_s=overhead_s), 1),
        "note": take.note,
        "sessions": [
            {
                "project": session.project_name,
                "target": session.target_name,
                "session_date": session.session_date.isoformat(),
                "session_id": session.session_id,
                "lights": len(session.image_ids),
            }
            for session in take.sessions
        ],
    }


def _skipped_row(item: FlatSetReport, *, untrained: Collection[FlatSpec]) -> dict[str, Any]:
    return {
        **_spec_row(item.spec),
        "reason": item.reason,
        "training": training_command(item.spec) if item.spec in untrained else None,
        "sessions": list(item.sessions),
    }


def _spec_row(spec: FlatSpec) -> dict[str, Any]:
    return {
        "filter": spec.filter_name,
        "gain": spec.gain,
        "offset": spec.offset,
        "binning": spec.binning,
        "readout_mode": spec.readout_mode,
        "rotation_deg": spec.rotation_deg,
        "roi_percent": spec.roi_percent,
        "temperature_c": spec.temperature_c,
    }
