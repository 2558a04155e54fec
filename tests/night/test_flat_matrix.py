"""Each kind of fault that a flat run can meet, at a step of it: dark panel, true books, clear words, rest next time.

`make bench` runs every fault of every device at every step.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flat_bench import MORNING, FlatBench
from flat_matrix import (
    FAULTS,
    SKY_FAULTS,
    SKY_STEPS,
    STEPS,
    Cell,
    Fault,
    Trigger,
    bench,
    documented,
    judged,
    judged_sky,
    named,
)

from tsplug.instructions import FlatWizard

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("flat matrix")]

CELLS = (
    ("answers_late camera", "frame 2"),
    ("ascom_error covercalibrator", "light off"),
    ("http_error covercalibrator", "open_cover"),
    ("malformed_json filterwheel", "wheel 2"),
    ("device_disconnects rotator", "turn 2"),
    ("camera_fails", "frame 1"),
    ("cooler_fails", "frame 1"),
    ("truncated_image", "frame 2"),
    ("cover_jams", "close_cover"),
    ("cover_jams unknown", "close_cover"),
    ("panel_dies", "frame 1"),
    ("panel_dies True", "frame 3"),
    ("panel_dims 0.6", "light 1"),
    ("rotator_stuck", "turn 2"),
    ("wheel_stuck", "wheel 1"),
    ("save_folder_full", "frame 2"),
    ("save_folder_read_only", "frame 3"),
)
"""A cell for each kind of fault, and all outcomes among them."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlatBench]:
    """The observatory of two filters behind its server."""
    with bench(tmp_path_factory.mktemp("matrix")) as made:
        yield made


@pytest.mark.parametrize(("name", "step"), CELLS, ids=[f"{name} at {step}" for name, step in CELLS])
def test_whatever_fails_the_panel_ends_dark_and_the_rest_is_taken(name: str, step: str, small: FlatBench) -> None:
    """The panel is dark or looked after at the next start, history equals files, the next run completes the rest."""
    (fault,) = (each for each in FAULTS if named(each) == name)
    outcome, wrong = judged(small, fault, step)
    assert wrong == []
    assert outcome == documented()[name, step]


SKY_CELLS = (
    ("answers_late telescope", "frame 2"),
    ("ascom_error covercalibrator", "close_cover"),
    ("http_error filterwheel", "wheel 2"),
    ("malformed_json rotator", "turn 2"),
    ("device_disconnects telescope", "frame 2"),
    ("device_disconnects camera", "frame 2"),
    ("camera_fails", "frame 1"),
    ("cooler_fails", "frame 1"),
    ("truncated_image", "frame 3"),
    ("cover_jams", "open_cover"),
    ("panel_dies", "light off 1"),
    ("panel_dims 0.6", "frame 1"),
    ("rotator_stuck", "turn 1"),
    ("wheel_stuck", "wheel 2"),
    ("save_folder_full", "frame 2"),
    ("save_folder_read_only", "frame 3"),
    ("mount_lost", "frame 2"),
    ("mount_lost tracking_stops", "frame 1"),
)
"""A cell of sky flats for each kind of fault, and both ways in which a mount is lost."""


@pytest.mark.parametrize(("name", "step"), SKY_CELLS, ids=[f"{name} at {step}" for name, step in SKY_CELLS])
def test_sky_flats_that_fail_end_dark_and_tell_it(name: str, step: str, small: FlatBench) -> None:
    """A fault amid sky flats fails the sets it touches with clear words, the cover is closed, the rest comes later."""
    (fault,) = (each for each in SKY_FAULTS if named(each) == name)
    outcome, wrong = judged_sky(small, fault, step)
    assert wrong == []
    assert outcome in ".fse"


def test_training_without_a_camera_is_told(small: FlatBench) -> None:
    """A camera or a panel that is lost amid training costs no more than a reason for each filter."""
    for fault in ({"type": "device_disconnects", "device": kind} for kind in ("camera", "covercalibrator")):
        cell = Cell(small, small.begin_anew(MORNING), Trigger(small.board, fault, "wheel 1"))
        report = FlatWizard().run(FlatWizard.Parameters(), cell.host.session)
        assert [result.found for result in report.results] == [False, False]
        assert all("(while trying to" in result.reason for result in report.results)
        cell.mend()
        assert not cell.is_lit
        cell.close()


def test_every_kind_of_fault_is_tried() -> None:
    """There is a cell for each kind of fault, each outcome there is among them; the documentation has every cell."""
    known: dict[str, Fault] = {named(fault): fault for fault in FAULTS}
    table = documented()
    assert {known[name]["type"] for name, _ in CELLS} == {fault["type"] for fault in FAULTS}
    assert {table[cell] for cell in CELLS} == {".", "f", "s", "L", "e"} >= set(table.values())
    assert set(table) == {(name, step) for name in known for step in STEPS}
    types = {named(fault): fault["type"] for fault in SKY_FAULTS}
    assert {types[name] for name, _ in SKY_CELLS} == set(types.values())
    assert {step for _, step in SKY_CELLS} <= set(SKY_STEPS)
