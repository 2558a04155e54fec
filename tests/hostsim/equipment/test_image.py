"""Downloading frames: every form a server may send, and every way it may fail."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from alpaca.filterwheel import FilterWheel

from hostsim.equipment.image import FrameReader
from tsplug import DeviceError

Script = Callable[[socket.socket, bytes], None]
Serve = Callable[[Script], str]

TYPES = {1: "<i2", 2: "<i4", 3: "<f8", 4: "<f4", 5: "<u8", 6: "u1", 7: "<i8", 8: "<u2", 9: "<u4"}
COLUMNS = np.arange(5 * 3).reshape(5, 3) * 8


def frame(columns: np.ndarray = COLUMNS, *, kind: int = 8, start: int = 44, **changed: int) -> bytes:
    """Return ImageBytes of columns, with fields of the header changed on request."""
    fields = {"version": 1, "error": 0, "client": 0, "server": 7, "start": start, "image": 2, "kind": kind, "rank": 2}
    shape = {"num_x": columns.shape[0], "num_y": columns.shape[1], "planes": 0}
    header = struct.pack("<2i2I7i", *(fields | shape | changed).values())
    return header + bytes(start - 44) + columns.astype(TYPES.get(kind, "<u2")).tobytes()


def answer(body: bytes, *, kind: str = "application/imagebytes", length: int | None = None) -> Script:
    """Return a script that sends one answer, its length announced as it is or as told."""
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n"
    )
    return lambda connected, request: connected.sendall(head.encode() + body)


def chunked(body: bytes, *, size: int, end: bytes = b"0\r\n\r\n") -> Script:
    """Return a script that sends one answer in chunks."""

    def send(connected: socket.socket, request: bytes) -> None:
        connected.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/imagebytes\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for at in range(0, len(body), size):
            piece = body[at : at + size]
            connected.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        connected.sendall(end)

    return send


def read(serve: Serve, script: Script, *, num_x: int = 5, num_y: int = 3, silence_s: float = 5.0) -> np.ndarray:
    """Read a frame from a server that follows a script."""
    reader = FrameReader(f"http://{serve(script)}/api/v1/camera/0", 'camera "Sim"', silence_s=silence_s)
    return reader.read(num_x=num_x, num_y=num_y)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_element_type_is_decoded(serve: Serve, kind: int) -> None:
    """Whatever type a frame travels in, it arrives as the same 16-bit rows."""
    rows = read(serve, answer(frame(kind=kind)))
    assert rows.dtype == np.uint16
    assert rows.flags["C_CONTIGUOUS"]
    np.testing.assert_array_equal(rows, COLUMNS.T)


@pytest.mark.parametrize("size", [1, 7, 44, 1000])
def test_chunks_are_joined(serve: Serve, size: int) -> None:
    """A frame sent in chunks arrives whole, wherever they are cut, and the data may begin behind other fields."""
    np.testing.assert_array_equal(read(serve, chunked(frame(start=60), size=size)), COLUMNS.T)


def test_a_frame_larger_than_the_buffer_arrives(serve: Serve) -> None:
    """A frame of many strips and blocks, with sides that no block divides, arrives pixel by pixel."""
    columns = np.random.default_rng(2).integers(0, 65_536, (1_301, 777))
    reader = FrameReader(f"http://{serve(answer(frame(columns)))}/api/v1/camera/0", "camera")
    for _ in range(2):
        np.testing.assert_array_equal(reader.read(num_x=1_301, num_y=777), columns.T)


def envelope(**answered: Any) -> bytes:
    """Return a JSON answer."""
    return json.dumps({"ErrorNumber": 0, "ErrorMessage": "", "Type": 2, "Rank": 2} | answered).encode()


def test_small_frames_may_be_json(serve: Serve) -> None:
    """A server without ImageBytes is good enough for a small frame."""
    script = answer(envelope(Value=COLUMNS.tolist()), kind="application/json; charset=utf-8")
    np.testing.assert_array_equal(read(serve, script), COLUMNS.T)


def test_large_frames_may_not_be_json(serve: Serve) -> None:
    """A large frame as text is refused before it is read, with what to do instead."""
    script = answer(b"{" + b" " * 100_000, kind="application/json", length=300_000_000)
    with pytest.raises(DeviceError, match=r"JSON text, which takes too long .* ImageBytes"):
        read(serve, script, num_x=9576, num_y=6388)


BAD = {
    "an error in the header": (
        answer(frame(np.empty((0, 3)), error=0x40B) + b"no image yet"),
        "no image yet .error 0x40B",
    ),
    "an error as JSON": (
        answer(envelope(ErrorNumber=1035, ErrorMessage="none"), kind="application/json"),
        "none .*40B",
    ),
    "garbage as JSON": (answer(b"{]", kind="application/json"), "cannot be understood"),
    "an array as JSON": (answer(b"[1]", kind="application/json"), "cannot be understood"),
    "ragged JSON": (answer(envelope(Value=[[1], [2, 3]]), kind="application/json"), "cannot be understood"),
    "texts as JSON": (answer(envelope(Value=["a"]), kind="application/json"), "holds no numbers"),
    "another shape as JSON": (answer(envelope(Value=[[1, 2]]), kind="application/json"), "sends 1 x 2 pixels, 5 x 3"),
    "a web page": (answer(b"<html>", kind="text/html"), "'text/html' instead of a frame"),
    "another size": (answer(frame(), length=75), "sends 75 bytes, a frame like this has 74"),
    "a vast frame": (answer(frame(num_x=2**31 - 1, num_y=2**31 - 1)), "5 x 3 were asked for"),
    "swapped axes": (answer(frame(COLUMNS.T)), "sends 3 x 5 pixels, 5 x 3 were asked for"),
    "colour planes": (answer(frame(rank=3, planes=3)), "colour planes: choose a monochrome"),
    "colour planes as JSON": (
        answer(envelope(Value=np.zeros((5, 3, 3), dtype=int).tolist()), kind="application/json"),
        "colour planes: choose a monochrome",
    ),
    "an unknown rank": (answer(frame(rank=4)), "makes no sense .rank 4"),
    "an unknown type": (answer(frame(kind=17)), "makes no sense .type 17"),
    "another version": (answer(frame(version=2)), "makes no sense .version 2"),
    "data far away": (answer(frame(start=5_000)), "data at 5000"),
    "negative levels": (answer(frame(COLUMNS - 9, kind=2)), "outside 0 to 65535: choose a 16-bit readout"),
    "levels beyond": (answer(frame(COLUMNS * 9_999, kind=9)), "outside 0 to 65535"),
    "no numbers": (answer(frame(COLUMNS * np.nan, kind=4)), "outside 0 to 65535"),
    "nothing": (lambda connected, request: None, "connection broke off"),
    "half a header": (answer(frame()[:20]), "connection broke off"),
    "half a frame": (answer(frame()[:60], length=74), "connection broke off"),
    "half the chunks": (chunked(frame()[:60], size=50, end=b""), "connection broke off"),
    "no HTTP": (lambda connected, request: connected.sendall(b"\x00\xff" * 99), "connection broke off"),
    "more chunks": (chunked(frame() + b"more", size=50), "more than the frame it announces"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_frame_is_one_clear_line(serve: Serve, name: str) -> None:
    """Each wrong answer ends in one line that names the camera and says what is wrong."""
    script, said = BAD[name]
    with pytest.raises(DeviceError, match=f'camera "Sim": could not send the frame: .*{said}') as caught:
        read(serve, script)
    assert "\n" not in str(caught.value)


def test_a_refusal_is_told(serve: Serve) -> None:
    """An HTTP error gives its number and what the server said, cut to a line."""
    page = b"HTTP/1.1 500 Oh\r\nContent-Length: 900\r\n\r\n" + b"bad\n" * 225
    with pytest.raises(DeviceError, match=r"HTTP 500 Oh: bad bad") as caught:
        read(serve, lambda connected, request: connected.sendall(page))
    assert len(str(caught.value)) < 400


def hang(connected: socket.socket, request: bytes) -> None:
    """Say nothing until the client gives up."""
    connected.recv(1)


def trickle(connected: socket.socket, request: bytes) -> None:
    """Send a byte now and then, for ever."""
    connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/imagebytes\r\nContent-Length: 74\r\n\r\n")
    while True:
        connected.sendall(frame()[:1])
        time.sleep(0.05)


@pytest.mark.parametrize("script", [hang, trickle])
def test_a_server_that_takes_for_ever_is_left(serve: Serve, script: Script) -> None:
    """Silence ends after its limit, and so does a frame that trickles too slowly ever to be complete."""
    with pytest.raises(DeviceError, match="no answer in time: look at the device"):
        read(serve, script, silence_s=0.3)


def test_other_devices_answer_during_a_download(serve: Serve, address: str) -> None:
    """While a frame is under way, alpyca reaches the other devices without waiting for it."""
    begun, go_on = threading.Event(), threading.Event()

    def slowly(connected: socket.socket, request: bytes) -> None:
        begun.set()
        assert go_on.wait(60)
        answer(frame())(connected, request)

    frames: list[np.ndarray] = []
    download = threading.Thread(target=lambda: frames.append(read(serve, slowly)))
    download.start()
    assert begun.wait(60)
    assert FilterWheel(address, 0).InterfaceVersion >= 2
    assert not frames
    go_on.set()
    download.join()
    np.testing.assert_array_equal(frames[0], COLUMNS.T)


def test_the_camera_is_asked_for_imagebytes(serve: Serve) -> None:
    """The request names the camera's path and prefers ImageBytes."""
    seen: list[bytes] = []

    def keep(connected: socket.socket, request: bytes) -> None:
        seen.append(request)
        answer(frame())(connected, request)

    read(serve, keep)
    assert re.match(rb"GET /api/v1/camera/0/imagearray\?ClientID=\d+&ClientTransactionID=\d+ HTTP/1.1\r\n", seen[0])
    assert b"Accept: application/imagebytes" in seen[0]
