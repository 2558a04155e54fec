"""How many bad and good frames graders reject on simulated nights whose truth is known."""

from __future__ import annotations

import pytest
from confusion import Confusion, confusion, graded, ours, reference
from nights_to_grade import HELD_OUT, NIGHTS
from simulated_nights import simulated

from tsplug.model import GraderMode

pytestmark = pytest.mark.timeout(3600)


def test_confusion_of_both_modes_and_of_the_reference() -> None:
    """Robust mode rejects no fewer of the bad and no more of the good than the reference, in every kind of night.

    The nights are drawn with a seed that no constant of the grader was chosen by.
    """
    tables: dict[bool, list[tuple[str, list[Confusion]]]] = {False: [], True: []}
    for name, evenings in NIGHTS.items():
        frames = simulated(evenings, every_min=6 if len(evenings) == 1 else 12, seed=HELD_OUT)
        for immediate, rows in tables.items():
            graders = (
                reference(immediate=immediate),
                ours(GraderMode.TARGET_SCHEDULER, immediate=immediate),
                ours(GraderMode.ROBUST, immediate=immediate),
            )
            rows.append((name, [confusion(frames, graded(frames, each, immediate=immediate)) for each in graders]))
    for immediate, rows in tables.items():
        _show("graded at once" if immediate else "graded from 80 % on (the default)", rows)
    for rows in tables.values():
        for name, (theirs, _, robust) in rows:
            assert robust.bad_rejected >= theirs.bad_rejected, name
            assert robust.good_rejected <= theirs.good_rejected, name


def _show(title: str, rows: list[tuple[str, list[Confusion]]]) -> None:
    print(f"\n{title}: rejected of the bad, and of the good")
    print(f"{'':32}{'reference':>18}{'target-scheduler':>18}{'robust':>18}")
    totals = [sum(each, Confusion(0, 0, 0, 0)) for each in zip(*(found for _, found in rows), strict=True)]
    for name, found in [*rows, ("all", totals)]:
        print(f"{name:32}" + "".join(f"{each!s:>18}" for each in found))
