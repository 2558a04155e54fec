"""The private routes of the OmniSim, for test suites that read its settings, change them, or start its devices anew."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response

from hostsim.alpaca.bodies import read_body
from hostsim.alpaca.envelope import Transaction, TransactionCounter, bad_request
from hostsim.alpaca.requests import BadRequestError, Parameters, from_form, from_query
from hostsim.alpaca.simulator_settings import SETTINGS, Setting, profile
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.description import Kind, Member, Parameter
from hostsim.devices.parts.device import ConnectionState, Device
from hostsim.devices.parts.errors import AlpacaError, NotSupportedError


class SimulatorApi:
    """Answers ``/simulator/v1``: profile, restart and reset of every device, and the settings of five kinds."""

    def __init__(self, observatory: Observatory, counter: TransactionCounter) -> None:
        """Keep how every device of ``observatory`` is now: that is what a reset returns to."""
        self._observatory = observatory
        self._counter = counter
        self._devices = {
            (device.device_type.lower(), str(device.config.number)): device for device in observatory.devices
        }
        self._first = {key: (device.config, device.snapshot()) for key, device in self._devices.items()}

    async def handle(self, request: Request) -> Response:
        """Answer one request."""
        server_id = self._counter.take()
        key = (request.path_params["device_type"], request.path_params["number"])
        name = request.path_params["name"]
        try:
            if key not in self._devices:
                raise BadRequestError(f"there is no device {key[0]}/{key[1]} here (paths are lower case)")
            parameters = await _parameters(request)
            parameters.check_identifiers()
            with self._observatory.lock:
                return self._answer(key, f"{request.method} {name}", parameters=parameters, server_id=server_id)
        except BadRequestError as error:
            return bad_request(str(error))

    def _answer(self, key: tuple[str, str], wanted: str, *, parameters: Parameters, server_id: int) -> Response:
        transaction = Transaction(parameters.client_transaction_id, server_id)
        device = self._devices[key]
        self._observatory.advance()
        if wanted == "GET xmlprofile":
            return transaction.value(_xml(device))
        if wanted in ("PUT restart", "PUT reset"):
            self._start_anew(key, as_configured_at_first=wanted == "PUT reset")
            return transaction.done()
        verb, _, name = wanted.partition(" ")
        setting = SETTINGS.get(device.device_type, {}).get(name)
        if setting is None:
            raise BadRequestError(f"{device.device_type} has no {name} to {verb} among the settings of the simulator")
        try:
            if verb == "GET":
                return transaction.value(setting.read(device))
            _write(setting, device, parameters=parameters)
            return transaction.done()
        except AlpacaError as error:
            return transaction.refused(error)

    def _start_anew(self, key: tuple[str, str], *, as_configured_at_first: bool) -> None:
        config, snapshot = self._first[key]
        device = self._devices[key]
        if as_configured_at_first:
            device.config = config
            device.restore(snapshot)
        else:
            connection = {name: snapshot[name] for name in ConnectionState.model_fields}
            device.restore({**self._observatory.at_rest(device), **connection})


async def _parameters(request: Request) -> Parameters:
    if request.method == "PUT":
        return from_form(await read_body(request), request.headers.get("content-type", ""))
    return from_query(request.scope["query_string"])


def _write(setting: Setting, device: Device, *, parameters: Parameters) -> None:
    asked: list[Any] = parameters.arguments(
        Member(setting.name, Kind.WRITE, "", (Parameter(setting.name, setting.type),), None, (), True, "")
    )
    if setting.write is None:
        raise NotSupportedError(f"{setting.name} of this simulator cannot be changed: {setting.meaning}")
    setting.write(device, asked[0])


def _xml(device: Device) -> str:
    root = ElementTree.Element("ArrayOfSettingsPair")
    for name, value in profile(device):
        pair = ElementTree.SubElement(root, "SettingsPair")
        ElementTree.SubElement(pair, "Key").text = name
        ElementTree.SubElement(pair, "Value").text = value
    return ElementTree.tostring(root, encoding="unicode")
