"""The management API: what is served here, without any connection to a device."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hostsim.alpaca.envelope import Transaction, TransactionCounter, bad_request
from hostsim.alpaca.requests import BadRequestError, from_query
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.device import Device
from tsplug import __version__


class Management:
    """Answers ``/management``."""

    def __init__(self, observatory: Observatory, counter: TransactionCounter, *, location: str) -> None:
        """Describe the devices of ``observatory``."""
        self._observatory = observatory
        self._counter = counter
        self._location = location

    async def api_versions(self, request: Request) -> Response:
        """Answer which versions of the API are served."""
        return self._answer(request, [1])

    async def description(self, request: Request) -> Response:
        """Answer what this server is."""
        value = {
            "ServerName": self._observatory.config.name,
            "Manufacturer": "hostsim",
            "ManufacturerVersion": __version__,
            "Location": self._location,
        }
        return self._answer(request, value)

    async def configured_devices(self, request: Request) -> Response:
        """Answer which devices are served."""
        return self._answer(request, [_entry(device) for device in self._observatory.devices])

    def _answer(self, request: Request, value: Any) -> Response:
        server_id = self._counter.take()
        try:
            parameters = from_query(request.scope["query_string"])
            parameters.check_identifiers()
        except BadRequestError as error:
            return bad_request(str(error))
        return Transaction(parameters.client_transaction_id, server_id).value(value)


def _entry(device: Device) -> dict[str, Any]:
    return {
        "DeviceName": device.config.name,
        "DeviceType": device.device_type,
        "DeviceNumber": device.config.number,
        "UniqueID": device.config.unique_id,
    }
