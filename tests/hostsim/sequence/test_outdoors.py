"""What needs the open sky beside a Scheduler Container's own work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from raining import OUT, equipped, rain, run
from scripted import Script, Telescope, pausing

from hostsim.equipment.mount import MountReading
from hostsim.sequence.errors import InstructionFailedError
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.wait_until import WaitUntil as Pause
from hostsim.sequence.safety_settings import SafetySettings
from tsplug import DeviceError, FlatRunReport, PierSide, SlewCenter
from tsplug.instructions import FlatWizard, SchedulerFlats, Session
from tsplug.model import PlannerPreferences, TrainingReport, Until

BACK = ["unpark", "open_cover", "slew 10.0 80.0"]


@pytest.fixture(autouse=True)
def never_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the telescope point where it may point back to at any hour."""
    there = MountReading("M", 150.0, 80.0, 45.0, 180.0, PierSide.EAST)
    monkeypatch.setattr(Telescope, "reading", lambda self: there)


@pytest.fixture
def host(make_host: Callable[[], Host]) -> Host:
    return equipped(make_host())


def wait(host: Host, minutes: float) -> None:
    until = host.clock.now() + timedelta(minutes=minutes)
    Pause.model_validate({"until": {"time": until.isoformat()}}).run(host)
    assert host.clock.now() == until


@pytest.mark.parametrize(
    ("rains_until", "out", "told"), [(30, True, OUT + BACK), (90, True, OUT), (30, False, []), (0, True, [])]
)
def test_rain_in_a_wait_finds_nothing_outside(host: Host, rains_until: float, out: bool, told: list[str]) -> None:
    """The wait ends when it would have; wet, what follows begins in the shelter. What is not out stays as it is."""
    standing = host.journal.state.standing
    standing.unparked = standing.cover_open = out
    telescope = rain(host, (10, rains_until))
    wait(host, 60)
    assert telescope.told == told
    assert host.journal.state.sheltered is (told == OUT)


def test_hours_of_rain_in_a_wait_are_nobodys_loss(host: Host) -> None:
    """The patience of the sequence begins where something is to be done."""
    host.safety = SafetySettings(wait_hours=1)
    host.journal.state.standing.cover_open = True
    rain(host, (0, 600))
    wait(host, 300)
    with pytest.raises(InstructionFailedError, match="has not been safe for 1 h"):
        run(host, {"type": "open_cover"})
    assert (host.clock.now() - host.journal.state.began).total_seconds() / 60.0 == pytest.approx(360, abs=3)


def test_a_mount_that_refuses_its_place_after_the_rain_costs_a_warning(host: Host) -> None:
    """It may have set meanwhile."""
    host.journal.state.standing.unparked = True
    telescope = rain(host, (10, 30))

    def refuse(*place: float) -> None:
        raise DeviceError("telescope", "below the horizon")

    telescope.slew = refuse  # type: ignore[method-assign]
    wait(host, 60)
    assert telescope.told == [*OUT, "unpark"]
    assert "going on where the telescope points after the shelter" in host.warnings[-1]


