"""Bodies within their limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from hostsim.alpaca.bodies import BodyRefusedError, read_body

SCOPE = {"type": "http", "method": "PUT", "headers": [], "path": "/", "query_string": b""}


def request(*pieces: bytes, end: bool = True) -> Request:
    """Return a request whose body comes in pieces, and then ends or never does."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if end:
        messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        if messages:
            return messages.pop(0)
        return await asyncio.Event().wait()

    return Request(dict(SCOPE), receive)


def test_pieces_are_joined() -> None:
    """A body that comes in pieces is one body."""
    assert asyncio.run(read_body(request(b"Bin", b"X=", b"2"))) == b"BinX=2"


@pytest.mark.parametrize("size_kb", [257, 20_000])
def test_a_large_body_is_refused(size_kb: int) -> None:
    """What is larger than the limit is 413, however much larger, and is not kept."""
    with pytest.raises(BodyRefusedError, match="262144 bytes at most") as caught:
        asyncio.run(read_body(request(*[b"x" * 1024] * size_kb)))
    assert caught.value.status == 413


def test_a_very_large_body_is_refused_at_once() -> None:
    """Who says that much will come is answered before any of it has come."""
    announced = request(end=False)
    announced.scope["headers"] = [(b"content-length", b"99999999999")]
    with pytest.raises(BodyRefusedError, match="262144 bytes at most") as caught:
        asyncio.run(asyncio.wait_for(read_body(announced), 5))
    assert caught.value.status == 413


def test_a_body_of_the_limit_passes() -> None:
    """The limit itself is allowed."""
    assert len(asyncio.run(read_body(request(b"x" * 262_144)))) == 262_144


def test_a_slow_body_is_refused() -> None:
    """A body that does not end in time is 408."""
    with pytest.raises(BodyRefusedError, match=r"within 0.05 s") as caught:
        asyncio.run(read_body(request(b"x", end=False), longest_s=0.05))
    assert caught.value.status == 408


def test_a_client_that_goes_is_not_a_body() -> None:
    """A client that leaves in the middle is told apart from one that has sent all."""

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    gone: Callable[[], Awaitable[Any]] = receive
    with pytest.raises(ClientDisconnect):
        asyncio.run(read_body(Request(SCOPE, gone)))
