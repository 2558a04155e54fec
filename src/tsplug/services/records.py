"""Catalogue records as JSON-ready rows, with the names of what they belong to and how far they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from tsplug.model import Contribution, ExposurePlan, ExposureTemplate, Profile, Project, Record, Site, Target, Value
from tsplug.planning.progress import mean_progress, plan_progress
from tsplug.ports import Store, Unit, ids_of
from tsplug.services.lookup import KINDS, find_named

R = TypeVar("R", bound=Record)

_FEW = 500
# Beyond so many, reading a whole table of the catalogue is quicker than naming what is wanted of it.


class Among(Value):
    """To what listed records must belong: names, ids or guids; anything if empty."""

    profile: str = ""
    project: str = ""
    target: str = ""


def record_rows(store: Store, kind: str, *, among: Among | None = None) -> list[dict[str, Any]]:
    """Return all records of a kind, by id, in a handful of queries however many they are.

    Args:
        store: where they are.
        kind: one of the words of `tsplug.services.lookup.KINDS` that has a list: site, profile, project, ...
        among: the profile, project or target they must belong to.

    Raises:
        NotFoundError: no such profile, project or target.
    """
    with store.read() as unit:
        scope = _Scope(unit, among or Among())
        return rows_of(unit, _LISTS[kind](scope))


def record_row(store: Store, kind: str, *, name: str) -> dict[str, Any]:
    """Return one record by name, id or guid, with the rows of what it holds: a target's plans, a project's targets.

    Raises:
        NotFoundError: none fits.
        AmbiguousNameError: several have the name.
    """
    with store.read() as unit:
        record = find_named(unit, KINDS[kind], name=name)
        row = row_of(unit, record)
        if isinstance(record, Target):
            row["plans"] = rows_of(unit, unit.list(ExposurePlan, target_id=record.id))
        if isinstance(record, Project):
            row["targets"] = rows_of(unit, unit.list(Target, project_id=record.id))
        return row


def row_of(unit: Unit, record: Record) -> dict[str, Any]:
    """Return a stored record as a row."""
    return rows_of(unit, [record])[0]


def rows_of(unit: Unit, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return stored records of one kind as rows."""
    if not records:
        return []
    describe = _DESCRIPTIONS.get(type(records[0]))
    before = [{}] * len(records) if describe is None else describe(unit, records)
    return [above | record.model_dump(mode="json") for above, record in zip(before, records, strict=True)]


def _described_profiles(unit: Unit, records: Sequence[Profile]) -> list[dict[str, Any]]:
    sites = _by_id(unit, Site, ids=(record.site_id for record in records))
    return [{"site": sites[each.site_id].name if each.site_id else ""} for each in records]


def _described_templates(unit: Unit, records: Sequence[ExposureTemplate]) -> list[dict[str, Any]]:
    profiles = _by_id(unit, Profile, ids=(record.profile_id for record in records))
    return [{"profile": profiles[record.profile_id].name} for record in records]


def _described_projects(unit: Unit, records: Sequence[Project]) -> list[dict[str, Any]]:
    wanted = [record.id for record in records]
    profiles = _by_id(unit, Profile, ids=(record.profile_id for record in records))
    links = _held_by(unit, Contribution, field="project_id", owners=wanted)
    others = _by_id(unit, Profile, ids=(link.profile_id for each in links.values() for link in each))
    targets = _held_by(unit, Target, field="project_id", owners=wanted)
    plans = _held_by(
        unit, ExposurePlan, field="target_id", owners=[each.id for group in targets.values() for each in group]
    )
    rows = []
    for record in records:
        own = [plan for target in targets[record.id] for plan in plans[target.id]]
        desired, accepted = sum(plan.desired for plan in own), sum(plan.accepted for plan in own)
        rows.append(
            {
                "profile": profiles[record.profile_id].name,
                "contributors": [others[link.profile_id].name for link in links[record.id]],
                "progress_percent": round(100 * accepted / desired, 1) if desired else None,
            }
        )
    return rows


def _described_targets(unit: Unit, records: Sequence[Target]) -> list[dict[str, Any]]:
    projects = _by_id(unit, Project, ids=(record.project_id for record in records))
    profiles = _by_id(unit, Profile, ids=(project.profile_id for project in projects.values()))
    plans = _held_by(unit, ExposurePlan, field="target_id", owners=[record.id for record in records])
    rows = []
    for record in records:
        project = projects[record.project_id]
        share = mean_progress(plans[record.id], project, profile=profiles[project.profile_id])
        enabled = any(plan.enabled for plan in plans[record.id])
        rows.append({"project": project.name, "progress_percent": round(100 * share, 1) if enabled else None})
    return rows


