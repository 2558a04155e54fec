"""Settings that do nothing, or count for nothing, because of others."""

from __future__ import annotations

from tsplug.grading.criteria import Criteria
from tsplug.model import Band, ExposureTemplate, Profile, Project, ProjectState, Record
from tsplug.ports import Unit
from tsplug.services.catalogue_fields import known_weights


def idle_moon_words(record: Record) -> str:
    """Return in words that a template asks the Moon to be down and is not heard; empty where that is not so."""
    if not isinstance(record, ExposureTemplate) or not record.moon_must_be_down or record.moon_avoidance:
        return ""
    return "moon_must_be_down does nothing without moon_avoidance"


def idle_gate_words(unit: Unit, profile: Profile, *, criteria: Criteria) -> str:
    """Return in words that what fails a gate of a rig's criteria is kept all the same; empty where that is not so.

    A gate gives band E, and a frame is rejected by a template that asks for more.
    """
    gates = criteria.gates
    templates = unit.list(ExposureTemplate, profile_id=profile.id)
    if not gates or not templates or any(each.minimum_grade is not Band.E for each in templates):
        return ""
    named = ", ".join(row.metric for row in gates)
    return (
        f"the gates ({named}) give band E and reject nothing: every template of {profile.name!r} asks for E;"
        f" `tsplug template edit {templates[0].name} minimum_grade=D` asks for more"
    )


def outweighed_words(unit: Unit, project: Project) -> str:
    """Return in words that the rule weights of a profile's active projects differ much; empty where they do not."""
    # Imported here: arrays are slow to import, and few commands say anything of weights.
    from tsplug.planning.scoring import uneven_words

    if project.state is not ProjectState.ACTIVE:
        return ""
    known = known_weights()
    active = unit.list(Project, profile_id=project.profile_id, state=ProjectState.ACTIVE)
    return uneven_words({each.name: sum((known | each.rule_weights).values()) for each in active})
