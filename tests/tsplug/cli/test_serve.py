"""Frames that are sent, and frames that come into a watched folder, by programs of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from killing import TSPLUG, start_worker, write_frames
from typer.testing import CliRunner

from tsplug.app import open_store, system_clock
from tsplug.cli.application import application
from tsplug.ports import JobQuery
from tsplug.services.jobs.listing import list_jobs

TOKEN = "a-token-that-is-long"
SENT = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("arguments", "token", "status", "words"),
    [
        ([], TOKEN, 2, "nothing is served without it"),
        (["--upload"], "", 1, "nobody may send frames yet"),
        (["--upload"], "short", 1, "shorter than 16 characters"),
        (["--upload", "--token-file", "nowhere"], TOKEN, 1, "nowhere cannot be read"),
        (["--upload", "--token-file", "odd"], TOKEN, 1, "is not USER:TOKEN"),
        (["--upload", "--token-file", "shared"], TOKEN, 1, "ann and ben have the same token"),
        (["--upload", "--pattern", "$$MAGIC$$"], TOKEN, 1, "$$MAGIC$$ is none of"),
        (["--upload", "--pattern", "const"], TOKEN, 1, "gives many frames one name"),
        (["--upload", "--storage", ""], TOKEN, 2, "name a folder or an address"),
        (["--upload", "--storage", "magic://x"], TOKEN, 1, "names no storage"),
        (["--upload", "--storage", "memory://x"], TOKEN, 1, "memory://x is in this process only"),
        (["--upload", "--port", "0", "--storage", "http://127.0.0.1:9/x"], TOKEN, 1, "error: http://127.0.0.1:9/x/."),
        (["--upload", "--port", "0", "--storage", "odd/x"], TOKEN, 1, "odd/x cannot be written: Not a directory"),
    ],
)
def test_what_cannot_be_served_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], token: str, status: int, words: str
) -> None:
    """Without a token that cannot be guessed, or with settings that lead nowhere, nothing is served."""
    monkeypatch.chdir(tmp_path)
    Path("odd").write_text("no colon here", encoding="utf-8")
    Path("shared").write_text(f"ann:{TOKEN}\nben: {TOKEN}\n", encoding="utf-8")
    environment = {"TSPLUG_UPLOAD_TOKEN": token, "TSPLUG_DB": str(tmp_path / "store.sqlite"), "COLUMNS": "200"}
    result = CliRunner().invoke(application(["serve"]), ["serve", *arguments], env=environment)
    assert (result.exit_code, words in result.output) == (status, True), result.output


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """Where another program listens already, or no address is meant, one line says so before anything is served."""
    environment = {"TSPLUG_UPLOAD_TOKEN": TOKEN, "TSPLUG_DB": str(tmp_path / "store.sqlite"), "COLUMNS": "200"}
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        for options in (["--port", port], ["--bind", "192.0.2.1"]):
            result = CliRunner().invoke(application(["serve"]), ["serve", "--upload", *options], env=environment)
            assert (result.exit_code, "cannot listen at " in result.output) == (1, True), result.output


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Serve = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def serve(tmp_path: Path, port: int) -> Iterator[Serve]:
    """Return what starts a server of uploads and waits until it answers."""
    started: list[subprocess.Popen[bytes]] = []
    tokens = tmp_path / "tokens"
    tokens.write_text(f"ann: {TOKEN}\nann: that-which-comes-after-it\n", encoding="utf-8")
    options = ["--db", str(tmp_path / "store.sqlite"), "--port", str(port), "--token-file", str(tokens)]
    command = [str(TSPLUG), "serve", "--upload", *options, "--storage", str(tmp_path / "kept")]

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, env={**os.environ, "TSPLUG_DATA_DIR": str(tmp_path / "data")})
        started.append(process)
        while True:
            assert process.poll() is None
            try:
                httpx.get(f"http://127.0.0.1:{port}/api/jobs/1")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_what_is_sent_or_laid_down_is_processed(tmp_path: Path, serve: Serve, port: int) -> None:
    """Sent frames and those in a watched folder are processed; a killed server leaves no buffer after a start."""
    frame, laid = write_frames(tmp_path / "lights", 2)
    url, content = f"http://127.0.0.1:{port}/api/frames/x.fits", frame.read_bytes()
    server = serve()
    assert httpx.put(url, content=content, headers=SENT, timeout=120).status_code == 201
    store = open_store(str(tmp_path / "store.sqlite"), system_clock(), create=False)
    worker = start_worker(tmp_path / "store.sqlite", "--watch", str(tmp_path / "lights"), "--processes", "1")
    while [row["state"] for row in list_jobs(store, JobQuery())] != ["completed"] * 3:
        time.sleep(0.1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait() == 0
    worker.communicate()
    files = {row["file"] for row in list_jobs(store, JobQuery())}
    assert {str(frame), str(laid)} < files
    store.close()
    broken_off(port, content)
    buffers = tmp_path / "data" / "buffers"
    while not list(buffers.glob("*/frame")):
        time.sleep(0.01)
    server.kill()
    server.wait()
    assert len(list(buffers.iterdir())) == 1
    serve()
    assert list(buffers.iterdir()) == []


def broken_off(port: int, content: bytes) -> None:
    """Send the first half of a frame and leave the rest to be waited for."""
    lines = f"PUT /api/frames/y.fits HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(f"{lines}Content-Length: {len(content)}\r\n\r\n".encode() + content[: len(content) // 2])
    connection.detach()
