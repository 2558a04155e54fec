"""How many bad and good frames graders reject on simulated nights whose truth is known."""

from __future__ import annotations

import pytest
from confusion import Confusion, confusion, graded, ours, reference
from nights_to_grade import HELD_OUT, NIGHTS
from simulated_nights import simulated

from tsplug.model import GraderMode

pytestmark = pytest.mark.timeout(7200)

MORE = ("transparency", "dead_cells", "background_rise", "trail_count")
"""Metrics that are graded when a profile asks for it."""


def test_confusion_of_both_modes_and_of_the_reference() -> None:
    """On every kind of night robust mode rejects more of the bad than the reference, and no more of the good.

    Where the reference finds all, so does robust mode; in all it finds several times more. The nights are drawn with
    seeds that no rule of the grader was chosen by. Those of a kind are counted together; the single ones on which the
    reference does better are printed, with how many they are.
    """
    tables: dict[bool, list[tuple[str, list[Confusion]]]] = {False: [], True: []}
    lost = {False: 0, True: 0}
    for name, evenings in NIGHTS.items():
        every_min = 6 if len(evenings) == 1 else 12
        nights = [simulated(evenings, every_min=every_min, seed=seed) for seed in HELD_OUT]
        for immediate, rows in tables.items():
            graders = (
                reference(immediate=immediate),
                ours(GraderMode.TARGET_SCHEDULER, immediate=immediate),
                ours(GraderMode.ROBUST, immediate=immediate),
                *(ours(GraderMode.ROBUST, immediate=immediate, metrics=(key,)) for key in MORE),
            )
            found = [
                [confusion(frames, graded(frames, each, immediate=immediate)) for frames in nights] for each in graders
            ]
            lost[immediate] += _lost(name, found[0], found[2], immediate=immediate)
            rows.append((name, [sum(each, Confusion(0, 0, 0, 0)) for each in found]))
    for immediate, rows in tables.items():
        theirs, _, robust, *_ = _show("graded at once" if immediate else "graded from 80 % on (the default)", rows)
        print(f"single nights on which the reference does better: {lost[immediate]} of {len(rows) * len(HELD_OUT)}")
        worse = [name for name, (other, _, own, *_) in rows if _is_worse(other, own)]
        assert worse == [], "kinds of nights on which the reference does as well or better"
        assert robust.bad_rejected > 3 * theirs.bad_rejected
        assert robust.good_rejected <= 0.01 * robust.good


def _lost(name: str, theirs: list[Confusion], ours: list[Confusion], *, immediate: bool) -> int:
    """Print the single nights of a kind in which the reference does better, and return how many they are."""
    lost = [row for row in zip(HELD_OUT, theirs, ours, strict=True) if _is_lost(row[1], row[2])]
    for seed, other, robust in lost:
        when = "at once" if immediate else "from 80 % on"
        print(f"lost: {name}, seed {seed}, graded {when}: reference {other!s}, robust {robust!s}")
    return len(lost)


def _is_worse(theirs: Confusion, robust: Confusion) -> bool:
    finds_all = robust.bad_rejected == robust.bad
    return _is_lost(theirs, robust) or (robust.bad_rejected == theirs.bad_rejected and not finds_all)


def _is_lost(theirs: Confusion, robust: Confusion) -> bool:
    return robust.bad_rejected < theirs.bad_rejected or robust.good_rejected > theirs.good_rejected


def _show(title: str, rows: list[tuple[str, list[Confusion]]]) -> list[Confusion]:
    """Print a table, with a mark where robust mode finds fewer bad frames than the reference or rejects more good ones.

    Returns:
        The sums over all nights, by grader.
    """
    print(f"\n{title}: rejected of the bad, and of the good")
    columns = ("reference", "target-scheduler", "robust", *(f"+ {key}" for key in MORE))
    print(f"{'':32}" + "".join(f"{column:>18}" for column in columns))
    totals = [sum(each, Confusion(0, 0, 0, 0)) for each in zip(*(found for _, found in rows), strict=True)]
    for name, found in [*rows, ("all", totals)]:
        print(
            f"{name:32}" + "".join(f"{each!s:>18}" for each in found) + (" !" if _is_lost(found[0], found[2]) else "")
        )
    return totals
