"""Which trained setting lights the panel for a flat spec, and how to ask for one that is missing."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tsplug.model import FlatSpec, FlatsPreferences, TrainedFlat


@dataclass(frozen=True)
class TrainingMatch:
    """A trained setting; ``fallback`` says how it differs from the spec, empty for an exact match."""

    training: TrainedFlat
    fallback: str = ""


_Accepts = Callable[[TrainedFlat, FlatSpec], bool]
_Step = tuple[str, _Accepts]

_EXACT: tuple[_Step, ...] = (("", lambda row, spec: row.gain == spec.gain and row.offset == spec.offset),)
_DEFAULTS: tuple[_Step, ...] = (
    ("trained with the camera's default gain", lambda row, spec: row.gain is None and row.offset == spec.offset),
    ("trained with the camera's default offset", lambda row, spec: row.gain == spec.gain and row.offset is None),
    ("trained with the camera's default gain and offset", lambda row, spec: row.gain is None and row.offset is None),
)
_ANY: tuple[_Step, ...] = (("trained with another gain or offset", lambda row, spec: True),)


def find_training(
    spec: FlatSpec, trained: Iterable[TrainedFlat], *, fallbacks: bool = False, any_setting: bool = False
) -> TrainingMatch | None:
    """Return the trained setting for a spec, or None.

    Filter, gain, offset and binning must be equal, and the readout mode equal or not trained. Of several, one trained
    in this readout mode goes first, then the latest. Fallbacks (domain 3.9) loosen gain and offset, in that order;
    flats are always taken with the lights' gain and offset, so only their level is in doubt, and that is measured.

    Args:
        spec: what the flats must match.
        trained: the profile's trained settings.
        fallbacks: whether a setting trained with the camera's default gain or offset will do.
        any_setting: whether in the end one trained with any gain and offset will do.
    """
    near = [
        row
        for row in trained
        if row.filter_name == spec.filter_name
        and row.binning == spec.binning
        and row.readout_mode in (None, spec.readout_mode)
    ]
    near.sort(key=lambda row: (row.readout_mode is None, -row.trained_at.timestamp()))
    for fallback, accepts in (*_EXACT, *(_DEFAULTS if fallbacks else ()), *(_ANY if any_setting else ())):
        for row in near:
            if accepts(row, spec):
                return TrainingMatch(row, fallback)
    return None


def preferred_training(
    spec: FlatSpec, trained: Iterable[TrainedFlat], *, preferences: FlatsPreferences
) -> TrainingMatch | None:
    """Return the trained setting for a spec, with the fallbacks that a profile allows, or None."""
    return find_training(spec, trained, fallbacks=preferences.trained_fallbacks, any_setting=preferences.trained_any)


def describe(spec: FlatSpec) -> str:
    """Return a spec's camera settings in words, as a training would have to name them."""
    settings = [f"filter {spec.filter_name}"]
    settings.append(f"gain {_or_default(spec.gain)}")
    settings.append(f"offset {_or_default(spec.offset)}")
    settings.append(f"binning {spec.binning}x{spec.binning}")
    settings.append(f"readout mode {_or_default(spec.readout_mode)}")
    return ", ".join(settings)


def missing_training(spec: FlatSpec) -> str:
    """Return what is said of a spec that no training fits: which one is needed, and the command that adds it."""
    return f"no training for {describe(spec)}: train the panel for it, or `{training_command(spec)}`"


def training_command(spec: FlatSpec) -> str:
    """Return the command that adds the training of a spec; brightness and exposure are left to fill in."""
    words = ["tsplug", "training", "add", shlex.quote(spec.filter_name)]
    for option, value in (("gain", spec.gain), ("offset", spec.offset)):
        words += [] if value is None else [f"--{option}", str(value)]
    words += ["--binning", str(spec.binning)]
    words += [] if spec.readout_mode is None else ["--readout-mode", str(spec.readout_mode)]
    return " ".join([*words, "--brightness", "LEVEL", "--exposure", "SECONDS"])


def _or_default(setting: int | None) -> str:
    return "camera default" if setting is None else str(setting)
