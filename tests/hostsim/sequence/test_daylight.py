"""What waits in the shelter until it is safe does not go out by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from raining import OUT, equipped, rain, run
from scripted import Script, Telescope, pausing

from hostsim.equipment.mount import MountReading
from hostsim.night.resume import take_up
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.sky_flats import SkyFlats
from hostsim.sequence.sun import sun_altitude_deg
from tsplug import PierSide

SLEW = {"type": "slew", "ra_hours": 3.0, "dec_deg": 80.0, "center": False}
# Of 15 January 2026 at the site of these tests: the Sun rises at 7:10 and sets at 16:04.
BEFORE_DAWN, NOON, EVENING = 5.5, 12.0, 17.0


@pytest.fixture(autouse=True)
def never_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the telescope point where it may point back to at any hour."""
    there = MountReading("M", 150.0, 80.0, 45.0, 180.0, PierSide.EAST)
    monkeypatch.setattr(Telescope, "reading", lambda self: there)


def at(make_host: Callable[[], Host], hour: float, *, out: bool = False) -> Host:
    """Return an equipped host at an hour of the day (UTC), with mount and cover out or in."""
    host = equipped(make_host())
    cast("Any", host.clock).clock.set(datetime(2026, 1, 16, tzinfo=UTC) + timedelta(hours=hour))
    host.journal.state.standing.unparked = host.journal.state.standing.cover_open = out
    telescope = cast("Telescope", host.rig.mount)
    telescope.is_parked, telescope.tracks = not out, out
    return host


@pytest.mark.parametrize("item", [{"type": "unpark"}, {"type": "open_cover"}, SLEW, {"type": "sky_flats"}])
@pytest.mark.parametrize("out", [True, False])
def test_what_a_wet_dawn_kept_in_does_not_go_out_by_day(
    make_host: Callable[[], Host], item: dict[str, Any], out: bool
) -> None:
    """It is left out with a warning, and what follows in the sequence is done."""
    host = at(make_host, BEFORE_DAWN, out=out)
    telescope = rain(host, (0, 240))
    run(host, item, {"type": "close_cover"})
    assert telescope.told == [*(OUT if out else ["abort", "close_cover", "park"]), "light_off", "close_cover"]
    assert host.warnings[-1].endswith("the Sun has risen since the shelter was taken: left out")
    assert host.journal.state.finished
    # Nobody waits by day for what is not to be.
    assert sun_altitude_deg(host.site, host.clock.now()) < 1.0


def test_what_is_wanted_by_day_waits_for_the_afternoons_rain_only(make_host: Callable[[], Host]) -> None:
    """The Sun has not risen since it was asked for: its author wants it by day."""
    host = at(make_host, NOON)
    telescope = rain(host, (0, 30))
    run(host, {"type": "unpark"})
    assert telescope.told == [*OUT, "unpark"]
    assert sun_altitude_deg(host.site, host.clock.now()) > 0.0


def test_by_day_a_dry_sequence_does_what_it_says(make_host: Callable[[], Host]) -> None:
    """Only the shelter is not left by day."""
    host = at(make_host, NOON)
    run(host, {"type": "unpark"}, {"type": "open_cover"}, SLEW)
    assert cast("Telescope", host.rig.mount).told == ["unpark", "light_off", "open_cover", "slew 3.0 80.0"]
    assert host.warnings == []


def test_the_next_evening_brings_out_what_the_day_kept_in(make_host: Callable[[], Host]) -> None:
    """What was asked for meanwhile is done when the shelter is left."""
    host = at(make_host, BEFORE_DAWN)
    telescope = rain(host, (0, 240))
    evening = {"type": "wait_until", "until": {"time": "2026-01-16T20:00:00+00:00"}}
    run(host, {"type": "unpark"}, {"type": "open_cover"}, evening, SLEW)
    assert telescope.told == [*OUT, "unpark", "open_cover", "slew 3.0 80.0"]
    assert host.clock.now() >= datetime(2026, 1, 16, 20, tzinfo=UTC)


@pytest.mark.parametrize(("time", "goes_out"), [("13:00", False), ("15:30", True)])
def test_what_is_asked_for_before_sunset_is_done_after_a_wet_dawn(
    make_host: Callable[[], Host], time: str, goes_out: bool
) -> None:
    """A sequence of several days wants it for the next night, as dusk flats; no wait brings anything out for it."""
    host = at(make_host, BEFORE_DAWN)
    telescope = rain(host, (0, 240))
    wait = {"type": "wait_until", "until": {"time": f"2026-01-16T{time}:00+00:00"}}
    run(host, {"type": "unpark"}, wait, SLEW)
    assert telescope.told == [*OUT, *(["unpark", "slew 3.0 80.0"] if goes_out else [])]
    assert host.journal.state.sheltered is not goes_out