def test_what_needs_the_sky_waits_until_it_is_safe(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves the park or opens in the rain; frames that it cuts short go on where the telescope pointed."""
    frames: list[bool] = []

    def expose(taker: Frames, wanted: object, *, look: Callable[[], None]) -> None:
        host.clock.sleep(900.0)
        look()
        frames.append(telescope.is_parked)

    monkeypatch.setattr(Frames, "snapshots", expose)
    telescope = rain(host, (0, 10), (20, 40))
    telescope.is_parked, telescope.tracks = True, False
    run(host, {"type": "unpark"}, {"type": "open_cover"}, {"type": "take_exposure", "exposure_s": 900})
    assert telescope.told == [*OUT, "unpark", "light_off", "open_cover", *OUT, *BACK]
    assert frames == [False]


def test_frames_behind_a_closed_cover_in_the_park_know_no_weather(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are of the dark."""
    monkeypatch.setattr(Frames, "snapshots", lambda taker, wanted, *, look: look())
    telescope = rain(host, (0, 600))
    run(host, {"type": "park"}, {"type": "close_cover"}, {"type": "take_exposure", "exposure_s": 900})
    assert telescope.told == ["park", "light_off", "close_cover"]


@pytest.mark.parametrize(
    ("event", "done", "told"),
    [
        ("before_target", [1, 1, 2, "A", 1, 2, "B"], ["center 0", *OUT, "unpark", "center 0", "center 1"]),
        ("after_exposure", ["A", 1, 2, "B", 1, 2], ["center 0", *OUT, "unpark", "slew 10.0 80.0", "center 1"]),
    ],
)
def test_a_list_amid_a_target_goes_on_at_its_place(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, event: str, done: list[Any], told: list[str]
) -> None:
    """What comes before the first exposure comes again when the target has been pointed at anew."""
    night, answers = script("A", "B"), iter([False])
    monkeypatch.setattr(Telescope, "is_safe", lambda told: night.done[-1:] != [1] or next(answers, True))
    host = night.run(events={event: [pausing(1), pausing(2)]})
    assert night.done == done
    assert night.telescope.told == told
    assert host.journal.state.cursor[1:] == []


@pytest.mark.parametrize(
    ("until", "ends_h", "over", "hours"),
    [
        ({"time": "21:00"}, None, False, 3),
        ({"time": "17:30"}, None, False, 0),
        ({"time": "05:00"}, None, False, 11),
        ({"time": "07:00"}, None, False, 0),
        ({"time": "21:00"}, 2, False, 2),
        ({"time": "21:00"}, 2, True, 3),
        ({"altitude": {"ra_hours": 21.3, "dec_deg": 20.0, "above_deg": 60.0}}, None, False, 18),
        ({"time": "2026-01-16T22:00:00+00:00"}, None, False, 18),
    ],
)
def test_a_moment_in_a_list_is_one_of_its_night(
    host: Host, until: dict[str, Any], ends_h: float | None, over: bool, hours: float
) -> None:
    """It is 18 h there: a time that has passed is not tomorrow's, and night or container may end before."""
    now = host.clock.now()
    assert host.moment_of(Until(time=time(17, 30))) == now + timedelta(hours=23.5)
    host.between = lambda: None
    host.ends = None if ends_h is None else now + timedelta(hours=ends_h)
    host.journal.state.stage.over = "done" if over else None
    assert host.moment_of(Until.model_validate(until)) == now + timedelta(hours=hours)


@pytest.mark.parametrize("event", ["after_exposure", "after_target", "after_each_target", "after_night"])
def test_what_a_list_exposes_after_the_rain_is_not_the_park(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    """Before a list that the rain has kept waiting the telescope points where it pointed."""
    night, pointed = script("A"), []
    monkeypatch.setattr(Frames, "snapshots", lambda *given, **asked: pointed.append(night.telescope.told[-1]))

    def pour(host: Host) -> None:
        host.journal.state.standing.unparked = True
        rain(host, (0, 30))

    night.on_light = pour
    night.run(events={event: [{"type": "take_exposure", "exposure_s": 1}]})
    assert pointed == ["slew 10.0 80.0"]


def test_a_telescope_that_others_point_is_not_left_at_its_park(script: Callable[..., Script]) -> None:
    """With `slew_and_center` off nobody else brings it back from the shelter."""
    night = script("A", "A")
    made = night.make_host

    def preferring() -> Host:
        host = made()
        planner = PlannerPreferences(slew_and_center=False)
        host.profile = host.profile.model_copy(update={"planner": planner})
        host.journal.state.standing.unparked = True
        return host

    def pour(host: Host) -> None:
        if host.journal.state.lights == 1:
            rain(host, (0, 30))

    night.make_host, night.on_light = preferring, pour
    night.decide = pointless(night.decide)  # type: ignore[method-assign]
    night.run()
    assert night.done == ["A", "A"]
    assert night.telescope.told == [*OUT, "unpark", "slew 10.0 80.0"]


def pointless(decide: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return decisions without slews."""

    def decided(request: Any) -> Any:
        decision = decide(request)
        steps = [each for each in getattr(decision, "steps", ()) if not isinstance(each, SlewCenter)]
        return decision.model_copy(update={"steps": tuple(steps)} if steps else {})

    return decided


@pytest.mark.parametrize(("wet", "told"), [(False, ["open_cover"]), (True, [*OUT, "open_cover"])])
@pytest.mark.parametrize("kind", ["scheduler_flats", "flat_wizard"])
def test_flats_open_the_cover_at_their_end_only_where_it_is_safe(
    host: Host, monkeypatch: pytest.MonkeyPatch, kind: str, wet: bool, told: list[str]
) -> None:
    """They end behind it; in the rain the shelter is taken, and the cover opens when that is left."""
    asked: list[str] = []
    telescope = rain(host, (0, 30)) if wet else rain(host)
    opened, opens = [], telescope.open_cover
    telescope.open_cover = lambda: (opened.append(telescope.is_safe()), opens())[1]  # type: ignore[method-assign,func-returns-value]
    for flats in (SchedulerFlats, FlatWizard):
        monkeypatch.setattr(flats, "obstacles", lambda *given: [], raising=False)
        monkeypatch.setattr(flats, "validate", lambda *given: [])
        monkeypatch.setattr(flats, "run", lambda self, parameters, session: report(asked, parameters, session))
    run(
        host, {"type": kind, "cover_at_end": "open"}, {"type": "take_exposure", "exposure_s": 0, "on_error": "continue"}
    )
    assert asked == ["closed"]
    assert [word for word in telescope.told if word != "unpark"][: len(told)] == told
    assert opened == [True]


def report(asked: list[str], parameters: Any, session: Session) -> Any:
    """Take no flats, and say so."""
    asked.append(parameters.cover_at_end)
    now = session.context.clock.now()
    if isinstance(parameters, FlatWizard.Parameters):
        return TrainingReport(results=(), panel_off=True, message="none", finished=now)
    return FlatRunReport(finished=now)
