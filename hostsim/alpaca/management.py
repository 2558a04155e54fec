"""The management API and the set-up pages: what is served here, without any connection to a device."""

from __future__ import annotations

import html
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hostsim.alpaca.envelope import Transaction, TransactionCounter, bad_request
from hostsim.alpaca.requests import BadRequestError, from_query
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.device import Device

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "hostsim.alpaca")


class Management:
    """Answers ``/management`` and ``/setup``."""

    def __init__(self, observatory: Observatory, counter: TransactionCounter) -> None:
        """Describe the devices of ``observatory``."""
        self._observatory = observatory
        self._counter = counter

    async def api_versions(self, request: Request) -> Response:
        """Answer which versions of the API are served."""
        return self._answer(request, [1])

    async def description(self, request: Request) -> Response:
        """Answer what this server is."""
        value = {
            "ServerName": self._observatory.config.name,
            "Manufacturer": "hostsim",
            "ManufacturerVersion": "1.0",
            "Location": "simulated",
        }
        return self._answer(request, value)

    async def configured_devices(self, request: Request) -> Response:
        """Answer which devices are served."""
        return self._answer(request, [self._entry(device) for device in self._observatory.devices])

    async def setup(self, request: Request) -> Response:
        """Show the page of the server, a list of its devices."""
        items = "".join(
            f'<li><a href="/setup/v1/{device.device_type.lower()}/{device.config.number}/setup">'
            f"{html.escape(device.config.name)}</a> ({device.device_type} {device.config.number})</li>"
            for device in self._observatory.devices
        )
        return _page(self._observatory.config.name, f"<ul>{items}</ul>")

    async def setup_device(self, request: Request) -> Response:
        """Show the page of a device, its configuration."""
        for device in self._observatory.devices:
            if _path(device) == (request.path_params["device_type"], request.path_params["number"]):
                text = device.config.model_dump_json(indent=2)
                return _page(device.config.name, f"<pre>{html.escape(text)}</pre>")
        return bad_request("there is no such device here")

    def _answer(self, request: Request, value: Any) -> Response:
        server_id = self._counter.take()
        try:
            parameters = from_query(request.url.query)
            parameters.check_identifiers()
        except BadRequestError as error:
            return bad_request(str(error))
        return Transaction(parameters.client_transaction_id, server_id).value(value)

    def _entry(self, device: Device) -> dict[str, Any]:
        name = "/".join((self._observatory.config.name, *_path(device)))
        return {
            "DeviceName": device.config.name,
            "DeviceType": device.device_type,
            "DeviceNumber": device.config.number,
            "UniqueID": str(uuid.uuid5(_NAMESPACE, name)),
        }


def _path(device: Device) -> tuple[str, str]:
    return device.device_type.lower(), str(device.config.number)


def _page(title: str, body: str) -> Response:
    title = html.escape(title)
    return HTMLResponse(f"<!doctype html><html><title>{title}</title><h1>{title}</h1>{body}</html>")
