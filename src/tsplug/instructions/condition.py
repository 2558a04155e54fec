"""Scheduler Condition: the condition of a loop that images."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from tsplug.instructions.session import Session
from tsplug.model import DecisionRequest, Value, WorkLeft


class SchedulerCondition:
    """A condition: whether anything is left to image, in this night or at all, so that a loop ends when nothing is."""

    name: ClassVar[str] = "Scheduler Condition"
    help: ClassVar[str] = "True while targets remain tonight, waits included, or while active projects remain."

    class Parameters(Value):
        """Parameters of the Scheduler Condition."""

        of: Literal["targets", "projects"] = Field(
            default="targets",
            description="`targets` that can be imaged in this night, or active `projects` that want more exposures.",
        )

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what is missing for this condition to be judged: nothing ever is."""
        return []

    def judge(self, parameters: Parameters, session: Session, *, current_target_guid: str | None = None) -> WorkLeft:
        """Return whether anything is left, and why; nothing is written.

        Args:
            parameters: what is looked at.
            session: where the instruction runs.
            current_target_guid: the target that is imaged now, if any: what it may go on with counts too.
        """
        from tsplug.services.work_left import project_work, tonight_work

        if parameters.of == "projects":
            return project_work(session.profile_guid, session.context)
        request = DecisionRequest(profile_guid=session.profile_guid, current_target_guid=current_target_guid)
        return tonight_work(request, session.context)
