"""What simulators keep on a machine goes into a folder of the tests; a clock that does not wait for the machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

EVENING = datetime(2026, 11, 20, 20, tzinfo=UTC)


class TickingClock:
    """A clock that goes on by ``tick_s`` each time it is looked at, which simulators do once for each request.

    However long the machine takes between two requests, the same time has passed between them.
    """

    def __init__(self, start: datetime, *, tick_s: float) -> None:
        self._now = start
        self._tick = timedelta(seconds=tick_s)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            self._now += self._tick
            return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def ticking() -> Callable[[float], TickingClock]:
    """Make a clock of an evening that goes on by some seconds with each request."""
    return lambda tick_s: TickingClock(EVENING, tick_s=tick_s)


@pytest.fixture
def offline_astropy() -> Iterator[None]:
    """Let astropy, as an oracle, do with the tables it comes with, however old they are by now."""
    from astropy.utils import iers

    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("auto_max_age", None):
        yield


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session", autouse=True)
def late_answers() -> Iterator[None]:
    """Let a server of the tests answer as late as the machine makes it: that alone breaks no rule."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hostsim.conformance.device.PROMPT_S", 60.0)
        yield
