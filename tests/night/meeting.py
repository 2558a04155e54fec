"""A clock for several nights at once, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from hostsim.clock import SimulatedClock


class MeetingClock(SimulatedClock):
    """Simulated time that passes only while all who take part sleep, up to the moment at which the first one wakes.

    So whoever is slower on a busy machine is not left behind: what happens at one moment happens at once.
    """

    def __init__(self, start: datetime, *, parties: int) -> None:
        super().__init__(start)
        self._awake = parties
        self._wakes: list[datetime] = []
        self._changed = threading.Condition()

    @contextmanager
    def attended(self) -> Iterator[None]:
        """Take part until this ends, however it does: the others do not wait any longer then."""
        try:
            yield
        finally:
            with self._changed:
                self._awake -= 1
                self._pass()

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        with self._changed:
            wakes = self.now() + timedelta(seconds=seconds)
            self._wakes.append(wakes)
            self._awake -= 1
            self._pass()
            self._changed.wait_for(lambda: self.now() >= wakes)

    def _pass(self) -> None:
        if self._awake > 0 or not self._wakes:
            return
        moment = min(self._wakes)
        self.set(moment)
        left = [each for each in self._wakes if each > moment]
        self._awake = len(self._wakes) - len(left)
        self._wakes = left
        self._changed.notify_all()
