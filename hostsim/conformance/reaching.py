"""Looks, before anything is judged, whether there is a server, and whether it has the devices that are asked for."""

from __future__ import annotations

import contextlib

from hostsim.conformance.client import Client, Reply, Request
from hostsim.conformance.envelope import document
from hostsim.conformance.outcome import NoAnswerError, UnmetError
from hostsim.conformance.run import Target
from hostsim.conformance.server import PATHS, listed
from tsplug import TsplugError


class NothingToCheckError(TsplugError):
    """There is no server, or not the device that was asked for; the text says what, where and what to do."""


def expect_devices(target: Target) -> None:
    """Return when there is something to judge: a server that answers, and lists the devices that are asked for.

    Raises:
        NothingToCheckError: there is not.
    """
    with contextlib.closing(target.client()) as client:
        list_answered = _answer(client, target)
    if list_answered is None:
        return
    try:
        there = listed(document(list_answered).get("Value"))
    except UnmetError as error:
        if not target.devices:
            raise NothingToCheckError(
                f"the server at {_address(target)} does not list its devices ({PATHS[2]}: {error.seen}): "
                "name them with --device TYPE/N, such as --device camera/0"
            ) from None
        return
    missing = [device for device in target.devices if device not in there]
    if missing:
        raise NothingToCheckError(
            f"the server at {_address(target)} has no {_places(missing)}: "
            f"it lists {_places(there) or 'no device that can be checked'}"
        )


def _answer(client: Client, target: Target) -> Reply | None:
    """Return the answer to the question for devices; None if there is none, but a device that was named answers."""
    try:
        return client.send(Request("GET", PATHS[2]))
    except NoAnswerError as error:
        silent = error
    for kind, number in target.devices[:1]:
        with contextlib.suppress(NoAnswerError):
            client.send(Request("GET", f"/api/v1/{kind.lower()}/{number}/interfaceversion"))
            return None
    why = silent.seen.removeprefix(f"cannot connect to {target.host}:{target.port}: ")
    raise NothingToCheckError(
        f"no Alpaca server answers at {_address(target)} ({why}): "
        "check the address, that the server runs, and that no firewall is between"
    )


def _address(target: Target) -> str:
    return f"[{target.host}]:{target.port}" if ":" in target.host else f"{target.host}:{target.port}"


def _places(devices: list[tuple[str, int]]) -> str:
    return ", ".join(f"{kind.lower()}/{number}" for kind, number in devices)
