"""Which trained setting lights the panel for a flat spec."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tsplug.model import FlatSpec, TrainedFlat


@dataclass(frozen=True)
class TrainingMatch:
    """A trained setting; ``fallback`` says how it differs from the spec, empty for an exact match."""

    training: TrainedFlat
    fallback: str = ""


_Accepts = Callable[[TrainedFlat, FlatSpec], bool]

_EXACT: tuple[tuple[str, _Accepts], ...] = (
    ("", lambda row, spec: row.gain == spec.gain and row.offset == spec.offset),
)
_FALLBACKS: tuple[tuple[str, _Accepts], ...] = (
    ("trained with the camera's default gain", lambda row, spec: row.gain is None and row.offset == spec.offset),
    ("trained with the camera's default offset", lambda row, spec: row.gain == spec.gain and row.offset is None),
    ("trained with the camera's default gain and offset", lambda row, spec: row.gain is None and row.offset is None),
    ("trained with another gain or offset", lambda row, spec: True),
)


def find_training(spec: FlatSpec, trained: Iterable[TrainedFlat], *, fallbacks: bool = False) -> TrainingMatch | None:
    """Return the trained setting for a spec, or None.

    Filter, gain, offset and binning must be equal, and the readout mode equal or not trained. Of several, one trained
    in this readout mode goes first, then the latest. Fallbacks (domain 3.9) loosen gain and offset, in that order;
    flats are always taken with the lights' gain and offset, so only their level is in doubt, and that is measured.

    Args:
        spec: what the flats must match.
        trained: the profile's trained settings.
        fallbacks: whether the profile allows a setting trained with other gain or offset.
    """
    near = [
        row
        for row in trained
        if row.filter_name == spec.filter_name
        and row.binning == spec.binning
        and row.readout_mode in (None, spec.readout_mode)
    ]
    near.sort(key=lambda row: (row.readout_mode is None, -row.trained_at.timestamp()))
    for fallback, accepts in (*_EXACT, *(_FALLBACKS if fallbacks else ())):
        for row in near:
            if accepts(row, spec):
                return TrainingMatch(row, fallback)
    return None


def describe(spec: FlatSpec) -> str:
    """Return a spec's camera settings in words, as a training would have to name them."""
    settings = [f"filter {spec.filter_name}"]
    settings.append(f"gain {_or_default(spec.gain)}")
    settings.append(f"offset {_or_default(spec.offset)}")
    settings.append(f"binning {spec.binning}x{spec.binning}")
    settings.append(f"readout mode {_or_default(spec.readout_mode)}")
    return ", ".join(settings)


def _or_default(setting: int | None) -> str:
    return "camera default" if setting is None else str(setting)
