"""Answers are no JSON."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.faults.parts.fault import AnswerFault


class MalformedJson(AnswerFault):
    """The device does what it is asked, but only the beginning of the JSON answer is sent."""

    help: ClassVar[str] = "The device does what it is asked, but its answers break off in the middle: no JSON."
    type: Literal["malformed_json"] = "malformed_json"
    keeps: float = Field(default=0.5, ge=0, le=0.9, description="Which part of the answer is sent.")

    @property
    def kept(self) -> float:
        """Return which part of the answer's bytes is sent, 0 to 1."""
        return self.keeps


FAULT = MalformedJson
