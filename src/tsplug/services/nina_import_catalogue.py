"""Projects, targets, templates and plans of a Target Scheduler database on their way into the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tsplug.model import ExposurePlan, ExposureTemplate, Profile, Project, Target
from tsplug.nina.database.codecs import decode_real, decode_text, decode_whole
from tsplug.nina.database.fields import PLAN, PROJECT, TARGET, TEMPLATE, Complaint, Field, Row, decoded, named_filter
from tsplug.nina.database.history import override_items
from tsplug.nina.database.identity import guids_of
from tsplug.nina.database.orders import cadence_items, order_items
from tsplug.nina.database.schema import OVERRIDES_CLEARED, VERSION_5
from tsplug.services.nina_import_moments import creation_moments
from tsplug.services.nina_import_profiles import Profiles
from tsplug.services.nina_import_templates import OwnTemplates
from tsplug.services.nina_upsert import ImportRun, Incoming
from tsplug.targets.epochs import to_j2000

J2000 = 2
"""The code of the only epoch that Target Scheduler lets its users enter."""

_JNOW = 0


@dataclass
class Catalogue:
    """What was carried, by the ids of the database, and the counters that its plans came with."""

    profiles: Profiles
    templates: dict[int, ExposureTemplate] = field(default_factory=dict)
    template_names: dict[int, str] = field(default_factory=dict)
    """By the ids of the store."""
    projects: dict[int, Project] = field(default_factory=dict)
    targets: dict[int, Target] = field(default_factory=dict)
    plans: dict[int, ExposurePlan] = field(default_factory=dict)
    counters: dict[int, tuple[int, int]] = field(default_factory=dict)
    owners: dict[int, Profile] = field(default_factory=dict)
    """The profile of every project."""


def import_catalogue(run: ImportRun, profiles: Profiles) -> Catalogue:
    """Store what is to be imaged and how; return it by the ids of the database."""
    catalogue = Catalogue(profiles)
    _templates(run, catalogue)
    _projects(run, catalogue)
    plans = list(run.rows("exposureplan"))
    orders = _Orders(run, plans, templates=catalogue.templates)
    _targets(run, catalogue, rows=list(run.rows("target")), orders=orders)
    _plans(run, catalogue, rows=plans)
    return catalogue


def _templates(run: ImportRun, catalogue: Catalogue) -> None:
    rows, incoming = list(run.rows("exposuretemplate")), []
    guids = guids_of("exposuretemplate", rows)
    for row in rows:
        given = _given(run, "exposuretemplate", row=row, fields=TEMPLATE)
        given["filter_name"] = named_filter(row, complain=run.ledger.complaint("exposuretemplate", row["id"]))
        given["profile_id"] = catalogue.profiles.of(row.get("profileid")).id
        incoming.append(Incoming(row["id"], *guids[row["id"]], given))
    catalogue.templates = run.save(ExposureTemplate, "exposuretemplate", incoming=incoming).by_row(incoming)
    catalogue.template_names = {record.id or 0: record.name for record in catalogue.templates.values()}


def _projects(run: ImportRun, catalogue: Catalogue) -> None:
    weights = _weights(run)
    rows, incoming = list(run.rows("project")), []
    guids, made = guids_of("project", rows), creation_moments(run, rows)
    for row in rows:
        profile = catalogue.profiles.of(row.get("profileid"))
        catalogue.owners[row["id"]] = profile
        given = _given(run, "project", row=row, fields=PROJECT) | {"profile_id": profile.id}
        if row["id"] in weights:
            given["rule_weights"] = weights[row["id"]]
        incoming.append(Incoming(row["id"], *guids[row["id"]], given, {"created_at": made.get(row["id"], run.now)}))
    catalogue.projects = run.save(Project, "project", incoming=incoming, merge=_with_weights).by_row(incoming)


def _with_weights(existing: Project, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep the weights of rules that the database does not know."""
    return {**given, "rule_weights": {**existing.rule_weights, **given.get("rule_weights", {})}}


def _weights(run: ImportRun) -> dict[Any, dict[str, float]]:
    """Return the weights of every project by its id, over the defaults: a missing row means the default."""
    weights: dict[Any, dict[str, float]] = {}
    for row in run.rows("ruleweight"):
        complain = run.ledger.complaint("ruleweight", row["id"])
        name, project = decode_text(row.get("name") or ""), row.get("projectid")
        try:
            weight = decode_real(row.get("weight"))
            if not 0 <= weight <= 100:
                raise ValueError("must lie within 0..100")
        except ValueError as error:
            complain(f"weight {row.get('weight')!r} of rule {name!r}", f"{error}; the default stands in")
            continue
        default = Project.model_fields["rule_weights"].get_default(call_default_factory=True)
        weights.setdefault(project, dict(default))[name] = weight
    return weights


