"""Sky Flats: the flats that lights need, lit by the twilight sky."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from tsplug.instructions.asking import answered, known_rules, others_take_flats
from tsplug.instructions.session import Session
from tsplug.model import FlatInstruction, FlatRunReport, SkyFlatSettings, Value


class SkyFlats:
    """Takes the flats that are due by the light of the twilight sky, with the cover open and the panel off."""

    name: ClassVar[str] = "Sky Flats"
    help: ClassVar[str] = (
        "Take the flats that are due by the light of the sky at dusk or dawn, filter after filter as its light changes."
    )

    class Parameters(Value):
        """Parameters of Sky Flats: how the sky is used, and which sessions are served."""

        when: Literal["dusk", "dawn"] = Field(default="dawn", description="Which end of the night.")
        target_percent: float = Field(
            default=50.0, ge=5, le=90, description="The level aimed at, in per cent of the camera's range."
        )
        tolerance_percent: float = Field(
            default=30.0, gt=0, le=60, description="How far a frame's median may be off, or it does not count."
        )
        minimum_exposure_s: float = Field(default=0.5, gt=0, description="The shortest exposure, in seconds.")
        maximum_exposure_s: float = Field(default=30.0, gt=0, description="The longest exposure, in seconds.")
        dither: bool = Field(default=True, description="Move the telescope a little before each frame, for the stars.")
        minutes: float = Field(
            default=90.0, gt=0, le=720, description="How long the sky is watched at most, waiting included."
        )
        count: int | None = Field(
            default=None, strict=True, ge=1, description="Frames a set; the profile's flats to take if absent."
        )
        rules: tuple[str, ...] = Field(default=(), description="Names of the due rules that are served; all if empty.")
        cover_at_end: Literal["closed", "open"] | None = Field(
            default=None, description="Where the cover ends; absent is open at dusk and closed at dawn."
        )
        dry_run: bool = Field(default=False, description="Plan and report without moving anything.")

        @field_validator("rules")
        @classmethod
        def _known(cls, rules: tuple[str, ...]) -> tuple[str, ...]:
            return known_rules(rules)

        @model_validator(mode="after")
        def _in_order(self) -> SkyFlats.Parameters:
            if self.minimum_exposure_s > self.maximum_exposure_s:
                raise ValueError("minimum_exposure_s must not exceed maximum_exposure_s")
            return self

    def event(self, parameters: Parameters, session: Session) -> FlatInstruction:
        """Return what plugins are told."""
        sky = SkyFlatSettings(**{name: getattr(parameters, name) for name in SkyFlatSettings.model_fields})
        return FlatInstruction(
            profile_guid=session.profile_guid,
            kind="sky",
            count=parameters.count,
            rules=parameters.rules,
            sky=sky,
            cover_at_end=parameters.cover_at_end or ("closed" if sky.when == "dawn" else "open"),
            dry_run=parameters.dry_run,
        )

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return everything that keeps sky flats from being taken, one line each: equipment, then set by set."""
        from tsplug.services.flats_check import sky_problems

        event = self.event(parameters, session)
        obstacles = self.obstacles(parameters, session)
        return obstacles or [f"{self.name}: {line}" for line in sky_problems(event, session.context)]

    def obstacles(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what keeps every sky flat from being taken, one line each."""
        from tsplug.services.flats_check import flat_obstacles

        return [f"{self.name}: {line}" for line in flat_obstacles(session.context, needs_panel=False)]

    def wanted(self, parameters: Parameters, session: Session) -> bool:
        """Return whether any set would be taken: ask before the telescope is pointed at the twilight.

        What other plugins would take nobody knows, so where there are any it is always True.
        """
        from tsplug.services.flats_check import sky_flats_wanted

        return others_take_flats(session) or sky_flats_wanted(self.event(parameters, session), session.context)

    def run(self, parameters: Parameters, session: Session) -> FlatRunReport:
        """Let the first plugin that answers take the flats, and return its report."""
        return answered(self.event(parameters, session), session, name=self.name)
