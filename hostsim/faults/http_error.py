"""The server fails."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.faults.parts.fault import AnswerFault, ServerFailure


class HttpError(AnswerFault):
    """The server answers HTTP 500, and the device is not asked."""

    help: ClassVar[str] = "The server answers with an HTTP error, and the device does nothing."
    type: Literal["http_error"] = "http_error"
    status: int = Field(default=500, ge=500, le=599, description="The HTTP status.")

    def refuse(self) -> None:
        """Fail.

        Raises:
            ServerFailure: always.
        """
        raise ServerFailure(self.status)


FAULT = HttpError
