"""A store that cannot be reached for a while costs a night time, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from raining import OUT, equipped, rain, run
from recording import Recorder, away, saved
from scripted import Script, pausing

from hostsim.sequence import store_patience
from hostsim.sequence.delivery import deliver
from hostsim.sequence.errors import InstructionFailedError
from hostsim.sequence.host import Host
from hostsim.sequence.state import Outbox
from tsplug import FlatRunReport, StoreUnavailableError
from tsplug.instructions import SchedulerCondition, SchedulerContainer
from tsplug.model import WorkLeft


@pytest.mark.parametrize("asks", ["decide", "is_complete", "keep"])
def test_a_container_waits_for_its_store(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, asks: str
) -> None:
    """Whatever it asks for is asked for again; lists go on where they were, and it is warned of once."""
    night, look = script("A", "B"), away(5)
    asked = getattr(SchedulerContainer, asks)

    def unsure(*given: Any) -> Any:
        if night.done[:1] == ["A"]:
            look()
        return True if asks == "keep" else asked(*given)

    monkeypatch.setattr(SchedulerContainer, asks, unsure)
    host = night.run(events={"after_exposure": [pausing(1), pausing(2)], "after_target": [pausing(3)]})
    assert night.done == ["A", 1, 2, 3, "B", 1, 2, 3]
    assert sum("waiting for the store" in said for said in host.warnings) == 1
    assert host.journal.state.finished


def test_patience_with_a_store_has_an_end(script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch) -> None:
    """After half an hour the equipment is left safe, and the night goes on when somebody has seen to the store."""
    night = script("A")
    monkeypatch.setattr(SchedulerContainer, "decide", lambda *given: away(1)())
    with pytest.raises(InstructionFailedError, match="locked by another program; left safe: "):
        night.run()
    assert 30 <= (night.host.clock.now() - night.began).total_seconds() / 60.0 <= 31


@pytest.mark.parametrize("attempt_s", [120.0, 600.0])
def test_patience_does_not_begin_anew_with_an_attempt_that_takes_long(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, attempt_s: float
) -> None:
    """Nothing has come of it: it focused in vain, or waited for locks."""
    night, attempts = script("A"), [0]

    def decide(*given: object) -> None:
        attempts[0] += 1
        assert attempts[0] < 50
        night.host.clock.sleep(attempt_s)
        raise StoreUnavailableError("locked by another program")

    monkeypatch.setattr(SchedulerContainer, "decide", decide)
    with pytest.raises(InstructionFailedError, match="locked by another program; left safe: "):
        night.run()
    assert 30 <= (night.host.clock.now() - night.began).total_seconds() / 60.0 <= 51


@pytest.mark.parametrize("what", ["a report without flats", "a snapshot", "a place in a list"])
def test_patience_does_not_begin_anew_with_what_an_attempt_in_vain_leaves(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The first of two cameras needs no flats, or a list takes its frames each time, here or there."""
    night, attempts = script("A"), [0]

    def decide(*given: object) -> None:
        attempts[0] += 1
        assert attempts[0] < 100
        state = night.host.journal.state
        if what == "a snapshot":
            state.lights, state.darks, state.repeats = state.lights + 1, state.darks + 1, state.repeats + 1
        elif what == "a report without flats":
            state.flat_runs.append(FlatRunReport(message="no flats are due"))
        else:
            state.cursor[-1].iteration = attempts[0] % 2
        raise StoreUnavailableError("locked by another program")

    monkeypatch.setattr(SchedulerContainer, "decide", decide)
    with pytest.raises(InstructionFailedError, match="locked by another program; left safe: "):
        night.run()
    assert 30 <= (night.host.clock.now() - night.began).total_seconds() / 60.0 <= 32


