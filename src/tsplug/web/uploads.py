"""The HTTP interface to which frames are sent: ``PUT /api/frames/NAME``, and ``GET /api/jobs/ID``.

A frame is streamed into a buffer; nothing of it is seen elsewhere before it is whole and looked at. The buffer goes
whatever happens, also where this process is killed.
"""

from __future__ import annotations

import errno
import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from anyio import CapacityLimiter, fail_after, move_on_after, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tsplug.errors import FileError, NameTakenError, NotFoundError, OutOfReachError, StoreError, TsplugError
from tsplug.services.jobs.listing import job_details
from tsplug.services.jobs.uploading import Arrival, NotAFrameError, TooLargeError, frame_name, receive

_WRITTEN_AT_ONCE = 1 << 20
_LOOKED_AT_ONCE = 2
_LINGERS_S = 30.0
_FULL = (errno.ENOSPC, errno.EDQUOT)
_SERVED = "PUT /api/frames/NAME takes a frame, GET /api/jobs/ID tells what became of it"


_STATUSES: tuple[tuple[type[TsplugError], int], ...] = (
    (NotAFrameError, 415),
    (TooLargeError, 413),
    (NotFoundError, 404),
    (NameTakenError, 409),
    (OutOfReachError, 503),
    (FileError, 500),
    (StoreError, 503),
    (TsplugError, 400),
)


@dataclass(frozen=True)
class UploadSettings:
    """Who may send (``tokens``: the user's name by their secret), how much at once, and where buffers are made.

    ``idle_s`` is how long a sender may send nothing before it is let go.
    """

    tokens: dict[str, str]
    largest_bytes: int
    buffer: Callable[[], AbstractContextManager[Path]]
    idle_s: float = 60.0


class _RefusedError(Exception):
    def __init__(self, status: int, told: str) -> None:
        super().__init__(told)
        self.status = status


def upload_application(arrival: Arrival, settings: UploadSettings) -> Starlette:
    """Return the ASGI application."""
    uploads = _Uploads(arrival, settings)
    return Starlette(
        routes=[
            Route("/api/frames/{name}", _answered(uploads.put), methods=["PUT"]),
            Route("/api/jobs/{job:int}", _answered(uploads.job), methods=["GET"]),
        ],
        exception_handlers={HTTPException: _not_served},
    )


class _Uploads:
    def __init__(self, arrival: Arrival, settings: UploadSettings) -> None:
        self._arrival = arrival
        self._settings = settings
        # Whatever they claim, no more of them are unpacked at once than memory bears.
        self._looked_at = CapacityLimiter(_LOOKED_AT_ONCE)

    async def put(self, request: Request) -> Response:
        sender = self._sender(request)
        name = frame_name(request.path_params["name"])
        told = request.headers.get("content-length", "")
        if told.isdigit():
            self._check_size(int(told))
        with self._settings.buffer() as folder:
            file = folder / "frame"
            await self._fill(file, request)
            came = await to_thread.run_sync(
                lambda: receive(file, name, arrival=self._arrival, sender=sender), limiter=self._looked_at
            )
        job = came.job
        answer = {"job": job.id, "file": job.file, "image": job.image_id, "state": job.state}
        if came.note:
            answer["note"] = came.note
        return JSONResponse(answer, 200 if came.again else 201)

    async def job(self, request: Request) -> Response:
        sender = self._sender(request)
        job_id = request.path_params["job"]
        row = await to_thread.run_sync(lambda: job_details(self._arrival.store, job_id))
        # Of frames of others it is told how far they are, and not where they lie nor what is wrong with them.
        return JSONResponse(row if row["submitted_by"] == sender else {"id": row["id"], "state": row["state"]})

    def _sender(self, request: Request) -> str:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        # Headers are bytes that are handed on as Latin-1; those of a token are UTF-8, as in files and shells.
        sent = given.strip(" \t").encode("latin-1")
        for token, user in self._settings.tokens.items():
            if scheme.lower() == "bearer" and hmac.compare_digest(sent, token.encode()):
                return user
        raise _RefusedError(401, "give the token: Authorization: Bearer TOKEN")

    def _check_size(self, size: int) -> None:
        if size > self._settings.largest_bytes:
            limit_mb = self._settings.largest_bytes // 10**6
            raise _RefusedError(413, f"the frame is larger than the {limit_mb} MB that are taken here")

    async def _fill(self, file: Path, request: Request) -> None:
        """Write what comes into a file, in parts that do not keep other senders waiting."""
        size, waiting = 0, bytearray()
        parts = request.stream()
        with file.open("wb") as stream:
            while (part := await self._next(parts)) is not None:
                size += len(part)
                self._check_size(size)
                waiting += part
                if len(waiting) >= _WRITTEN_AT_ONCE:
                    await to_thread.run_sync(stream.write, bytes(waiting))
                    waiting.clear()
            await to_thread.run_sync(stream.write, bytes(waiting))

    async def _next(self, parts: AsyncGenerator[bytes, None]) -> bytes | None:
        """Return what comes next; None at the end."""
        try:
            with fail_after(self._settings.idle_s):
                return await anext(parts, None)
        except TimeoutError as error:
            raise _RefusedError(408, f"nothing came for {self._settings.idle_s:g} s; send the frame again") from error


def _answered(handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers requests whatever goes wrong, in one line of JSON."""

    async def answer(request: Request) -> Response:
        try:
            return await handle(request)
        except _RefusedError as refusal:
            return _error(refusal.status, refusal, sending=refusal.status == 413)
        except ClientDisconnect:
            return Response(status_code=400)
        except TsplugError as error:
            known = next(status for kind, status in _STATUSES if isinstance(error, kind))
            return _error(507 if _is_full(error.__cause__) else known, error)
        except OSError as error:
            return _error(507 if _is_full(error) else 500, error)

    return answer


class _HeardResponse(JSONResponse):
    """An answer to somebody who still sends: who is cut off while sending reads none, so that what comes is let go by.

    It waits until the sender has stopped or goes, for so long as an honest one takes to notice.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then read on."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with move_on_after(_LINGERS_S):
            while (await receive()).get("more_body", False):
                pass
        await send({"type": "http.response.body", "body": b""})


async def _not_served(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"error": f"{request.method} {request.url.path}: {_SERVED}"}, status)


def _is_full(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _FULL


def _error(status: int, error: Exception, *, sending: bool = False) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    # The rest of what is being sent must not be taken for the next request.
    answer = _HeardResponse if sending else JSONResponse
    return answer({"error": str(error)}, status, headers={**(headers or {}), "Connection": "close"})
