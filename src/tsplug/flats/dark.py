"""Dark flats: which a night's flats still lack, so that what their camera adds without light can be taken off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tsplug.flats.level import rounded_s
from tsplug.flats.resume import missing_numbers
from tsplug.flats.steps import TakeFrames
from tsplug.model import FlatSet, FlatsType, LightSession

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


def dark_key(flat_set: FlatSet) -> _Settings:
    """Return what flats and their dark flats share: camera settings and exposure, neither filter nor angle."""
    settings = (flat_set.gain, flat_set.offset, flat_set.binning, flat_set.readout_mode, flat_set.roi_percent)
    return (*settings, rounded_s(flat_set.exposure_s))


def dark_sets(needs: Iterable[DarkNeed], *, count: int) -> tuple[TakeFrames, ...]:
    """Return the sets of dark flats that flats need, one for all that share settings and exposure, shortest first."""
    groups: dict[_Settings, list[DarkNeed]] = {}
    for need in needs:
        groups.setdefault(dark_key(need.flat_set), []).append(need)
    takes = [_take(group, count) for group in groups.values()]
    return tuple(sorted(takes, key=lambda take: take.exposure_s))


def _take(group: Sequence[DarkNeed], count: int) -> TakeFrames:
    first = group[0]
    return TakeFrames(
        # No light, no filter: what is in the wheel is no property of these frames.
        spec=first.flat_set.spec.model_copy(update={"rotation_deg": None, "filter_name": ""}),
        brightness=0,
        exposure_s=rounded_s(first.flat_set.exposure_s),
        target_adu=None,
        wanted=count,
        missing=missing_numbers(count, first.on_disk),
        sessions=tuple(session for need in group for session in need.sessions),
        resumes="" if first.begun is None else first.begun.guid,
        flats_type=FlatsType.DARK,
    )
