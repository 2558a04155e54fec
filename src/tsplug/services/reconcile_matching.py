"""Where a frame on disk belongs: rig, project, target and plan, by the names and settings in its header."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tsplug.astrobin.frames import Frame
from tsplug.errors import AmbiguousNameError, NotFoundError
from tsplug.model import ExposurePlan, ExposureTemplate, Profile, Project, Target
from tsplug.ports import Unit
from tsplug.services.lookup import find_named

_SECONDS = 0.01
# Headers tell how long a shutter was open, which is a little off what was asked for.


@dataclass(frozen=True)
class Home:
    """What a frame belongs to as far as it is known, and in words why it has no plan."""

    profile: Profile | None = None
    project: Project | None = None
    target: Target | None = None
    plan: ExposurePlan | None = None
    template: ExposureTemplate | None = None
    why_not: str = ""


class Matcher:
    """Finds the home of frames; what it asked once it remembers."""

    def __init__(self, unit: Unit, profile: Profile | None) -> None:
        """Look among all rigs, or only for frames of one."""
        self._unit = unit
        self._profile = profile
        self._rigs = unit.list(Profile)
        self._targets: dict[str, Target | str] = {}
        self._plans: dict[int, list[tuple[ExposurePlan, ExposureTemplate]]] = {}

    @property
    def rigs(self) -> Sequence[Profile]:
        """Return all rigs that are stored."""
        return self._rigs

    def home_of(self, frame: Frame) -> Home:
        """Return where a frame belongs."""
        target = self._target(frame.target_name)
        if isinstance(target, str):
            return Home(profile=self._rig(frame, None), why_not=target)
        project = self._unit.get(Project, target.project_id)
        rig = self._rig(frame, project)
        fitting = [
            (plan, template) for plan, template in self._plans_of(target) if _fits(frame, plan, template=template)
        ]
        if len(fitting) == 1:
            plan, template = fitting[0]
            return Home(rig, project, target, plan, template)
        return Home(rig, project, target, why_not=_why_not(frame, target, fitting=fitting))

    def _target(self, name: str) -> Target | str:
        if name not in self._targets:
            try:
                found: Target | str = find_named(self._unit, Target, name=name) if name else "it names no object"
            except NotFoundError:
                found = f"no target {name!r} is stored"
            except AmbiguousNameError:
                found = self._own_target(name)
            self._targets[name] = found
        return self._targets[name]

    def _own_target(self, name: str) -> Target | str:
        own = self._unit.list(Project, profile_id=self._profile.id) if self._profile else []
        fitting = self._unit.list(Target, name=name, project_id=[each.id for each in own])
        return fitting[0] if len(fitting) == 1 else f"several targets are named {name!r}"

    def _rig(self, frame: Frame, project: Project | None) -> Profile | None:
        """Return the rig that took a frame: the chosen one, the only one, that of its devices, or the project's."""
        if self._profile is not None or len(self._rigs) == 1:
            return self._profile or self._rigs[0]
        camera = [rig for rig in self._rigs if rig.camera and rig.camera == frame.gear.camera]
        both = [rig for rig in camera if not rig.telescope or rig.telescope == frame.gear.telescope]
        if len(both) == 1:
            return both[0]
        return next((rig for rig in self._rigs if project is not None and rig.id == project.profile_id), None)

    def _plans_of(self, target: Target) -> Sequence[tuple[ExposurePlan, ExposureTemplate]]:
        key = target.id or 0
        if key not in self._plans:
            plans = self._unit.list(ExposurePlan, target_id=key)
            ids = sorted({plan.template_id for plan in plans})
            templates = {each.id: each for each in self._unit.list(ExposureTemplate, id=ids)}
            self._plans[key] = [(plan, templates[plan.template_id]) for plan in plans]
        return self._plans[key]


def _fits(frame: Frame, plan: ExposurePlan, *, template: ExposureTemplate) -> bool:
    seconds = plan.exposure_s or template.default_exposure_s
    return (
        template.filter_name == frame.filter_name
        and math.isclose(seconds, frame.exposure_s, rel_tol=_SECONDS, abs_tol=_SECONDS)
        and template.binning == (frame.binning or 1)
        and template.gain in (None, frame.gain)
        and template.offset in (None, frame.offset)
    )


def _why_not(frame: Frame, target: Target, *, fitting: Sequence[object]) -> str:
    taken = f"{frame.filter_name or 'no filter'}, {frame.exposure_s:g} s"
    return f"{len(fitting) or 'no'} plans of {target.name!r} fit {taken}, its gain, offset and binning"
