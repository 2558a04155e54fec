"""What goes wrong with a second camera, and what that costs the first one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from scripted import Telescope, taking

from hostsim.equipment.rig import Rig
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host, HostContext, HostDevices
from hostsim.sequence.second import Second
from hostsim.sequence.shelter import UnsafeError
from tsplug import Cancelled, DeviceError, TakeExposure
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


def test_what_does_not_fit_is_said_once(host: Host, fitting: list[FittedExposures]) -> None:
    """The reason is shown for the first of the exposures that it holds for."""
    assert (beside(host), beside(host)) == (None, None)
    assert host.warnings == ["the second camera takes nothing: the plan wants no more"]


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
