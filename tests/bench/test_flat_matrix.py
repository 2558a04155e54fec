"""Every fault that a flat run can meet, at every step of it: hundreds of runs, so no part of the usual tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from flat_matrix import FAULTS, SKY_FAULTS, SKY_STEPS, STEPS, bench, documented, judged, judged_sky, named, table


@pytest.mark.timeout(7200)
def test_every_fault_at_every_step(tmp_path: Path) -> None:
    """In no cell the panel stays lit, books and files differ, words are missing, or the next run leaves something."""
    outcomes: dict[tuple[str, str], str] = {}
    wrong: list[str] = []
    with bench(tmp_path) as made:
        for fault in FAULTS:
            for step in STEPS:
                outcomes[named(fault), step], problems = judged(made, fault, step)
                wrong += [f"{named(fault)} at {step}: {problem}" for problem in problems]
    print(table(outcomes))
    assert wrong == []
    assert outcomes == documented()


@pytest.mark.timeout(7200)
def test_every_fault_at_every_step_of_sky_flats(tmp_path: Path) -> None:
    """By the sky's light too, the mount's faults among them: dark, closed, true books, the rest next time."""
    outcomes: dict[tuple[str, str], str] = {}
    wrong: list[str] = []
    with bench(tmp_path) as made:
        for fault in SKY_FAULTS:
            for step in SKY_STEPS:
                outcomes[named(fault), step], problems = judged_sky(made, fault, step)
                wrong += [f"{named(fault)} at {step}: {problem}" for problem in problems]
    print(table(outcomes, SKY_STEPS))
    assert wrong == []
