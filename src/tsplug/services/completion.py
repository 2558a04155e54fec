"""Whether a target has all that it wants."""

from __future__ import annotations

from tsplug.model import ExposurePlan, Profile, Project, Target
from tsplug.planning.progress import remaining
from tsplug.ports import Context


def target_is_complete(target_guid: str, context: Context) -> bool:
    """Return whether none of a target's enabled plans wants more exposures; a target without any, or gone, is not."""
    with context.store.read() as unit:
        target = unit.find(Target, guid=target_guid)
        if target is None:
            return False
        project = unit.get(Project, target.project_id)
        planner = unit.get(Profile, project.profile_id).planner
        plans = unit.list(ExposurePlan, target_id=target.id, enabled=True)
        return bool(plans) and not any(remaining(plan, project, planner=planner) for plan in plans)
