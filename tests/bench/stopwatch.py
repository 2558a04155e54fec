"""How benchmarks measure: the best of several runs, beside a peer or a physical limit in the same process."""

from __future__ import annotations

import time
from collections.abc import Callable


def best_s(action: Callable[[], object], *, runs: int = 5) -> float:
    """Return the shortest of several runs of an action, in seconds; the first run warms up and is not counted."""
    action()
    return min(_once(action) for _ in range(runs))


def sorted_in_turn_s(*actions: Callable[[], object], runs: int) -> list[list[float]]:
    """Return the durations of actions that take turns, each in rising order, in seconds.

    So what else the machine and its disk have to do hits all of them.
    """
    durations = [[_once(action) for action in actions] for _ in range(runs)]
    return [sorted(each) for each in zip(*durations, strict=True)]


def _once(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def line(subject: str, *, ours_s: float, peer: str, peer_s: float) -> str:
    """Return one line of a benchmark: our time as a ratio to a peer's."""
    return f"{subject:<44} {ours_s * 1e3:9.2f} ms = {ours_s / peer_s:7.2f} x {peer} ({peer_s * 1e3:.2f} ms)"
