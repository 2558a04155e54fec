"""The flat panel."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hostsim.clock import SimulatedClock
from hostsim.devices.covercalibrator import CalibratorStatus, CoverCalibrator, CoverCalibratorConfig, CoverStatus
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import InvalidValueError, NotConnectedError, NotSupportedError


def pass_time(observatory: Observatory, clock: SimulatedClock, seconds: float) -> None:
    clock.sleep(seconds)
    observatory.advance()


def test_the_cover_opens_and_closes_in_its_time(observatory: Observatory, clock: SimulatedClock) -> None:
    """The cover moves for five seconds either way."""
    panel = observatory.covercalibrator
    assert panel.closed
    panel.open_cover()
    assert panel.cover_moving()
    pass_time(observatory, clock, 4.9)
    assert panel.cover_state() == CoverStatus.MOVING
    pass_time(observatory, clock, 0.2)
    assert panel.cover_state() == CoverStatus.OPEN
    panel.close_cover()
    pass_time(observatory, clock, 6)
    assert panel.closed


def test_a_halted_cover_is_unknown_and_closes_from_there(observatory: Observatory, clock: SimulatedClock) -> None:
    """Halting in motion leaves Unknown; CloseCover works from it."""
    panel = observatory.covercalibrator
    panel.open_cover()
    pass_time(observatory, clock, 2)
    panel.halt_cover()
    assert panel.cover_state() == CoverStatus.UNKNOWN
    panel.close_cover()
    pass_time(observatory, clock, 6)
    assert panel.cover_state() == CoverStatus.CLOSED


def test_halting_a_cover_at_rest_is_harmless(observatory: Observatory) -> None:
    """A stationary cover stays what it was."""
    observatory.covercalibrator.halt_cover()
    assert observatory.covercalibrator.cover_state() == CoverStatus.CLOSED


def test_the_lamp_warms_up(observatory: Observatory, clock: SimulatedClock) -> None:
    """Light rises for two seconds, then is steady; off is dark at once."""
    panel = observatory.covercalibrator
    panel.calibrator_on(51)
    assert panel.calibrator_changing()
    pass_time(observatory, clock, 1)
    assert panel.level == pytest.approx(0.1)
    pass_time(observatory, clock, 1.5)
    assert panel.calibrator_state() == CalibratorStatus.READY
    assert panel.level == pytest.approx(0.2)
    assert panel.brightness() == 51
    panel.calibrator_off()
    assert (panel.calibrator_state(), panel.brightness(), panel.level) == (CalibratorStatus.OFF, 0, 0.0)


def test_brightness_zero_is_legal(observatory: Observatory, clock: SimulatedClock) -> None:
    """The lamp can be ready at brightness 0."""
    observatory.covercalibrator.calibrator_on(0)
    pass_time(observatory, clock, 3)
    assert observatory.covercalibrator.calibrator_state() == CalibratorStatus.READY
    assert observatory.covercalibrator.level == 0


@pytest.mark.parametrize("brightness", [-1, 256])
def test_brightness_out_of_range_is_refused(observatory: Observatory, brightness: int) -> None:
    """Brightness is 0 to 255."""
    with pytest.raises(InvalidValueError):
        observatory.covercalibrator.calibrator_on(brightness)


def test_parts_that_are_not_present_are_not_supported() -> None:
    """A panel without lamp and cover says so, and refuses their members."""
    config = CoverCalibratorConfig(has_cover=False, has_calibrator=False)
    panel = CoverCalibrator(config, SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC)))
    assert panel.cover_state() == CoverStatus.NOT_PRESENT
    assert panel.calibrator_state() == CalibratorStatus.NOT_PRESENT
    assert (panel.level, panel.closed) == (0.0, False)
    for refused in (panel.open_cover, panel.close_cover, panel.halt_cover, panel.calibrator_off, panel.brightness):
        with pytest.raises(NotSupportedError):
            refused()
    with pytest.raises(NotSupportedError):
        panel.calibrator_on(1)
    with pytest.raises(NotSupportedError):
        panel.max_brightness()


def test_a_panel_may_be_unknown_to_strangers() -> None:
    """Without a connection its states read Unknown, and everything else is refused."""
    config = CoverCalibratorConfig(unknown_when_disconnected=True)
    panel = CoverCalibrator(config, SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC)))
    gets = panel.members.gets
    assert [panel.perform(gets[name]) for name in ("coverstate", "calibratorstate")] == [CoverStatus.UNKNOWN] * 2
    with pytest.raises(NotConnectedError):
        panel.perform(gets["brightness"])
    panel.set_connected(True)
    assert panel.perform(gets["coverstate"]) == CoverStatus.CLOSED
