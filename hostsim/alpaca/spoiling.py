"""How an answer suffers from a fault: it is refused, comes late, or breaks off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.responses import PlainTextResponse, Response, StreamingResponse

from hostsim.alpaca.envelope import Transaction
from hostsim.devices.parts.errors import AlpacaError
from hostsim.faults.parts.fault import AnswerFault, ServerFailure


async def spoiled(
    fault: AnswerFault, transaction: Transaction, *, answer: Callable[[], Awaitable[Response]]
) -> Response:
    """Return what a client gets of ``answer`` while ``fault`` strikes; a refused request is not performed."""
    try:
        fault.refuse()
    except ServerFailure as failure:
        return PlainTextResponse("a fault of the simulator", status_code=failure.status)
    except AlpacaError as error:
        return transaction.refused(error)
    response = await answer()
    if fault.late_s > 0:
        await asyncio.sleep(fault.late_s)
    return response if fault.kept >= 1.0 else _cut(response, fault.kept)


def _cut(response: Response, part: float) -> Response:
    # The length that is announced is that of the part, or the server could not keep the connection.
    kept = int(int(response.headers["content-length"]) * part)
    response.headers["content-length"] = str(kept)
    if isinstance(response, StreamingResponse):
        response.body_iterator = _beginning(response.body_iterator, kept)
    else:
        response.body = bytes(response.body)[:kept]
    return response


async def _beginning(pieces: object, kept: int) -> AsyncIterator[bytes | memoryview]:
    left = kept
    async for piece in pieces:  # type: ignore[attr-defined] # an iterator of pieces of bytes, by starlette's own type
        if left > 0:
            yield piece[:left]
        left -= len(piece)
