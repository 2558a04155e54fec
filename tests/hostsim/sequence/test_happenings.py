"""The instructions for what happens to a Scheduler Container: when they run, how often, and what if one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from scripted import Script, pausing

from hostsim.equipment.camera import TooLateError
from hostsim.sequence.errors import InstructionFailedError, SequenceFileError
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.wait_until import WaitUntil as Pause
from hostsim.sequence.parse import parse
from hostsim.sequence.shelter import UnsafeError
from tsplug import Cancelled, ContainerStopped, TargetCompleted, TargetStarted, WaitStarted, hookimpl
from tsplug.model import PlannerPreferences

BEFORE_WAIT, AFTER_WAIT, BEFORE_TARGET, AFTER_EXPOSURE = 1, 2, 3, 4
AFTER_TARGET, AFTER_EACH_TARGET, COMPLETE, AFTER_NIGHT = 5, 6, 7, 8
EVENTS = {
    "before_wait": [pausing(1)],
    "after_wait": [pausing(2)],
    "before_target": [pausing(3)],
    "after_exposure": [pausing(4)],
    "after_target": [pausing(5)],
    "after_each_target": [pausing(6)],
    "after_target_complete": [pausing(7)],
    "after_night": [pausing(8)],
}
# Two lights of A, a wait, one more of A, then B.
NIGHT = ("A", "A", 60, "A", "B")
WHOLE = [
    *(BEFORE_TARGET, "A", AFTER_EXPOSURE, "A", AFTER_EXPOSURE, AFTER_EACH_TARGET),
    *(BEFORE_WAIT, AFTER_WAIT),
    *(BEFORE_TARGET, "A", AFTER_EXPOSURE, AFTER_TARGET, AFTER_EACH_TARGET),
    *(BEFORE_TARGET, "B", AFTER_EXPOSURE, COMPLETE, AFTER_TARGET, AFTER_EACH_TARGET, AFTER_NIGHT),
]
SLEEPS = 60
# Scripts replace it.
WAIT = Pause.run


@pytest.fixture
def night(script: Callable[..., Script]) -> Script:
    """A night with everything in it; its last target is complete with its only light."""
    made = script(*NIGHT)
    made.complete = frozenset("B")
    return made


def test_each_list_runs_when_its_event_comes_to_pass(night: Script) -> None:
    """A target that a wait interrupts is left each time, but done with once only."""
    night.run(events=EVENTS)
    assert night.done == WHOLE


@pytest.mark.parametrize("fails_at", range(1, SLEEPS, 3))
def test_nothing_is_lost_or_doubled_by_a_power_cut(night: Script, power: Any, fails_at: int) -> None:
    """Wherever it is cut off, the night that goes on has done the same in the end."""
    power.fails_at = fails_at
    with pytest.raises(BaseException, match=r"^$"):
        night.run(events=EVENTS)
    night.run(events=EVENTS)
    assert night.done == WHOLE


def test_a_power_cut_is_tried_in_the_whole_night(night: Script, power: Any) -> None:
    """The night above has about as many sleeps as the power is cut in."""
    night.run(events=EVENTS)
    assert power.sleeps >= SLEEPS


def test_a_failure_ends_the_night_unless_its_instruction_says_otherwise(night: Script, screen: StringIO) -> None:
    """What failed is named within the container, once; the night that goes on begins with it."""
    parking = {"type": "warm_camera", "temperature_c": 0}
    with pytest.raises(InstructionFailedError, match=r"^[^;]*run\[0\].events.after_exposure\[1\] \(warm_camera\): "):
        night.run(events={"after_exposure": [pausing(4), parking]})
    assert night.done == ["A", AFTER_EXPOSURE]
    state = night.host.journal.state
    assert [each.event for each in state.stage.pending] == ["after_exposure"]
    assert [place.index for place in state.cursor] == [0, 1]


def test_a_failure_may_be_passed_over(night: Script, screen: StringIO) -> None:
    """With on_error: continue in the list the next instruction follows; no event is lost by it."""
    night.run(events={"after_exposure": [{"type": "switch_filter", "filter": "L", "on_error": "continue"}, pausing(4)]})
    assert night.done.count(AFTER_EXPOSURE) == 4
    assert screen.getvalue().count("events.after_exposure[0] (switch_filter)") == 4


def test_a_container_that_is_passed_over_leaves_nothing_to_the_next(night: Script) -> None:
    """With on_error: continue of the container itself, what was to follow is forgotten."""
    host = night.run(events={"after_exposure": [{"type": "switch_filter", "filter": "L"}]}, on_error="continue")
    assert host.journal.state.finished
    assert host.journal.state.stage.pending == []


def test_a_stop_within_a_list_is_told_once(night: Script) -> None:
    """The equipment is left safe once, and the place within the container named."""
    night.on_light = lambda host: host.context.cancellation.ask()
    with pytest.raises(Cancelled, match=r"events.after_exposure\[0\].*goes on from here$") as stopped:
        night.run(events=EVENTS)
    assert str(stopped.value).count("left safe") == 1


def test_a_list_may_hold_containers(night: Script) -> None:
    """Loops and sequences run in a list as anywhere."""
    loop = {"type": "loop", "count": 2, "run": [{"type": "sequential", "run": [pausing(4), pausing(5)]}]}
    night.run(events={"after_night": [loop]})
    assert night.done[-4:] == [4, 5, 4, 5]


def test_a_telescope_that_a_list_moved_points_at_its_target_again(night: Script) -> None:
    """Only a list between two exposures of a target has that care taken; the target does not begin anew."""

    def move(host: object) -> None:
        night.telescope.off = 4000.0

    night.on_light = move
    night.run(events={"after_exposure": [pausing(4)], "before_target": [pausing(3)]})
    assert night.telescope.told.count("center 0") == 2 + 3
    assert night.done.count(BEFORE_TARGET) == 3


def test_a_list_may_slew_to_the_target_that_it_is_about(night: Script) -> None:
    """Without coordinates a slew goes to the target of the event, be it left already."""
    slew = {"type": "slew", "center": False}
    night.run(events={"before_target": [slew], "after_each_target": [slew], "after_target": [{**slew, "center": True}]})
    told = [each for each in night.telescope.told if each.startswith("slew")]
    assert told == [f"slew {hour} 20.0" for hour in ("0.0", "0.0", "0.0", "0.0", "1.0", "1.0")]
    assert night.telescope.told[-2:] == ["center 1", "slew 1.0 20.0"]


def test_a_parked_telescope_leaves_the_park_for_its_target(night: Script) -> None:
    """A list that parks between two exposures does not stop the imaging."""
    night.on_light = lambda host: night.telescope.park()
    night.run(events={"after_exposure": [pausing(4)]})
    assert night.telescope.told[:4] == ["center 0", "park", "unpark", "center 0"]


@pytest.mark.parametrize(("minutes", "parks"), [(60, True), (10, False)])
def test_a_long_wait_is_spent_in_the_park_if_the_profile_wants_it(
    script: Callable[..., Script], make_host: Callable[..., Any], minutes: int, parks: bool
) -> None:
    """Parking for a minute is not worth it; after the wait the mount is unparked before its instructions."""
    night = script("A", minutes, "A")
    made = night.make_host

    def preferring() -> Any:
        host = made()
        host.profile = host.profile.model_copy(update={"planner": PlannerPreferences(park_on_wait=True)})
        host.clock.sleep(240.0)
        return host

    night.make_host = preferring
    night.run(events={"before_wait": [pausing(1)], "after_wait": [pausing(2)]})
    assert night.telescope.told == [
        "center 0",
        *(["park", "unpark"] if parks else ["track False"]),
        "center 0",
    ]


def test_what_is_due_waits_until_it_is_safe(night: Script, screen: StringIO) -> None:
    """Shelter leaves the target; no list runs before it is over, and the exposure's own is not forgotten."""
    hours = chain([False, False], repeat(True))

    def rain(host: Any) -> None:
        if host.journal.state.lights == 1:
            night.telescope.is_safe = lambda: next(hours)  # type: ignore[method-assign]
            raise UnsafeError("rain")

    night.on_light = rain
    night.run(events=EVENTS)
    assert night.done[:6] == [BEFORE_TARGET, "A", AFTER_EXPOSURE, AFTER_EACH_TARGET, BEFORE_TARGET, "A"]


