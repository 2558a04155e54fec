"""Flats Needed: the condition of a loop that takes flats."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from tsplug.instructions.asking import known_rules
from tsplug.instructions.session import Session
from tsplug.model import FlatInstruction, FlatNeeds, Value


class FlatsNeeded:
    """A condition: whether flats are needed that can be taken, so that a loop ends when nothing more can be done."""

    name: ClassVar[str] = "Flats Needed"
    help: ClassVar[str] = "True while flats are due that this equipment can take; says what is needed and not possible."

    class Parameters(Value):
        """Parameters of Flats Needed."""

        rules: tuple[str, ...] = Field(
            default=(), description="Names of the due rules that are looked at; all if empty."
        )

        @field_validator("rules")
        @classmethod
        def _known(cls, rules: tuple[str, ...]) -> tuple[str, ...]:
            return known_rules(rules)

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what is missing for this condition to be judged: nothing ever is."""
        return []

    def judge(self, parameters: Parameters, session: Session) -> FlatNeeds:
        """Return how many sets are needed and possible, and why the others are not."""
        from tsplug.services.flats_needed import flats_needed

        event = FlatInstruction(profile_guid=session.profile_guid, rules=parameters.rules)
        return flats_needed(event, session.context)
