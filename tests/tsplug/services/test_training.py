"""Trained panel settings: list, add, replace, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tsplug.errors import InputError, NotFoundError
from tsplug.model import Profile, TrainedFlat
from tsplug.services.training import NewTraining, add_training, delete_training, list_training

if TYPE_CHECKING:
    from conftest import FlatsRig

pytestmark = pytest.mark.both_databases


def added(rig: FlatsRig, **changes: Any) -> dict[str, Any]:
    """Add a training to the rig's profile."""
    given: dict[str, Any] = {"filter_name": "Ha", "gain": 7, "brightness": 90, "exposure_s": 2.5} | changes
    return add_training(NewTraining(**given), rig.store, profile=rig.all(Profile)[0], clock=rig.clock)


def test_a_training_is_added_and_listed_in_the_order_of_the_wheel(flats_rig: FlatsRig) -> None:
    """What is added is listed with its filter's others; filters come as they stand in the wheel."""
    row = added(flats_rig, target_adu=30_000.0)
    assert (row["gain"], row["offset"], row["readout_mode"], row["replaced"]) == (7, None, None, False)
    profile = flats_rig.all(Profile)[0]
    listed = list_training(flats_rig.store, profile)
    assert [each["filter"] for each in listed] == ["L", "R", "G", "B", "Ha", "Ha"]
    assert row.items() >= listed[-2].items()
    assert [each["id"] for each in list_training(flats_rig.store, profile, filter_name="L")] == [listed[0]["id"]]


def test_the_same_setting_is_trained_once(flats_rig: FlatsRig) -> None:
    """A training of the same filter, gain, offset, binning and readout mode takes the place of the one before."""
    first, again = added(flats_rig), added(flats_rig, exposure_s=3.5)
    assert (again["id"], again["replaced"], again["exposure_s"]) == (first["id"], True, 3.5)
    assert len(flats_rig.all(TrainedFlat)) == 6
    assert added(flats_rig, readout_mode=1)["replaced"] is False


def test_a_bias_outlives_a_new_level(flats_rig: FlatsRig) -> None:
    """A setting that replaces another keeps the bias that was trained, for none is given by hand."""
    added(flats_rig)
    flats_rig.change(TrainedFlat, bias_adu=512.0)
    again = added(flats_rig, brightness=120)
    assert (again["replaced"], again["brightness"], again["bias_adu"]) == (True, 120, 512.0)
    assert added(flats_rig, bias_adu=300.0)["bias_adu"] == 300.0


def test_all_that_is_wrong_is_told_at_once(flats_rig: FlatsRig) -> None:
    """A filter that the wheel has not, a level beyond the panel's and an unknown readout mode are refused together."""
    flats_rig.change(Profile, readout_modes=["Low Noise"])
    with pytest.raises(InputError, match="not in the wheel") as error:
        added(flats_rig, filter_name="OIII", brightness=900, readout_mode=1)
    assert "brightness must be within 0 to 255, the panel's range, not 900" in str(error.value)
    assert "readout mode 1 is none of the camera's (0 Low Noise)" in str(error.value)
    assert len(flats_rig.all(TrainedFlat)) == 5


def test_deleting_is_all_or_nothing(flats_rig: FlatsRig) -> None:
    """Settings are deleted by id; where one is unknown none goes."""
    profile = flats_rig.all(Profile)[0]
    with pytest.raises(NotFoundError, match="has no training 99"):
        delete_training(flats_rig.store, [1, 99], profile=profile)
    assert [row["filter"] for row in delete_training(flats_rig.store, [2, 1, 2], profile=profile)] == ["R", "L"]
    assert [row.filter_name for row in flats_rig.all(TrainedFlat)] == ["G", "B", "Ha"]


def test_a_skipped_set_asks_for_the_training_that_then_serves_it(flats_rig: FlatsRig) -> None:
    """A training saved with the camera's default gain does not fit; the one that the report names does."""
    flats_rig.change(TrainedFlat, gain=None)
    flats_rig.light("M 42", "Ha")
    flats_rig.light("M 42", "L", gain=100)
    report = flats_rig.run()
    assert report.taken == ()
    command = "tsplug training add Ha --gain 200 --offset 30 --binning 1 --readout-mode 0"
    assert f"`{command} --brightness LEVEL --exposure SECONDS`" in report.skipped[1].reason
    added(flats_rig, gain=200, offset=30, readout_mode=0, brightness=120, exposure_s=6.0)
    assert [item.spec.filter_name for item in flats_rig.run().taken] == ["Ha"]
