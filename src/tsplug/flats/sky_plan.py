"""Plans sky flats: which sets, for which sessions, and which cannot be taken; the sky decides how they are exposed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tsplug.flats.resume import StartedSet, missing_numbers, resumable_sky
from tsplug.flats.steps import TakeFrames
from tsplug.model import FlatInstruction, FlatSetReport, FlatsPreferences, FlatsType, LightSession, Value


class SkyPlan(Value):
    """Sets in the order of their sessions, and what is skipped, each with its reason."""

    takes: tuple[TakeFrames, ...] = ()
    skipped: tuple[FlatSetReport, ...] = ()

    def without_angles(self, reason: str) -> SkyPlan:
        """Return the plan without the sets that need a rotator, which are skipped for a reason."""
        turned = [take for take in self.takes if take.spec.rotation_deg is not None]
        kept = tuple(take for take in self.takes if take.spec.rotation_deg is None)
        return SkyPlan(takes=kept, skipped=(*self.skipped, *(_skipped(take, reason) for take in turned)))


def plan_sky(
    sessions: Iterable[LightSession],
    instruction: FlatInstruction,
    *,
    preferences: FlatsPreferences,
    filters: Sequence[str] | None,
    started: Iterable[StartedSet] = (),
) -> SkyPlan:
    """Return the sets of sky flats that due sessions need; sessions of one spec share a set.

    Args:
        sessions: the due sessions, their angles in rotation classes.
        instruction: what is asked for.
        preferences: the profile's.
        filters: the names in the wheel, None without one.
        started: the sets begun this night, sky flats among them.
    """
    groups: dict[object, list[LightSession]] = {}
    for session in sorted(sessions, key=lambda each: (each.session_date, each.target_name, each.target_id)):
        groups.setdefault(session.spec, []).append(session)
    takes, skipped, unused = [], [], list(started)
    for group in groups.values():
        begun = resumable_sky(group[0].spec, started=unused, tolerance_deg=preferences.rotation_tolerance_deg)
        unused = [item for item in unused if item is not begun]
        take = _take(group, instruction.count or preferences.count, begun=begun)
        name = take.spec.filter_name
        if filters is None:
            skipped.append(_skipped(take, f"no filter wheel is connected to select {name}: connect it"))
        elif name not in filters:
            skipped.append(_skipped(take, f"filter {name} is not in the wheel ({', '.join(filters)})"))
        else:
            takes.append(take)
    return SkyPlan(takes=tuple(takes), skipped=tuple(skipped))


def _take(group: Sequence[LightSession], count: int, *, begun: StartedSet | None) -> TakeFrames:
    return TakeFrames(
        spec=group[0].spec if begun is None else begun.flat_set.spec,
        brightness=0,
        exposure_s=0.0,
        target_adu=None,
        wanted=count,
        missing=missing_numbers(count, () if begun is None else begun.on_disk),
        sessions=tuple(group),
        resumes="" if begun is None else begun.flat_set.guid,
        flats_type=FlatsType.SKY,
    )


def _skipped(take: TakeFrames, reason: str) -> FlatSetReport:
    return FlatSetReport(
        flats_type=FlatsType.SKY,
        spec=take.spec,
        sessions=take.session_names,
        wanted=take.wanted,
        on_disk=take.wanted - len(take.missing),
        reason=reason,
    )
