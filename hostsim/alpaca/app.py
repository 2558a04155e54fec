"""The application: which path is answered by what, and what every answer is guarded by."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from hostsim.alpaca.bodies import BodyRefusedError
from hostsim.alpaca.device_api import DeviceApi
from hostsim.alpaca.envelope import TransactionCounter, bad_request
from hostsim.alpaca.fault_api import FaultApi
from hostsim.alpaca.images import ElementType
from hostsim.alpaca.management import Management
from hostsim.alpaca.openapi import OpenApi
from hostsim.alpaca.setup_pages import SetupPages
from hostsim.alpaca.simulator_api import SimulatorApi
from hostsim.alpaca.truth_api import TruthApi
from hostsim.devices.observatory import Observatory

Answer = Callable[[Request], Awaitable[Response]]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Presentation:
    """How a server shows itself, beside its devices.

    ``image_element`` is how images travel (None: as the narrowest type for each frame), ``simulator_routes`` adds the
    settings routes of the OmniSim, ``saves_frames`` says that a host is here that asks the faults before it
    saves frames.
    """

    location: str = "simulated"
    image_element: ElementType | None = None
    simulator_routes: bool = False
    saves_frames: bool = False


def make_app(observatory: Observatory, presentation: Presentation | None = None) -> Starlette:
    """Return the application that serves ``observatory``; any path it does not know is a bad request."""
    shown = presentation or Presentation()
    counter = TransactionCounter()
    management = Management(observatory, counter, location=shown.location)
    device_api = DeviceApi(observatory, counter, image_element=shown.image_element)
    pages = SetupPages(observatory)
    openapi = OpenApi(observatory, simulator_routes=shown.simulator_routes)
    faults = FaultApi(observatory, saves_frames=shown.saves_frames)
    truth = TruthApi(observatory)
    routes: list[BaseRoute] = [
        _route("/api/v1/openapi.json", openapi.document),
        _route("/api/v1/{device_type}/{number}/{member}", device_api.handle, "GET", "PUT"),
        _route("/management/apiversions", management.api_versions),
        _route("/management/v1/description", management.description),
        _route("/management/v1/configureddevices", management.configured_devices),
        _route("/setup", pages.server),
        _route("/setup/reference", openapi.page),
        _route("/setup/v1/{device_type}/{number}/setup", pages.device),
        _route("/simulator/v1/faults", faults.all, "GET", "POST", "DELETE"),
        _route("/simulator/v1/faults/{id}", faults.one, "GET", "DELETE"),
        _route("/simulator/v1/camera/{number}/truth", truth.handle),
    ]
    if shown.simulator_routes:
        simulator = SimulatorApi(observatory, counter)
        routes.append(_route("/simulator/v1/{device_type}/{number}/{name}", simulator.handle, "GET", "PUT"))
    return Starlette(routes=[*routes, _route("/{path:path}", _unknown, "GET", "PUT")])


def _route(path: str, answer: Answer, *methods: str) -> Route:
    return Route(path, guarded(answer), methods=list(methods or ("GET",)))


def guarded(answer: Answer) -> Answer:
    """Let a body that is refused, a client that goes, and a fault of the simulator end only their own request."""

    async def guarding(request: Request) -> Response:
        try:
            return await answer(request)
        except BodyRefusedError as error:
            return PlainTextResponse(str(error), status_code=error.status, headers={"connection": "close"})
        except ClientDisconnect:
            return bad_request("the client went away")
        except Exception:  # noqa: BLE001 - the edge of the server: the client gets its 500 on a connection that lives
            _LOG.exception("%s %r failed", request.method, request.scope["path"])
            return PlainTextResponse("the simulator failed; its log says why", status_code=500)

    return guarding


async def _unknown(request: Request) -> Response:
    return bad_request(f"{request.scope['path']} is not an Alpaca path of this server")
