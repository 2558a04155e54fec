"""The device API: each route follows from a device's description."""

from __future__ import annotations

import logging
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hostsim.alpaca.envelope import Transaction, TransactionCounter, bad_request
from hostsim.alpaca.images import IMAGE_BYTES, image_bytes, image_json
from hostsim.alpaca.requests import BadRequestError, Parameters, from_form, from_query
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.description import Kind, Member
from hostsim.devices.parts.device import Device
from hostsim.devices.parts.errors import AlpacaError
from hostsim.devices.parts.frame import Frame

_LOG = logging.getLogger(__name__)


class DeviceApi:
    """Finds device and member of a request, gives the devices the time that has passed, and performs it."""

    def __init__(self, observatory: Observatory, counter: TransactionCounter) -> None:
        """Serve the devices of ``observatory``."""
        self._observatory = observatory
        self._counter = counter
        self._devices = {
            (device.device_type.lower(), str(device.config.number)): device for device in observatory.devices
        }

    async def handle(self, request: Request) -> Response:
        """Answer one request under ``/api/v1``; a fault of the simulator is 500, logged, and costs nobody else."""
        try:
            return await self._answer(request)
        except Exception:  # noqa: BLE001 - the edge of the server: the client gets its 500 on a connection that lives
            _LOG.exception("%s %s failed", request.method, request.url.path)
            return PlainTextResponse("the simulator failed; its log says why", status_code=500)

    async def _answer(self, request: Request) -> Response:
        # What a device does takes microseconds and is done here; pixels are made on another thread, so that polls of
        # other devices go on meanwhile.
        server_id = self._counter.take()
        try:
            device, member = self._find(request)
            parameters = await _parameters(request)
            parameters.check_identifiers()
            arguments = parameters.arguments(member)
        except BadRequestError as error:
            return bad_request(str(error))
        transaction = Transaction(parameters.client_transaction_id, server_id)
        try:
            value = self._perform(device, member, arguments=arguments)
        except AlpacaError as error:
            return transaction.refused(error)
        if isinstance(value, Frame):
            wants_bytes = IMAGE_BYTES in request.headers.get("accept", "").lower()
            return await run_in_threadpool(_image, value, transaction, wants_bytes=wants_bytes)
        if member.kind is Kind.WRITE or member.returns in (None, type(None)):
            return transaction.done()
        return transaction.value(value)

    def _find(self, request: Request) -> tuple[Device, Member]:
        kind, number, name = (request.path_params[key] for key in ("device_type", "number", "member"))
        device = self._devices.get((kind, number))
        if device is None:
            raise BadRequestError(f"there is no device {kind}/{number} here (paths are lower case)")
        table = {"GET": device.members.gets, "PUT": device.members.puts}.get(request.method, {})
        if name not in table:
            raise BadRequestError(f"{device.device_type} has no {name} to {request.method} (paths are lower case)")
        return device, table[name]

    def _perform(self, device: Device, member: Member, *, arguments: list[Any]) -> Any:
        with self._observatory.lock:
            self._observatory.advance()
            return device.perform(member, *arguments)


async def _parameters(request: Request) -> Parameters:
    if request.method == "GET":
        return from_query(request.url.query)
    return from_form(await request.body(), request.headers.get("content-type", ""))


def _image(frame: Frame, transaction: Transaction, *, wants_bytes: bool) -> Response:
    pixels = frame.pixels()
    if wants_bytes:
        return Response(image_bytes(pixels, transaction), media_type=IMAGE_BYTES)
    return transaction.answer(image_json(pixels))
