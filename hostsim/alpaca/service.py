"""All servers of one process, started and stopped together."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from hostsim.alpaca.app import Presentation
from hostsim.alpaca.configuration import ServerConfig, ServiceConfig
from hostsim.alpaca.identity import identified
from hostsim.alpaca.server import AlpacaServer
from hostsim.devices.observatory import make_observatory
from hostsim.devices.parts.device import Now
from hostsim.faults.parts.board import FaultBoard


class Service:
    """Serves everything a configuration describes; a context manager that starts and stops."""

    def __init__(
        self, config: ServiceConfig, clock: Now, *, simulator_routes: bool = False, machine: uuid.UUID | None = None
    ) -> None:
        """Prepare the servers; ``simulator_routes`` adds the settings routes of the OmniSim to each.

        With the identity of a ``machine`` the ids of devices are the same at the next start; without one they are new.
        """
        identity = machine or uuid.uuid4()
        self.servers = tuple(
            _server(each, clock, simulator_routes=simulator_routes, machine=identity) for each in config.servers
        )
        self._running = ExitStack()

    def __enter__(self) -> Self:
        """Start all servers, or none.

        Raises:
            hostsim.alpaca.errors.AlpacaServerError: one of them cannot be started.
        """
        with ExitStack() as starting:
            for server in self.servers:
                starting.enter_context(server)
            self._running = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all servers."""
        self._running.close()


def _server(config: ServerConfig, clock: Now, *, simulator_routes: bool, machine: uuid.UUID) -> AlpacaServer:
    observatory = make_observatory(identified(config, machine), clock, seed=config.seed)
    FaultBoard(observatory, config.faults)
    return AlpacaServer(
        observatory,
        host=config.bind,
        port=config.port,
        discovery_port=config.discovery_port,
        presentation=Presentation(
            location=config.location, image_element=config.element, simulator_routes=simulator_routes
        ),
    )
