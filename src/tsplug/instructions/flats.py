"""Scheduler Flats and Scheduler Immediate Flats: the flats that lights need, lit by the panel."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from tsplug.instructions.asking import answered, known_rules, panel_obstacles, set_problems
from tsplug.instructions.session import Session
from tsplug.model import FlatInstruction, FlatRunReport, Value


class SchedulerFlats:
    """Takes the flats that the lights of recent nights still need."""

    name: ClassVar[str] = "Scheduler Flats"
    help: ClassVar[str] = "Take the flats that are due, with the panel; the panel is dark at the end whatever happens."

    class Parameters(Value):
        """Parameters of Scheduler Flats."""

        count: int | None = Field(
            default=None,
            strict=True,
            ge=1,
            description="Frames a set; the profile's flats to take if absent.",
        )
        repeat: bool = Field(
            default=False,
            description="Take equal specs once per session instead of once.",
        )
        rules: tuple[str, ...] = Field(
            default=(),
            description="Names of the due rules that are served; all if empty. `immediate` catches up on missed ones.",
        )
        budget_min: float | None = Field(
            default=None, gt=0, description="Minutes the run may take; sets that do not fit are left for the next run."
        )
        cover_at_end: Literal["closed", "open"] = Field(default="closed", description="Where the cover ends.")
        rotator_back: bool = Field(default=False, description="Turn the rotator back to where it stood before.")
        dark_flats: int = Field(
            default=0,
            strict=True,
            ge=0,
            le=1000,
            description="Dark flats for each exposure of the flats, behind the closed cover; 0 takes none.",
        )
        dry_run: bool = Field(default=False, description="Plan and report without moving anything.")

        @field_validator("rules")
        @classmethod
        def _known(cls, rules: tuple[str, ...]) -> tuple[str, ...]:
            return known_rules(rules)

    def event(self, parameters: Parameters, session: Session) -> FlatInstruction:
        """Return what plugins are told."""
        return FlatInstruction(profile_guid=session.profile_guid, **parameters.model_dump())

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return everything that keeps flats from being taken, one line each: equipment first, then set by set."""
        obstacles = self.obstacles(parameters, session)
        return obstacles or set_problems(self.event(parameters, session), session, name=self.name)

    def obstacles(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what keeps every flat from being taken, one line each."""
        return panel_obstacles(session, name=self.name)

    def run(self, parameters: Parameters, session: Session) -> FlatRunReport:
        """Let the first plugin that answers take the flats, and return its report."""
        return answered(self.event(parameters, session), session, name=self.name)


class SchedulerImmediateFlats:
    """Takes the flats of the target just imaged, with the rotator left where it is, before the next one."""

    name: ClassVar[str] = "Scheduler Immediate Flats"
    help: ClassVar[str] = (
        "Take the flats of tonight's lights of projects that want them at once; the rotator stays, the cover reopens."
    )

    class Parameters(Value):
        """Parameters of Scheduler Immediate Flats."""

        count: int | None = Field(
            default=None, strict=True, ge=1, description="Frames a set; the profile's flats to take if absent."
        )
        cover_at_end: Literal["closed", "open"] = Field(default="open", description="Where the cover ends.")

    def event(self, parameters: Parameters, session: Session) -> FlatInstruction:
        """Return what plugins are told."""
        return FlatInstruction(profile_guid=session.profile_guid, kind="immediate", **parameters.model_dump())

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return everything that keeps flats from being taken, one line each: equipment first, then set by set."""
        obstacles = self.obstacles(parameters, session)
        return obstacles or set_problems(self.event(parameters, session), session, name=self.name)

    def obstacles(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what keeps every flat from being taken, one line each."""
        return panel_obstacles(session, name=self.name)

    def run(self, parameters: Parameters, session: Session) -> FlatRunReport:
        """Let the first plugin that answers take the flats, and return its report."""
        return answered(self.event(parameters, session), session, name=self.name)