def test_a_wait_goes_on_in_the_shelter_by_day(make_host: Callable[[], Host]) -> None:
    """When the rain of the night is over, the Sun shines on a closed cover."""
    host = at(make_host, BEFORE_DAWN, out=True)
    telescope = rain(host, (10, 240))
    run(host, {"type": "wait_until", "until": {"time": "2026-01-16T13:00:00+00:00"}})
    assert telescope.told == OUT
    assert host.journal.state.sheltered


def test_a_container_ends_by_day_in_the_shelter(script: Callable[..., Script], make_host: Callable[[], Host]) -> None:
    """What its lists have that needs the sky is left out, whatever the planner would image; the rest is done."""
    night = script("A", "B")
    made = night.make_host

    def late() -> Host:
        host = made()
        if host.journal.state.lights == 0:
            cast("Any", host.clock).clock.set(datetime(2026, 1, 16, 5, 30, tzinfo=UTC))
        host.journal.state.standing.unparked = host.journal.state.standing.cover_open = True
        return host

    def pour(host: Host) -> None:
        rain(host, (0, 240))

    night.make_host, night.on_light = late, pour
    host = night.run(events={"after_exposure": [{"type": "open_cover"}, pausing(1), SLEW], "after_night": [pausing(2)]})
    assert night.done == ["A", 1, 2]
    assert [word for word in night.telescope.told if not word.startswith("center")] == OUT
    assert any("the Sun has risen" in said for said in host.warnings)
    assert host.journal.state.finished


def test_a_night_that_is_taken_up_by_day_stays_in(make_host: Callable[[], Host]) -> None:
    """The machine was off since before the dawn: flats and report can be made, under a closed cover."""
    host = at(make_host, BEFORE_DAWN, out=True)
    host.journal.save()
    host.journal.state.standing.connected = False
    cast("Any", host.clock).clock.set(datetime(2026, 1, 16, 10, tzinfo=UTC))
    telescope = rain(host)
    take_up(host)
    assert "unpark" not in telescope.told
    assert "open_cover" not in telescope.told
    assert {"close_cover", "park"} <= set(telescope.told)
    run(host, {"type": "sky_flats"})
    assert "open_cover" not in telescope.told


def test_a_night_that_is_taken_up_in_its_own_daylight_goes_on(make_host: Callable[[], Host]) -> None:
    """What was out by day is out again."""
    host = at(make_host, NOON, out=True)
    host.journal.save()
    telescope = rain(host)
    host.clock.sleep(600.0)
    take_up(host)
    assert [word for word in telescope.told if word in ("park", "unpark", "open_cover")] == ["unpark", "open_cover"]


@pytest.mark.parametrize("item", [{"type": "take_exposure", "exposure_s": 1}, {"type": "autofocus"}])
def test_a_cover_that_flats_closed_does_not_open_by_day_after_rain(
    make_host: Callable[[], Host], item: dict[str, Any]
) -> None:
    """What would open it waits for safety as anything else under the sky does."""
    host = at(make_host, BEFORE_DAWN)
    host.journal.state.standing.cover_shut = True
    telescope = rain(host, (0, 240))
    run(host, item)
    assert "open_cover" not in telescope.told


@pytest.mark.parametrize(
    ("when", "hour", "late"),
    [
        ("dusk", EVENING, False),
        ("dusk", 19.0, True),
        ("dusk", 6.5, True),
        ("dawn", 6.5, False),
        ("dawn", 2.0, False),
        ("dawn", 7.5, True),
        ("dawn", 15.0, True),
        ("dusk", 15.0, False),
    ],
)
def test_sky_flats_go_on_after_rain_only_in_their_twilight(
    make_host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch, when: str, hour: float, late: bool
) -> None:
    """At dusk the Sun sinks and is not deep down; at dawn it has not risen."""
    taken: list[str] = []
    monkeypatch.setattr(SkyFlats, "run", lambda self, host: taken.append(self.when))
    host = at(make_host, hour)
    rain(host, (0, 2))
    run(host, {"type": "sky_flats", "when": when})
    assert taken == ([] if late else [when])


def test_rain_that_comes_while_the_camera_cools_finds_a_closed_cover(make_host: Callable[[], Host]) -> None:
    """A night that is taken up looks again before it opens anything."""
    host = at(make_host, EVENING, out=True)
    host.journal.state.standing.cooled_to_c = -10.0
    telescope = rain(host, (10, 60))
    telescope.cool = lambda *given, **how: host.clock.sleep(1200.0)  # type: ignore[attr-defined]
    take_up(host)
    assert "open_cover" not in telescope.told
    assert host.journal.state.sheltered
