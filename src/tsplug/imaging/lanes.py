"""Work on parts of a frame in two threads: numpy lets go of the interpreter while it computes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")


class _Threads:
    """Threads that wait to work beside others, for so many measurements at once.

    Beginning one takes as long as a small step of measuring does. What no thread has begun is taken back by who wants
    it, so nobody waits for threads that are busy.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin without threads, and without what waits for any."""
        self._pool = ThreadPoolExecutor(max_workers=8)

    def begin(self, work: Callable[[], Result]) -> Future[Result] | None:
        """Let a thread do something as soon as one is free; None where none can be begun.

        That is so while the interpreter ends, and where the system has no more threads to give.
        """
        made: Future[Result] = Future()

        def do() -> None:
            if made.set_running_or_notify_cancel():
                try:
                    made.set_result(work())
                except BaseException as failure:  # noqa: BLE001 - it comes out where the result is asked for
                    made.set_exception(failure)

        try:
            # What numpy does about overflows is of the context, and the same in both lanes.
            self._pool.submit(copy_context().run, do)
        except RuntimeError:
            # It may wait for a thread all the same, or have one.
            return None if made.cancel() else made
        return made


_BESIDE = _Threads()


def forget_threads() -> None:
    """Begin without threads, as a process that was forked must.

    It has none of those of the other, and may have their locks as another thread held them.
    """
    _BESIDE.renew()


def in_lanes(work: Callable[[Iterator[Part]], Result], parts: Iterable[Part]) -> tuple[Result, Result]:
    """Let two lanes draw parts from one supply until none is left, and return what each of them made.

    One lane is the thread that asks, the other one beside it. Which part goes to which lane is chance, so what lanes
    make must not depend on that: sums of whole numbers, or results written where the part belongs. Parts are drawn in
    order. What a lane raises ends the other one at its next part, and comes out once both have stopped. Where no thread
    is free in time, or none can be begun any more, as while the interpreter ends, the one that asks does all.
    """
    waiting = deque(parts)

    def lane() -> Result:
        try:
            return work(_drawn(waiting))
        except BaseException:
            waiting.clear()
            raise

    beside = _BESIDE.begin(lane)
    try:
        own = lane()
    finally:
        begun = None if beside is None or beside.cancel() else beside
        if begun is not None:
            begun.exception()
    return own, lane() if begun is None else begun.result()


def _drawn(waiting: deque[Part]) -> Iterator[Part]:
    while True:
        try:
            # Looking first whether one is left would let the other lane take it in between.
            part = waiting.popleft()
        except IndexError:
            return
        yield part


def in_order(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """Return what ``work`` makes of each part, in order; a single part is worked on without another thread."""
    if len(parts) < 2:
        return [work(part) for part in parts]
    made: dict[int, Result] = {}

    def lane(mine: Iterator[tuple[int, Part]]) -> None:
        for place, part in mine:
            made[place] = work(part)

    in_lanes(lane, enumerate(parts))
    return [made[place] for place in range(len(parts))]


class Meanwhile(Generic[Part, Result]):
    """Work on parts, for another thread to do while the one that wants the results goes on with something else.

    Such work hardly needs the interpreter, as what is done meanwhile does.
    """

    def __init__(self, work: Callable[[Part], Result], parts: Sequence[Part]) -> None:
        """Take what is to be done; nothing is begun yet."""
        self._work, self._count = work, len(parts)
        self._waiting, self._made = deque(enumerate(parts)), dict[int, Result]()
        self._beside: Future[None] | None = None
        self._failure: BaseException | None = None

    def begin(self) -> None:
        """Let the other thread begin, where it has not."""
        if self._beside is None:
            # While the interpreter ends no thread begins; who wants the results does all.
            self._beside = _BESIDE.begin(self._lane)

    def results(self) -> list[Result]:
        """Return the results in order: help with the parts that are left, and wait for the other thread.

        What either raised comes out here, and again whenever the results are asked for: a part is worked on once.
        """
        if self._failure is not None:
            raise self._failure
        try:
            self._finish()
        except BaseException as failure:
            self._failure = failure
            raise
        return [self._made[place] for place in range(self._count)]

    def _finish(self) -> None:
        if self._count > 1:
            self.begin()
        self._lane()
        if self._beside is not None and not self._beside.cancel():
            self._beside.result()

    def _lane(self) -> None:
        for place, part in _drawn(self._waiting):
            self._made[place] = self._work(part)


def slices(count: int, together: int) -> list[slice]:
    """Return slices of so many things each that cover ``count`` of them in order."""
    return [slice(first, min(first + together, count)) for first in range(0, count, together)]
