"""Work on a frame in strips that stay in the processor's cache, on several threads, with the same result on any."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

_PIXELS = 65_536
_THREADS = 4


@dataclass(frozen=True)
class Strip:
    """Some neighbouring columns of bins of a frame: its number, and the first and the last but one of them."""

    number: int
    first: int
    end: int


def strips(columns: int, *, pixels_per_column: int) -> list[Strip]:
    """Return the strips of a frame of so many columns: a matter of its size alone."""
    each = max(1, _PIXELS // pixels_per_column)
    return [Strip(number, first, min(columns, first + each)) for number, first in enumerate(range(0, columns, each))]


def share_out(parts: list[Strip], work: Callable[[list[Strip]], None]) -> None:
    """Do ``work`` for all strips, each of a few threads taking every so-many-th; errors are raised here.

    The work must not depend on which strips come together: a strip has its own random stream.
    """
    threads = min(_THREADS, os.cpu_count() or 1, len(parts))
    if threads == 1:
        work(parts)
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, parts[number::threads]) for number in range(threads)]:
            done.result()
