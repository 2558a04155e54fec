"""Which trained setting lights the panel for a flat spec."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tsplug.flats.training import describe, find_training, missing_training, preferred_training
from tsplug.model import FlatSpec, FlatsPreferences, TrainedFlat

SPEC = FlatSpec(filter_name="L", gain=100, offset=30, binning=1, readout_mode=1, roi_percent=100.0, rotation_deg=None)


def trained(brightness: int = 1, **changes: Any) -> TrainedFlat:
    """Return a training that fits the spec, known by its brightness."""
    fields: dict[str, Any] = {
        "profile_id": 1,
        "filter_name": "L",
        "gain": 100,
        "offset": 30,
        "binning": 1,
        "readout_mode": 1,
        "brightness": brightness,
        "exposure_s": 1.0,
        "trained_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return TrainedFlat(**(fields | changes))


@pytest.mark.parametrize(
    "change",
    [{"filter_name": "R"}, {"gain": 101}, {"gain": None}, {"offset": None}, {"binning": 2}, {"readout_mode": 0}],
)
def test_the_match_is_exact(change: dict[str, Any]) -> None:
    """A training with any other setting, the camera's default included, does not fit."""
    assert find_training(SPEC, [trained(**change)]) is None
    assert find_training(SPEC, [trained()]) is not None


def test_a_readout_mode_may_be_left_open() -> None:
    """A training for any readout mode fits; one for this mode goes first, then the latest."""
    late = datetime(2026, 2, 1, tzinfo=UTC)
    any_mode = trained(1, readout_mode=None, trained_at=late)
    assert find_training(SPEC, [any_mode]) is not None
    match = find_training(SPEC, [any_mode, trained(2), trained(3, trained_at=late)])
    assert match is not None
    assert (match.training.brightness, match.fallback) == (3, "")


def test_fallbacks_are_asked_for_and_named() -> None:
    """With fallbacks allowed gain, then offset, then both may be the default; the match says which.

    Any other gain or offset is a matter of its own (domain 3.9, step 5): without being asked for it never fits.
    """
    rows = [
        trained(5, gain=7),
        trained(4, gain=None, offset=None),
        trained(3, offset=None),
        trained(2, gain=None),
        trained(1),
    ]
    found = []
    while rows:
        match = find_training(SPEC, rows, fallbacks=True, any_setting=True)
        assert match is not None
        found.append((match.training.brightness, match.fallback.removeprefix("trained with ")))
        rows.remove(match.training)
    assert found == [
        (1, ""),
        (2, "the camera's default gain"),
        (3, "the camera's default offset"),
        (4, "the camera's default gain and offset"),
        (5, "another gain or offset"),
    ]


def test_another_gain_is_never_taken_unasked() -> None:
    """Flats at a wrong level do not come of a fallback to the default: the fifth step is asked for by its own name."""
    assert find_training(SPEC, [trained(gain=7)], fallbacks=True) is None
    assert preferred_training(SPEC, [trained(gain=7)], preferences=FlatsPreferences(trained_fallbacks=True)) is None
    found = preferred_training(SPEC, [trained(gain=7)], preferences=FlatsPreferences(trained_any=True))
    assert found is not None
    assert found.fallback == "trained with another gain or offset"


def test_fallbacks_never_change_filter_or_binning() -> None:
    """A fallback is of the same filter and binning."""
    assert find_training(SPEC, [trained(filter_name="R"), trained(binning=2)], fallbacks=True) is None


def test_a_spec_is_described_as_training_names_it() -> None:
    """The description names every setting that a training must have."""
    assert describe(SPEC) == "filter L, gain 100, offset 30, binning 1x1, readout mode 1"
    assert "gain camera default" in describe(SPEC.model_copy(update={"gain": None}))


def test_a_missing_training_comes_with_its_command() -> None:
    """What is said of a spec without training ends in the command that adds it, names quoted for the shell."""
    spec = SPEC.model_copy(update={"filter_name": "Dual band", "offset": None})
    said = missing_training(spec)
    assert "no training for filter Dual band, gain 100, offset camera default" in said
    command = "tsplug training add 'Dual band' --gain 100 --binning 1 --readout-mode 1"
    assert said.endswith(f"`{command} --brightness LEVEL --exposure SECONDS`")
