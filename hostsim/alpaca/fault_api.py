"""The side API of faults: list, add and clear them while the simulators run; for this machine only."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hostsim.alpaca.bodies import read_body
from hostsim.alpaca.origin import is_meant, is_near
from hostsim.alpaca.wording import message
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.device import iso_z
from hostsim.faults import FAULTS
from hostsim.faults.parts.board import board_of
from hostsim.faults.parts.fault import FolderFault
from hostsim.faults.parts.schedule import FAULT_ADAPTER

_JSON = "application/json"
_NOT_FROM_THERE = "faults can be seen and changed from the machine of the simulators only, by its own names"


class FaultApi:
    """Answers ``/simulator/v1/faults`` and ``/simulator/v1/faults/{id}`` with JSON, errors as ``{"error": TEXT}``."""

    def __init__(self, observatory: Observatory, *, saves_frames: bool = False) -> None:
        """Serve the board of ``observatory``; ``saves_frames`` says that a host is here that asks it before saving."""
        self._observatory = observatory
        self._saves_frames = saves_frames
        self._board = board_of(observatory)

    async def all(self, request: Request) -> Response:
        """List the faults, add one, or clear all."""
        if not (is_near(request) and is_meant(request)):
            return _refused(403, _NOT_FROM_THERE)
        if request.method == "POST":
            return await self._add(request)
        if request.method == "DELETE":
            return JSONResponse({"cleared": self._board.clear()})
        with self._observatory.lock:
            self._observatory.advance()
            return JSONResponse(self._listed())

    async def one(self, request: Request) -> Response:
        """Show one fault, or clear it."""
        if not (is_near(request) and is_meant(request)):
            return _refused(403, _NOT_FROM_THERE)
        with self._observatory.lock:
            self._observatory.advance()
            wanted = request.path_params["id"]
            found = [entry for entry in self._board.entries if str(entry.id) == wanted]
            if not found:
                return _refused(404, f"there is no fault {wanted}: GET /simulator/v1/faults lists them")
            if request.method == "DELETE":
                self._board.clear(found[0].id)
            return JSONResponse(found[0].shown())

    def _listed(self) -> dict[str, Any]:
        return {
            "moment": iso_z(self._observatory.clock.now()),
            "faults": [entry.shown() for entry in self._board.entries],
        }

    async def _add(self, request: Request) -> Response:
        # A page in somebody's browser can send other types of content here unasked, but not this one.
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
            return _refused(415, f"a fault is sent as {_JSON}")
        try:
            data = json.loads(await read_body(request), object_pairs_hook=_without_twins)
        except _TwiceError as error:
            return _refused(400, str(error))
        except (ValueError, RecursionError):
            return _refused(400, "the body is not JSON")
        try:
            fault = FAULT_ADAPTER.validate_python(data)
            if isinstance(fault, FolderFault) and not self._saves_frames:
                return _refused(400, f"{fault.type} happens to a host that saves frames, and none is here")
            entry = self._board.add(fault)
        except ValidationError as error:
            return _refused(400, *_problems(error))
        except LookupError as error:
            return _refused(400, str(error))
        return JSONResponse(entry.shown(), status_code=201)


class _TwiceError(ValueError):
    """A key occurs twice in an object."""


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(f"{next(name for name in names if names.count(name) > 1)}: occurs twice")
    return found


def _refused(status: int, *problems: str) -> Response:
    return JSONResponse({"error": "; ".join(problems)}, status_code=status)


def _problems(error: ValidationError) -> list[str]:
    found = []
    for problem in error.errors():
        if problem["type"].startswith("union_tag"):
            said = f"`type` must be one of {', '.join(FAULTS)}"
        else:
            said = message(problem)
        place = ".".join(str(step) for step in problem["loc"] if step not in FAULTS)
        found.append(f"{place}: {said}" if place else said)
    return found