def _described_plans(unit: Unit, records: Sequence[ExposurePlan]) -> list[dict[str, Any]]:
    targets = _by_id(unit, Target, ids=(record.target_id for record in records))
    templates = _by_id(unit, ExposureTemplate, ids=(record.template_id for record in records))
    projects = _by_id(unit, Project, ids=(target.project_id for target in targets.values()))
    profiles = _by_id(unit, Profile, ids=(project.profile_id for project in projects.values()))
    rows = []
    for record in records:
        target, template = targets[record.target_id], templates[record.template_id]
        project = projects[target.project_id]
        share = plan_progress(record, project, profile=profiles[project.profile_id])
        rows.append(
            {
                "project": project.name,
                "target": target.name,
                "template": template.name,
                "filter": template.filter_name,
                "seconds": record.exposure_s or template.default_exposure_s,
                "progress_percent": round(100 * share, 1),
            }
        )
    return rows


_DESCRIPTIONS: dict[type[Record], Callable[[Unit, Any], list[dict[str, Any]]]] = {
    Profile: _described_profiles,
    Project: _described_projects,
    Target: _described_targets,
    ExposureTemplate: _described_templates,
    ExposurePlan: _described_plans,
}


def _by_id(unit: Unit, kind: type[R], *, ids: Iterable[int | None]) -> dict[int | None, R]:
    wanted = sorted({each for each in ids if each is not None})
    found = unit.list(kind, id=wanted) if len(wanted) <= _FEW else unit.list(kind)
    return {record.id: record for record in found}


def _held_by(unit: Unit, kind: type[R], *, field: str, owners: Sequence[int | None]) -> dict[int | None, list[R]]:
    held: defaultdict[int | None, list[R]] = defaultdict(list)
    for record in unit.list(kind, **{field: owners}) if len(owners) <= _FEW else unit.list(kind):
        held[getattr(record, field)].append(record)
    return held


class _Scope:
    """What lists are narrowed to, as conditions."""

    def __init__(self, unit: Unit, among: Among) -> None:
        self.unit = unit
        self.profile = find_named(unit, Profile, name=among.profile) if among.profile else None
        self.project = find_named(unit, Project, name=among.project) if among.project else None
        self.target = find_named(unit, Target, name=among.target) if among.target else None

    def sites(self) -> list[Site]:
        """Return the sites, or that of the profile."""
        return self.unit.list(Site) if self.profile is None else self.unit.list(Site, id=self.profile.site_id)

    def profiles(self) -> list[Profile]:
        """Return the profiles, or the chosen one."""
        return self.unit.list(Profile) if self.profile is None else [self.profile]

    def projects(self) -> list[Project]:
        """Return the projects of the profile."""
        return self.unit.list(Project, **self._of_profile())

    def targets(self) -> list[Target]:
        """Return the targets of the project, or of the profile's projects."""
        return self.unit.list(Target, **self._of_project())

    def templates(self) -> list[ExposureTemplate]:
        """Return the templates of the profile."""
        return self.unit.list(ExposureTemplate, **self._of_profile())

    def plans(self) -> list[ExposurePlan]:
        """Return the plans of the target, or of the project's or profile's targets."""
        if self.target is not None:
            return self.unit.list(ExposurePlan, target_id=self.target.id)
        of_project = self._of_project()
        return self.unit.list(ExposurePlan, **({"target_id": ids_of(Target, **of_project)} if of_project else {}))

    def _of_profile(self) -> dict[str, object]:
        return {} if self.profile is None else {"profile_id": self.profile.id}

    def _of_project(self) -> dict[str, object]:
        if self.project is not None:
            return {"project_id": self.project.id}
        return {} if self.profile is None else {"project_id": ids_of(Project, profile_id=self.profile.id)}


_LISTS: dict[str, Callable[[_Scope], list[Any]]] = {
    "site": _Scope.sites,
    "profile": _Scope.profiles,
    "project": _Scope.projects,
    "target": _Scope.targets,
    "template": _Scope.templates,
    "plan": _Scope.plans,
}