@pytest.mark.parametrize("between", ["a light", "a wait"])
def test_patience_begins_anew_where_the_night_went_on(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    """Twenty minutes without a store in the evening leave it half an hour later on."""
    night = script("A", 40, "B") if between == "a wait" else script(*"AAAAA")
    decide, away_min = SchedulerContainer.decide, ((0, 20), (40, 60)) if between == "a wait" else ((0, 20), (25, 45))

    def decided(*given: Any) -> Any:
        minutes = (night.host.clock.now() - night.began).total_seconds() / 60.0
        if any(first <= minutes < last for first, last in away_min):
            raise StoreUnavailableError("locked by another program")
        return decide(*given)

    monkeypatch.setattr(SchedulerContainer, "decide", decided)
    host = night.run()
    assert night.done == (["A", "B"] if between == "a wait" else list("AAAAA"))
    assert sum("waiting for the store" in said for said in host.warnings) == 2


def test_the_sun_finds_nothing_outside_while_the_store_is_away(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It rises while the container waits: the shelter is taken, whatever the weather, and not left again."""
    night, decide = script(840, "A"), SchedulerContainer.decide
    made = night.make_host

    def out() -> Host:
        host = made()
        host.journal.state.standing.unparked = True
        return host

    def decided(*given: Any) -> Any:
        minutes = (night.host.clock.now() - night.began).total_seconds() / 60.0
        if 840 <= minutes < 868:
            raise StoreUnavailableError("locked by another program")
        return decide(*given)

    night.make_host = out  # type: ignore[method-assign]
    monkeypatch.setattr(SchedulerContainer, "decide", decided)
    host = night.run()
    assert night.done == []
    assert night.telescope.told[-3:] == OUT
    assert host.journal.state.sheltered
    assert any("the Sun has risen" in said for said in host.warnings)


@pytest.mark.parametrize("enabled", [True, False])
def test_a_container_that_waits_for_its_store_flips_as_it_says(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, enabled: bool
) -> None:
    """What its cables forbid is forbidden then too; what follows the container goes by the profile."""
    night, look, seen = script("A", "A"), away(3), set[bool | None]()
    decide, waited = SchedulerContainer.decide, store_patience.wait_safely

    def decided(*given: Any) -> Any:
        look()
        return decide(*given)

    def wait(until: datetime, host: Host) -> None:
        seen.add(None if host.meridian is None else host.meridian.flips)
        waited(until, host)

    monkeypatch.setattr(SchedulerContainer, "decide", decided)
    monkeypatch.setattr(store_patience, "wait_safely", wait)
    assert night.run(flip={"enabled": enabled}).meridian is None
    assert seen == {enabled}


def test_rain_finds_nothing_outside_while_the_store_is_away(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shelter is taken, and left again when store and sky are back."""
    night, look = script("A", "B"), away(10)
    decide = SchedulerContainer.decide

    def decided(*given: Any) -> Any:
        if night.done == ["A"]:
            look()
        return decide(*given)

    def pour(host: Host) -> None:
        host.journal.state.standing.unparked = True
        if night.done == ["A"]:
            rain(host, (2, 60))

    monkeypatch.setattr(SchedulerContainer, "decide", decided)
    night.on_light = pour
    night.run()
    assert night.done == ["A", "B"]
    assert night.telescope.told == ["center 0", *OUT, "unpark", "center 1"]


def test_a_light_is_recorded_before_what_follows_is_decided(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is on disk and promised: it is recorded once, and no decision is asked for without it."""
    night, recorder = script("A", "B"), Recorder(away(3))
    made, decide = night.make_host, night.decide

    def listening() -> Host:
        host = made()
        for plugin in host.manager.get_plugins():
            host.manager.unregister(plugin)
        host.manager.register(recorder)
        return host

    def promise(host: Host) -> None:
        state = host.journal.state
        part, final = host.out / f".{state.lights}.part", host.out / f"{state.lights}.fits"
        part.write_bytes(b"pixels")
        state.outbox = Outbox(part=part, final=final, event=saved(f"light {state.lights}", host))
        deliver(state.outbox, host)

    def decided(request: Any) -> Any:
        assert len(recorder.recorded) == len([each for each in night.done if isinstance(each, str)])
        return decide(request)

    night.make_host, night.on_light, night.decide = listening, promise, decided  # type: ignore[method-assign]
    night.run()
    assert recorder.recorded == ["light 1", "light 2"]
    assert night.done == ["A", "B"]


def test_a_loop_waits_for_its_store(make_host: Callable[[], Host], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a pass depends on is asked for again."""
    host, look, answers = equipped(make_host()), away(2), iter([True, False])

    def judge(*given: object) -> WorkLeft:
        look()
        return WorkLeft(left=next(answers), reason="M 42")

    monkeypatch.setattr(SchedulerCondition, "judge", judge)
    run(
        host,
        {"type": "loop", "as_long_as": "targets_remain", "run": [{"type": "wait_until", "until": {"time": "22:30"}}]},
    )
    assert host.journal.state.finished
