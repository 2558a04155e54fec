"""The body of a request, read within limits of size and time, so that no client can fill or hold up the server."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

_MOST_BYTES = 256 * 1024
# What is too much is read to some length before it is refused, or the client would see a reset instead of the answer.
_MOST_DRAINED_BYTES = 64 * _MOST_BYTES
_LONGEST_S = 30.0


class BodyRefusedError(Exception):
    """The body is too large or too slow: the answer has ``status``, this text, and ends the connection."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the status for the answer."""
        super().__init__(message)
        self.status = status


async def read_body(request: Request, *, longest_s: float = _LONGEST_S) -> bytes:
    """Return the whole body.

    Raises:
        BodyRefusedError: it is larger than a quarter of a megabyte (413, at once if the client says that it will be
            very large), or takes longer than ``longest_s`` (408).
        starlette.requests.ClientDisconnect: the client went away before its end.
    """
    if int(request.headers.get("content-length", 0)) > _MOST_DRAINED_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(longest_s):
            return await _read(request)
    except TimeoutError:
        raise BodyRefusedError(408, f"the body of the request did not come within {longest_s:g} s") from None


async def _read(request: Request) -> bytes:
    kept = bytearray()
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size <= _MOST_BYTES:
            kept += piece
        if size > _MOST_DRAINED_BYTES:
            break
    if size > _MOST_BYTES:
        raise _too_large()
    return bytes(kept)


def _too_large() -> BodyRefusedError:
    return BodyRefusedError(413, f"the body of a request may have {_MOST_BYTES} bytes at most")
