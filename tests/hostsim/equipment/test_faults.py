"""Every call of every device against an Alpaca server that fails at any point of it."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from hostsim.clock import SimulatedClock
from hostsim.equipment.camera import Exposure
from hostsim.equipment.rig import Rig, connect
from hostsim.equipment.safety import leave_safe
from hostsim.equipment.waiting import Patience
from tsplug import DeviceError, PierSide

HURRIED_S, PATIENT_S = 0.2, 60.0
SOON = Patience(timeout_s=900, poll_s=30)
CALLS: dict[str, Callable[[Any], object]] = {
    "mount.connect": lambda rig: rig.mount.connect(),
    "mount.parked": lambda rig: rig.mount.parked(),
    "mount.unpark": lambda rig: rig.mount.unpark(),
    "mount.center": lambda rig: rig.mount.center(6.5, 5.0),
    "mount.wrong_side": lambda rig: rig.mount.wrong_side(6.5, 5.0),
    "mount.reading": lambda rig: rig.mount.reading(),
    "mount.stop": lambda rig: rig.mount.stop(),
    "mount.track": lambda rig: rig.mount.track(False),
    "mount.park": lambda rig: rig.mount.park(),
    "camera.max_adu": lambda rig: rig.camera.max_adu,
    "camera.readout_mode": lambda rig: rig.camera.readout_mode(),
    "camera.set_readout_mode": lambda rig: rig.camera.set_readout_mode(0),
    "camera.cool": lambda rig: rig.camera.cool(-5.0, tolerance_c=0.5, patience=SOON),
    "camera.warm": lambda rig: rig.camera.warm(at_least_c=3.0, patience=SOON),
    "camera.expose": lambda rig: rig.camera.expose(Exposure(2.0, gain=100, offset=50, roi_percent=5.0)),
    "camera.abort": lambda rig: rig.camera.abort(),
    "camera.reading": lambda rig: rig.camera.reading(),
    "wheel.names": lambda rig: rig.wheel.names,
    "wheel.select": lambda rig: rig.wheel.select("Ha" if rig.wheel.current() != "Ha" else "L"),
    "wheel.offset_steps": lambda rig: rig.wheel.offset_steps("Ha"),
    "focuser.move": lambda rig: rig.focuser.move(rig.focuser.position() + 10),
    "focuser.reading": lambda rig: rig.focuser.reading(),
    "rotator.move_mechanical": lambda rig: rig.rotator.move_mechanical(rig.rotator.mechanical_deg() + 5),
    "rotator.mechanical_for": lambda rig: rig.rotator.mechanical_for(5, pier_side=PierSide.EAST, half_turn=True),
    "panel.max_brightness": lambda rig: rig.panel.max_brightness,
    "panel.brightness": lambda rig: rig.panel.brightness(),
    "panel.open_cover": lambda rig: rig.panel.open_cover(),
    "panel.light_on": lambda rig: rig.panel.light_on(10),
    "panel.light_off": lambda rig: rig.panel.light_off(),
    "panel.close_cover": lambda rig: rig.panel.close_cover(),
}
PAGE = b"<html><head></head>\n<body>\n<h1>Server Error</h1>" + b"<p>what happened</p>\n" * 500
REFUSED = {"ErrorNumber": 0x500, "ErrorMessage": "motor\nstuck", "ClientTransactionID": 1, "ServerTransactionID": 1}
FAULTS: dict[str, tuple[int, bytes] | None] = {
    "hangs": None,
    "closes": None,
    "HTTP 500": (500, PAGE),
    "HTTP 400": (400, b"bad request"),
    "an ASCOM error": (200, json.dumps(REFUSED).encode()),
    "no JSON": (200, b"\xff\xfe{]"),
    "another JSON": (200, b"[1, 2]"),
    "deep JSON": (200, b"[" * 100_000),
    "an empty object": (200, b"{}"),
    "no value": (200, b'{"ErrorNumber": 0, "ErrorMessage": ""}'),
    "a text": (200, b'{"ErrorNumber": 0, "ErrorMessage": "", "Value": "non\\nsense"}'),
    "null": (200, b'{"ErrorNumber": 0, "ErrorMessage": "", "Value": null}'),
    "not a number": (200, b'{"ErrorNumber": 0, "ErrorMessage": "", "Value": NaN}'),
    "a text as error number": (200, b'{"ErrorNumber": "x", "ErrorMessage": null, "Value": 1}'),
}
# Failures of each sort strike at every request of a call, their variants at the first two.
DEPTHS = {name: 60 if name in ("closes", "an ASCOM error", "a text") else 2 for name in FAULTS if name != "hangs"}


@dataclass
class Fault:
    """What goes wrong, after how many more requests, and whether it did."""

    name: str = ""
    after: int = 0
    happened: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    def now(self) -> str:
        """Return what goes wrong with this request, or nothing."""
        self.after -= 1
        if not self.name or self.after >= 0:
            return ""
        self.happened = True
        return self.name


class Handler(BaseHTTPRequestHandler):
    """Passes requests on to a healthy server, until the fault is due."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    healthy: ClassVar[str]
    fault: ClassVar[Fault]

    def do_GET(self) -> None:
        """Answer a request, or fail."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name = self.fault.now()
        if name == "hangs":
            self.fault.over.wait(60)
        if name in ("hangs", "closes"):
            self.close_connection = True
        elif name:
            self._send(*FAULTS[name], kind="application/json")
        else:
            self._pass_on(body)

    def do_PUT(self) -> None:
        """Answer a request, or fail."""
        self.do_GET()

    def _pass_on(self, body: bytes) -> None:
        with closing(http.client.HTTPConnection(self.healthy, timeout=60)) as connection:
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            kind, content = answer.getheader("Content-Type") or "", answer.read()
        self._send(answer.status, content, kind=kind)

    def _send(self, status: int, body: bytes, *, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Bench:
    """A rig behind a server that can fail."""

    rig: Rig
    fault: Fault
    address: str


def hurried(address: str, clock: SimulatedClock) -> Rig:
    """Connect a rig that soon takes silence for a failure; a busy machine may need to try again."""
    for _ in range(50):
        with contextlib.suppress(DeviceError):
            return connect(address, clock, answer_s=HURRIED_S)
    raise AssertionError("the machine is too slow for any of it")


@pytest.fixture
def bench(address: str, clock: SimulatedClock, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A connected rig whose server is about to fail."""
    fault = Fault()
    bound = type("Bound", (Handler,), {"healthy": address, "fault": fault})
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    failing = f"127.0.0.1:{server.server_port}"
    hangs = request.node.callspec.params.get("fault", "hangs") == "hangs"
    rig = hurried(failing, clock) if hangs else connect(failing, clock, answer_s=PATIENT_S)
    yield Bench(rig, fault, failing)
    fault.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def fails_clearly(bench: Bench, fault: str, act: Callable[[Any], object], *, after: int) -> str:
    """Let the server fail at one request of an action; return what was said, nothing if the action was not hurt."""
    bench.fault.name, bench.fault.after, bench.fault.happened = fault, after, False
    said = ""
    try:
        act(bench.rig)
    except DeviceError as error:
        said = str(error)
    finally:
        bench.fault.name = ""
    assert "\n" not in said
    assert len(said) < 500
    return said


