"""The set-up pages: which devices there are, how each is configured, and what state it is in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hostsim.alpaca.envelope import bad_request
from hostsim.alpaca.pages import page
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.device import Device, iso_z
from hostsim.faults.parts.board import board_of


class SetupPages:
    """Answers ``/setup`` and the page of each device."""

    def __init__(self, observatory: Observatory) -> None:
        """Show the devices of ``observatory``."""
        self._observatory = observatory

    async def server(self, request: Request) -> Response:
        """Show the page of the server, a list of its devices."""
        with self._observatory.lock:
            self._observatory.advance()
            devices = [_summary(device) for device in self._observatory.devices]
            faults = [entry.shown() for entry in board_of(self._observatory).entries]
        name = self._observatory.config.name
        return page("server.html", name, devices=devices, faults=faults, moment=self._moment())

    async def device(self, request: Request) -> Response:
        """Show the page of a device: its configuration and state."""
        wanted = (request.path_params["device_type"], request.path_params["number"])
        for device in self._observatory.devices:
            if (device.device_type.lower(), str(device.config.number)) == wanted:
                return self._page(device)
        return bad_request("there is no such device here")

    def _page(self, device: Device) -> Response:
        with self._observatory.lock:
            self._observatory.advance()
            tables = [
                ("State", list(_rows(device.snapshot()))),
                ("Configuration", list(_rows(device.config.model_dump(mode="json")))),
            ]
        return page("device.html", device.config.name, device=_summary(device), tables=tables, moment=self._moment())

    def _moment(self) -> str:
        return iso_z(self._observatory.clock.now())


def _summary(device: Device) -> dict[str, Any]:
    kind, number = device.device_type, device.config.number
    return {
        "name": device.config.name,
        "kind": kind,
        "number": number,
        "interface_version": device.get_interface_version(),
        "connected": device.state.connected,
        "page": f"/setup/v1/{kind.lower()}/{number}/setup",
    }


def _rows(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _rows(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", json.dumps(value, ensure_ascii=False)
