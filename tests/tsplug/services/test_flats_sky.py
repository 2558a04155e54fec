"""Sky flats on recording devices: what is taken while the sky fades, what is linked, and what is left."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from tsplug.errors import Cancelled, DeviceError, TsplugError
from tsplug.model import FlatHistory, FlatRunReport, FlatSet, FlatSetFile, FlatSetState, FlatsType, SkyFlatSettings
from tsplug.ports import CoverState, FrameRequest
from tsplug.testing import CountingCancellation

if TYPE_CHECKING:
    from conftest import FlatsRig

THROUGH = {"L": 1.0, "R": 0.3, "Ha": 0.03}


def under_the_sky(flats_rig: FlatsRig, *, rate: float, k: float) -> None:
    """Let the light fade or grow by ``k`` a second from ``rate`` ADU per second in L, seen past an open cover."""
    began = flats_rig.clock.now()

    def level(request: FrameRequest, brightness: int) -> float:
        assert brightness == 0
        panel = flats_rig.devices.panel
        assert panel is None or panel.cover in (CoverState.OPEN, CoverState.NOT_PRESENT)
        # The level is asked for when the exposure is over.
        passed_s = (flats_rig.clock.now() - began).total_seconds() - request.exposure_s
        light = rate * THROUGH[request.filter_name] * math.exp(k * passed_s) * math.expm1(k * request.exposure_s) / k
        return min(65_535.0, 100.0 + light)

    flats_rig.devices.frames.level = level


def take(flats_rig: FlatsRig, **changes: Any) -> FlatRunReport:
    """Run sky flats."""
    sky = {name: changes.pop(name) for name in list(changes) if name in SkyFlatSettings.model_fields}
    return flats_rig.run(kind="sky", sky=SkyFlatSettings(**sky), **changes)


def test_dusk_goes_from_narrow_to_wide(flats_rig: FlatsRig) -> None:
    """As the sky fades each filter is taken when it is right for it, and each session is linked to its set."""
    for name in ("L", "Ha"):
        flats_rig.light("M 42", name)
    under_the_sky(flats_rig, rate=400_000.0, k=-0.005)
    report = take(flats_rig, when="dusk", cover_at_end="open")
    assert [item.spec.filter_name for item in report.taken] == ["Ha", "L"]
    assert {item.flats_type for item in report.taken} == {FlatsType.SKY}
    assert {row.flats_type for row in flats_rig.all(FlatHistory)} == {"sky"}
    for frame in flats_rig.all(FlatSetFile):
        assert frame.adu_median == pytest.approx(65_535 / 2, rel=0.1)
    assert all(request.dither for request in flats_rig.devices.frames.requests)
    assert not [word for word in flats_rig.devices.commands if word.startswith("panel.light_on")]
    assert flats_rig.run().message == "no flats are due"
    flats_rig.check_books()


def test_dawn_leaves_what_became_too_bright(flats_rig: FlatsRig) -> None:
    """At dawn a set that the sky does not let finish is left with what is on disk, and goes on in the same night."""
    flats_rig.light("M 42", "L")
    under_the_sky(flats_rig, rate=62_000.0, k=0.02)
    report = take(flats_rig, when="dawn", count=10)
    (left,) = report.left
    assert "the sky is too bright" in left.reason
    assert 0 < left.on_disk < 10
    assert report.failed == ()
    assert [item.state for item in flats_rig.all(FlatSet)] == [FlatSetState.INTERRUPTED]
    under_the_sky(flats_rig, rate=5_000.0, k=0.002)
    again = take(flats_rig, when="dawn", count=10)
    assert [item.on_disk for item in again.taken] == [10]
    assert len(flats_rig.devices.frames.requests) == 10
    assert len({request.guid for request in flats_rig.devices.frames.requests}) == 10
    flats_rig.check_books()


def test_a_cloud_spoils_a_frame_and_not_the_set(flats_rig: FlatsRig) -> None:
    """A frame whose level is off does not count, is kept in a flagged set, and is taken again under another number."""
    flats_rig.light("M 42", "L")
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    clear = flats_rig.devices.frames.level
    flats_rig.devices.frames.level = lambda request, brightness: (
        clear(request, brightness) * (0.3 if len(flats_rig.devices.frames.requests) == 2 else 1.0)
    )
    report = take(flats_rig, when="dusk", count=4)
    assert [item.on_disk for item in report.taken] == [4]
    assert sorted(item.state for item in flats_rig.all(FlatSet)) == [FlatSetState.COMPLETE, FlatSetState.FLAGGED]
    assert len(flats_rig.all(FlatSetFile)) == len(flats_rig.devices.frames.requests) >= 5
    flats_rig.check_books()


def test_a_sky_that_flickers_is_given_up(flats_rig: FlatsRig) -> None:
    """Three frames in a row of a wrong level end the set, which is left for the next run."""
    flats_rig.light("M 42", "L")
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    clear = flats_rig.devices.frames.level
    turns = iter([1.0, *(0.2, 3.0) * 200])
    flats_rig.devices.frames.level = lambda request, brightness: clear(request, brightness) * next(turns)
    report = take(flats_rig, when="dusk", count=4)
    assert "frames in a row had the wrong level" in report.left[0].reason
    flats_rig.check_books()


def test_the_minutes_are_a_limit(flats_rig: FlatsRig) -> None:
    """A dawn that does not come is waited for no longer than allowed."""
    flats_rig.light("M 42", "L")
    under_the_sky(flats_rig, rate=0.01, k=0.0001)
    report = take(flats_rig, when="dawn", minutes=20.0)
    assert "the 20 minutes for sky flats are over" in report.left[0].reason


def test_a_cancelled_set_is_resumed(flats_rig: FlatsRig) -> None:
    """A stop in the middle leaves the set to be resumed with what is missing."""
    flats_rig.light("M 42", "L")
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    flats_rig.context.cancellation = CountingCancellation(after=9)
    with pytest.raises(Cancelled):
        take(flats_rig, when="dusk", count=6)
    before = len(flats_rig.all(FlatSetFile))
    flats_rig.context.cancellation = CountingCancellation()
    assert take(flats_rig, when="dusk", count=6).taken[0].on_disk == 6
    assert 0 < before < len(flats_rig.devices.frames.requests) == 6


@pytest.mark.parametrize("error", [Cancelled("stopped"), RuntimeError("a driver's"), KeyboardInterrupt()])
def test_whatever_ends_a_run_the_cover_is_closed(flats_rig: FlatsRig, error: BaseException) -> None:
    """A run that does not come to its end leaves no open telescope behind, wherever the cover was meant to end."""
    flats_rig.light("M 42", "L")
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    flats_rig.devices.log.fail("frames.take", error=error)
    with pytest.raises(type(error)):
        take(flats_rig, when="dusk", cover_at_end="open")
    assert flats_rig.devices.commands[-1] == "panel.close_cover"
    assert flats_rig.devices.panel is not None
    assert (flats_rig.devices.panel.cover, flats_rig.devices.panel.level) == (CoverState.CLOSED, 0)


def test_what_the_host_ends_is_gone_on_with(flats_rig: FlatsRig) -> None:
    """Rain amid a set is no failure of it: the host hears its own error, and the next run takes what is missing."""

    class RainError(TsplugError):
        """It rains."""

    flats_rig.light("M 42", "L")
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    flats_rig.devices.log.fail("frames.take", on_call=3, error=RainError("rain"))
    with pytest.raises(RainError):
        take(flats_rig, when="dusk", count=6)
    begun = flats_rig.all(FlatSet)[0]
    assert (begun.state, begun.message) == (FlatSetState.INTERRUPTED, "rain")
    flats_rig.devices.log.revive()
    assert take(flats_rig, when="dusk", count=6).taken[0].on_disk == 6
    assert len(flats_rig.all(FlatSetFile)) == 6


def test_a_cover_that_cannot_be_closed_is_told(flats_rig: FlatsRig) -> None:
    """Where the cover does not close after a stop, its state, the step and the remedy are reported."""
    flats_rig.light("M 42", "L")
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    flats_rig.devices.log.fail("frames.take", error=Cancelled("stopped"))
    flats_rig.devices.log.fail("panel.close_cover")
    with pytest.raises(Cancelled):
        take(flats_rig, when="dusk")
    said = [report[0] for report in flats_rig.context.progress.reports]
    assert "panel: close_cover failed (while trying to close the cover)" in said[-1]


def test_a_stop_while_the_rotator_turns_back_leaves_the_cover_closed(flats_rig: FlatsRig) -> None:
    """The cover is closed before the rotator turns back, and after a stop on its way even where it was to stay open."""
    for cover_at_end in ("closed", "open"):
        flats_rig.light("M 42", "L", rotation_deg=30.0 if cover_at_end == "open" else 60.0)
        under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
        flats_rig.devices.log.revive()
        flats_rig.devices.log.fail("rotator.move_mechanical", on_call=2, error=Cancelled("stopped"))
        with pytest.raises(Cancelled):
            take(flats_rig, when="dusk", rotator_back=True, cover_at_end=cover_at_end)
        assert flats_rig.devices.panel is not None
        assert flats_rig.devices.panel.cover is CoverState.CLOSED


def test_the_readout_mode_is_as_before(flats_rig: FlatsRig) -> None:
    """The camera has the readout mode back that it had before the first exposure, which sets a mode as well."""
    flats_rig.light("M 42", "L", readout_mode=1)
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    assert len(take(flats_rig, when="dusk").taken) == 1
    assert flats_rig.devices.camera is not None
    assert flats_rig.devices.camera.mode == 0
    assert {request.readout_mode for request in flats_rig.devices.frames.measured} == {1}


def test_the_bias_is_measured_for_each_setting_of_the_camera(flats_rig: FlatsRig) -> None:
    """What the camera adds without light is looked at once for gain, offset, binning and readout mode."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 81", "R")
    flats_rig.light("M 42", "Ha", gain=7)
    under_the_sky(flats_rig, rate=200_000.0, k=-0.003)
    assert len(take(flats_rig, when="dusk").taken) == 3
    dark = [request.gain for request in flats_rig.devices.frames.measured if request.kind == "DARKFLAT"]
    assert len(dark) == len(set(dark)) == 2


