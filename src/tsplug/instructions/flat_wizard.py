"""The Flat Wizard: training of the panel."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from tsplug.instructions.session import Session
from tsplug.model import TrainingReport, TrainingRequest, Value


class FlatWizard:
    """Trains the panel: finds brightness and exposure for a wanted level on the real camera, filter after filter."""

    name: ClassVar[str] = "Flat Wizard"
    help: ClassVar[str] = (
        "Find the panel's brightness and the exposure for good flats, filter by filter, and keep them as training."
    )

    class Parameters(Value):
        """Parameters of the Flat Wizard; equal limits fix the exposure or the brightness."""

        filters: tuple[str, ...] = Field(default=(), description="Names of filters; all in the wheel if empty.")
        needed: bool = Field(
            default=False, description="Train only what due light sessions lack, with their camera settings."
        )
        gain: int | None = Field(default=None, strict=True, ge=0, description="Gain; absent leaves the camera's.")
        offset: int | None = Field(default=None, strict=True, ge=0, description="Offset; absent leaves the camera's.")
        binning: int = Field(default=1, strict=True, ge=1, le=16, description="Binning of both axes.")
        readout_mode: int | None = Field(
            default=None, strict=True, ge=0, description="Index of the readout mode; absent leaves the camera's."
        )
        target_percent: float = Field(
            default=50.0, ge=5, le=90, description="The level wanted, in per cent of the camera's range."
        )
        tolerance_percent: float = Field(default=10.0, gt=0, le=50, description="How far the level may be off.")
        minimum_exposure_s: float = Field(default=0.2, gt=0, description="The shortest exposure, in seconds.")
        maximum_exposure_s: float = Field(default=15.0, gt=0, description="The longest exposure, in seconds.")
        minimum_brightness: int | None = Field(
            default=None, strict=True, ge=1, description="The dimmest level; the profile's if absent."
        )
        maximum_brightness: int | None = Field(
            default=None, strict=True, ge=1, description="The brightest level; the panel's if absent."
        )
        frames: int = Field(default=20, strict=True, ge=2, le=100, description="Frames at most for each filter.")
        cover_at_end: Literal["closed", "open"] = Field(default="closed", description="Where the cover ends.")

        @model_validator(mode="after")
        def _in_order(self) -> FlatWizard.Parameters:
            TrainingRequest(profile_guid="", **self.model_dump(include=set(FlatWizard.Parameters.model_fields)))
            return self

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what is missing for this instruction to run, one line each."""
        from tsplug.services.flats_check import beyond_panel, flat_obstacles, unknown_filters

        lines = flat_obstacles(session.context) or [
            *unknown_filters(parameters.filters, session.context),
            *beyond_panel(parameters.minimum_brightness, session.context),
        ]
        return [f"{self.name}: {line}" for line in lines]

    def run(self, parameters: Parameters, session: Session) -> TrainingReport:
        """Train the panel, and return what was found for each filter."""
        from tsplug.services.flats_wizard import train_panel

        request = TrainingRequest(profile_guid=session.profile_guid, **parameters.model_dump())
        return train_panel(request, session.context)
