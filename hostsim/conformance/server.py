"""The server under test, as its management API describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hostsim.conformance.client import Client, Request
from hostsim.conformance.device import Conditions
from hostsim.conformance.discovery import PORT, Asker, asker
from hostsim.conformance.envelope import document, is_integer
from hostsim.conformance.members import PLATFORM_7
from hostsim.conformance.outcome import UnmetError

PATHS = ("/management/apiversions", "/management/v1/description", "/management/v1/configureddevices")
MOST_DEVICES = 100
"""How many devices of a list are checked."""


@dataclass(frozen=True)
class Server:
    """A server: a client to reach it, the conditions of the check, and whether its devices were named by the user."""

    client: Client
    conditions: Conditions = field(default_factory=Conditions)
    named: bool = False
    place: str = "server"

    @cached_property
    def asker(self) -> Asker | None:
        """Return who asks for the server by discovery, None where it has no IPv4 address."""
        return asker(*self.client.address, udp_port=self.conditions.discovery_port or PORT)


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
    """Return type and number of each device that the server lists, no more than `MOST_DEVICES`."""
    try:
        return listed(management_value(client, PATHS[2]))[:MOST_DEVICES]
    except UnmetError:
        return []


def listed(entries: Any) -> list[tuple[str, int]]:
    """Return type and number of each device in the Value of a list, leaving out what cannot be one.

    A type in the wrong capitals is a fault of the list, not of the device, which is checked all the same.
    """
    proper = {kind.lower(): kind for kind in PLATFORM_7}
    found: list[tuple[str, int]] = []
    for entry in entries if isinstance(entries, list) else []:
        kind, number = (entry.get("DeviceType"), entry.get("DeviceNumber")) if isinstance(entry, dict) else (None, None)
        kind = proper.get(kind.lower()) if isinstance(kind, str) else None
        if kind is not None and is_integer(number) and number >= 0 and (kind, number) not in found:
            found.append((kind, number))
    return found