def test_a_look_that_fails_is_told_once(flats_rig: FlatsRig) -> None:
    """A set whose look at the sky fails names the step and what to do once, with the frames on disk."""
    flats_rig.light("M 42", "L")
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    flats_rig.devices.log.fail("frames.measure", on_call=2, error=DeviceError("camera", "no answer"))
    (failed,) = take(flats_rig, when="dusk").failed
    assert "look at a frame" in failed.reason
    assert (failed.reason.count("while trying to"), failed.reason.count("then try again")) == (1, 1)
    assert failed.on_disk == 0


def test_a_lost_wheel_fails_each_set_at_its_step(flats_rig: FlatsRig) -> None:
    """A wheel that does not answer is reported with every set that needs it, and nothing is raised."""
    for name in ("L", "Ha"):
        flats_rig.light("M 42", name)
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    flats_rig.silence(flats_rig.devices.wheel, "names")
    flats_rig.devices.log.fail("wheel.select")
    report = take(flats_rig, when="dusk")
    assert len(report.failed) == 2
    assert all("wheel: select failed (while trying to select filter" in item.reason for item in report.failed)
    assert flats_rig.devices.commands[-1] == "panel.close_cover"


def test_no_panel_is_needed(flats_rig: FlatsRig) -> None:
    """Without a panel sky flats are taken all the same; a set at an angle is skipped without a rotator."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 42", "Ha", rotation_deg=20.0)
    flats_rig.devices.panel = None
    flats_rig.devices.frames.panel = None
    flats_rig.devices.rotator = None
    under_the_sky(flats_rig, rate=20_000.0, k=-0.003)
    report = take(flats_rig, when="dusk")
    assert len(report.taken) == 1
    assert "no rotator is connected" in report.skipped[0].reason


def test_a_dry_run_moves_nothing(flats_rig: FlatsRig) -> None:
    """A dry run tells the filters in their order, and moves nothing."""
    flats_rig.light("M 42", "L")
    flats_rig.light("M 42", "Ha")
    report = take(flats_rig, when="dawn", dry_run=True)
    assert report.message.split("; ") == [
        "dry run, dawn, 90 minutes at most",
        "flats of 50 % of the camera's range in 0.5 to 30 s, as the sky allows",
        "open the cover",
        "set readout mode 0",
        "select filter L",
        "take 3 of 3 sky flats for M 42 2026-01-15",
        "select filter Ha",
        "take 3 of 3 sky flats for M 42 2026-01-15",
        "close the cover",
    ]
    assert flats_rig.devices.commands == []
