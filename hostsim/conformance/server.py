"""The server under test, as its management API describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hostsim.conformance.client import Client, Request
from hostsim.conformance.envelope import document, is_integer
from hostsim.conformance.members import PLATFORM_7
from hostsim.conformance.outcome import UnmetError

PATHS = ("/management/apiversions", "/management/v1/description", "/management/v1/configureddevices")
_MOST_DEVICES = 100


@dataclass(frozen=True)
class Server:
    """A server: a client to reach it."""

    client: Client
    place: str = "server"


def management_value(client: Client, path: str) -> Any:
    """Return the Value of a path of the management API.

    Raises:
        UnmetError: there is no JSON object with a Value.
    """
    content = document(client.send(Request("GET", path)))
    if "Value" not in content:
        raise UnmetError(f"no Value, but {', '.join(content)}", "a Value")
    return content["Value"]


def served(client: Client) -> list[tuple[str, int]]:
    """Return type and number of each device that the server lists, leaving out what cannot be one."""
    try:
        entries = management_value(client, PATHS[2])
    except UnmetError:
        return []
    found: list[tuple[str, int]] = []
    for entry in entries if isinstance(entries, list) else []:
        kind, number = (entry.get("DeviceType"), entry.get("DeviceNumber")) if isinstance(entry, dict) else (None, None)
        if isinstance(kind, str) and kind in PLATFORM_7 and is_integer(number) and (kind, number) not in found:
            found.append((kind, number))
    return found[:_MOST_DEVICES]
