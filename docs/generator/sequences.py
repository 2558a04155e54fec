"""The sequence format: document, containers, conditions, instructions, catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from generator.tables import WORDS, as_markdown, fields, first_paragraph
from pydantic import BaseModel

from hostsim.devices.safetymonitor import SafetyLimits
from hostsim.sequence.centering import CenteringSettings
from hostsim.sequence.containers import EventLists, Loop, Sequential
from hostsim.sequence.document import Sequence as Night
from hostsim.sequence.flipping import FlipSettings
from hostsim.sequence.focusing import FocusSettings
from hostsim.sequence.instruction import Instruction
from hostsim.sequence.instructions import INSTRUCTIONS
from hostsim.sequence.safety_settings import SafetySettings
from hostsim.sequence.second import SecondCameraSettings
from hostsim.sequence.solving import FrameSolving, SolvingSettings
from hostsim.sequence.watching import GuidingSettings
from tsplug import ExposurePlan, ExposureTemplate, Profile, Project, Site, Target
from tsplug.model import Altitude, SkyConstraint, TrainedFlat, Until
from tsplug.model.preferences import (
    FlatsPreferences,
    GraderPreferences,
    MetricPreferences,
    NinaPreferences,
    Overheads,
    PipelinePreferences,
    PlannerPreferences,
)
from tsplug.model.project import OrderItem

# Kept by the store, so no catalogue gives them.
_KEPT = {
    *("id", "guid", "site_id", "profile_id", "project_id", "target_id", "template_id", "acquired", "accepted"),
    *("created_at", "trained_at", "filter_cadence", "smart_turns"),
}
_MEANINGS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "meanings.yaml").read_text(encoding="utf-8")
)

_SECTIONS: dict[object, str] = {
    **WORDS,
    Until: "[condition](#conditions)",
    Altitude: "[altitude](#untilaltitude)",
    FocusSettings: "[focus settings](#focus-settings)",
    SolvingSettings: "[solving](#solving)",
    FrameSolving: "[solving](#solving)",
    CenteringSettings: "[centering](#centering)",
    FlipSettings: "[flip](#flip)",
    GuidingSettings: "[guiding](#guiding)",
    SecondCameraSettings: "[second camera](#second-camera)",
    EventLists: "[events](#events-of-the-scheduler-container)",
    SafetySettings: "[safety](#safety)",
    SafetyLimits: "[limits](#safetylimits)",
    GraderPreferences: "[profile.grader](#profilegrader)",
    FlatsPreferences: "[profile.flats](#profileflats)",
    PlannerPreferences: "[profile.planner](#profileplanner)",
    PipelinePreferences: "[profile.pipeline](#profilepipeline)",
    NinaPreferences: "[profile.nina](#profilenina)",
    Overheads: "[profile.planner.overheads](#profileplanneroverheads)",
    MetricPreferences: "[profile.grader.metrics](#profilegradermetrics)",
    SkyConstraint: "[constraints](#projectsconstraints)",
    OrderItem: "template or `dither`",
    dict[str, Any]: "[catalogue](#catalogue)",
    Night.model_fields["faults"].annotation: "list of [faults](faults.md)",
}


def document() -> str:
    """Return the fields of the whole file."""
    return fields(Night, words=_SECTIONS)


def containers() -> str:
    """Return every container."""
    return "\n\n".join(
        f"### {name}\n\n{first_paragraph(model.__doc__)}\n\n{fields(model, without=['type'], words=_SECTIONS)}"
        for name, model in (("sequential", Sequential), ("loop", Loop))
    )


def instructions() -> str:
    """Return every instruction with its own fields."""
    shared = [*Instruction.model_fields]
    return "\n\n".join(
        f"### {name}\n\n{instruction.help}\n\n{fields(instruction, without=shared, words=_SECTIONS)}"
        for name, instruction in INSTRUCTIONS.items()
    )


def every_instruction() -> str:
    """Return the fields that all instructions have."""
    return fields(Instruction, without=["type"], words=_SECTIONS)


def until() -> str:
    """Return the ways to name a moment."""
    return fields(Until, words=_SECTIONS)


def altitude() -> str:
    """Return how an altitude is waited for."""
    return f"{first_paragraph(Altitude.__doc__)}\n\n{fields(Altitude, words=_SECTIONS)}"


def events() -> str:
    """Return what can happen to a Scheduler Container."""
    return fields(EventLists, words=_SECTIONS)


def centering() -> str:
    """Return how targets are centered."""
    return fields(CenteringSettings, words=_SECTIONS)


def flip() -> str:
    """Return how the meridian flip is made."""
    return fields(FlipSettings, words=_SECTIONS)


def guiding() -> str:
    """Return what is done when guiding is lost."""
    return fields(GuidingSettings, words=_SECTIONS)


def second_camera() -> str:
    """Return what a second camera is."""
    return fields(SecondCameraSettings, words=_SECTIONS)


def focus() -> str:
    """Return the settings of the autofocus."""
    return fields(FocusSettings, words=_SECTIONS)


def solving() -> str:
    """Return how a frame is taken and solved to center by it."""
    return fields(SolvingSettings, words=_SECTIONS)


def safety() -> str:
    """Return what is done when it is not safe, and what the simulated monitor calls unsafe."""
    limits = f"### safety.limits\n\n{as_markdown(first_paragraph(SafetyLimits.__doc__))}"
    return "\n\n".join((fields(SafetySettings, words=_SECTIONS), limits, fields(SafetyLimits, words=_SECTIONS)))


_KINDS: dict[str, type[BaseModel]] = {
    "site": Site,
    "profile": Profile,
    "profile.grader": GraderPreferences,
    "profile.grader.metrics": MetricPreferences,
    "profile.flats": FlatsPreferences,
    "profile.planner": PlannerPreferences,
    "profile.planner.overheads": Overheads,
    "profile.pipeline": PipelinePreferences,
    "profile.nina": NinaPreferences,
    "templates": ExposureTemplate,
    "projects": Project,
    "projects.constraints": SkyConstraint,
    "projects.targets": Target,
    "projects.targets.plans": ExposurePlan,
    "trained_flats": TrainedFlat,
}


def catalogue() -> str:
    """Return what each part of the catalogue holds.

    Raises:
        ValueError: a field has no meaning, or a meaning no field.
    """
    return "\n\n".join(_part(name, kind) for name, kind in _KINDS.items())


def _part(name: str, kind: type[BaseModel]) -> str:
    meanings = _MEANINGS[name]
    known = kind.model_fields.keys() - _KEPT
    if known != meanings.keys():
        differing = ", ".join(sorted(known ^ meanings.keys()))
        raise ValueError(f"docs/generator/meanings.yaml: {name} tells others than the code has: {differing}")
    what = as_markdown(first_paragraph(kind.__doc__))
    return f"### {name}\n\n{what}\n\n{fields(kind, without=_KEPT, words=_SECTIONS, meanings=meanings)}"
