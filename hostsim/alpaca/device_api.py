"""The device API: each route follows from a device's description."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hostsim.alpaca.bodies import read_body
from hostsim.alpaca.envelope import Transaction, TransactionCounter, bad_request
from hostsim.alpaca.images import IMAGE_BYTES, ElementType, image_json, image_response
from hostsim.alpaca.requests import BadRequestError, Parameters, from_form, from_query, refuse_in_query
from hostsim.alpaca.spoiling import spoiled
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.description import Kind, Member
from hostsim.devices.parts.device import Device
from hostsim.devices.parts.errors import AlpacaError, InvalidOperationError
from hostsim.devices.parts.frame import Frame
from hostsim.faults.parts.board import board_of
from hostsim.faults.parts.fault import AnswerFault

# How long a synchronous method may take, as ConformU allows, and how often its end is looked for.
_LONGEST_CALL_S = 600.0
_POLL_S = 0.05
# So often it is looked whether the clock of the simulators goes at all; a test may move it by hand.
_STANDING_POLLS = 10


@dataclass(frozen=True)
class _Call:
    request: Request
    transaction: Transaction
    arguments: list[Any]


class DeviceApi:
    """Finds device and member of a request, gives the devices the time that has passed, and performs it."""

    def __init__(
        self, observatory: Observatory, counter: TransactionCounter, *, image_element: ElementType | None = None
    ) -> None:
        """Serve the devices of ``observatory``; images travel as ``image_element`` where they fit."""
        self._observatory = observatory
        self._board = board_of(observatory)
        self._counter = counter
        self._image_element = image_element
        self._devices = {
            (device.device_type.lower(), str(device.config.number)): device for device in observatory.devices
        }

    async def handle(self, request: Request) -> Response:
        """Answer one request under ``/api/v1``."""
        # What a device does takes microseconds and is done here; pixels are made on another thread, so that polls of
        # other devices go on meanwhile.
        server_id = self._counter.take()
        try:
            device, member = self._find(request)
            parameters = await _parameters(request, member)
            parameters.check_identifiers()
            arguments = parameters.arguments(member)
        except BadRequestError as error:
            return bad_request(str(error))
        transaction = Transaction(parameters.client_transaction_id, server_id)

        async def answer() -> Response:
            return await self._answer(device, member, call=_Call(request, transaction, arguments))

        fault = self._fault(device, member)
        return await answer() if fault is None else await spoiled(fault, transaction, answer=answer)

    def _fault(self, device: Device, member: Member) -> AnswerFault | None:
        if not self._board.entries:
            return None
        with self._observatory.lock:
            self._observatory.advance()
            return self._board.answering(device, member.name)

    async def _answer(self, device: Device, member: Member, *, call: _Call) -> Response:
        transaction = call.transaction
        try:
            value = self._perform(device, member, arguments=call.arguments)
            if member.completion:
                await self._completed(device, member, request=call.request)
        except AlpacaError as error:
            return transaction.refused(error)
        if isinstance(value, Frame):
            return await run_in_threadpool(
                self._image, value, transaction, accept=call.request.headers.get("accept", "")
            )
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
            try:
                return device.perform(member, *arguments)
            finally:
                if member.kind is not Kind.READ:
                    self._board.settle()

    async def _completed(self, device: Device, member: Member, *, request: Request) -> None:
        """Wait until a synchronous method is over, or nobody waits for it, or time is seen to stand still."""
        busy = device.members.gets[member.completion.lower()]
        started = self._observatory.clock.now()
        for poll in range(round(_LONGEST_CALL_S / _POLL_S)):
            if not self._perform(device, busy, arguments=[]):
                return
            if await request.is_disconnected():
                raise ClientDisconnect
            if poll >= _STANDING_POLLS and self._observatory.clock.now() == started:
                raise InvalidOperationError(
                    f"{member.name} has begun, but the simulated time stands still: let it pass, and poll "
                    f"{member.completion} for the end"
                )
            await asyncio.sleep(_POLL_S)
        raise AlpacaError(f"{member.name} was not over after {_LONGEST_CALL_S:g} s: {member.completion} is still true")

    def _image(self, frame: Frame, transaction: Transaction, *, accept: str) -> Response:
        pixels = frame.pixels()
        if IMAGE_BYTES in accept.lower():
            return image_response(pixels, transaction, element=self._image_element)
        return transaction.answer(image_json(pixels))


async def _parameters(request: Request, member: Member) -> Parameters:
    query: bytes = request.scope["query_string"]
    if member.kind is Kind.READ:
        return from_query(query)
    refuse_in_query(query, member)
    return from_form(await read_body(request), request.headers.get("content-type", ""))