def _targets(run: ImportRun, catalogue: Catalogue, *, rows: list[Row], orders: _Orders) -> None:
    incoming = []
    guids = guids_of("target", rows)
    for row in rows:
        complain = run.ledger.complaint("target", row["id"])
        project = catalogue.projects.get(row.get("projectid"))  # type: ignore[arg-type]
        if project is None:
            complain(f"target {row.get('name')!r}", f"its project {row.get('projectid')} is not there")
            continue
        given = _given(run, "target", row=row, fields=TARGET) | {"project_id": project.id} | orders.of(row)
        if not {"ra_hours", "dec_deg"} <= given.keys():
            continue
        given |= _at_j2000(row, given, project=project, complain=complain)
        incoming.append(Incoming(row["id"], *guids[row["id"]], given))
    catalogue.targets = run.save(Target, "target", incoming=incoming).by_row(incoming)


def _at_j2000(row: Row, given: Mapping[str, Any], *, project: Project, complain: Complaint) -> dict[str, float]:
    """Return the coordinates of a target of the equinox of date, precessed, and complain of those of any other epoch.

    The date is that of its project, the only one near which the target was entered, and the same at every import.
    """
    code, name = row.get("epochcode"), row.get("name")
    if code in (J2000, None):
        return {}
    if code != _JNOW:
        complain(f"epoch {code} of {name!r}", "coordinates are taken as J2000")
        return {}
    date = project.created_at
    ra_hours, dec_deg = to_j2000(given["ra_hours"], given["dec_deg"], date=date)
    complain(f"epoch 0 (JNow) of {name!r}", f"precessed to J2000 from {date:%Y-%m-%d}, when its project was made")
    return {"ra_hours": ra_hours, "dec_deg": dec_deg}


def _plans(run: ImportRun, catalogue: Catalogue, *, rows: list[Row]) -> None:
    incoming = []
    guids, own = guids_of("exposureplan", rows), OwnTemplates(run)
    profiles = {project.id: catalogue.owners[row_id] for row_id, project in catalogue.projects.items()}
    for row in rows:
        target = catalogue.targets.get(row.get("targetid"))  # type: ignore[arg-type]
        template = catalogue.templates.get(row.get("exposuretemplateid"))  # type: ignore[arg-type]
        complain = run.ledger.complaint("exposureplan", row["id"])
        if target is None or template is None:
            kind, key = ("target", "targetid") if target is None else ("exposure template", "exposuretemplateid")
            complain(f"plan {row['id']}", f"its {kind} {row.get(key)} is not there")
            continue
        template = own.of(template, profiles[target.project_id], row_id=row["exposuretemplateid"], complain=complain)
        catalogue.template_names[template.id or 0] = template.name
        given = decoded(PLAN, row, complain=complain) | {"target_id": target.id, "template_id": template.id}
        incoming.append(Incoming(row["id"], *guids[row["id"]], given))
        catalogue.counters[row["id"]] = (_counter(row.get("acquired")), _counter(row.get("accepted")))
    catalogue.plans = run.save(ExposurePlan, "exposureplan", incoming=incoming).by_row(incoming)


class _Orders:
    """The orders of exposures and rotations of filters of the targets, which name plans."""

    def __init__(self, run: ImportRun, plans: list[Row], *, templates: Mapping[int, ExposureTemplate]) -> None:
        self._run = run
        self._plans: defaultdict[Any, list[tuple[int, str | None]]] = defaultdict(list)
        guids = guids_of("exposureplan", plans)
        for row in plans:
            carried = row.get("exposuretemplateid") in templates
            self._plans[row.get("targetid")].append((row["id"], guids[row["id"]][0] if carried else None))
        self._overrides = _by_target(run, "overrideexposureorderitem")
        self._cadences = _by_target(run, "filtercadenceitem")

    def of(self, target: Row) -> dict[str, Any]:
        """Return the fields of a target that name plans; none where the database has no such tables yet."""
        plans = sorted(self._plans[target["id"]])
        guids = [guid for _, guid in plans]
        version = self._run.source.version
        complain = self._run.ledger.complaint("target", target["id"])
        older = override_items(target, [key for key, _ in plans], version=version)
        given: dict[str, Any] = {}
        if version >= OVERRIDES_CLEARED:
            items = [*self._overrides.get(target["id"], []), *older]
            given["override_order"] = order_items(items, guids, complain=complain)
        if version >= VERSION_5:
            given["filter_cadence"] = cadence_items(self._cadences.get(target["id"], []), guids, complain=complain)
        return given


def _by_target(run: ImportRun, table: str) -> dict[Any, list[Row]]:
    found: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in run.rows(table):
        found[row.get("targetid")].append(row)
    return dict(found)


def _given(run: ImportRun, table: str, *, row: Row, fields: tuple[Field, ...]) -> dict[str, Any]:
    complain = run.ledger.complaint(table, row["id"])
    given = decoded(fields, row, complain=complain)
    if not given.get("name", "").strip():
        given["name"] = f"(unnamed {table} {row['id']})"
        complain("the name", f"it is empty; {given['name']!r} stands in")
    return given


def _counter(value: Any) -> int:
    try:
        return max(0, decode_whole(value))
    except ValueError:
        return 0