def test_a_list_waits_until_it_is_safe(script: Callable[..., Script]) -> None:
    """The container shelters before the next instruction, and goes on with that one; after its night no more."""
    night = script("A", "B")
    answers: Iterator[bool] = iter(())

    def rain(host: Host) -> None:
        nonlocal answers
        # Once before the list, then before each of its instructions.
        answers = iter([True, True, False, False] if night.done == ["A"] else [True])
        night.telescope.is_safe = lambda: next(answers, True)  # type: ignore[method-assign]

    night.on_light = rain
    failing = {"type": "wait_until", "until": {"time": "2026-01-15T00:02:00+00:00"}, "on_error": "continue"}
    night.run(events={"after_target": [pausing(1), failing], "after_night": [pausing(3)]})
    assert night.done == ["A", 1, 2, "B", 1, 2, 3]
    assert [word for word in night.telescope.told if word in ("close_cover", "park", "unpark")][:2] == [
        "close_cover",
        "park",
    ]


@pytest.mark.parametrize("watched", [True, False])
def test_a_wait_within_a_container_looks_whether_it_is_safe(script: Callable[..., Script], watched: bool) -> None:
    """Elsewhere nobody would shelter from it."""
    host = script("A").run()
    host.between = (lambda: None) if watched else None
    host.context.devices.rig.safety.safe = False
    until = host.clock.now() + timedelta(minutes=5)
    if watched:
        with pytest.raises(UnsafeError):
            WAIT(Pause.model_validate({"until": {"time": until.isoformat()}}), host)
    else:
        WAIT(Pause.model_validate({"until": {"time": until.isoformat()}}), host)
    assert (host.clock.now() == until) is not watched


