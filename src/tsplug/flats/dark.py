"""Dark flats: which a night's flats still lack, so that what their camera adds without light can be taken off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tsplug.flats.level import rounded_s
from tsplug.flats.resume import missing_numbers
from tsplug.flats.steps import TakeFrames
from tsplug.model import FlatSet, FlatSpec, FlatsType, LightSession

_Settings = tuple[object, ...]


@dataclass(frozen=True)
class DarkNeed:
    """A complete set of panel flats, the sessions it serves, and an unfinished set of dark flats like it, if any.

    ``on_disk`` are the numbers of that set's frames.
    """

    flat_set: FlatSet
    sessions: tuple[LightSession, ...]
    begun: FlatSet | None = None
    on_disk: frozenset[int] = frozenset()


def dark_key(flats: FlatSet | TakeFrames) -> _Settings:
    """Return what flats and their dark flats share: camera settings and exposure, neither filter nor angle."""
    spec = flats.spec
    settings = (spec.gain, spec.offset, spec.binning, spec.readout_mode, spec.roi_percent)
    return (*settings, rounded_s(flats.exposure_s))


def dark_sets(needs: Iterable[DarkNeed], *, count: int) -> tuple[TakeFrames, ...]:
    """Return the sets of dark flats that flats need, one for all that share settings and exposure, shortest first."""
    groups: dict[_Settings, list[DarkNeed]] = {}
    for need in needs:
        groups.setdefault(dark_key(need.flat_set), []).append(need)
    takes = [_take(group, count) for group in groups.values()]
    return tuple(sorted(takes, key=lambda take: take.exposure_s))


def foreseen_dark(owed: Iterable[TakeFrames], planned: Iterable[TakeFrames], *, count: int) -> tuple[TakeFrames, ...]:
    """Return the sets of dark flats that a run would end with: those that are owed, and those of its own panel flats.

    Args:
        owed: what earlier sets of the night still lack, as `dark_sets` gives it.
        planned: the sets of panel flats that the run would take, at the exposures it begins with.
        count: frames a set.
    """
    found = {dark_key(take): take for take in owed}
    for take in planned:
        key = dark_key(take)
        if key in found:
            found[key] = found[key].model_copy(update={"sessions": (*found[key].sessions, *take.sessions)})
        else:
            found[key] = _new_take(take.spec, exposure_s=take.exposure_s, count=count, sessions=take.sessions)
    return tuple(sorted(found.values(), key=lambda take: take.exposure_s))


def _take(group: Sequence[DarkNeed], count: int) -> TakeFrames:
    first = group[0]
    sessions = tuple(session for need in group for session in need.sessions)
    take = _new_take(first.flat_set.spec, exposure_s=first.flat_set.exposure_s, count=count, sessions=sessions)
    if first.begun is None:
        return take
    return take.model_copy(
        update={"missing": missing_numbers(count, first.on_disk), "resumes": first.begun.guid},
    )


def _new_take(spec: FlatSpec, *, exposure_s: float, count: int, sessions: tuple[LightSession, ...]) -> TakeFrames:
    return TakeFrames(
        # No light, no filter: what is in the wheel is no property of these frames.
        spec=spec.model_copy(update={"rotation_deg": None, "filter_name": ""}),
        brightness=0,
        exposure_s=rounded_s(exposure_s),
        target_adu=None,
        wanted=count,
        missing=missing_numbers(count, frozenset()),
        sessions=sessions,
        flats_type=FlatsType.DARK,
    )
