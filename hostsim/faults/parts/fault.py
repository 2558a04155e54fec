"""What every fault has: a type, when it happens, and one small act on a device, an answer or a folder.

Fault           when: from a moment on, for a time or until it is cleared
  DeviceFault   acts on the state of a device while time passes
  AnswerFault   acts on what the server answers for a device
  FolderFault   acts on what the host writes
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.device import Device
from hostsim.faults.parts.members import check_member

DeviceKind = Literal[
    "camera",
    "covercalibrator",
    "dome",
    "filterwheel",
    "focuser",
    "observingconditions",
    "rotator",
    "safetymonitor",
    "switch",
    "telescope",
]


class Fault(BaseModel):
    """Something that goes wrong; subclasses declare ``type`` as a Literal, ``help`` and their own fields.

    Without ``after_s`` and ``at`` it begins at once: with the night, or when it is added.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    help: ClassVar[str]

    type: str
    after_s: float | None = Field(
        default=None,
        ge=0,
        le=1e7,
        description="When it begins: seconds of simulated time after the start of the night, or after it was added.",
    )
    at: Annotated[AwareDatetime, Field(strict=False)] | None = Field(
        default=None, description="When it begins, instead of `after_s`."
    )
    for_s: float | None = Field(
        default=None, gt=0, le=1e7, description="How many seconds of simulated time it lasts; absent until cleared."
    )

    @model_validator(mode="after")
    def _begins_once(self) -> Fault:
        if self.after_s is not None and self.at is not None:
            raise ValueError("a fault begins at `at` or after `after_s`, not both: leave one out")
        return self

    @property
    def limit(self) -> int | None:
        """Return how often it happens at most, None for always."""
        return None

    @property
    def wanted(self) -> tuple[str, int] | None:
        """Return kind and number of the device that it concerns, None where it concerns none."""
        return None

    def strikes(self, device: Device) -> bool:
        """Return whether it concerns ``device``."""
        return self.wanted == (device.device_type.lower(), device.config.number)

    def begin(self, observatory: Observatory, moment: datetime) -> None:
        """Let it happen; ``moment`` is when, and the clock may already be past it."""

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Hold it in force while the devices are given ``seconds``, and after each request with 0 seconds."""
        yield

    def end(self, observatory: Observatory) -> None:
        """Let it be over: what was broken works again, but nothing moves back by itself."""


class DeviceFault(Fault):
    """A fault of the devices of one kind; ``kind`` says which."""

    kind: ClassVar[type[Device]]

    number: int = Field(default=0, ge=0, description="Which device of its kind.")

    @property
    def wanted(self) -> tuple[str, int]:
        """Return kind and number of the device that it concerns."""
        return self.kind.device_type.lower(), self.number


class AnswerFault(Fault):
    """A fault of the server's answers for one device."""

    device: DeviceKind = Field(description="The kind of device whose requests are concerned.")
    number: int = Field(default=0, ge=0, description="Which device of its kind.")
    member: str | None = Field(
        default=None, min_length=1, description="Only requests for this member, such as `startexposure`."
    )
    times: int | None = Field(default=None, ge=1, description="How many requests at most; absent for all of them.")

    @field_validator("member")
    @classmethod
    def _can_be_asked(cls, member: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("device")
        if member is not None and kind is not None:
            check_member(kind, member)
        return member

    @property
    def limit(self) -> int | None:
        """Return how many requests at most it spoils."""
        return self.times

    @property
    def wanted(self) -> tuple[str, int]:
        """Return kind and number of the device that it concerns."""
        return self.device, self.number

    def concerns(self, member: str) -> bool:
        """Return whether it concerns requests for ``member``."""
        return self.member is None or self.member.lower() == member.lower()

    def refuse(self) -> None:
        """Answer instead of the device, which is not asked then; most faults let it do what it is asked.

        Raises:
            AlpacaError: the client gets this error.
            ServerFailure: the client gets this HTTP status.
        """

    @property
    def late_s(self) -> float:
        """Return by how many real seconds the answer is late."""
        return 0.0

    @property
    def kept(self) -> float:
        """Return which part of the answer's bytes is sent, 0 to 1."""
        return 1.0


class ServerFailure(Exception):  # noqa: N818 - not an error of ours: what a broken server sends
    """The server fails with an HTTP status."""

    def __init__(self, status: int) -> None:
        """Fail with ``status``."""
        super().__init__(f"HTTP {status}")
        self.status = status


class FolderFault(Fault):
    """A fault of the folder that frames are saved in."""

    def before_writing(self, file: Path) -> None:
        """Be asked before a frame is written.

        Raises:
            OSError: it cannot be written.
        """