@pytest.mark.parametrize("fault", DEPTHS)
def test_a_failure_anywhere_is_one_clear_line(bench: Bench, fault: str) -> None:
    """Whatever goes wrong, at whichever request of whichever call: one line, with the device and what was tried."""
    said = []
    for act in CALLS.values():
        for after in range(DEPTHS[fault]):
            text = fails_clearly(bench, fault, act, after=after)
            if not bench.fault.happened:
                break
            said += [text] if text else []
    assert len(said) > len(CALLS)
    assert [text for text in said if not re.match(r'[a-z ]+ "[^"]+": \S', text)] == []


@pytest.mark.parametrize("call", CALLS)
def test_a_silent_server_is_left_in_time(bench: Bench, call: str) -> None:
    """A call to a server that hangs ends when its time is over."""
    text = fails_clearly(bench, "hangs", CALLS[call], after=0)
    assert re.match(r'[a-z ]+ "[^"]+": could not .*: no answer in time: look at the device', text)


@pytest.mark.parametrize("fault", FAULTS)
def test_equipment_that_fails_is_left_as_safe_as_it_obeys(bench: Bench, fault: str, clock: SimulatedClock) -> None:
    """Leaving the equipment safe goes on past each failure and tells what was not done."""
    patient = connect(bench.address, clock, answer_s=PATIENT_S)
    assert patient.mount is not None
    patient.mount.unpark()
    bench.fault.name, bench.fault.after = fault, 0
    said = leave_safe(bench.rig)
    assert re.findall(r"(?:: |, |; )(panel|exposure|mount|slew|tracking|cover)(?=[,; ]|$)", said) == [
        "panel",
        "exposure",
        "mount",
        "slew",
        "tracking",
        "cover",
    ]
    assert said.startswith("NOT left safe: ")
    bench.fault.name = ""
    assert leave_safe(patient) == "left safe: panel dark, exposure ended, mount parked, cover closed"


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "an empty object"])
def test_connecting_to_a_failing_server_is_one_clear_line(bench: Bench, fault: str, clock: SimulatedClock) -> None:
    """A server that fails from the first request on is named, with what to do."""
    bench.fault.name, bench.fault.after = fault, 0
    with pytest.raises(DeviceError, match=rf"server (at )?{bench.address}: |\": could not connect: ") as caught:
        connect(bench.address, clock, answer_s=HURRIED_S if fault == "hangs" else PATIENT_S)
    assert "\n" not in str(caught.value)
