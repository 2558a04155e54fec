"""Immediate flats within the Scheduler Container, and the cover that they are taken behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from recording import away
from scripted import Script, pausing

from hostsim.sequence.frames import Frames
from hostsim.sequence.instructions.close_cover import CloseCover
from hostsim.sequence.instructions.take_exposure import TakeExposure
from hostsim.sequence.shelter import UnsafeError, take_shelter
from tsplug import DeviceError


@pytest.mark.parametrize("minutes", [1, 20])
def test_flats_may_outlast_the_wait_that_they_come_before(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """What is best after immediate flats is asked anew: the time that was to be waited for may have passed."""
    night = script("A", 10, "B")

    def flats(parameters: object, host: Any) -> None:
        host.clock.sleep(60.0 * minutes)
        night.done.append("flats")

    monkeypatch.setattr("hostsim.sequence.target_flats.take_immediate_flats", flats)
    night.run(immediate_flats={}, events={"after_wait": [pausing(2)]})
    assert night.done == ["A", "flats", *([2] if minutes == 1 else []), "B", "flats"]


def test_flats_of_a_target_wait_for_their_store(script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch) -> None:
    """They are begun again at their target: after the next one the rotator stands otherwise."""
    night, look = script("A", "B"), away(3)

    def flats(parameters: object, host: Any) -> None:
        look()
        night.done.append("flats")

    monkeypatch.setattr("hostsim.sequence.target_flats.take_immediate_flats", flats)
    night.run(immediate_flats={})
    assert night.done == ["A", "flats", "B", "flats"]


def test_rain_while_flats_wait_for_their_store_is_sheltered_from(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The night goes on without them."""
    night = script("A", "B")

    def flats(parameters: object, host: Any) -> None:
        if night.done == ["A"]:
            night.telescope.safe = False
            away(1)()

    made = night.make_host

    def drying() -> Any:
        host = made()
        sleep = host.clock.sleep

        def dries(seconds: float) -> None:
            sleep(seconds)
            night.telescope.safe = night.telescope.safe or "park" in night.telescope.told

        monkeypatch.setattr(host.clock, "sleep", dries)
        return host

    night.make_host = drying  # type: ignore[method-assign]
    monkeypatch.setattr("hostsim.sequence.target_flats.take_immediate_flats", flats)
    night.run(immediate_flats={})
    assert night.done == ["A", "B"]
    assert night.telescope.told.count("park") == 1


