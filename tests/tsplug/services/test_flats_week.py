"""A simulated week by every due rule: exactly the sets of the golden table, on its mornings, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flat_week import WEEK, Week, catalogue, evening, morning

from tsplug.hookspecs import plugin_manager
from tsplug.model import FlatHistory, FlatSet, FlatSetFile, FlatSetState, Profile, Project
from tsplug.services.flats_due import due_sessions
from tsplug.services.rigs import load_rig
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store

CASES = WEEK["rules"]
DAYS = range(12, 23)
Start = Callable[[str, int], Week]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Return what begins a week with a due rule and a flats handling, on recording devices whose level is right."""

    def week(rule: str, handling: int) -> Week:
        clock = ManualClock(evening(WEEK["created"].day))
        store = stocked_store(clock, catalogue(rule, handling))
        devices = recording_devices(clock, tmp_path / "flats")
        devices.frames.level = lambda request, brightness: 25_000.0
        return Week(plugin_manager(), FakeContext(store, clock, devices))

    return week


def live(week: Week, days: range = DAYS) -> None:
    """Live through days: flats in the morning where somebody runs them, lights in the evening."""
    for day in days:
        if day in WEEK["mornings"]:
            week.context.clock.set(morning(day))  # type: ignore[attr-defined]
            week.take_flats(day)
        week.context.clock.set(evening(day) + timedelta(hours=2))  # type: ignore[attr-defined]
        week.image(day)


def records(week: Week, kind: type) -> list[Any]:
    """Return all records of a kind."""
    with week.context.store.read() as unit:
        return unit.list(kind)


@pytest.mark.both_databases
@pytest.mark.parametrize("case", CASES, ids=[f"{case['rule']} {case['cadence']}" for case in CASES])
def test_a_week_by_every_rule(start: Start, case: dict[str, Any]) -> None:
    """Every set is taken on its morning, in order of angle, filter and mode, and serves just its sessions."""
    week = start(case["rule"], case["cadence"])
    live(week)
    assert week.taken == case["taken"]
    assert [report for report in week.reports if report.skipped or report.failed] == []
    sets, links = records(week, FlatSet), records(week, FlatHistory)
    assert len(sets) == sum(map(len, case["taken"].values()))
    assert {item.state for item in sets} <= {FlatSetState.COMPLETE}
    served = [(link.target_name, link.session_date, link.filter_name) for link in links]
    assert len(served) == len(set(served)) == sum(line.count(",") for day in case["taken"].values() for line in day)
    assert len(records(week, FlatSetFile)) == 2 * len(sets)
    assert all(Path(file.file).exists() for file in records(week, FlatSetFile))


def test_a_changed_cadence_neither_repeats_nor_loses(start: Start) -> None:
    """Whatever the cadence was in the week, each session has its flats once in the end."""
    for rule in ("document", "sliding", "session-id"):
        week = start(rule, 3)
        for first, cadence in ((12, 3), (15, 7), (17, 2), (19, 14), (20, 1)):
            with week.context.store.write() as unit:
                for project in unit.list(Project):
                    project.flats_handling = cadence
                    unit.update(project)
            live(week, range(first, {12: 15, 15: 17, 17: 19, 19: 20, 20: 23}[first]))
        served = [(link.target_name, link.session_date, link.filter_name) for link in records(week, FlatHistory)]
        assert len(served) == len(set(served)) == sum(map(len, WEEK["nights"].values()))


def test_immediate_flats_follow_from_the_records(start: Start) -> None:
    """What the night's own instruction has to take is known from the store alone, in its night and by name later."""
    week = start("immediate", 200)
    live(week, range(12, 14))

    def outstanding(**options: Any) -> list[str]:
        with week.context.store.read() as unit:
            rig = load_rig(unit, unit.list(Profile)[0].guid)
            sessions = due_sessions(unit, rig, now=week.context.clock.now(), **options)
        return [f"{item.target_name} {item.session_date.day} {item.spec.filter_name}" for item in sessions]

    assert outstanding() == []
    assert outstanding(rules=("immediate",), immediate=True) == ["M 42 13 L", "M 81 13 L", "M 81 13 R"]
    assert len(outstanding(rules=("immediate",))) == 6
