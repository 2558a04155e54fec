"""Whatever a file says, it is refused in lines, or makes devices that answer."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from hostsim.alpaca.configuration import read_service_config
from hostsim.alpaca.errors import ServiceConfigError
from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.conformance.device import Conditions
from hostsim.conformance.rule import Status
from hostsim.conformance.rules import RULES
from hostsim.conformance.run import Target, check_server
from hostsim.devices.configuration import AnyDeviceConfig
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.description import Kind
from hostsim.devices.parts.device import Now
from hostsim.devices.parts.errors import AlpacaError
from hostsim.devices.parts.frame import Frame
from hostsim.sky import conditions
from hostsim.sky.scene import SkySite

KINDS = get_args(get_args(AnyDeviceConfig)[0])
NUMBERS = (0, 1, -1, 2, 7, 90, 360, 1000, 2**31 - 1, 2**31, 10**30, 0.5, 1e-300, 1e-6, 1e300, -1e300)
NO_NUMBERS = (float("inf"), float("-inf"), float("nan"), True, False, "", "x", [], [1], {}, {"low": 1})
ODD = st.sampled_from((*NUMBERS, *NO_NUMBERS))


def annotations(kind: Any) -> dict[str, Any]:
    """Return the fields of a model or a dataclass with their types."""
    if dataclasses.is_dataclass(kind):
        return get_type_hints(kind)
    return {name: field.annotation for name, field in kind.model_fields.items()}


def near(kind: Any) -> st.SearchStrategy[Any]:
    """Return values that a type may have, and the odd ones mixed in."""
    if isinstance(kind, type) and (issubclass(kind, BaseModel) or dataclasses.is_dataclass(kind)):
        return tables(kind)
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from([each.value for each in kind])
    if get_origin(kind) is tuple:
        return st.lists(near(get_args(kind)[0]), max_size=3)
    simple = {
        bool: st.booleans(),
        int: st.integers(0, 400),
        float: st.floats(0, 400),
        str: st.text(max_size=5),
        type(None): st.just(False),
    }
    if kind in simple:
        return st.one_of(simple[kind], ODD)
    return st.one_of([near(each) for each in get_args(kind)]) if get_args(kind) else ODD


def tables(model: Any, /, **fixed: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return tables with some of the fields of a kind."""
    fields = {name: near(each) for name, each in annotations(model).items() if name not in fixed}
    chosen = st.lists(st.sampled_from(sorted(fields)), max_size=3, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: fields[name] for name in names})).map(
        lambda table: {**fixed, **table}
    )


def toml(value: Any) -> str:
    """Write a value in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    return json.dumps(value) if isinstance(value, str) else repr(value)


DEVICES = st.one_of([tables(kind, kind=kind.model_fields["kind"].default) for kind in KINDS])


class _Still:
    """A sky that nobody looks at, over a calm night."""

    conditions = conditions.Conditions(1, SkySite())

    def render(self, path: Any, exposure: Any) -> Any:
        raise AssertionError("no frame was asked for")

    def truth(self, path: Any, exposure: Any) -> Any:
        raise AssertionError("no frame was asked for")

    def temperature_c(self, moment: datetime) -> float:
        return 10.0


def ask_everything(observatory: Observatory) -> None:
    """Read every member of every device, in motion and at rest; what is answered can be sent."""
    for device in observatory.devices:
        device.set_connected(True)
        for member in device.members.members:
            if member.kind is not Kind.READ:
                continue
            values = [0 if each.type is int else each.type() for each in member.parameters]
            try:
                answer = device.perform(member, *values)
            except AlpacaError:
                continue
            if not isinstance(answer, Frame):
                json.dumps(answer, allow_nan=False)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(devices=st.lists(DEVICES, min_size=1, max_size=2))
def test_any_file_is_refused_in_lines_or_makes_devices_that_answer(
    tmp_path: Path, devices: list[dict[str, Any]]
) -> None:
    """No combination of numbers ends in anything but lines, or devices whose members all answer what can be sent."""
    lines = ["[[servers]]"]
    for device in devices:
        lines += ["[[servers.devices]]", *(f"{key} = {toml(value)}" for key, value in device.items())]
    file = tmp_path / "servers.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    try:
        (server,) = read_service_config(file).servers
    except ServiceConfigError as error:
        for problem in error.problems:
            line, _, text = problem.removeprefix(f"{file}:").partition(": ")
            assert 1 <= int(line) <= len(lines)
            assert not [word for word in ("Input should", "Value error", "Tuple", "tuple", "pydantic") if word in text]
        return
    clock = SimulatedClock(datetime(2026, 11, 20, 20, tzinfo=UTC))
    observatory = Observatory(_Still(), clock, config=server.observatory())
    ask_everything(observatory)
    clock.sleep(3600)
    observatory.advance()
    ask_everything(observatory)


EXTREMES = {
    "rotator": "step_deg = 45\ndeg_per_s = 1000\nsettle_s = 0\nstart_deg = 359.999\nconnect_s = 0",
    "focuser": "max_step = 2000000000\nstart_step = 2000000000\nsteps_per_s = 1e9\nsettle_s = 0\nstep_um = false",
    "filterwheel": "filters = ['a']\nslot_s = 0.001\ninterface_version = 1",
    "covercalibrator": "max_brightness = 2000000000\nwarm_up_s = 0\nunknown_when_disconnected = false",
    "switch": "switches = [{ name = 'a', low = -1e9, high = 1e9, step = 2000 },"
    " { name = 'b', high = 1e-6, step = 1e-6 }]",
    "observingconditions": "humidity = false\ntemperature = { low = -90, high = 60, period_s = 1 }\n"
    "wind_speed = { low = 0, high = 0 }\naverage_period_hours = 24",
    "dome": "azimuth_deg_per_s = 1000\naltitude_deg_per_s = 1000\nshutter_s = 1\npark_deg = 359.99",
    "safetymonitor": "interface_version = 1\nconnect_s = 0",
}


@pytest.mark.parametrize("kind", EXTREMES)
def test_the_ends_of_the_ranges_make_conformant_devices(
    tmp_path: Path, kind: str, ticking: Callable[[float], Now]
) -> None:
    """What is just allowed passes our own rules for devices of its kind."""
    file = tmp_path / "servers.toml"
    file.write_text(f"[[servers]]\n[[servers.devices]]\nkind = '{kind}'\n{EXTREMES[kind]}\n", encoding="utf-8")
    (server,) = read_service_config(file).servers
    observatory = Observatory(_Still(), ticking(0.25), config=server.observatory())
    with AlpacaServer(observatory) as running:
        conditions = Conditions(timeout_s=60.0, timed=False, operation_s=100.0, discovery_port=0)
        (device,) = observatory.devices
        target = Target("127.0.0.1", running.port, ((device.device_type, 0),), conditions, tuple(RULES.values()))
        failed = [verdict for verdict in check_server(target) if verdict.status is Status.FAIL]
    assert failed == []
