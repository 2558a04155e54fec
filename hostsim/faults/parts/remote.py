"""Asks the side API of running simulators to list, add and clear faults."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from typing import Any

import yaml

from tsplug import DeviceError, InputError

_PATH = "/simulator/v1/faults"
_ANSWER_S = 10.0


def list_faults(host: str, port: int) -> list[str]:
    """Return a line for every fault on the board of the simulators at ``host:port``.

    Raises:
        DeviceError: they cannot be reached, or refuse.
    """
    return [_line(entry) for entry in _asked(host, port, request=("GET", _PATH, None))["faults"]] or ["no faults"]


def add_fault(host: str, port: int, *, words: Sequence[str]) -> list[str]:
    """Add the fault that ``words`` describe, its type and ``KEY=VALUE`` for its fields; return its line.

    Raises:
        InputError: the words are no fault.
        DeviceError: the simulators cannot be reached, or refuse.
    """
    if not words or "=" in words[0]:
        raise InputError("a fault begins with its type, for example: add wheel_stuck for_s=60")
    fields = dict(_field(word) for word in words[1:])
    return [_line(_asked(host, port, request=("POST", _PATH, {"type": words[0], **fields})))]


def clear_faults(host: str, port: int, *, words: Sequence[str]) -> list[str]:
    """Clear the faults whose ids are given, or all; return what was cleared.

    Raises:
        DeviceError: the simulators cannot be reached, or know no such fault.
    """
    if words:
        return [_line(_asked(host, port, request=("DELETE", f"{_PATH}/{word}", None))) for word in words]
    return [f"cleared {_asked(host, port, request=('DELETE', _PATH, None))['cleared']}"]


def _field(word: str) -> tuple[str, Any]:
    name, sign, text = word.partition("=")
    if not sign or not name:
        raise InputError(f"a field of a fault is KEY=VALUE, not {word!r}")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = text
    return name, value if isinstance(value, int | float | bool) else text


def _line(entry: dict[str, Any]) -> str:
    fault = dict(entry["fault"])
    kind = fault.pop("type")
    fields = " ".join(f"{name}={value}" for name, value in fault.items())
    return f"{entry['id']:>3}  {entry['state']:<7}  {kind}  {fields}".rstrip()


def _asked(host: str, port: int, *, request: tuple[str, str, Any]) -> Any:
    verb, path, body = request
    server = f"simulators at {host}:{port}"
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_S)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(verb, path, content, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        data = json.loads(answer.read())
    except OSError as error:
        raise DeviceError(server, f"cannot be reached ({error}): check the address and that they run") from error
    except (http.client.HTTPException, ValueError) as error:
        raise DeviceError(server, "have no side API for faults: they are not those of this hostsim") from error
    finally:
        connection.close()
    if answer.status >= http.client.BAD_REQUEST:
        raise DeviceError(server, str(data.get("error", f"HTTP {answer.status}")))
    return data
