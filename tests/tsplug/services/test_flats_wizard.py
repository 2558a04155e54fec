"""The flat wizard on recording devices: what it looks at, what it stores, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tsplug.errors import Cancelled
from tsplug.model import TrainedFlat, TrainingReport, TrainingRequest
from tsplug.ports import CoverState, FrameRequest
from tsplug.services.flats_wizard import train_panel
from tsplug.testing import CountingCancellation

if TYPE_CHECKING:
    from conftest import FlatsRig

LIGHT = {"L": 400.0, "R": 130.0, "G": 130.0, "B": 110.0, "Ha": 6.0}


def train(flats_rig: FlatsRig, **changes: Any) -> TrainingReport:
    """Train on a camera with 900 ADU of bias and a panel that is not proportional to its setting."""

    def level(request: FrameRequest, brightness: int) -> float:
        light = LIGHT[request.filter_name] * brightness**1.3
        return min(65_535.0, 900.0 + request.exposure_s * light)

    flats_rig.devices.frames.level = level
    flats_rig.devices.frames.bias_adu = 900.0
    settings = changes if "needed" in changes else {"gain": 100, "offset": 30, "readout_mode": 0} | changes
    return train_panel(TrainingRequest(profile_guid=flats_rig.profile_guid, **settings), flats_rig.context)


def test_every_filter_of_the_wheel_is_trained(flats_rig: FlatsRig) -> None:
    """Each filter is found within the tolerance and replaces what was trained for the same camera setting."""
    report = train(flats_rig)
    assert [(item.filter_name, item.found) for item in report.results] == [(name, True) for name in LIGHT]
    rows = {row.filter_name: row for row in flats_rig.all(TrainedFlat) if row.gain == 100}
    for item in report.results:
        assert item.adu_median == pytest.approx(65_535 / 2, rel=0.1)
        assert rows[item.filter_name].target_adu == item.adu_median
        assert rows[item.filter_name].bias_adu == 900.0
        assert (rows[item.filter_name].brightness, rows[item.filter_name].exposure_s) == (
            item.brightness,
            item.exposure_s,
        )
    assert [row.filter_name for row in flats_rig.all(TrainedFlat)].count("L") == 1
    assert report.panel_off
    assert report.message == "5 of 5 panel settings found"


def test_it_closes_the_cover_and_ends_dark(flats_rig: FlatsRig) -> None:
    """The cover is closed before the first frame; panel and readout mode end as they should, and nothing is saved."""
    assert flats_rig.devices.camera is not None
    flats_rig.devices.camera.mode = 1
    train(flats_rig, filters=("L",), cover_at_end="open")
    commands = flats_rig.devices.commands
    assert commands[0] == "panel.close_cover"
    assert commands[-3:] == ["panel.light_off", "camera.set_readout_mode 1", "panel.open_cover"]
    assert flats_rig.devices.panel is not None
    assert flats_rig.devices.panel.cover is CoverState.OPEN
    assert flats_rig.devices.frames.requests == []


def test_the_bias_is_looked_at_once_in_the_dark(flats_rig: FlatsRig) -> None:
    """What the camera adds without light is measured once for its settings, with the panel off."""
    train(flats_rig, filters=("L", "R"))
    kinds = [request.kind for request in flats_rig.devices.frames.measured]
    assert kinds.count("DARKFLAT") == 1
    assert kinds[0] == "DARKFLAT"


def test_what_cannot_be_trained_costs_no_other_filter(flats_rig: FlatsRig) -> None:
    """A filter for which the panel is too dim is told with its reason; the others are trained and stored."""
    report = train(flats_rig, filters=("Ha", "L"), maximum_brightness=20, maximum_exposure_s=5.0)
    assert [item.found for item in report.results] == [False, True]
    assert "too dim" in report.results[0].reason
    assert report.message == "1 of 2 panel settings found"


def test_limits_are_kept(flats_rig: FlatsRig) -> None:
    """No frame is looked at beyond the limits of brightness and exposure; the profile's panel range counts too."""
    train(flats_rig, minimum_brightness=5, maximum_brightness=90, minimum_exposure_s=1.0, maximum_exposure_s=4.0)
    lit = [int(word.split()[1]) for word in flats_rig.devices.commands if word.startswith("panel.light_on")]
    assert min(lit) >= 5
    assert max(lit) <= 90
    assert all(1.0 <= each.exposure_s <= 4.0 for each in flats_rig.devices.frames.measured)


def test_what_due_flats_lack_is_trained_on_demand(flats_rig: FlatsRig) -> None:
    """With ``needed`` the settings of due lights that no training fits are trained, and their flats can be taken."""
    flats_rig.light("M 42", "L", gain=77)
    flats_rig.light("M 42", "Ha")
    report = train(flats_rig, needed=True)
    assert [(item.filter_name, item.gain, item.found) for item in report.results] == [("L", 77, True)]
    assert {item.spec.gain for item in flats_rig.run().taken} >= {77}


def test_of_what_is_needed_the_filters_that_are_named_are_trained(flats_rig: FlatsRig) -> None:
    """With ``needed`` the names of filters leave out the others, and a filter that is named twice is trained once."""
    flats_rig.light("M 42", "L", gain=77)
    flats_rig.light("M 42", "Ha", gain=77)
    assert train(flats_rig, needed=True, filters=("R",)).message == "nothing is to be trained"
    report = train(flats_rig, needed=True, filters=("Ha", "Ha"))
    assert [(item.filter_name, item.gain) for item in report.results] == [("Ha", 77)]
    assert [item.filter_name for item in train(flats_rig, filters=("L", "R", "L")).results] == ["L", "R"]


def test_a_dead_panel_is_not_tried_filter_by_filter(flats_rig: FlatsRig) -> None:
    """Once the panel cannot be lit the other filters are not tried."""
    flats_rig.devices.log.fail("panel.light_on")
    report = train(flats_rig, filters=("L", "R"))
    assert not any(item.found for item in report.results)
    assert report.results[1].reason.startswith("not tried: panel: light_on failed")


def test_a_cancelled_search_ends_dark(flats_rig: FlatsRig) -> None:
    """A stop in the middle leaves the panel dark; what was found until then is stored."""
    flats_rig.context.cancellation = CountingCancellation(after=30)
    with pytest.raises(Cancelled):
        train(flats_rig)
    assert flats_rig.devices.panel is not None
    assert flats_rig.devices.panel.level == 0


def test_a_host_that_keeps_every_frame_is_told(flats_rig: FlatsRig) -> None:
    """A host that cannot measure without saving gets a clear reason instead of files."""

    class Taker:
        take = flats_rig.devices.frames.take

    flats_rig.devices.frames = Taker()  # type: ignore[assignment]
    report = train_panel(TrainingRequest(profile_guid=flats_rig.profile_guid, filters=("L",)), flats_rig.context)
    assert "cannot measure a frame without saving it" in report.results[0].reason
