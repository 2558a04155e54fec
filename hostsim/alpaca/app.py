"""The application: which path is answered by what."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hostsim.alpaca.device_api import DeviceApi
from hostsim.alpaca.envelope import TransactionCounter, bad_request
from hostsim.alpaca.management import Management
from hostsim.devices.observatory import Observatory


def make_app(observatory: Observatory) -> Starlette:
    """Return the application that serves ``observatory``; any path it does not know is a bad request."""
    counter = TransactionCounter()
    management = Management(observatory, counter)
    device_api = DeviceApi(observatory, counter)
    return Starlette(
        routes=[
            Route("/api/v1/{device_type}/{number}/{member}", device_api.handle, methods=["GET", "PUT"]),
            Route("/management/apiversions", management.api_versions),
            Route("/management/v1/description", management.description),
            Route("/management/v1/configureddevices", management.configured_devices),
            Route("/setup", management.setup),
            Route("/setup/v1/{device_type}/{number}/setup", management.setup_device),
            Route("/{path:path}", _unknown, methods=["GET", "PUT"]),
        ]
    )


async def _unknown(request: Request) -> Response:
    return bad_request(f"{request.url.path} is not an Alpaca path of this server")
