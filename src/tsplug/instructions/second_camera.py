"""Second Camera: another camera on the same mount, which exposes while the first one does."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from tsplug.instructions.session import Session
from tsplug.model import FittedExposures, TakeExposure, Value


class SecondCamera:
    """Fits exposures of a second camera into those of the first, and counts them to the same plan."""

    name: ClassVar[str] = "Second Camera"
    help: ClassVar[str] = "Take exposures with a second camera on the mount while the first one exposes."

    class Parameters(Value):
        """Parameters of the Second Camera."""

        profile_guid: str = Field(description="The profile of the second camera.")

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what is missing for this instruction to run: nothing ever is."""
        return []

    def fit(self, parameters: Parameters, session: Session, *, decision: TakeExposure) -> FittedExposures:
        """Return what the second camera takes during an exposure that the first one is about to take."""
        from tsplug.services.second_camera import fit_exposures

        return fit_exposures(decision, session.context, profile_guid=parameters.profile_guid)
