"""The device refuses."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.devices.parts.errors import AlpacaError
from hostsim.faults.parts.fault import AnswerFault


class AscomError(AnswerFault):
    """The device answers with an ASCOM error and does nothing."""

    help: ClassVar[str] = "The device answers with an ASCOM error, and does nothing."
    type: Literal["ascom_error"] = "ascom_error"
    error_number: int = Field(
        default=0x500, ge=0x400, le=0xFFF, description="The ASCOM error number: 1024 (0x400) to 4095 (0xFFF)."
    )
    message: str = Field(default="the device does not obey", min_length=1, description="The ASCOM error message.")

    def refuse(self) -> None:
        """Refuse.

        Raises:
            AlpacaError: always.
        """
        error = AlpacaError(self.message)
        error.number = self.error_number  # type: ignore[misc] # of this one error, not of its kind
        raise error


FAULT = AscomError
