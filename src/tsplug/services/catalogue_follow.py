"""What follows from a change of a record: names beside images, where they belong, orders that no longer fit."""

from __future__ import annotations

from collections.abc import Callable

from tsplug.model import (
    AcquiredImage,
    Contribution,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    Profile,
    Project,
    Record,
    Target,
)
from tsplug.ports import ids_of
from tsplug.services.catalogue_drafts import Draft
from tsplug.services.catalogue_plans import forget_orders, lacks_filter, rehome
from tsplug.services.template_lookup import profile_of_target


def follow(draft: Draft, before: Record, *, after: Record) -> tuple[str, ...]:
    """Bring what refers to a changed record in line with it, in the draft's unit; return what was done, in words.

    ``after`` is stored already. Images, counts and flat history stay whole: they follow by reference and by name.
    """
    rule = _RULES.get(type(after))
    return () if rule is None else rule(draft, before, after=after)


def _project(draft: Draft, before: Project, *, after: Project) -> tuple[str, ...]:
    unit = draft.unit
    notes: list[str] = []
    if before.name != after.name:
        unit.set_all(AcquiredImage, {"project_name": after.name}, project_id=after.id)
        unit.set_all(FlatHistory, {"project_name": after.name}, target_id=ids_of(Target, project_id=after.id))
    targets = unit.list(Target, project_id=after.id)
    if before.profile_id != after.profile_id:
        profile = unit.get(Profile, after.profile_id)
        for target in targets:
            notes += _rehome_target(draft, target, profile=profile)
        unit.delete_all(Contribution, project_id=after.id, profile_id=profile.id)
    if before.filter_switch_frequency != after.filter_switch_frequency:
        rotating = [target for target in targets if target.filter_cadence]
        for target in rotating:
            _clear_cadence(draft, target)
        notes += [f"cleared the filter cadence of target {target.name!r}" for target in rotating]
    return tuple(notes)


def _target(draft: Draft, before: Target, *, after: Target) -> tuple[str, ...]:
    unit = draft.unit
    notes: list[str] = []
    if before.name != after.name:
        unit.set_all(AcquiredImage, {"target_name": after.name}, target_id=after.id)
        unit.set_all(FlatHistory, {"target_name": after.name}, target_id=after.id)
    moved = before.project_id != after.project_id
    if moved:
        notes += _moved_target(draft, before, after=after)
    if (moved or before.override_order != after.override_order) and after.filter_cadence:
        _clear_cadence(draft, after)
        notes.append(f"cleared the filter cadence of target {after.name!r}")
    return tuple(notes)


def _moved_target(draft: Draft, before: Target, *, after: Target) -> list[str]:
    """Let everything of a target follow it to another project; by the target, so a deleted plan does not matter."""
    unit = draft.unit
    project = unit.get(Project, after.project_id)
    profile = unit.get(Profile, project.profile_id)
    notes = []
    if unit.get(Project, before.project_id).profile_id != profile.id:
        notes += _rehome_target(draft, after, profile=profile)
    place = {"project_id": project.id, "project_name": project.name}
    images = unit.set_all(AcquiredImage, place, target_id=after.id)
    flats = unit.set_all(FlatHistory, {"project_name": project.name}, target_id=after.id)
    return [*notes, f"moved to project {project.name!r} with {images} images and {flats} flat history entries"]


def _rehome_target(draft: Draft, target: Target, *, profile: Profile) -> list[str]:
    stored = draft.unit.list(ExposurePlan, target_id=target.id)
    plans, notes = rehome(draft, stored, profile=profile)
    for plan in plans:
        draft.unit.update(plan)
    return notes


def _clear_cadence(draft: Draft, target: Target) -> None:
    target.filter_cadence = []
    draft.unit.update(target)


def _plan(draft: Draft, before: ExposurePlan, *, after: ExposurePlan) -> tuple[str, ...]:
    fields = ("target_id", "template_id", "enabled")
    if all(getattr(before, name) == getattr(after, name) for name in fields):
        return ()
    unit, notes = draft.unit, list[str]()
    if before.target_id != after.target_id:
        target = unit.get(Target, after.target_id)
        project = unit.get(Project, target.project_id)
        plans, notes = rehome(draft, [after], profile=unit.get(Profile, project.profile_id))
        unit.update(plans[0])
        place = {"target_id": target.id, "target_name": target.name}
        place |= {"project_id": project.id, "project_name": project.name}
        images = unit.set_all(AcquiredImage, place, plan_id=after.id)
        notes.append(f"moved to target {target.name!r} with {images} images")
    for target in unit.list(Target, id=sorted({before.target_id, after.target_id})):
        notes += forget_orders(unit, target)
    return tuple(notes)


def _profile(draft: Draft, before: Profile, *, after: Profile) -> tuple[str, ...]:
    if before.name != after.name:
        draft.unit.set_all(AcquiredImage, {"profile_name": after.name}, profile_id=after.id)
    if before.filters == after.filters:
        return ()
    templates = draft.unit.list(ExposureTemplate, profile_id=after.id)
    return tuple(
        f"template {each.name!r} exposes filter {each.filter_name!r}, which the profile no longer has"
        for each in templates
        if lacks_filter(after, each.filter_name)
    )


def _template(draft: Draft, before: ExposureTemplate, *, after: ExposureTemplate) -> tuple[str, ...]:
    if before.name != after.name:
        plans = ids_of(ExposurePlan, template_id=after.id)
        draft.unit.set_all(AcquiredImage, {"template_name": after.name}, plan_id=plans, template_name=before.name)
    if before.profile_id != after.profile_id:
        for plan in draft.unit.list(ExposurePlan, template_id=after.id):
            target = draft.unit.get(Target, plan.target_id)
            if profile_of_target(draft.unit, target).id != after.profile_id:
                draft.given.wrong(
                    "profile", f"target {target.name!r} of another profile uses this template; copy it instead"
                )
                break
    return ()


_RULES: dict[type[Record], Callable[..., tuple[str, ...]]] = {
    Profile: _profile,
    Project: _project,
    Target: _target,
    ExposureTemplate: _template,
    ExposurePlan: _plan,
}
