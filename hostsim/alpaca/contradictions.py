"""What different places of a file of servers say against each other, found in the plain mapping before it is valid."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from hostsim.alpaca.toml_lines import Path

_Places = defaultdict[Any, list[Path]]


def contradictions(data: Mapping[str, Any], usual: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Return the place of every server or device that repeats another one, or has a number that is not its own.

    ``usual`` are the values of a server's fields that are not written; what has the wrong type is left alone.
    """
    names, addresses, ids = _Places(list), _Places(list), _Places(list)
    for index, server in _tables(data, "servers"):
        written = {**usual, **server}
        place: Path = ("servers", index)
        if isinstance(written["name"], str):
            names[written["name"]].append(place)
        if isinstance(written["bind"], str) and isinstance(written["port"], int) and written["port"]:
            addresses[written["bind"], written["port"]].append(place)
        yield from _of_devices(place, server, ids=ids)
    yield from _repeated(names, "{0} servers are called {1!r}: give each its own `name`")
    yield from _repeated(addresses, "{0} servers listen on {1[0]}:{1[1]}: give each its own `port`")
    yield from _repeated(ids, "{0} devices have the unique_id {1!r}: give each its own, or none")


def _of_devices(place: Path, server: Mapping[str, Any], *, ids: _Places) -> Iterator[tuple[Path, str]]:
    counted: Counter[Any] = Counter()
    for index, device in _tables(server, "devices"):
        kind = str(device.get("kind"))
        number = device.get("number", counted[kind])
        if number != counted[kind]:
            text = f"{kind} {number} ({device.get('name', 'without a name')}) is number {counted[kind]} in this order"
            yield (*place, "devices", index, "number"), text
        counted[kind] += 1
        unique_id = device.get("unique_id")
        if isinstance(unique_id, str) and unique_id:
            ids[unique_id.lower()].append((*place, "devices", index, "unique_id"))


def device_tables(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Return the place and the table of every device of the servers."""
    for index, server in _tables(data, "servers"):
        for number, device in _tables(server, "devices"):
            yield ("servers", index, "devices", number), device


def _tables(data: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    listed = data.get(name)
    if not isinstance(listed, list):
        return []
    return [(index, each) for index, each in enumerate(listed) if isinstance(each, Mapping)]


def _repeated(places: _Places, text: str) -> Iterator[tuple[Path, str]]:
    for value, found in places.items():
        if len(found) > 1:
            yield found[1], text.format(len(found), value)
