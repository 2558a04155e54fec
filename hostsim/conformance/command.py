"""What ``hostsim conformance`` does: checks, prints, obeys signals, and says how it ended by its exit status."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from types import FrameType
from typing import Final, NoReturn

import typer

from hostsim.conformance import report
from hostsim.conformance.following import LiveFollower, following
from hostsim.conformance.reaching import NothingToCheckError, expect_devices
from hostsim.conformance.run import Check, Follower, Target

PASSED: Final = 0
FAILED: Final = 1
STOPPED: Final = 130
_STDERR: Final = 2
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def check_and_print(target: Target, *, as_json: bool) -> int:
    """Check a server, print what comes of it, and return the exit status.

    A first SIGINT or SIGTERM brings everything to rest and ends the check; a second one ends the process at once.
    """
    verdicts = []
    with following(live=sys.stderr.isatty()) as follower:
        check = Check(target, follower)
        with _stopping(check):
            try:
                expect_devices(target)
            except NothingToCheckError as error:
                return _nothing(str(error), as_json=as_json)
            show = _printer(follower)
            with closing(check.verdicts()) as found:
                for verdict in found:
                    verdicts.append(verdict)
                    if not as_json:
                        show(report.line(verdict))
    incomplete = check.incomplete
    typer.echo(report.document(verdicts, incomplete) if as_json else "\n".join(["", *report.summary(verdicts)]))
    if incomplete:
        typer.echo(incomplete, err=True)
    if check.stopped:
        return STOPPED
    return PASSED if report.passed(verdicts) and not incomplete else FAILED


def _nothing(why: str, *, as_json: bool) -> int:
    if as_json:
        typer.echo(json.dumps({"passed": False, "error": why}, indent=1))
    else:
        typer.echo(why, err=True)
    return FAILED


def _printer(follower: Follower) -> Callable[[str], None]:
    # What is printed past a live display would be painted over by it.
    if isinstance(follower, LiveFollower) and sys.stdout.isatty():
        return follower.line
    return typer.echo


@contextmanager
def _stopping(check: Check) -> Iterator[None]:
    """Let signals stop a check; they are obeyed also where a script's background job inherits that they are ignored."""

    def obey(number: int, frame: FrameType | None) -> None:
        if check.stopped:
            _leave_at_once(check.unfinished)
        check.stop()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, obey) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_at_once(unfinished: list[str]) -> NoReturn:
    said = f"left at once: may still move, and not as found: {', '.join(unfinished)}" if unfinished else "left at once"
    # A live display has hidden the cursor. Nothing may wait here, not even for a lock of the printing thread.
    cursor = "\x1b[?25h\n" if os.isatty(_STDERR) else ""
    os.write(_STDERR, f"{cursor}{said}\n".encode())
    os._exit(STOPPED)
