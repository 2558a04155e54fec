"""Connections within limits: how long a request may take to come, an answer to go, and how many there may be.

uvicorn waits for ever for the end of a request that a client has begun, and takes any number of clients.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle


@dataclass(frozen=True)
class Limits:
    """Seconds for a request to come whole, seconds without any progress of an answer, and connections at a time."""

    request_s: float = 40.0
    stalled_s: float = 60.0
    connections: int = 500


class _Limited(H11Protocol):
    """A connection that is ended when it exceeds its limits."""

    limits = Limits()
    loop: asyncio.AbstractEventLoop
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _active_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._active_at = self.loop.time()
        if len(self.connections) > self.limits.connections:
            self._make_room()
        self._deadline = self.loop.call_later(self.limits.request_s, self._end_slow_request)

    def data_received(self, data: bytes) -> None:
        self._active_at = self.loop.time()
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_deadline()
        self._not_stalled()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(self.limits.stalled_s, self.transport.abort)

    def resume_writing(self) -> None:
        self._not_stalled()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        self.refuse(HTTPStatus.BAD_REQUEST, msg)

    def refuse(self, status: HTTPStatus, text: str) -> None:
        """Answer in plain text, unless an answer is under way already, and end the connection."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
            answer = h11.Response(status_code=status, headers=headers, reason=status.phrase.encode("ascii"))
            for event in (answer, h11.Data(data=text.encode("utf-8")), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def answering(self) -> bool:
        """Return whether the application is at work on a request of this connection."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    @property
    def _incomplete(self) -> bool:
        if self.conn.their_state is h11.IDLE:
            return bool(self.conn.trailing_data[0])
        return self.conn.their_state is h11.SEND_BODY

    def _watch(self) -> None:
        """Give a request of which a part has come a deadline for the rest."""
        if self.transport.is_closing() or not self._incomplete:
            self._no_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.limits.request_s, self._end_slow_request)

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _not_stalled(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _end_slow_request(self) -> None:
        self._deadline = None
        if self.answering:
            # Whoever reads the body has a time limit of its own, and answers when it is over.
            self._deadline = self.loop.call_later(self.limits.request_s, self._end_slow_request)
        elif self._incomplete:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, f"the request did not come within {self.limits.request_s:g} s")
        else:
            self.transport.close()

    def _make_room(self) -> None:
        """End the connection that has been waiting longest for its client, or this one if none is."""
        others = [each for each in self.connections if isinstance(each, _Limited) and each is not self]
        waiting = [each for each in others if not each.answering and not each.transport.is_closing()]
        if waiting:
            longest = min(waiting, key=lambda each: each._active_at)
            longest._give_way()
        else:
            self.refuse(
                HTTPStatus.TOO_MANY_REQUESTS, f"{self.limits.connections} clients are being answered: try later"
            )

    def _give_way(self) -> None:
        # Without a request there is no answer: the client would take it for that of its next one.
        if self._incomplete:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, "the request came too slowly while other clients were waiting")
        else:
            self.transport.close()


def limited(limits: Limits) -> type[asyncio.Protocol]:
    """Return the kind of connection that keeps to ``limits``, for uvicorn to make."""
    return cast(type[asyncio.Protocol], type("LimitedConnection", (_Limited,), {"limits": limits}))
