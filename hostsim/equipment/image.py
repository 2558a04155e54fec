"""Downloads frames beside alpyca, which would keep every other device waiting meanwhile."""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from hostsim.equipment.pixels import (
    COLOUR,
    COLOUR_PLANES,
    HEADER_BYTES,
    WIDEST_ELEMENT_BYTES,
    FrameDecoder,
    FrameError,
    FrameHeader,
    levels,
    parse_header,
    turn_to_rows,
)
from tsplug import DeviceError

_IMAGE_BYTES = "application/imagebytes"
_SILENCE_S = 30.0
# A frame over a slow radio link still comes through; one that trickles for ever does not.
_SLOWEST_BYTES_PER_S = 250_000
_MESSAGE_BYTES = 4096
_SMALL_PIXELS = 1_000_000
_JSON_BYTES_PER_PIXEL = 24
_client_transaction_ids = itertools.count(1)


class FrameReader:
    """Fetches the frames of one camera over connections of its own."""

    def __init__(self, base_url: str, device: str, *, silence_s: float = _SILENCE_S) -> None:
        """Read from the camera at ``base_url``; ``device`` names it in errors.

        ``silence_s`` is how long the server may say nothing: before it answers, and between pieces.
        """
        parts = urlsplit(base_url)
        self._host, self._port, self._path = parts.hostname or "", parts.port or 80, parts.path
        self._device = device
        self._silence_s = silence_s
        self._decoder = FrameDecoder()

    def read(self, *, num_x: int, num_y: int) -> NDArray[np.uint16]:
        """Return the camera's last frame as rows, of shape (num_y, num_x), C-contiguous.

        Raises:
            DeviceError: the camera has none, sends something else than such a frame, or the connection fails.
        """
        with self._explaining(), closing(self._connection()) as connection:
            connection.connect()
            most_bytes = HEADER_BYTES + num_x * num_y * WIDEST_ELEMENT_BYTES
            with _ended_in_time(connection.sock, self._silence_s + most_bytes / _SLOWEST_BYTES_PER_S):
                connection.request("GET", self._url(), headers={"Accept": f"{_IMAGE_BYTES}, application/json"})
                response = connection.getresponse()
                return self._decoded(response, num_x=num_x, num_y=num_y)

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._host, self._port, timeout=self._silence_s)

    def _url(self) -> str:
        return f"{self._path}/imagearray?ClientID=1&ClientTransactionID={next(_client_transaction_ids)}"

    def _decoded(self, response: http.client.HTTPResponse, *, num_x: int, num_y: int) -> NDArray[np.uint16]:
        if response.status != http.client.OK:
            said = _text(response.read(_MESSAGE_BYTES))
            raise FrameError(f"HTTP {response.status} {response.reason}: {said}: look at the Alpaca server")
        content_type = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        if content_type == _IMAGE_BYTES:
            return self._from_bytes(response, num_x=num_x, num_y=num_y)
        if content_type == "application/json":
            return _from_json(response, num_x=num_x, num_y=num_y)
        raise FrameError(
            f"it sends {content_type or 'data of no type'!r} instead of a frame: look at the Alpaca server"
        )

    def _from_bytes(self, response: http.client.HTTPResponse, *, num_x: int, num_y: int) -> NDArray[np.uint16]:
        length = response.length
        raw = bytearray(HEADER_BYTES)
        _fill(response, memoryview(raw))
        header = parse_header(bytes(raw))
        if header.error_number:
            _skip(response, header.data_start - HEADER_BYTES)
            said = _text(response.read(_MESSAGE_BYTES))
            raise FrameError(f"{said} (error 0x{header.error_number:X})")
        _check(header, length, num_x=num_x, num_y=num_y)
        _skip(response, header.data_start - HEADER_BYTES)
        rows = self._decoder.rows(header, lambda view: _fill(response, view))
        if response.read(1):
            raise FrameError("it sends more than the frame it announces: update its driver")
        return rows

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except FrameError as error:
            raise DeviceError(self._device, f"could not send the frame: {error}") from error
        except TimeoutError as error:
            raise DeviceError(
                self._device, "could not send the frame: no answer in time: look at the device and the network"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise DeviceError(
                self._device,
                "could not send the frame: the connection broke off: see that the server runs and can be reached",
            ) from error


def _check(header: FrameHeader, length: int | None, *, num_x: int, num_y: int) -> None:
    if (header.num_x, header.num_y) != (num_x, num_y):
        raise FrameError(
            f"it sends {header.num_x} x {header.num_y} pixels, {num_x} x {num_y} were asked for: update its driver"
        )
    announced = header.data_start + header.data_bytes
    if length is not None and length != announced:
        raise FrameError(f"it sends {length} bytes, a frame like this has {announced}: {_advice(length, announced)}")


def _advice(length: int, announced: int) -> str:
    return "the transfer was cut: check the network" if length < announced else "update its driver"


def _fill(response: http.client.HTTPResponse, view: memoryview) -> None:
    filled = 0
    while filled < len(view):
        got = response.readinto(view[filled:])
        if not got:
            raise http.client.IncompleteRead(b"", len(view) - filled)
        filled += got


def _skip(response: http.client.HTTPResponse, count: int) -> None:
    _fill(response, memoryview(bytearray(count)))


def _from_json(response: http.client.HTTPResponse, *, num_x: int, num_y: int) -> NDArray[np.uint16]:
    small = num_x * num_y <= _SMALL_PIXELS
    most_bytes = _MESSAGE_BYTES + (num_x * num_y * _JSON_BYTES_PER_PIXEL if small else 0)
    text = response.read(most_bytes + 1)
    if len(text) > most_bytes:
        raise FrameError(
            f"it sends {num_x} x {num_y} pixels as JSON text, which takes too long and too much memory: "
            "use an Alpaca server that knows ImageBytes, or choose a smaller frame"
        )
    columns = _json_columns(text)
    if columns.ndim == COLOUR:
        raise FrameError(COLOUR_PLANES)
    if columns.shape != (num_x, num_y):
        shape = " x ".join(map(str, columns.shape))
        raise FrameError(f"it sends {shape} pixels, {num_x} x {num_y} were asked for: update its driver")
    rows = np.empty((num_y, num_x), dtype=np.uint16)
    turn_to_rows(levels(columns), rows)
    return rows


def _json_columns(text: bytes) -> NDArray[Any]:
    try:
        answer = json.loads(text)
        number, message = int(answer["ErrorNumber"]), str(answer["ErrorMessage"])
        columns = np.empty(0) if number else np.asarray(answer["Value"])
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise FrameError("its JSON answer cannot be understood: look at the Alpaca server") from error
    if number:
        raise FrameError(f"{_text(message.encode())} (error 0x{number:X})")
    if columns.dtype.kind not in "iuf":
        raise FrameError("its JSON answer holds no numbers: look at the Alpaca server")
    return columns


def _text(raw: bytes) -> str:
    return " ".join(raw.decode("utf-8", errors="replace").split())[:200] or "no reason given"


@contextmanager
def _ended_in_time(connected: socket.socket, limit_s: float) -> Iterator[None]:
    """Break a connection off after a time, however busily it trickles."""
    expired = threading.Event()

    def end() -> None:
        expired.set()
        connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(limit_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if expired.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
