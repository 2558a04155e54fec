"""Interrupted flat sets: which one a planned set may continue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tsplug.model import FlatSet, FlatSetState, FlatSpec, FlatsType, TrainedFlat
from tsplug.model.angles import same_rotation

_UNFINISHED = (FlatSetState.RUNNING, FlatSetState.INTERRUPTED)


@dataclass(frozen=True)
class StartedSet:
    """A flat set of this night with the numbers of its frames that are on disk."""

    flat_set: FlatSet
    on_disk: frozenset[int]


def resumable(
    spec: FlatSpec, training: TrainedFlat, *, started: Sequence[StartedSet], tolerance_deg: float
) -> StartedSet | None:
    """Return an unfinished set of this night that a planned set continues, or None.

    Spec (angles within the tolerance), brightness and exposure must be those wanted now. Another exposure is right only
    where a set at the trained one was flagged in the same night, at whatever angle, so that the exposure was corrected.
    """
    begun = [
        item.flat_set
        for item in started
        if item.flat_set.flats_type is FlatsType.PANEL
        and _unturned(item.flat_set.spec) == _unturned(spec)
        and item.flat_set.brightness == training.brightness
    ]
    corrected = any(each.state is FlatSetState.FLAGGED and each.exposure_s == training.exposure_s for each in begun)
    for item in started:
        flat_set = item.flat_set
        fits = any(each is flat_set for each in begun) and flat_set.state in _UNFINISHED
        turned = same_rotation(flat_set.rotation_deg, spec.rotation_deg, tolerance_deg=tolerance_deg)
        if fits and turned and (corrected or flat_set.exposure_s == training.exposure_s):
            return item
    return None


def resumable_sky(spec: FlatSpec, *, started: Iterable[StartedSet], tolerance_deg: float) -> StartedSet | None:
    """Return an unfinished set of sky flats of this night that a set for a spec continues, or None.

    Each of its frames has an exposure of its own, so the spec alone must be the same, angles within the tolerance.
    """
    for item in started:
        flat_set = item.flat_set
        is_begun = flat_set.flats_type is FlatsType.SKY and flat_set.state in _UNFINISHED
        if is_begun and _same_settings(flat_set.spec, spec, tolerance_deg=tolerance_deg):
            return item
    return None


def missing_numbers(wanted: int, on_disk: Iterable[int]) -> tuple[int, ...]:
    """Return the numbers of the frames still to take: none if there are enough, the lowest free ones otherwise."""
    present = set(on_disk)
    free = [number for number in range(1, wanted + len(present) + 1) if number not in present]
    return tuple(free[: max(0, wanted - len(present))])


def without(started: Sequence[StartedSet], used: StartedSet | None) -> list[StartedSet]:
    """Return the sets that are left once one has been used."""
    return [item for item in started if item is not used]


def _same_settings(one: FlatSpec, other: FlatSpec, *, tolerance_deg: float) -> bool:
    turned = same_rotation(one.rotation_deg, other.rotation_deg, tolerance_deg=tolerance_deg)
    return turned and _unturned(one) == _unturned(other)


def _unturned(spec: FlatSpec) -> FlatSpec:
    return spec.model_copy(update={"rotation_deg": None})
