"""Whether anything is left to image, in this night or at all."""

from __future__ import annotations

from tsplug.model import DecisionRequest, ExposurePlan, NothingLeft, Profile, Target, WaitUntil, WorkLeft
from tsplug.model.clock import clock_words
from tsplug.planning.progress import remaining
from tsplug.ports import Context
from tsplug.services.deciding import look_ahead
from tsplug.services.rigs import load_rig
from tsplug.services.sharing import active_projects


def tonight_work(request: DecisionRequest, context: Context) -> WorkLeft:
    """Return whether anything can still be imaged in this night, waits included; nothing is given away or written.

    Raises:
        NotFoundError: there is no such profile.
    """
    decision = look_ahead(request, context)
    if isinstance(decision, NothingLeft):
        return WorkLeft(left=False, reason=decision.reason)
    if isinstance(decision, WaitUntil):
        with context.store.read() as unit:
            zone = load_rig(unit, request.profile_guid).site.time_zone
        clock = clock_words(decision.until, zone, shown="%H:%M")
        return WorkLeft(left=True, reason=f"{decision.target_name} from {clock} on")
    return WorkLeft(left=True, reason=f"{decision.target_name} can be imaged now")


def project_work(profile_guid: str, context: Context) -> WorkLeft:
    """Return whether an active project that a rig counts for wants more exposures, whenever that may be.

    Raises:
        NotFoundError: there is no such profile.
    """
    with context.store.read() as unit:
        rig = load_rig(unit, profile_guid)
        for project in active_projects(unit, rig.profile):
            planner = unit.get(Profile, project.profile_id).planner
            targets = [target.id for target in unit.list(Target, project_id=project.id, enabled=True)]
            plans = unit.list(ExposurePlan, target_id=targets, enabled=True) if targets else []
            wanted = sum(remaining(plan, project, planner=planner) for plan in plans)
            if wanted:
                return WorkLeft(left=True, reason=f"project {project.name} wants {wanted} more exposures")
    return WorkLeft(left=False, reason="no active project wants more exposures")
