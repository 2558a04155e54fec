"""What this night's sets tell of a panel setting: the exposure that the training has wrong, and when to give it up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tsplug.flats.resume import StartedSet
from tsplug.model import FlatSet, FlatSetState, FlatSpec, FlatsType
from tsplug.model.angles import same_rotation

Lit = tuple[FlatSpec, int, float]
"""What the level of a set depends on: camera settings and filter, the panel's brightness, the exposure in seconds."""


def lit(spec: FlatSpec, *, brightness: int, exposure_s: float) -> Lit:
    """Return what the level of a set depends on: what is wrong with it is wrong at every angle."""
    return _unturned(spec), brightness, exposure_s


def corrections_of(started: Iterable[StartedSet]) -> dict[Lit, float]:
    """Return by which exposure, in seconds, a night's sets replaced one that was found wrong.

    A set was flagged at the one exposure, and a later one of the same settings and brightness, whatever its angle, is
    complete at the other, or has frames, the first of which was right. The latest one counts.
    """
    ordered = sorted(
        (item for item in started if item.flat_set.flats_type is FlatsType.PANEL),
        key=lambda item: (item.flat_set.started, item.flat_set.id or 0),
    )
    found: dict[Lit, float] = {}
    flagged: dict[tuple[FlatSpec, int], set[float]] = {}
    for item in ordered:
        flat_set = item.flat_set
        setting = (_unturned(flat_set.spec), flat_set.brightness)
        if flat_set.state is FlatSetState.FLAGGED:
            flagged.setdefault(setting, set()).add(flat_set.exposure_s)
        elif _held(item):
            found |= {(*setting, wrong_s): flat_set.exposure_s for wrong_s in flagged.get(setting, ())}
    return {key: exposure_s for key, exposure_s in found.items() if key[-1] != exposure_s}


def flagged_in_a_row(sets: Sequence[FlatSet], spec: FlatSpec, *, tolerance_deg: float) -> int:
    """Return how many panel sets of a spec were flagged since one of its settings, at whatever angle, was complete.

    Args:
        sets: a night's sets, oldest first.
        spec: which sets are counted, their angles within the tolerance.
        tolerance_deg: how far angles may be apart.
    """
    count = 0
    for flat_set in sets:
        # What a cloud has done to sky flats says nothing of the panel.
        if flat_set.flats_type is not FlatsType.PANEL or _unturned(flat_set.spec) != _unturned(spec):
            continue
        if flat_set.state is FlatSetState.COMPLETE:
            count = 0
        turned = same_rotation(flat_set.rotation_deg, spec.rotation_deg, tolerance_deg=tolerance_deg)
        count += flat_set.state is FlatSetState.FLAGGED and turned
    return count


def _held(item: StartedSet) -> bool:
    unfinished = item.flat_set.state in (FlatSetState.RUNNING, FlatSetState.INTERRUPTED)
    return item.flat_set.state is FlatSetState.COMPLETE or (unfinished and bool(item.on_disk))


def _unturned(spec: FlatSpec) -> FlatSpec:
    return spec.model_copy(update={"rotation_deg": None, "temperature_c": None})
