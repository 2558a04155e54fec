"""The Scheduler Container: imaging."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from tsplug.instructions.session import Session
from tsplug.model import Decision, DecisionRequest, TakeExposure, Value


class SchedulerContainer:
    """Images whatever is best, exposure by exposure, until nothing more can be imaged in this night."""

    name: ClassVar[str] = "Scheduler Container"
    help: ClassVar[str] = "Ask tsplug what to image next before every exposure, until nothing is left for this night."

    class Parameters(Value):
        """Parameters of the Scheduler Container."""

        grade: bool = Field(default=True, description="Grade a plan after each of its exposures.")

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what is missing for this instruction to run, one line each."""
        devices = session.context.devices
        return [] if devices.camera is not None else [f"{self.name}: no camera is connected"]

    def decide(self, request: DecisionRequest, session: Session) -> Decision:
        """Return what to do next: an exposure with its steps, a wait, or that nothing is left."""
        from tsplug.services.deciding import decide

        return decide(request, session.context)

    def plans_that_waited(self, session: Session) -> list[str]:
        """Return the guids of plans with pending lights of nights that are over, whose grading waited for that.

        A host that grades has them graded before it asks what to image, or more is imaged of them than they want.
        """
        from tsplug.services.settling import plans_that_waited

        return plans_that_waited(session.profile_guid, session.context)

    def keep(self, decision: TakeExposure, session: Session) -> bool:
        """Return whether the rig may still take what was decided, and keep it for as long as that takes from now on.

        A host asks when the exposure begins, and each time it begins again; if not, it asks anew what is best.
        """
        from tsplug.services.leases import keep_lease

        return keep_lease(decision, session.context)

    def is_complete(self, target_guid: str, session: Session) -> bool:
        """Return whether a target has all that its plans want, as a host asks after each of its exposures."""
        from tsplug.services.completion import target_is_complete

        return target_is_complete(target_guid, session.context)
