"""Targets centered by their stars over real Alpaca, on a mount that is wrong about where it points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.telescope_config import Abilities, TelescopeConfig
from hostsim.equipment.rig import connect
from hostsim.sequence.centering import Centering, CenteringSettings
from hostsim.sequence.flipping import Flips, FlipSettings
from hostsim.sequence.host import Host
from hostsim.sequence.pointing import dither
from hostsim.sequence.solving import FrameSolving, NotSolvedError
from hostsim.sequence.state import Aim
from hostsim.sky.clusters import separation_deg
from hostsim.sky.focus import best_focus_steps
from hostsim.sky.scene import Optics, Sensor, SkySite
from hostsim.sky.sky import Sky

OPTICS, SENSOR = Optics(focal_length_mm=300, aperture_mm=75), Sensor(width=640, height=480)
TARGET = Aim(guid="t", name="T", project_name="P", ra_hours=5.75, dec_deg=25.0, rotation_deg=0.0)
OFF_ARCMIN = 12.0


class Crooked:
    """A host on simulators whose mount points beside what it reports."""

    def __init__(self, host: Host, observatory: Observatory, clock: SimulatedClock) -> None:
        self.host, self.observatory, self.clock = host, observatory, clock

    def beside(self, ra_arcmin: float, dec_arcmin: float) -> None:
        """Let the mount be wrong by so much, as another side of the pier would make it."""
        wrong = {"pointing_error_ra_arcmin": ra_arcmin, "pointing_error_dec_arcmin": dec_arcmin}
        telescope = self.observatory.telescope
        telescope.config = telescope.config.model_copy(update=wrong)

    def off_arcsec(self) -> float:
        """Return how far from the target the telescope really looks."""
        ra_hours, dec_deg = self.observatory.telescope.true_pointing()
        return 3600.0 * separation_deg(ra_hours * 15.0, dec_deg, place=(TARGET.ra_hours * 15.0, TARGET.dec_deg))

    def centering(self, *, solve: dict[str, Any] | None, **settings: Any) -> Centering:
        """Return what centers as a container with these settings does."""
        frame = None if solve is None else FrameSolving(catalogue="simulated", exposure_s=10, **solve)
        return Centering(self.host, CenteringSettings(solve=frame, **settings))


@pytest.fixture
def serve(make_host: Callable[[], Host]) -> Iterator[Callable[..., Crooked]]:
    """Return what serves such a mount with some abilities."""
    servers: list[AlpacaServer] = []

    def served(**abilities: bool) -> Crooked:
        clock = SimulatedClock(datetime(2026, 1, 15, 20, 30, tzinfo=UTC))
        telescope = TelescopeConfig(optics=OPTICS, abilities=Abilities(**abilities))
        sky = Sky(seed=3, site=SkySite(), optics=OPTICS, sensor=SENSOR)
        devices = standard_devices(telescope, CameraConfig(sensor=SENSOR))
        observatory = Observatory(sky, clock, config=ObservatoryConfig(devices=devices))
        servers.append(AlpacaServer(observatory).__enter__())
        host = make_host()
        host.profile = host.profile.model_copy(update={"focal_length_mm": 300.0})
        host.context.devices.rig = connect(servers[-1].address, clock)
        host.mount().unpark()
        host.panel().open_cover()
        host.focuser().move(round(best_focus_steps(OPTICS, sky.temperature_c(clock.now()), filter_name="L")))
        crooked = Crooked(host, observatory, clock)
        crooked.beside(OFF_ARCMIN, -0.5 * OFF_ARCMIN)
        return crooked

    yield served
    for server in servers:
        server.__exit__(None, None, None)


@pytest.mark.parametrize(("can_sync", "sync"), [(True, True), (True, False), (False, True)])
def test_only_the_stars_tell_where_a_crooked_mount_looks(
    serve: Callable[..., Crooked], screen: StringIO, *, can_sync: bool, sync: bool
) -> None:
    """It is synchronised, or corrected by the host where it cannot or must not be; what follows starts from there."""
    crooked = serve(sync=can_sync)
    assert crooked.centering(solve=None).on(TARGET)
    assert crooked.off_arcsec() > 60.0 * OFF_ARCMIN
    assert "centering by what the mount reports" in screen.getvalue()
    assert crooked.centering(solve={"sync": sync}).on(TARGET)
    assert crooked.off_arcsec() < 10.0
    assert crooked.host.mount().off_arcsec(TARGET.ra_hours, TARGET.dec_deg) < 10.0
    dither(TARGET.ra_hours, TARGET.dec_deg, host=crooked.host, pixels=3.0)
    assert 0.1 < crooked.off_arcsec() < 30.0
    learnt = crooked.observatory.telescope.state.learnt_hours
    assert bool(learnt) is (can_sync and sync)


def test_after_the_meridian_flip_the_stars_are_asked_again(serve: Callable[..., Crooked], screen: StringIO) -> None:
    """On the other side of the pier the mount is wrong in another way."""
    crooked = serve()
    centering = crooked.centering(solve={})
    assert centering.on(TARGET)
    crooked.clock.sleep(4 * 3600.0)
    crooked.beside(-OFF_ARCMIN, OFF_ARCMIN)
    assert crooked.off_arcsec() > 60.0 * OFF_ARCMIN
    flips = Flips(crooked.host, FlipSettings(), half_turn=True, centering=centering)
    assert flips.if_due(TARGET) is True
    assert crooked.off_arcsec() < 10.0
    assert "flipping" in screen.getvalue()


@pytest.mark.parametrize("when_failed", ["skip_target", "continue", "stop"])
def test_frames_that_cannot_be_solved_are_a_target_that_cannot_be_centered(
    serve: Callable[..., Crooked], screen: StringIO, when_failed: str
) -> None:
    """The mount is three degrees off, and no such place is looked at: the sequence says what becomes of the target."""
    crooked = serve()
    crooked.beside(180.0, 0.0)
    centering = crooked.centering(solve={"radius_deg": 0.5}, attempts=1, when_failed=when_failed)
    if when_failed == "stop":
        with pytest.raises(NotSolvedError, match=r"1 frames were not solved \(matcher: .* fit nowhere"):
            centering.on(TARGET)
        return
    assert centering.on(TARGET) is (when_failed == "continue")
    assert centering.leaves_out(TARGET) is (when_failed == "skip_target")
    said = {"skip_target": "T is left out for 30 minutes", "continue": "T is exposed all the same"}[when_failed]
    assert said in screen.getvalue()
