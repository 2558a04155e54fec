"""The container's steps on simulated devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO

import numpy as np
import pytest
from numpy.typing import NDArray
from scripted import Script

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.equipment.rig import connect
from hostsim.sequence.flipping import Flips, FlipSettings
from hostsim.sequence.focusing import FocusSettings, autofocus
from hostsim.sequence.host import Host
from hostsim.sequence.pointing import rotate_to
from hostsim.sequence.state import Aim
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import ExposureSettings, LightPath, SkySite
from tsplug import Cancelled, DeviceError, TakeExposure
from tsplug.instructions import SchedulerContainer


class BlackSky:
    """A sky without a star."""

    conditions = Conditions(0, SkySite())

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        return np.zeros((exposure.num_x, exposure.num_y), np.uint16)

    def temperature_c(self, moment: object) -> float:
        return 5.0


@pytest.fixture
def clock(power: object) -> SimulatedClock:
    return SimulatedClock(power.now())  # type: ignore[attr-defined]


@pytest.fixture
def host(make_host: Callable[[], Host], clock: SimulatedClock) -> Iterator[Host]:
    """A host with simulated equipment, unparked."""
    made = make_host()
    with AlpacaServer(Observatory(BlackSky(), clock)) as server:
        made.context.devices.rig = connect(server.address, clock)
        made.mount().unpark()
        yield made


def decision(host: Host, ra_hours: float) -> TakeExposure:
    """Return a decision for a target at a position angle of 30 degrees."""
    return TakeExposure(
        profile_guid=host.profile.guid,
        project_name="P",
        target_guid="t",
        target_name="T",
        plan_guid="p",
        template_name="L",
        filter_name="L",
        ra_hours=ra_hours,
        dec_deg=20.0,
        rotation_deg=30.0,
        session_id=1,
        score=1.0,
        until=host.clock.now(),
        steps=(),
    )


@pytest.mark.parametrize("half_turn", [True, False])
def test_after_a_flip_the_frame_stands_as_planned(host: Host, clock: SimulatedClock, half_turn: bool) -> None:
    """Where a half turn counts, the rotator turns with the flip; where it does not, it stays for the flats' sake."""
    mount, rotator = host.mount(), host.rig.rotator
    assert rotator is not None
    chosen = decision(host, 6.5)
    mount.center(6.5, 20.0)
    rotate_to(30.0, host, half_turn=half_turn)
    before_deg = rotator.mechanical_deg()
    clock.sleep(7 * 3600)
    assert Flips(host, FlipSettings(), half_turn=half_turn).if_due(Aim.of(chosen))
    turned_deg = (rotator.mechanical_deg() - before_deg) % 360.0
    assert turned_deg == pytest.approx(0.0 if half_turn else 180.0)
    assert rotator.mechanical_deg() == pytest.approx(30.0)


@pytest.mark.parametrize("error", [DeviceError("camera", "lost"), Cancelled("stopped on request")])
def test_a_curve_cut_short_leaves_the_focus_where_it_was(
    host: Host, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A camera that fails and a stop on request send the focuser back before the error is told."""

    def fail(exposure: object) -> None:
        raise error

    monkeypatch.setattr(host.camera(), "expose", fail)
    start = host.focuser().position()
    with pytest.raises(type(error)):
        autofocus(FocusSettings(), host)
    assert host.focuser().position() == start


def test_an_exposure_that_another_rig_takes_is_not_begun(
    script: Callable[..., Script], screen: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Centering took longer than the lease lasts: what is best is asked anew."""
    night, answers = script("A"), iter([False, True])
    monkeypatch.setattr(SchedulerContainer, "keep", lambda container, decision, session: next(answers))
    night.run()
    assert night.done == ["A"]
    assert screen.getvalue().count("another rig takes the last L of A: asking anew") == 1
