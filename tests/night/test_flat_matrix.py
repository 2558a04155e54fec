"""Each fault that a flat run can meet, at one step of it: dark panel, true books, clear words, and the rest next time.

`make bench` runs every fault at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flat_matrix import FAULTS, STEPS, Fault, bench, judged, named, table

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("flat matrix")]

Judge = Callable[[Fault, str], tuple[str, list[str]]]

_FIRST = {
    "camera_fails": "frame 1",
    "cooler_fails": "frame 1",
    "truncated_image": "frame 2",
    "cover_jams": "close_cover",
    "panel_dies": "frame 1",
    "panel_dims": "light 1",
    "rotator_stuck": "turn 2",
    "wheel_stuck": "wheel 1",
    "save_folder_full": "frame 2",
    "save_folder_read_only": "frame 3",
}
_OF_DEVICE = {
    "camera": ("mode 1", "frame 2", "light off"),
    "covercalibrator": ("close_cover", "light 1", "light off", "open_cover"),
    "filterwheel": ("wheel 1", "wheel 2", "frame 1"),
    "rotator": ("turn 1", "turn 2", "turn back"),
}


def step_of(number: int, fault: Fault) -> str:
    """Return the step at which a fault is tried here: its own, or one of its device's in turn."""
    if "device" not in fault:
        return _FIRST[fault["type"]]
    steps = _OF_DEVICE[fault["device"]]
    return steps[number % len(steps)]


CELLS = [(fault, step_of(number, fault)) for number, fault in enumerate(FAULTS)]


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """What runs a cell once and remembers what came of it."""
    with bench(tmp_path_factory.mktemp("matrix")) as made:
        known: dict[tuple[str, str], tuple[str, list[str]]] = {}

        def ask(fault: Fault, step: str) -> tuple[str, list[str]]:
            key = named(fault), step
            if key not in known:
                known[key] = judged(made, fault, step)
            return known[key]

        yield ask


@pytest.mark.parametrize(("fault", "step"), CELLS, ids=[f"{named(fault)} at {step}" for fault, step in CELLS])
def test_whatever_fails_the_panel_ends_dark_and_the_rest_is_taken(fault: Fault, step: str, judge: Judge) -> None:
    """The panel is dark or looked after at the next start, history equals files, the next run completes the rest."""
    _, wrong = judge(fault, step)
    assert wrong == []


def test_the_table(judge: Judge, record_property: Callable[[str, object], None]) -> None:
    """What came of each fault is shown in a table; some faults cost a set, some stop the run, some cost nothing."""
    outcomes = {(named(fault), step): judge(fault, step)[0] for fault, step in CELLS}
    assert {".", "f", "s", "L"} <= set(outcomes.values())
    assert len(outcomes) == len(FAULTS) >= 30
    assert set(STEPS) >= {step for _, step in CELLS}
    record_property("table", table(outcomes))
