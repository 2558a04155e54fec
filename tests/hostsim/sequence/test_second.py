"""What goes wrong with a second camera, and what that costs the first one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from io import StringIO
from types import SimpleNamespace
from typing import Any, cast

import pytest
from scripted import Telescope, taking

from hostsim.equipment.rig import Rig
from hostsim.sequence.flats import for_each_camera
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host, HostContext, HostDevices
from hostsim.sequence.instructions.scheduler_container import SchedulerContainer as Settings
from hostsim.sequence.refocusing import Refocus
from hostsim.sequence.second import Second
from hostsim.sequence.shelter import UnsafeError
from hostsim.sequence.state import Focus
from tsplug import Cancelled, DeviceError, StoreUnavailableError, TakeExposure
from tsplug.instructions import SchedulerContainer as Container
from tsplug.instructions import SecondCamera
from tsplug.model import FittedExposures


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    """A host with a second camera."""
    made = make_host()
    context = made.context
    beside = HostContext(
        context.store, context.clock, HostDevices(), context.files, context.progress, context.cancellation
    )
    beside.devices.rig = Rig(camera=cast("Any", Telescope(made.clock)))
    made.second = replace(made, context=beside)
    return made


@pytest.fixture
def fitting(monkeypatch: pytest.MonkeyPatch) -> list[FittedExposures]:
    """What fits, as a test says last."""
    found = [FittedExposures(count=0, reason="the plan wants no more")]
    monkeypatch.setattr(SecondCamera, "fit", lambda *given, **asked: found[-1])
    return found


def beside(host: Host) -> Callable[[], None] | None:
    return Second(host).beside(taking("A", host, new=False), grade=True)


def test_without_a_second_camera_nothing_is_taken(make_host: Callable[[], Host]) -> None:
    """Most rigs have one camera."""
    assert beside(make_host()) is None


@pytest.mark.parametrize("amiss", [True, False])
def test_what_does_not_fit_is_said_once(
    host: Host, fitting: list[FittedExposures], screen: StringIO, amiss: bool
) -> None:
    """The reason is shown for the first of the exposures that it holds for; a warning is for what can be mended."""
    fitting.append(FittedExposures(count=0, reason="the plan wants no more", amiss=amiss))
    second = Second(host)
    decision = taking("A", host, new=False)
    assert [second.beside(decision, grade=True) for _ in range(2)] == [None, None]
    said = "the second camera takes nothing: the plan wants no more"
    assert screen.getvalue().count(said) == 1
    assert host.warnings == (["second camera: the plan wants no more: it takes nothing"] if amiss else [])


def test_a_plan_that_was_deleted_meanwhile_costs_the_first_camera_a_warning(host: Host) -> None:
    """It is asked for what is in the store, and there is none of it: the first one's light is taken all the same."""
    assert beside(host) is None
    assert ["the first one goes on" in warning for warning in host.warnings] == [True]


def test_autofocus_counts_the_lights_of_the_first_camera_alone(
    host: Host, fitting: list[FittedExposures], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many the second one takes beside them: the limit was given for exposures one after the other."""
    focused: list[int] = []
    monkeypatch.setattr("hostsim.sequence.refocusing.autofocus", lambda settings, host, look: focused.append(1))
    state = host.journal.state
    refocus = Refocus(host, Settings(autofocus_every_exposures=5))
    host.context.devices.rig = Rig(focuser=cast("Any", SimpleNamespace(temperature_c=lambda: None)))
    state.focus = Focus(moment=host.clock.now())
    for _ in range(4):
        state.lights, state.beside = state.lights + 4, state.beside + 3
        refocus.if_due()
    assert focused == []
    state.lights += 1
    refocus.if_due()
    assert focused == [1]


@pytest.mark.parametrize(
    ("error", "raised"),
    [(DeviceError("focuser", "lost"), None), (UnsafeError("rain"), UnsafeError), (Cancelled("stop"), Cancelled)],
)
def test_a_second_focuser_that_is_lost_costs_the_first_camera_a_warning(
    host: Host, monkeypatch: pytest.MonkeyPatch, error: Exception, raised: type[Exception] | None
) -> None:
    """The first camera has found its focus by then, and goes on."""

    def autofocus(settings: object, focusing: Host, **asked: object) -> None:
        if focusing is host.second:
            raise error

    monkeypatch.setattr("hostsim.sequence.refocusing.autofocus", autofocus)
    assert host.second is not None
    host.second.context.devices.rig = Rig(focuser=cast("Any", SimpleNamespace()))
    with nullcontext() if raised is None else pytest.raises(raised):
        Refocus(host, Settings()).now()
    kept = ["second camera: focuser: lost; imaging goes on at its old focus"]
    assert (host.second.warnings == kept) is (raised is None)


@pytest.mark.parametrize(
    ("error", "raised"),
    [(DeviceError("camera", "lost"), None), (UnsafeError("rain"), UnsafeError), (Cancelled("stop"), Cancelled)],
)
def test_a_second_camera_that_fails_costs_the_first_one_a_warning(
    host: Host,
    fitting: list[FittedExposures],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    raised: type[Exception] | None,
) -> None:
    """What is meant for both, rain and a stop, is for both."""
    tried: list[TakeExposure] = []

    def light(frames: Frames, decision: TakeExposure, *given: object, **asked: object) -> None:
        tried.append(decision)
        raise error

    monkeypatch.setattr(Frames, "light", light)
    fitting.append(FittedExposures(count=2, exposure=taking("A", host, new=False)))
    take = beside(host)
    assert take is not None
    if raised is None:
        take()
        assert "second camera: camera: lost; the first one goes on" in host.warnings[0]
    else:
        with pytest.raises(raised):
            take()
    assert len(tried) == 1


def test_an_exposure_that_begins_again_is_kept_for_the_rig_again(
    host: Host, fitting: list[FittedExposures], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host looks to it before the first attempt; each further one comes an exposure later."""
    kept: list[str] = []
    monkeypatch.setattr(Container, "keep", lambda container, decision, session: kept.append(decision.target_guid))
    begun = Second(host).meanwhile(taking("A", host, new=False), grade=True)
    for attempts in range(3):
        begun()
        assert kept == ["A"] * attempts


def test_flats_of_two_cameras_wait_for_their_store(host: Host) -> None:
    """That it cannot be reached is told as such, as with one camera: whoever asked waits for it and asks again."""

    def take(each: Host) -> None:
        raise StoreUnavailableError("the store is locked by another program")

    with pytest.raises(StoreUnavailableError, match="locked by another program"):
        for_each_camera(take, host)
