"""Simulated devices served over real HTTP, and the host's devices connected to them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory
from hostsim.equipment.rig import Rig, connect
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import ExposureSettings, LightPath, SkySite


class GradedSky:
    """A sky whose pixels tell their place: 10 x + y."""

    conditions = Conditions(0, SkySite())

    def render(self, path: LightPath, exposure: ExposureSettings) -> NDArray[np.uint16]:
        x, y = np.indices((exposure.num_x, exposure.num_y))
        return (10 * x + y).astype(np.uint16)

    def temperature_c(self, moment: datetime) -> float:
        return 5.0


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 1, 15, 20, tzinfo=UTC))


@pytest.fixture
def observatory(clock: SimulatedClock) -> Observatory:
    return Observatory(GradedSky(), clock)


@pytest.fixture
def address(observatory: Observatory) -> Iterator[str]:
    with AlpacaServer(observatory) as server:
        yield server.address


@pytest.fixture
def rig(address: str, clock: SimulatedClock) -> Rig:
    return connect(address, clock)


Script = Callable[[socket.socket, bytes], None]
Serve = Callable[[Script], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that are given a connection and the head of a request, and do what they like."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(_serving(script))


@contextmanager
def _serving(script: Script) -> Iterator[str]:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=_accept, args=(listener, script, over))
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def _accept(listener: socket.socket, script: Script, over: threading.Event) -> None:
    workers = []
    while not over.is_set():
        try:
            connected, _ = listener.accept()
        except TimeoutError:
            continue
        connected.settimeout(60)
        workers.append(threading.Thread(target=_answer, args=(connected, script)))
        workers[-1].start()
    for worker in workers:
        worker.join()


def _answer(connected: socket.socket, script: Script) -> None:
    with closing(connected):
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connected.recv(65_536)
                if not piece:
                    return
                head += piece
            script(connected, head)
        except OSError:
            return
