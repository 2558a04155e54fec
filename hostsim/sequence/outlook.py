"""What is left of the night's work, for the display."""

from __future__ import annotations

from datetime import timedelta

from hostsim.progress.display import Imaging
from hostsim.sequence.host import Host
from hostsim.sequence.sun import is_up_within
from tsplug import ExposurePlan, ExposureTemplate, Project, TakeExposure, Target


def show_progress(host: Host, decision: TakeExposure) -> None:
    """Show the decided exposure, counts, and when the work would be done if nothing but exposing took time.

    Only what is active and enabled counts, and comes above its project's minimum altitude at all.
    """
    done = wanted = 0
    left_s = 0.0
    with host.context.store.read() as unit:
        projects = {each.id: each for each in unit.list(Project, profile_id=host.profile.id, state="active")}
        enabled = unit.list(Target, project_id=list(projects), enabled=True)
        targets = [each.id for each in enabled if _rises(each, projects[each.project_id], host=host)]
        plans = unit.list(ExposurePlan, target_id=targets, enabled=True)
        # A plan may be made from a template of another profile.
        templates = {each.id: each for each in unit.list(ExposureTemplate, id=[plan.template_id for plan in plans])}
        for plan in plans:
            # Rejected lights are replaced, so a plan may come to more lights than it desires.
            done += plan.acquired
            wanted += max(plan.acquired, plan.desired)
            exposure_s = plan.exposure_s or templates[plan.template_id].default_exposure_s
            left_s += max(0, plan.desired - plan.acquired) * exposure_s
    ready_at = host.clock.now() + timedelta(seconds=left_s)
    host.display.imaging(
        Imaging(
            target=decision.target_name,
            filter_name=decision.filter_name,
            done=done,
            wanted=wanted,
            ready_at=host.local(ready_at),
            tonight=not is_up_within(host.site, since=host.clock.now(), now=ready_at),
        )
    )


def _rises(target: Target, project: Project, *, host: Host) -> bool:
    """Return whether a target culminates above what its project asks for."""
    return 90.0 - abs(host.site.latitude_deg - target.dec_deg) > project.minimum_altitude_deg
