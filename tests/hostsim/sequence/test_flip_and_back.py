"""What counts as the flip of a passage: neither a way back before the meridian, nor a flip that was undone since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from pointing import Pointing, minutes_of, target, wait
from raining import run

from hostsim.equipment.rig import Rig
from hostsim.sequence.centering import Centering, CenteringSettings
from hostsim.sequence.flipping import Flips, FlipSettings, past_meridian_s
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.scheduler_flats import SchedulerFlats
from hostsim.sequence.state import Aim, Flipped
from tsplug import PierSide


class German(Pointing):
    """A mount whose slews end on the side of the hour angle then; it does not move by itself."""

    def __init__(self, host: Host, place: Aim) -> None:
        super().__init__(host, place)
        self.pier_side = self.destination()

    def destination(self) -> PierSide:
        past_s = past_meridian_s(self.place.ra_hours, self.place.dec_deg, host=self._host)
        return PierSide.EAST if past_s >= 0.0 else PierSide.WEST

    def wrong_side(self, ra_hours: float, dec_deg: float) -> bool:
        return self.destination() is not self.pier_side

    def slew(self, ra_hours: float, dec_deg: float) -> None:
        super().slew(ra_hours, dec_deg)
        self.pier_side = self.destination()

    def center(self, ra_hours: float, dec_deg: float, **asked: object) -> None:
        super().center(ra_hours, dec_deg)
        self.slew(ra_hours, dec_deg)


def german(host: Host, *, transits_in_min: float) -> German:
    mount = German(host, target(host, transits_in_min=transits_in_min))
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    return mount


def test_a_way_back_before_the_meridian_is_no_flip(
    make_host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flats let the mount stand still: the wait that follows points back, and flips when the meridian is passed."""
    monkeypatch.setattr(SchedulerFlats, "run", lambda self, host: host.clock.sleep(1200.0))
    host = make_host()
    mount, began = german(host, transits_in_min=60), host.clock.now()
    host.journal.state.standing.unparked = True
    until = (began + timedelta(hours=4)).isoformat()
    run(host, {"type": "scheduler_flats"}, {"type": "wait_until", "until": {"time": until}})
    assert minutes_of(mount.slews, began) == [pytest.approx(20.0, abs=0.1), pytest.approx(60.5, abs=0.1)]
    assert not mount.wrong_side(*mount.places[-1])
    assert host.warnings == []


@pytest.mark.parametrize("waits", [True, False])
def test_a_flip_before_the_meridian_is_not_the_one_past_it(make_host: Callable[[], Host], waits: bool) -> None:
    """It stood wrongly before, was brought to the right side for that, and needs the real flip still."""
    host = make_host()
    mount, began = german(host, transits_in_min=10), host.clock.now()
    mount.pier_side = PierSide.EAST
    flips = Flips(host, FlipSettings(), half_turn=True)
    for minutes in (5, 20):
        if waits:
            wait(host, began + timedelta(minutes=minutes))
        else:
            host.clock.sleep((began + timedelta(minutes=minutes) - host.clock.now()).total_seconds())
            assert [flips.if_due(mount.place), flips.if_due(mount.place)] == [True, False]
    assert len(mount.slews) == 2


@pytest.mark.parametrize("waits", [True, False])
def test_a_mount_that_is_back_on_its_old_side_is_flipped_again(make_host: Callable[[], Host], waits: bool) -> None:
    """It was slewed away, or sheltered, and came back as it had stood before the flip."""
    host = make_host()
    mount = german(host, transits_in_min=-10)
    for number in (1, 2):
        mount.pier_side = PierSide.WEST
        if waits:
            wait(host, host.clock.now() + timedelta(minutes=20))
        else:
            assert Flips(host, FlipSettings(), half_turn=True).if_due(mount.place)
        assert len(mount.slews) == number
        assert mount.tracking()
    assert host.warnings == []


@pytest.mark.parametrize("when_failed", [None, "skip_target", "continue"])
def test_a_mount_that_says_anew_that_it_stands_wrongly_is_not_trusted(
    make_host: Callable[[], Host], when_failed: str | None
) -> None:
    """It stood right after its flip and tells the same side since: a wait stops it, a container does as for failed."""
    host = make_host()
    mount = german(host, transits_in_min=-10)
    mount.pier_side = PierSide.WEST
    wait(host, host.clock.now() + timedelta(minutes=20))
    assert (len(mount.slews), mount.tracking(), host.warnings) == (1, True, [])
    mount.wrong_side = lambda ra_hours, dec_deg: True  # type: ignore[method-assign]
    if when_failed is None:
        wait(host, host.clock.now() + timedelta(minutes=20))
        assert not mount.tracking()
    else:
        centering = Centering(host, CenteringSettings())
        settings = FlipSettings.model_validate({"when_failed": when_failed})
        assert not Flips(host, settings, half_turn=True, centering=centering).if_due(mount.place)
        assert centering.leaves_out(mount.place) is (when_failed == "skip_target")
    assert len(mount.slews) == 1
    assert any("says anew" in said for said in host.warnings)


def test_a_mount_that_tells_no_side_and_stands_wrongly_after_its_flip_stands_still(
    make_host: Callable[[], Host],
) -> None:
    """Nobody knows whether it has moved: past the meridian it does not track on."""
    host = make_host()
    mount = Pointing(host, target(host, transits_in_min=-10))
    mount.pier_side = PierSide.UNKNOWN
    mount.wrong_side = lambda ra_hours, dec_deg: True  # type: ignore[method-assign]
    host.context.devices.rig = Rig(mount=cast("Any", mount))
    wait(host, host.clock.now() + timedelta(minutes=20))
    assert len(mount.slews) == 1
    assert not mount.tracking()


def test_a_flip_of_an_earlier_version_is_made_again(make_host: Callable[[], Host]) -> None:
    """Nobody knows whether it was made past the meridian."""
    host = make_host()
    mount = german(host, transits_in_min=-10)
    mount.pier_side = PierSide.WEST
    place = {"ra_hours": mount.place.ra_hours, "dec_deg": mount.place.dec_deg}
    kept = Flipped.model_validate({**place, "moment": host.clock.now().isoformat(), "failed": False})
    host.journal.state.standing.flips = [kept]
    wait(host, host.clock.now() + timedelta(minutes=20))
    assert len(mount.slews) == 1
