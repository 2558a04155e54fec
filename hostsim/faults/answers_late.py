"""Answers come late."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.faults.parts.fault import AnswerFault


class AnswersLate(AnswerFault):
    """The device does what it is asked, but its answer comes late."""

    help: ClassVar[str] = "The device does what it is asked, but its answers come late."
    type: Literal["answers_late"] = "answers_late"
    by_s: float = Field(gt=0, le=600, description="How late, in real seconds: what waits for an answer waits really.")

    @property
    def late_s(self) -> float:
        """Return by how many real seconds the answer is late."""
        return self.by_s


FAULT = AnswersLate
