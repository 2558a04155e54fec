"""The trained panel settings of a profile: list, add, delete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from tsplug.errors import InputError, NotFoundError
from tsplug.model import Profile, TrainedFlat, Value
from tsplug.ports import Clock, Store, Unit
from tsplug.services.catalogue_checks import training_conflicts

_KEY = ("profile_id", "filter_name", "gain", "offset", "binning", "readout_mode")


class NewTraining(Value):
    """A panel setting as it is given: for which camera setting, how bright, how long, and what level that gives.

    Gain, offset None are the camera's default; readout mode None is any. ``bias_adu`` is the part of the level that
    no light makes.
    """

    filter_name: str = Field(min_length=1)
    gain: int | None = Field(default=None, ge=0)
    offset: int | None = Field(default=None, ge=0)
    binning: int = Field(default=1, ge=1, le=16)
    readout_mode: int | None = Field(default=None, ge=0)
    brightness: int = Field(ge=0)
    exposure_s: float = Field(gt=0)
    target_adu: float | None = Field(default=None, gt=0)
    bias_adu: float | None = Field(default=None, ge=0)


def list_training(store: Store, profile: Profile, *, filter_name: str = "") -> list[dict[str, Any]]:
    """Return the trained settings of a profile, in the order of its wheel, then by camera setting.

    Args:
        store: where they are kept.
        profile: whose panel.
        filter_name: the filter whose settings are wanted; all if empty.

    Raises:
        NotFoundError: neither the profile nor one of its settings has this filter.
    """
    with store.read() as unit:
        rows = unit.list(TrainedFlat, profile_id=profile.id)
    if filter_name:
        known = dict.fromkeys([*profile.filters, *(row.filter_name for row in rows)])
        if filter_name not in known:
            there = ", ".join(known) or "none"
            raise NotFoundError(f"profile {profile.name!r} has no filter {filter_name!r}; there are: {there}")
        rows = [row for row in rows if row.filter_name == filter_name]
    slots = {name: slot for slot, name in enumerate(profile.filters)}
    rows.sort(key=lambda row: (slots.get(row.filter_name, len(slots)), row.filter_name, *_order(row)))
    return [training_row(row, profile) for row in rows]


def add_training(given: NewTraining, store: Store, *, profile: Profile, clock: Clock) -> dict[str, Any]:
    """Store a trained setting and return its row; one of the same camera setting is replaced, and ``replaced`` says so.

    Raises:
        InputError: the profile's wheel, camera or panel has no such filter, readout mode or level; all at once.
    """
    training = TrainedFlat(profile_id=profile.id or 0, **given.model_dump(), trained_at=clock.now())
    problems = list(_problems(training, profile))
    if problems:
        raise InputError("; ".join(problems))
    with store.write() as unit:
        kept, replaced = save_training(unit, training)
    return training_row(kept, profile) | {"replaced": replaced}


def save_training(unit: Unit, training: TrainedFlat) -> tuple[TrainedFlat, bool]:
    """Store a trained setting in the place of those of the same camera setting; return it, and whether there were any.

    Of several that were there, which no command makes, one is left. The bias stays where none is given, for it is the
    camera's and no matter of the panel.
    """
    same = unit.list(TrainedFlat, **{name: getattr(training, name) for name in _KEY})
    if not same:
        return unit.add(training), False
    bias_adu = same[0].bias_adu if training.bias_adu is None else training.bias_adu
    kept = training.model_copy(update={"id": same[0].id, "bias_adu": bias_adu})
    unit.update(kept)
    for other in same[1:]:
        unit.delete(other)
    return kept, True


def delete_training(store: Store, ids: Sequence[int], *, profile: Profile) -> list[dict[str, Any]]:
    """Remove trained settings of a profile by id and return their rows; all or none.

    Raises:
        NotFoundError: the profile has no setting of one of the ids.
    """
    with store.write() as unit:
        rows = _named(unit, ids, profile=profile)
        for row in rows:
            unit.delete(row)
    return [training_row(row, profile) for row in rows]


def training_of(store: Store, ids: Sequence[int], *, profile: Profile) -> list[dict[str, Any]]:
    """Return the rows of trained settings of a profile by id: those that `delete_training` would remove.

    Raises:
        NotFoundError: the profile has no setting of one of the ids.
    """
    with store.read() as unit:
        return [training_row(row, profile) for row in _named(unit, ids, profile=profile)]


def _named(unit: Unit, ids: Sequence[int], *, profile: Profile) -> list[TrainedFlat]:
    wanted = list(dict.fromkeys(ids))
    found = {row.id: row for row in unit.list(TrainedFlat, profile_id=profile.id, id=wanted)}
    unknown = [str(key) for key in wanted if key not in found]
    if unknown:
        raise NotFoundError(
            f"profile {profile.name!r} has no training {', '.join(unknown)}; list them with: tsplug training list"
        )
    return [found[key] for key in wanted]


def training_row(row: TrainedFlat, profile: Profile) -> dict[str, Any]:
    """Return a trained setting as a JSON-ready dictionary."""
    return {
        "id": row.id,
        "profile": profile.name,
        "filter": row.filter_name,
        "gain": row.gain,
        "offset": row.offset,
        "binning": row.binning,
        "readout_mode": row.readout_mode,
        "brightness": row.brightness,
        "exposure_s": row.exposure_s,
        "target_adu": row.target_adu,
        "bias_adu": row.bias_adu,
        "trained_at": row.trained_at.isoformat(),
    }


def _order(row: TrainedFlat) -> tuple[int, ...]:
    return tuple(
        -1 if value is None else value for value in (row.binning, row.gain, row.offset, row.readout_mode, row.id)
    )


def _problems(training: TrainedFlat, profile: Profile) -> Iterator[str]:
    if profile.filters and training.filter_name not in profile.filters:
        yield f"filter {training.filter_name!r} is not in the wheel of {profile.name!r} ({', '.join(profile.filters)})"
    for key, message in training_conflicts(training, profile):
        yield f"{key.replace('_', ' ')} {message}"
