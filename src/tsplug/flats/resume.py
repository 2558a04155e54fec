"""Interrupted flat sets: which one a planned set may continue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tsplug.model import FlatSet, FlatSetState, FlatSpec, FlatsType, TrainedFlat
from tsplug.model.angles import same_rotation


@dataclass(frozen=True)
class StartedSet:
    """A flat set of this night with the numbers of its frames that are on disk."""

    flat_set: FlatSet
    on_disk: frozenset[int]


def resumable(
    spec: FlatSpec, training: TrainedFlat, *, started: Iterable[StartedSet], tolerance_deg: float
) -> StartedSet | None:
    """Return an unfinished set of this night that a planned set continues, or None.

    Spec (angles within the tolerance), brightness and exposure must be those wanted now. Another exposure is right only
    where a set at the trained one was flagged in the same night, so that the exposure was corrected.
    """
    alike = [
        item
        for item in started
        if item.flat_set.flats_type is FlatsType.PANEL
        and _same_settings(item.flat_set.spec, spec, tolerance_deg=tolerance_deg)
        and item.flat_set.brightness == training.brightness
    ]
    corrected = any(
        item.flat_set.state is FlatSetState.FLAGGED and item.flat_set.exposure_s == training.exposure_s
        for item in alike
    )
    unfinished = (FlatSetState.RUNNING, FlatSetState.INTERRUPTED)
    for item in alike:
        if item.flat_set.state in unfinished and (corrected or item.flat_set.exposure_s == training.exposure_s):
            return item
    return None


def resumable_sky(spec: FlatSpec, *, started: Iterable[StartedSet], tolerance_deg: float) -> StartedSet | None:
    """Return an unfinished set of sky flats of this night that a set for a spec continues, or None.

    Each of its frames has an exposure of its own, so the spec alone must be the same, angles within the tolerance.
    """
    unfinished = (FlatSetState.RUNNING, FlatSetState.INTERRUPTED)
    for item in started:
        flat_set = item.flat_set
        is_begun = flat_set.flats_type is FlatsType.SKY and flat_set.state in unfinished
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
    return one.model_copy(update={"rotation_deg": None}) == other.model_copy(
        update={"rotation_deg": None}
    ) and same_rotation(one.rotation_deg, other.rotation_deg, tolerance_deg=tolerance_deg)