def test_a_wait_that_is_over_before_it_begins_ends_nothing(script: Callable[..., Script]) -> None:
    """Coming out of the shelter takes longer than there was to wait."""
    night = script("A", 10, "B")

    def rain(host: Any) -> None:
        if host.journal.state.lights == 1:
            host.journal.state.standing.unparked = True
            night.telescope.unpark = lambda: host.clock.sleep(600.0)  # type: ignore[method-assign]
            raise UnsafeError("rain")

    night.on_light = rain
    night.run()
    assert night.done == ["A", "B"]


@pytest.mark.parametrize(("seconds_left", "done"), [(330, ["A", "B"]), (329, ["A", "B"]), (328, ["B"])])
def test_no_exposure_begins_that_would_outlast_its_limits(
    script: Callable[..., Script], screen: StringIO, seconds_left: int, done: list[str]
) -> None:
    """Centering takes half a minute, which the decision did not reckon with; a second is put down to rounding."""
    night = script("A", "B")
    night.lost = {"A": night.began + timedelta(seconds=seconds_left)}
    night.run()
    assert night.done == done
    assert night.telescope.told == ["center 0", "center 1"]
    assert screen.getvalue().count("A L, 300 s would end at ") == (len(done) == 1)


def test_what_is_best_is_asked_anew_where_no_time_is_left_for_a_failed_exposure(
    script: Callable[..., Script], screen: StringIO
) -> None:
    """It is not recorded, and costs a warning instead of the night."""
    night = script("A", "B")

    def fail(host: Any) -> None:
        if night.done == ["A"]:
            host.journal.state.stage.pending.clear()
            raise TooLateError("camera", "no time is left")

    night.on_light = fail
    night.run(events={"after_exposure": [pausing(4)]})
    assert night.done == ["A", "B", AFTER_EXPOSURE]
    assert screen.getvalue().count("camera: no time is left: asking anew") == 1


def test_what_lacks_in_the_night_is_warned_of_once(night: Script, screen: StringIO) -> None:
    """Each note of the decisions is shown, however many decisions have it."""
    made = night.decide
    notes = {"notes": ("no horizon", "a rule fails")}
    night.decide = lambda request: made(request).model_copy(update=notes)  # type: ignore[method-assign]
    host = night.run()
    assert host.warnings == ["no horizon", "a rule fails"]
    assert [screen.getvalue().count(note) for note in host.warnings] == [1, 1]


