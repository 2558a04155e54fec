"""The JSON answer every Alpaca request gets, and the one counter of server transaction ids."""

from __future__ import annotations

import itertools
import json
import threading
from dataclasses import dataclass
from typing import Any

from starlette.responses import PlainTextResponse, Response

from hostsim.devices.parts.errors import AlpacaError


class TransactionCounter:
    """Server transaction ids: from 1, rising over all devices, each given once whoever asks at the same time."""

    def __init__(self) -> None:
        """Start before 1."""
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def take(self) -> int:
        """Return the next id."""
        with self._lock:
            return next(self._numbers)


@dataclass(frozen=True)
class Transaction:
    """The ids of one request."""

    client_id: int
    server_id: int

    def value(self, value: Any) -> Response:
        """Answer a read or a call that returns something."""
        return self.answer({"Value": value})

    def done(self) -> Response:
        """Answer a write or a call that returns nothing."""
        return self.answer({})

    def refused(self, error: AlpacaError) -> Response:
        """Answer with a device's error."""
        return self.answer({}, number=error.number, message=str(error) or type(error).__name__)

    def answer(self, content: dict[str, Any], *, number: int = 0, message: str = "") -> Response:
        """Answer with ``content`` in the envelope."""
        envelope = {
            **content,
            "ClientTransactionID": self.client_id,
            "ServerTransactionID": self.server_id,
            "ErrorNumber": number,
            "ErrorMessage": message,
        }
        body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
        return Response(body, media_type="application/json")


def bad_request(message: str) -> Response:
    """Answer a request that cannot be understood."""
    return PlainTextResponse(message, status_code=400)
