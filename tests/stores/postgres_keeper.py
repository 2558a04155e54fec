"""Keeps a private PostgreSQL cluster for as long as a process lives, then stops it and removes every trace.

Run as ``python postgres_keeper.py PID ANSWER``: once the cluster answers, the file ANSWER holds its URL, or why there
is none. It is a process of its own so that the cluster also goes when the tests are killed.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OWNER = "tsplug"
START_LIMIT_S = 240.0
STOP_LIMIT_S = 10.0
ATTEMPTS = 5
POLL_S = 0.1
READY_LINE = 7
"""Where the server's file of its process tells its state."""
NEEDED_BYTES = 4 << 30
# Nothing here outlives the tests, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "autovacuum": "off",
}


def programs() -> Path | None:
    """Return the folder that holds ``initdb`` and ``postgres``, the newest version's, or None where there is none."""
    on_path = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parent.name, reverse=True)
    for folder in (*on_path, *packaged):
        if all((folder / name).exists() for name in ("initdb", "postgres")):
            return folder
    return None


def unprivileged() -> dict[str, object]:
    """Return as whom to run the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def home() -> Iterator[Path]:
    """Return a new folder that the server's user owns; it is removed with all in it."""
    folder = Path(tempfile.mkdtemp(prefix="tsplug-postgres-", dir=_fastest_place()))
    try:
        if (user := unprivileged()) and isinstance(user["user"], int) and isinstance(user["group"], int):
            os.chown(folder, user["user"], user["group"])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fastest_place() -> str | None:
    """Return a folder in memory with room for a cluster, or None for the usual temporary one."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > NEEDED_BYTES else None


def initialise(folder: Path, *, password: str) -> None:
    """Make a cluster of which OWNER is the superuser."""
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    options = ["-U", OWNER, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(
        [programs() / "initdb", "-D", folder / "data", *options],
        check=True,
        capture_output=True,
        cwd=folder,
        **unprivileged(),
    )
    secret.unlink()


@contextmanager
def served(folder: Path, port: int) -> Iterator[bool]:
    """Run the server, and return whether it answers on the port."""
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs() / "postgres", "-D", folder / "data", "-p", str(port), *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            **unprivileged(),
        )
    try:
        yield _answers(server, folder / "data" / "postmaster.pid")
    finally:
        _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server: in order, which frees the memory it shares, and at once if that takes long."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


def _answers(server: subprocess.Popen[bytes], told: Path) -> bool:
    """Wait until the server itself says that it takes connections: on its port another program might answer."""
    until = time.monotonic() + START_LIMIT_S
    while server.poll() is None and time.monotonic() < until:
        # The file is there as long as the server is.
        with suppress(FileNotFoundError):
            if told.read_text(encoding="utf-8").splitlines()[READY_LINE:] == ["ready   "]:
                return True
        time.sleep(POLL_S)
    return False


def keep(pid: int, answer: Path) -> None:
    """Serve a cluster until a process is gone."""
    password = secrets.token_hex(16)
    with home() as folder:
        initialise(folder, password=password)
        for _ in range(ATTEMPTS):
            # Another program may take the port between the look and the start.
            port = free_port()
            with served(folder, port) as answers:
                if answers:
                    tell(answer, url=f"postgresql://{OWNER}:{password}@127.0.0.1:{port}/postgres")
                    while _lives(pid):
                        time.sleep(POLL_S)
                    return
        tell(answer, problem=(folder / "log").read_text(encoding="utf-8", errors="replace"))


def tell(answer: Path, **what: str) -> None:
    """Write the answer, whole or not at all."""
    fresh = answer.with_suffix(".new")
    fresh.write_text(json.dumps(what), encoding="utf-8")
    fresh.replace(answer)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Keep a cluster for the process that the command line names; say in the answer why there is none."""
    answer = Path(sys.argv[2])
    for stop in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stop, lambda *_: sys.exit(0))
    try:
        keep(int(sys.argv[1]), answer)
    except subprocess.CalledProcessError as error:
        tell(answer, problem=f"initdb failed: {error.stderr.decode(errors='replace')}")
    except OSError as error:
        tell(answer, problem=str(error))


if __name__ == "__main__":
    main()
