"""How many bad and good frames graders reject on simulated nights whose truth is known."""

from __future__ import annotations

import pytest
from confusion import Confusion, confusion, graded, ours, reference
from nights_to_grade import HELD_OUT, NIGHTS
from simulated_nights import simulated

from tsplug.model import GraderMode

pytestmark = pytest.mark.timeout(3600)


def test_confusion_of_both_modes_and_of_the_reference() -> None:
    """Robust mode rejects several times more of the bad than the reference, and hardly any of the good.

    The nights are drawn with a seed that no constant of the grader was chosen by; kinds of nights in which the
    reference does better are marked.
    """
    tables: dict[bool, list[tuple[str, list[Confusion]]]] = {False: [], True: []}
    for name, evenings in NIGHTS.items():
        frames = simulated(evenings, every_min=6 if len(evenings) == 1 else 12, seed=HELD_OUT)
        for immediate, rows in tables.items():
            graders = (
                reference(immediate=immediate),
                ours(GraderMode.TARGET_SCHEDULER, immediate=immediate),
                ours(GraderMode.ROBUST, immediate=immediate),
                ours(GraderMode.ROBUST, immediate=immediate, metrics=("transparency",)),
            )
            rows.append((name, [confusion(frames, graded(frames, each, immediate=immediate)) for each in graders]))
    for immediate, rows in tables.items():
        theirs, _, robust, _ = _show("graded at once" if immediate else "graded from 80 % on (the default)", rows)
        assert robust.bad_rejected > 3 * theirs.bad_rejected
        assert robust.good_rejected <= 0.01 * robust.good


def _show(title: str, rows: list[tuple[str, list[Confusion]]]) -> list[Confusion]:
    """Print a table, with a mark where robust mode finds fewer bad frames than the reference or rejects more good ones.

    Returns:
        The sums over all nights, by grader.
    """
    print(f"\n{title}: rejected of the bad, and of the good")
    print(f"{'':32}{'reference':>18}{'target-scheduler':>18}{'robust':>18}{'and transparency':>18}")
    totals = [sum(each, Confusion(0, 0, 0, 0)) for each in zip(*(found for _, found in rows), strict=True)]
    for name, found in [*rows, ("all", totals)]:
        theirs, robust = found[0], found[2]
        lost = robust.bad_rejected < theirs.bad_rejected or robust.good_rejected > theirs.good_rejected
        print(f"{name:32}" + "".join(f"{each!s:>18}" for each in found) + (" !" if lost else ""))
    return totals
