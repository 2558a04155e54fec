"""Finds the devices of an Alpaca server: by its management API or, where there is none, by asking for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from hostsim.equipment.session import ANSWER_S, BoundedSession

_VERSIONS = "/management/apiversions"
_VERSION = 1
_LIST = "/management/v1/configureddevices"
_NOT_IMPLEMENTED = 0x400


@dataclass(frozen=True)
class Listed:
    """A device of a server: its number among those of its kind, and its name."""

    number: int
    name: str


def speaks_alpaca(address: str, kinds: tuple[str, ...], *, answer_s: float = ANSWER_S) -> bool:
    """Return whether the server at ``host:port`` speaks Alpaca: its management API says so, or a device answers.

    Args:
        address: the server.
        kinds: device types in lower case, asked for where there is no management API.
        answer_s: how long to wait for each answer, in seconds.

    Raises:
        requests.RequestException: the server does not answer.
    """
    with BoundedSession(answer_s) as session:
        versions = _value(session, f"http://{address}{_VERSIONS}")
        if isinstance(versions, list) and _VERSION in versions:
            return True
        asked = (_answer(session, f"http://{address}/api/v1/{kind}/0/interfaceversion") for kind in kinds)
        # What it answers is of no interest, a refusal counts too.
        return any(isinstance(answer.get("ErrorNumber"), int) for answer in asked)


def listed_devices(
    address: str, kinds: tuple[str, ...], *, place: int = 0, answer_s: float = ANSWER_S
) -> dict[str, Listed]:
    """Return the first device of each kind that the server at ``host:port`` has, or the second with ``place`` 1.

    Args:
        address: the server.
        kinds: device types in lower case, for example ``filterwheel``.
        place: which of a kind, in the order of their numbers; a kind with fewer is left out.
        answer_s: how long to wait for each answer, in seconds.

    Raises:
        requests.RequestException: the server does not answer.
    """
    with BoundedSession(answer_s) as session:
        entries = _value(session, f"http://{address}{_LIST}")
        if isinstance(entries, list):
            return _one_of_each(entries, kinds, place=place)
        probed = {kind: _probed(session, f"http://{address}/api/v1/{kind}/{place}") for kind in kinds}
        return {kind: Listed(place, name or f"{kind} {place}") for kind, name in probed.items() if name is not None}


def _one_of_each(entries: list[Any], kinds: tuple[str, ...], *, place: int) -> dict[str, Listed]:
    found: dict[str, dict[int, Listed]] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        kind, number = str(entry.get("DeviceType", "")).lower(), entry.get("DeviceNumber")
        if kind in kinds and isinstance(number, int):
            listed = Listed(number, _one_line(entry.get("DeviceName")) or f"{kind} {number}")
            found.setdefault(kind, {}).setdefault(number, listed)
    ordered = {kind: [listed for _, listed in sorted(devices.items())] for kind, devices in found.items()}
    return {kind: devices[place] for kind, devices in ordered.items() if len(devices) > place}


def _probed(session: requests.Session, url: str) -> str | None:
    # InterfaceVersion can be read before connecting; the oldest drivers know Connected only.
    if not (_exists(session, f"{url}/interfaceversion") or _exists(session, f"{url}/connected")):
        return None
    return _one_line(_value(session, f"{url}/name"))


def _value(session: requests.Session, url: str) -> Any:
    answer = _answer(session, url)
    return answer.get("Value") if answer.get("ErrorNumber", 0) == 0 else None


def _exists(session: requests.Session, url: str) -> bool:
    number = _answer(session, url).get("ErrorNumber", _NOT_IMPLEMENTED)
    return isinstance(number, int) and number != _NOT_IMPLEMENTED


def _answer(session: requests.Session, url: str) -> dict[str, Any]:
    response = session.get(url)
    if response.status_code != requests.codes.ok:
        return {}
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _one_line(name: Any) -> str:
    return " ".join(name.split())[:80] if isinstance(name, str) else ""