@pytest.mark.parametrize(("decided", "said"), [("A", "asked for what does not fit: A L"), (60, "which has passed")])
def test_what_has_passed_already_is_refused(script: Callable[..., Script], decided: str | int, said: str) -> None:
    """A scheduler that asks for it would be asked for ever."""
    night = script(decided)
    made = night.decide
    night.decide = lambda request: made(request).model_copy(update={"until": night.began})  # type: ignore[method-assign]
    with pytest.raises(InstructionFailedError, match=said):
        night.run()


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        ("{after_lunch: []}", "9: run[0].events.after_lunch: unknown key"),
        ("{after_wait: [{type: parc}]}", "9: run[0].events.after_wait[0]: unknown instruction parc"),
        ("{after_wait: [{type: slew, ra_hours: 25, dec_deg: 0}]}", "after_wait[0].ra_hours: must be less than 24"),
        (
            "{after_night: [{type: loop, count: 1, run: [{type: scheduler_container}]}]}",
            "9: run[0].events.after_night: a scheduler_container cannot run within another one",
        ),
    ],
)
def test_lists_are_checked_with_their_lines(
    write: Callable[[str], Path], small: str, events: str, problem: str
) -> None:
    """What is wrong in a list is told like anything else of the sequence."""
    head = small.partition("run:\n")[0]
    file = write(f"{head}run:\n  - type: scheduler_container\n    events: {events}\n")
    with pytest.raises(SequenceFileError) as refused:
        parse(file)
    assert problem in refused.value.problems[0]


def test_instructions_of_lists_are_counted_and_have_lines(write: Callable[[str], Path], small: str) -> None:
    """An error at run time names the line of the instruction within its list."""
    head = small.partition("run:\n")[0]
    lists = "    events:\n      after_wait:\n        - type: unpark\n        - type: park\n"
    parsed = parse(write(f"{head}run:\n  - type: scheduler_container\n{lists}"))
    assert parsed.lines[("run", 0, "events", "after_wait", 1)] == 12
    assert len(parsed.lines) == 3


class Ears:
    """Hears the container's news."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def on_container_started(self) -> None:
        self.heard.append("begun")

    @hookimpl
    def on_container_stopped(self, event: ContainerStopped) -> None:
        self.heard.append(f"failed: {event.reason}" if event.failed else event.reason)

    @hookimpl
    def on_wait_started(self, event: WaitStarted) -> None:
        self.heard.append(f"wait for {event.target_name}")

    @hookimpl
    def on_wait_ended(self) -> None:
        self.heard.append("waited")

    @hookimpl
    def on_target_started(self, event: TargetStarted) -> None:
        self.heard.append(f"{'new ' if event.new else ''}{event.target_name} {event.exposure_s:g}")

    @hookimpl
    def on_target_completed(self, event: TargetCompleted) -> None:
        self.heard.append(f"complete {event.target_name}")
        raise ValueError("whatever a plugin does costs the night nothing")


def listening(night: Script) -> Ears:
    """Return ears that hear what happens in a night."""
    ears, made = Ears(), night.make_host

    def heard() -> Any:
        host = made()
        host.manager.register(ears)
        return host

    night.make_host = heard
    return ears


def test_plugins_hear_what_happens(night: Script) -> None:
    """Each exposure is told before it is taken, waits and completion when they come to pass."""
    ears = listening(night)
    night.run()
    first, middle = ["begun", "new A 300", "A 300"], ["wait for next", "waited", "new A 300"]
    assert ears.heard == [*first, *middle, "new B 300", "complete B", "the script is over"]


def test_plugins_hear_of_a_failure(night: Script) -> None:
    """The container says why it ended, and that it failed."""
    ears = listening(night)
    with pytest.raises(InstructionFailedError):
        night.run(events={"before_target": [{"type": "switch_filter", "filter": "L"}]})
    assert ears.heard[:2] == ["begun", "new A 300"]
    assert ears.heard[2].startswith("failed: night.yaml:1: run[0].events.before_target[0] (switch_filter): ")