def test_no_cover_opens_after_flats_in_the_shelter(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Sun rose while they waited for their store: it is for the container to leave the shelter, if at all."""
    night = script("A", "B")

    def flats(parameters: object, host: Any) -> None:
        if night.done == ["A"]:
            take_shelter(host, why="the Sun has risen")

    made = night.make_host

    def out() -> Any:
        host = made()
        host.journal.state.standing.unparked = True
        return host

    night.make_host = out  # type: ignore[method-assign]
    monkeypatch.setattr("hostsim.sequence.target_flats.take_immediate_flats", flats)
    night.run(immediate_flats={})
    told = night.telescope.told
    assert "open_cover" in told
    assert told.index("park") < told.index("unpark") < told.index("open_cover")


@pytest.mark.parametrize("told", [True, False])
def test_no_flats_open_the_cover_in_the_rain(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    """Whether the shelter is taken already or the rain has just begun, the night ends closed and without flats."""
    night = script("A")
    monkeypatch.setattr("hostsim.sequence.target_flats.take_immediate_flats", lambda *given: night.done.append("flats"))

    def rain(host: Any) -> None:
        night.telescope.safe = False
        if told:
            raise UnsafeError("rain")

    night.on_light = rain
    host = night.run(immediate_flats={})
    assert night.done == ["A"]
    assert host.journal.state.sheltered
    assert "park" in night.telescope.told
    assert [word for word in night.telescope.told if word.endswith("cover")] == ["close_cover"]


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize(("rains_in", "covers"), [(0, ["open"]), (1, ["close", "open"]), (2, ["open"])])
def test_rain_within_flats_finds_the_cover_closed(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, rains_in: int, covers: list[str], fails: bool
) -> None:
    """It opens for the next target when it is safe again; after the last flats it stays closed, in dry nights too."""
    night = script("A", "B")
    skies: list[bool] = []
    asked: Iterator[bool] = iter(())

    def flats(parameters: Any, host: Any) -> None:
        nonlocal asked
        skies.append(parameters.cover_at_end == "open")
        night.done.append("flats")
        host.journal.state.standing.cover_open = False
        if len(skies) == rains_in:
            asked = iter([False, False])
            night.telescope.is_safe = lambda: next(asked, True)  # type: ignore[method-assign]
        if fails:
            raise DeviceError("panel", "flickers")

    monkeypatch.setattr("hostsim.sequence.target_flats.take_immediate_flats", flats)
    # Where the cover ends is not for the parameters to say.
    host = night.run(immediate_flats={"cover_at_end": "closed"} if fails else {})
    assert night.done == ["A", "flats", "B", "flats"]
    assert skies == [False, False]
    if fails:
        # The light may shine still.
        assert night.telescope.told[night.telescope.told.index("open_cover") - 1] == "light_off" or rains_in == 1
    closed = ["close"] if fails else []
    assert [word.removesuffix("_cover") for word in night.telescope.told if "cover" in word] == [*covers, *closed]
    standing = host.journal.state.standing
    assert (standing.cover_open, standing.cover_shut) == (False, True)


def test_the_next_container_opens_what_the_last_flats_closed(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A night of two of them does not image the cover."""
    night = script("A")
    night.on_light = lambda host: night.done.append(night.telescope.told[0])
    made = night.make_host

    def after_another() -> Any:
        host = made()
        host.journal.state.standing.cover_shut = True
        return host

    night.make_host = after_another
    host = night.run()
    assert night.done == ["A", "open_cover"]
    assert (host.journal.state.standing.cover_open, host.journal.state.standing.cover_shut) == (True, False)


def test_a_container_that_waits_opens_no_cover(script: Callable[..., Script]) -> None:
    """It may begin by day: what the last flats closed is opened for the first light, not for the wait before."""
    night = script(60, "A")
    made, opened = night.make_host, []

    def after_another() -> Any:
        host = made()
        host.journal.state.standing.cover_shut = True
        return host

    night.make_host = after_another
    night.on_light = lambda host: opened.append(night.telescope.told)
    night.run(events={"before_wait": [pausing(1)], "after_wait": [pausing(2)]})
    assert opened == [night.telescope.told]
    assert night.telescope.told.index("open_cover") > night.telescope.told.index("track False")


def test_a_panel_that_fails_after_the_last_flats_costs_a_warning(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks after the telescope is told that the cover may be open."""
    night = script("A")

    def fail(*given: object) -> None:
        night.telescope.close_cover = fail  # type: ignore[method-assign]
        raise DeviceError("panel", "is lost")

    monkeypatch.setattr("hostsim.sequence.target_flats.take_immediate_flats", fail)
    host = night.run(immediate_flats={})
    assert host.warnings == ["panel: is lost; imaging goes on", "panel: is lost; the cover may be open"]


@pytest.mark.parametrize(
    ("asked", "safe", "covers"),
    [
        ("open", [True, True], ["open"]),
        ("open", [False, False], ["close", "open", "open"]),
        ("open", [False], ["close", "open", "open"]),
        ("closed", [True, True], []),
    ],
)
def test_flats_of_a_list_open_the_cover_only_where_something_is_imaged_after_them(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, asked: str, safe: list[bool], covers: list[str]
) -> None:
    """And only where it is safe: else the container shelters, for one answer too, and opens it later."""
    night = script("A", "B")
    answers: Iterator[bool] = iter(())
    given = iter([safe])

    def flats(parameters: Any, host: Any, *, camera: str | None) -> None:
        nonlocal answers
        assert (parameters.cover_at_end, camera) == ("closed", None)
        host.journal.state.standing.cover_open = False
        if night.done == ["A"]:
            answers = iter(next(given, [True, True]))
            night.telescope.is_safe = lambda: next(answers, True)  # type: ignore[method-assign]

    monkeypatch.setattr("hostsim.sequence.instructions.scheduler_immediate_flats.take_immediate_flats", flats)
    night.on_light = lambda host: setattr(host.journal.state.standing, "cover_open", True)
    host = night.run(events={"after_target": [{"type": "scheduler_immediate_flats", "cover_at_end": asked}]})
    assert [word.removesuffix("_cover") for word in night.telescope.told if "cover" in word] == covers
    standing = host.journal.state.standing
    assert (standing.cover_open, standing.cover_shut) == (False, asked == "open")


@pytest.mark.parametrize("safe", [True, False])
def test_what_is_exposed_between_containers_sees_the_sky(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch, safe: bool
) -> None:
    """The cover that the last flats closed opens for it, where it is safe; one that the author closed stays so."""
    night = script("A")
    host, lit = night.run(), []
    monkeypatch.setattr(Frames, "snapshots", lambda *given, **asked: lit.append(list(night.telescope.told)))
    night.telescope.told.clear()
    night.telescope.safe, host.journal.state.standing.cover_shut = safe, True
    if safe:
        TakeExposure(exposure_s=5).run(host)
        CloseCover().run(host)
        TakeExposure(exposure_s=5).run(host)
        assert [[word for word in told if "cover" in word] for told in lit] == [
            ["open_cover"],
            ["open_cover", "close_cover"],
        ]
    else:
        with pytest.raises(UnsafeError):
            TakeExposure(exposure_s=5).run(host)
        assert lit == night.telescope.told == []
