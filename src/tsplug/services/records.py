"""Catalogue records as JSON-ready rows, with the names of what they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tsplug.model import ExposurePlan, ExposureTemplate, Profile, Project, Record, Site, Target
from tsplug.ports import Store, Unit
from tsplug.services.lookup import KINDS, find_named


def record_rows(store: Store, kind: str, *, profile: str = "") -> list[dict[str, Any]]:
    """Return all records of a kind, by id.

    Args:
        store: where they are.
        kind: one of the words of `tsplug.services.lookup.KINDS` that has a list: site, profile, project, ...
        profile: name, id or guid of the profile they must belong to; of any if empty.

    Raises:
        NotFoundError: no such profile.
    """
    with store.read() as unit:
        records = _LISTS[kind](unit, find_named(unit, Profile, name=profile).id if profile else None)
        return [_row(unit, record) for record in records]


def record_row(store: Store, kind: str, *, name: str) -> dict[str, Any]:
    """Return one record by name, id or guid.

    Raises:
        NotFoundError: none fits.
        AmbiguousNameError: several have the name.
    """
    with store.read() as unit:
        return _row(unit, find_named(unit, KINDS[kind], name=name))


def _row(unit: Unit, record: Record) -> dict[str, Any]:
    return _parents(unit, record) | record.model_dump(mode="json")


def _parents(unit: Unit, record: Record) -> dict[str, Any]:
    if isinstance(record, ExposurePlan):
        target = unit.get(Target, record.target_id)
        template = unit.get(ExposureTemplate, record.template_id)
        above = _parents(unit, target) | {"target": target.name, "template": template.name}
        return above | {"filter": template.filter_name, "seconds": record.exposure_s or template.default_exposure_s}
    if isinstance(record, Target):
        return {"project": unit.get(Project, record.project_id).name}
    if isinstance(record, Project | ExposureTemplate):
        return {"profile": unit.get(Profile, record.profile_id).name}
    if isinstance(record, Profile):
        return {"site": "" if record.site_id is None else unit.get(Site, record.site_id).name}
    return {}


def _sites(unit: Unit, profile_id: int | None) -> list[Site]:
    return unit.list(Site) if profile_id is None else unit.list(Site, id=unit.get(Profile, profile_id).site_id)


def _profiles(unit: Unit, profile_id: int | None) -> list[Profile]:
    return unit.list(Profile) if profile_id is None else [unit.get(Profile, profile_id)]


def _projects(unit: Unit, profile_id: int | None) -> list[Project]:
    return unit.list(Project) if profile_id is None else unit.list(Project, profile_id=profile_id)


def _targets(unit: Unit, profile_id: int | None) -> list[Target]:
    return unit.list(Target, project_id=[project.id for project in _projects(unit, profile_id)])


def _templates(unit: Unit, profile_id: int | None) -> list[ExposureTemplate]:
    return unit.list(ExposureTemplate) if profile_id is None else unit.list(ExposureTemplate, profile_id=profile_id)


def _plans(unit: Unit, profile_id: int | None) -> list[ExposurePlan]:
    return unit.list(ExposurePlan, target_id=[target.id for target in _targets(unit, profile_id)])


_LISTS: dict[str, Callable[[Unit, int | None], list[Any]]] = {
    "site": _sites,
    "profile": _profiles,
    "project": _projects,
    "target": _targets,
    "template": _templates,
    "plan": _plans,
}
