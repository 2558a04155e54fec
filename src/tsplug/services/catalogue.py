"""Bring a catalogue document into the store: site, profile, templates, projects, targets, plans, trained flats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tsplug.errors import AmbiguousNameError, InputError
from tsplug.model import ExposurePlan, ExposureTemplate, Profile, Project, Record, Site, Target, TrainedFlat
from tsplug.ports import Clock, Store, Unit

R = TypeVar("R", bound=Record)

_SECTIONS = ("site", "profile", "templates", "projects", "trained_flats")
_NOT_GIVEN = frozenset({"id", "guid", "site_id", "profile_id", "project_id", "target_id", "template_id"})
_COUNTERS = frozenset({"acquired", "accepted"})


def load_catalogue(document: Mapping[str, Any], store: Store, *, clock: Clock) -> Profile:
    """Store what a document describes, in one transaction; what is stored already is brought up to date.

    Records are recognised by name within their parent (plans by their template, trained flats by their settings), so
    loading twice changes nothing. Fields the document does not name keep their values; counters are never touched.

    Returns:
        The document's profile as stored.

    Raises:
        InputError: a field is missing, unknown or wrong; the text begins with its path. Nothing is stored then.
    """
    root = _Node("", document)
    root.allow(_SECTIONS)
    with store.write() as unit:
        return _Loader(unit, clock).load(root)


@dataclass(frozen=True)
class _Node:
    """A mapping of the document and where it stands in it."""

    path: str
    data: Mapping[str, Any]

    def allow(self, names: tuple[str, ...]) -> None:
        for name in self.data:
            if name not in names:
                raise InputError(f"{self.at(str(name))}: unknown; a catalogue has {', '.join(names)}")

    def at(self, *steps: str | int) -> str:
        path = self.path
        for step in steps:
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
        return path

    def child(self, name: str) -> _Node:
        value = self.data.get(name)
        if not isinstance(value, Mapping):
            raise InputError(f"{self.at(name)}: {'is missing' if value is None else 'must be a mapping of fields'}")
        return _Node(self.at(name), value)

    def children(self, name: str) -> Iterator[_Node]:
        values = self.data.get(name) or []
        if not isinstance(values, list | tuple):
            raise InputError(f"{self.at(name)}: must be a list")
        for index, value in enumerate(values):
            if not isinstance(value, Mapping):
                raise InputError(f"{self.at(name, index)}: must be a mapping of fields")
            yield _Node(self.at(name, index), value)

    def named(self, name: str) -> Iterator[_Node]:
        seen: set[str] = set()
        for node in self.children(name):
            title = node.name()
            if title in seen:
                raise InputError(f"{node.at('name')}: {title!r} occurs twice")
            seen.add(title)
            yield node

    def name(self) -> str:
        title = self.data.get("name")
        if not isinstance(title, str) or not title:
            raise InputError(f"{self.at('name')}: {'is missing' if title is None else 'must be a name'}")
        return title

    def without(self, *names: str) -> _Node:
        return _Node(self.path, {key: value for key, value in self.data.items() if key not in names})


class _Loader:
    """Stores one document in one unit of work."""

    def __init__(self, unit: Unit, clock: Clock) -> None:
        self._unit = unit
        self._now = clock.now()
        self._templates: dict[str, ExposureTemplate] = {}

    def load(self, root: _Node) -> Profile:
        site = self._named(Site, root.child("site"))
        profile = self._named(Profile, root.child("profile"), site_id=site.id)
        for node in root.named("templates"):
            _filter_known(node, profile)
            template = self._named(ExposureTemplate, node, profile_id=profile.id)
            self._templates[template.name] = template
        for node in root.named("projects"):
            self._project(node, profile)
        for node in root.children("trained_flats"):
            _filter_known(node, profile)
            self._trained_flat(node, profile)
        return profile

    def _project(self, node: _Node, profile: Profile) -> None:
        project = self._named(Project, node.without("targets"), profile_id=profile.id)
        for target_node in node.named("targets"):
            target = self._named(Target, target_node.without("plans"), project_id=project.id)
            self._plans(target_node, target)

    def _plans(self, node: _Node, target: Target) -> None:
        seen: Counter[str] = Counter()
        for plan_node in node.children("plans"):
            template = self._template(plan_node)
            owner = {"target_id": target.id, "template_id": template.id}
            stored = self._unit.list(ExposurePlan, **owner)
            place = seen[template.name]
            seen[template.name] += 1
            existing = stored[place] if place < len(stored) else None
            self._save(ExposurePlan, plan_node.without("template"), existing=existing, owner=owner)

    def _template(self, node: _Node) -> ExposureTemplate:
        name = node.data.get("template")
        if not isinstance(name, str) or name not in self._templates:
            known = ", ".join(self._templates) or "none"
            raise InputError(f"{node.at('template')}: there is no template {name!r}; the document has {known}")
        return self._templates[name]

    def _trained_flat(self, node: _Node, profile: Profile) -> None:
        owner = {"profile_id": profile.id}
        wanted = _validated(TrainedFlat, node, fields={"trained_at": self._now, **node.data, **owner})
        settings = ("profile_id", "filter_name", "gain", "offset", "binning", "readout_mode")
        existing = self._unit.find(TrainedFlat, **{name: getattr(wanted, name) for name in settings})
        self._save(TrainedFlat, node, existing=existing, owner=owner)

    def _named(self, kind: type[R], node: _Node, **owner: int | None) -> R:
        # A profile that moves to another site stays the same profile, so its site does not identify it.
        among = {} if kind is Profile else owner
        found = self._unit.list(kind, name=node.name(), **among)
        if len(found) > 1:
            raise AmbiguousNameError(f"{node.at('name')}: the store has {len(found)} of {node.name()!r}; rename one")
        return self._save(kind, node, existing=found[0] if found else None, owner=owner)

    def _save(self, kind: type[R], node: _Node, *, existing: R | None, owner: Mapping[str, int | None]) -> R:
        _refuse(node, _NOT_GIVEN | _COUNTERS)
        if existing is None:
            fields = {**self._moments(kind), **_merged(_defaults(kind), node.data), **owner}
            return self._unit.add(_validated(kind, node, fields=fields))
        changed = _validated(kind, node, fields={**_merged(existing.model_dump(), node.data), **owner})
        if changed != existing:
            self._unit.update(changed)
        return changed

    def _moments(self, kind: type[Record]) -> dict[str, Any]:
        return {name: self._now for name in ("created_at", "trained_at") if name in kind.model_fields}


def _filter_known(node: _Node, profile: Profile) -> None:
    name = node.data.get("filter_name")
    if name is not None and profile.filters and name not in profile.filters:
        raise InputError(
            f"{node.at('filter_name')}: the profile has no filter {name!r}, only {', '.join(profile.filters)}"
        )


def _refuse(node: _Node, names: frozenset[str]) -> None:
    for name in names & node.data.keys():
        raise InputError(f"{node.at(name)}: is kept by the store and cannot be given")


def _defaults(kind: type[Record]) -> dict[str, Any]:
    """Return the defaults of a kind's nested fields, into which a document's mappings merge."""
    made = {name: info.get_default(call_default_factory=True) for name, info in kind.model_fields.items()}
    return {
        name: value.model_dump() if isinstance(value, BaseModel) else value
        for name, value in made.items()
        if isinstance(value, BaseModel | dict)
    }


def _merged(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record's fields with the given ones over them; mappings merge key by key."""
    merged = {**base, **given}
    for name, value in given.items():
        if isinstance(value, Mapping) and isinstance(base.get(name), Mapping):
            merged[name] = {**base[name], **value}
    return merged


def _validated(kind: type[R], node: _Node, *, fields: Mapping[str, Any]) -> R:
    try:
        return kind.model_validate(dict(fields))
    except ValidationError as error:
        lines = [f"{node.at(*problem['loc'])}: {problem['msg']}" for problem in error.errors()]
        raise InputError("; ".join(lines)) from error
