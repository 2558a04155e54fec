"""Drivers that differ from the simulators: members they lack, frames they speak."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from alpaca.exceptions import NotImplementedException

from hostsim.devices.parts import astrometry
from hostsim.equipment.camera import Exposure
from hostsim.equipment.mount import Mount
from hostsim.equipment.rig import Rig
from tsplug import DeviceError
from tsplug.testing.clock import ManualClock

NOW = datetime(2026, 1, 15, 20, tzinfo=UTC)


def mount(system: int) -> Mount:
    """Return a mount whose driver points at 6 h, +20 degrees of the frame with ASCOM's number."""
    driver = SimpleNamespace(
        EquatorialSystem=system, RightAscension=6.0, Declination=20.0, Altitude=50.0, Azimuth=180.0, SideOfPier=0
    )
    return Mount(driver, ManualClock(NOW), name="m")


@pytest.mark.parametrize(("system", "of_date"), [(0, True), (1, True), (2, False)])
def test_coordinates_are_j2000_whatever_the_driver_speaks(system: int, of_date: bool) -> None:
    """A driver of date, or one that does not say, is precessed; one of J2000 is taken at its word."""
    expected = astrometry.j2000(6.0, 20.0, moment=NOW) if of_date else (6.0, 20.0)
    reading = mount(system).reading()
    assert (reading.ra_deg / 15.0, reading.dec_deg) == pytest.approx(expected, abs=1e-9)


def test_a_frame_nobody_speaks_is_refused() -> None:
    """A driver of B1950 would point half a degree off: it is refused with what to do."""
    with pytest.raises(DeviceError, match="choose one in its driver"):
        mount(4).reading()


def test_a_camera_that_does_not_tell_its_exposure_keeps_the_frame(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """LastExposureDuration is optional: the frame counts as exposed as long as asked."""
    assert rig.camera is not None

    def refuse(driver: object) -> float:
        raise NotImplementedException("LastExposureDuration")

    monkeypatch.setattr("alpaca.camera.Camera.LastExposureDuration", property(refuse))
    assert rig.camera.expose(Exposure(exposure_s=2.0, roi_percent=10.0)).exposure_s == 2.0
