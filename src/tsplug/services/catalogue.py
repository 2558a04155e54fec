"""Bring a catalogue document into the store: site, profile, templates, projects, targets, plans, trained flats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from tsplug.errors import AmbiguousNameError, InputError
from tsplug.model import ExposurePlan, ExposureTemplate, Profile, Project, Record, Site, Target, TrainedFlat
from tsplug.model.wording import plain
from tsplug.ports import Clock, Store, Unit
from tsplug.services.catalogue_checks import conflicts, dated, training_conflicts
from tsplug.services.catalogue_fields import check_constraints, known_weights
from tsplug.services.catalogue_plans import parsed_order

R = TypeVar("R", bound=Record)

_SECTIONS = ("site", "profile", "templates", "projects", "trained_flats")
_NOT_GIVEN = frozenset({"id", "guid", "site_id", "profile_id", "project_id", "target_id", "template_id"})
_COUNTERS = frozenset({"acquired", "accepted"})
_NOBODY = 0
_NO_MAPPING = "must be a mapping of fields"
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "model_type": _NO_MAPPING,
    "dict_type": _NO_MAPPING,
}


def load_catalogue(document: Mapping[str, Any], store: Store, *, clock: Clock) -> Profile:
    """Store what a document describes, in one transaction; what is stored already is brought up to date.

    Records are recognised by name within their parent (plans by their template, trained flats by their settings), so
    loading twice changes nothing. Fields the document does not name keep their values; counters are never touched.

    Returns:
        The document's profile as stored.

    Raises:
        InputError: fields are missing, unknown or wrong: a line ``path: message`` for each. Nothing is stored then.
    """
    problems = _Problems()
    root = _Node("", document, problems)
    root.allow(_SECTIONS)
    with store.write() as unit:
        profile = _Loader(unit, clock).load(root)
        problems.refuse()
    # Without a problem there is a profile.
    return cast(Profile, profile)


@dataclass
class _Problems:
    """What is wrong with a document, gathered so that the user hears it all at once."""

    lines: list[str] = field(default_factory=list)
    ambiguous: bool = False

    def add(self, path: str, message: str) -> None:
        # A line break within would read as another problem.
        self.lines.append(" ".join(f"{path}: {message}".split()))

    def refuse(self) -> None:
        if self.lines:
            kind = AmbiguousNameError if self.ambiguous and len(self.lines) == 1 else InputError
            raise kind("\n".join(self.lines))


@dataclass(frozen=True)
class _Node:
    """A mapping of the document and where it stands in it; what is wrong with it goes to the problems."""

    path: str
    data: Mapping[str, Any]
    problems: _Problems

    def allow(self, names: tuple[str, ...]) -> None:
        for name in self.data:
            if name not in names:
                self.wrong(str(name), message=f"unknown; a catalogue has {', '.join(names)}")

    def wrong(self, *steps: str | int, message: str) -> None:
        self.problems.add(self.at(*steps), message)

    def at(self, *steps: str | int) -> str:
        path = self.path
        for step in steps:
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
        return path

    def child(self, name: str) -> _Node | None:
        value = self.data.get(name)
        if isinstance(value, Mapping):
            return _Node(self.at(name), value, self.problems)
        self.wrong(name, message="is missing" if value is None else _NO_MAPPING)
        return None

    def children(self, name: str) -> Iterator[_Node]:
        values = self.data.get(name) or []
        if not isinstance(values, list | tuple):
            self.wrong(name, message="must be a list")
            return
        for index, value in enumerate(values):
            if isinstance(value, Mapping):
                yield _Node(self.at(name, index), value, self.problems)
            else:
                self.wrong(name, index, message=_NO_MAPPING)

    def named(self, name: str) -> Iterator[_Node]:
        seen: set[str] = set()
        for node in self.children(name):
            title = node.name
            if title in seen:
                node.wrong("name", message=f"{title!r} occurs twice")
            seen |= {title} if title else set()
            yield node

    @property
    def name(self) -> str:
        """The name, or nothing where it has none that can be used."""
        title = self.data.get("name")
        return title if isinstance(title, str) else ""

    def without(self, *names: str) -> _Node:
        return _Node(self.path, {key: value for key, value in self.data.items() if key not in names}, self.problems)


class _Loader:
    """Stores one document in one unit of work.

    A record that is wrong is None: it is not stored, and what belongs to it is checked but not stored either.
    """

    def __init__(self, unit: Unit, clock: Clock) -> None:
        self._unit = unit
        self._now = clock.now()
        self._templates: dict[str, ExposureTemplate | None] = {}
        self._filters: Sequence[Any] = ()

    def load(self, root: _Node) -> Profile | None:
        site_node, profile_node = root.child("site"), root.child("profile")
        site = self._named(Site, site_node) if site_node else None
        profile = self._named(Profile, profile_node, site_id=_id_of(site)) if profile_node else None
        self._filters = _filters_of(profile, profile_node)
        for node in root.named("templates"):
            self._check_filter(node)
            template = self._named(ExposureTemplate, node, profile_id=_id_of(profile))
            self._templates |= {node.name: template} if node.name else {}
        for node in root.named("projects"):
            self._project(node, profile)
        for node in root.children("trained_flats"):
            self._check_filter(node)
            self._trained_flat(node, profile)
        return profile

    def _project(self, node: _Node, profile: Profile | None) -> None:
        project = self._named(Project, node.without("targets"), profile_id=_id_of(profile))
        for target_node in node.named("targets"):
            order = target_node.data.get("override_order")
            # In words it names plans of the target, which come after it.
            words = ["override_order"] if _is_words(order) else []
            target = self._named(Target, target_node.without("plans", *words), project_id=_id_of(project))
            self._plans(target_node, target)
            if words and target is not None:
                self._order(target_node, target)

    def _order(self, node: _Node, target: Target) -> None:
        given = node.data["override_order"]
        try:
            order = parsed_order(self._unit, target, text=given if isinstance(given, str) else ",".join(given))
        except InputError as error:
            node.wrong("override_order", message=str(error))
            return
        if order != target.override_order:
            self._unit.update(target.model_copy(update={"override_order": order, "filter_cadence": []}))

    def _plans(self, node: _Node, target: Target | None) -> None:
        seen: Counter[str] = Counter()
        for plan_node in node.children("plans"):
            template = self._template(plan_node)
            owner = {"target_id": _id_of(target), "template_id": _id_of(template)}
            stored = self._unit.list(ExposurePlan, **owner)
            name = "" if template is None else template.name
            existing = stored[seen[name]] if seen[name] < len(stored) else None
            seen[name] += 1
            self._save(ExposurePlan, plan_node.without("template"), existing=existing, owner=owner)

    def _template(self, node: _Node) -> ExposureTemplate | None:
        name = node.data.get("template")
        if isinstance(name, str) and name in self._templates:
            return self._templates[name]
        known = ", ".join(self._templates) or "none"
        node.wrong("template", message=f"there is no template {name!r}; the document has {known}")
        return None

    def _trained_flat(self, node: _Node, profile: Profile | None) -> None:
        owner = {"profile_id": _id_of(profile)}
        wanted = _validated(TrainedFlat, {"trained_at": self._now, **node.data, **owner})
        if profile is not None and isinstance(wanted, TrainedFlat):
            for key, message in training_conflicts(wanted, profile):
                node.wrong(key, message=message)
        settings = ("profile_id", "filter_name", "gain", "offset", "binning", "readout_mode")
        existing = None
        if isinstance(wanted, TrainedFlat):
            existing = self._unit.find(TrainedFlat, **{name: getattr(wanted, name) for name in settings})
        self._save(TrainedFlat, node, existing=existing, owner=owner)

    def _named(self, kind: type[R], node: _Node, **owner: int) -> R | None:
        # A profile that moves to another site stays the same profile, so its site does not identify it.
        among = {} if kind is Profile else owner
        if not node.name:
            node.wrong("name", message="is missing" if node.data.get("name") is None else "must be a name")
            node = _Node(node.path, {**node.data, "name": "unnamed"}, node.problems)
        found = self._unit.list(kind, name=node.name, **among)
        if len(found) > 1:
            node.wrong("name", message=f"the store has {len(found)} of {node.name!r}; rename one")
            node.problems.ambiguous = True
        return self._save(kind, node, existing=found[0] if found else None, owner=owner)

    def _save(self, kind: type[R], node: _Node, *, existing: R | None, owner: Mapping[str, int]) -> R | None:
        record = self._checked(kind, node, existing=existing, owner=owner)
        if record is None or _NOBODY in owner.values():
            return None
        if isinstance(record, Project):
            before = existing if isinstance(existing, Project) else None
            given = node.data.keys() - _NOT_GIVEN - _COUNTERS
            record = cast(R, dated(before, record, given=given, now=self._now))
        if existing is None:
            return self._unit.add(record)
        if record != existing:
            self._unit.update(record)
        return record

    def _checked(self, kind: type[R], node: _Node, *, existing: R | None, owner: Mapping[str, int]) -> R | None:
        kept = _NOT_GIVEN | _COUNTERS
        for name in sorted(kept & node.data.keys()):
            node.wrong(name, message="is kept by the store and cannot be given")
        given = {key: value for key, value in node.data.items() if key not in kept}
        base = {**self._moments(kind), **_defaults(kind)} if existing is None else existing.model_dump()
        record = _validated(kind, {**_merged(base, given), **owner})
        if isinstance(record, ValidationError):
            for problem in record.errors():
                node.wrong(*problem["loc"], message=_said(problem["type"], problem["msg"]))
            return None
        for key, message in _further(record, given):
            node.wrong(*key.split(".", maxsplit=1), message=message)
        return record

    def _check_filter(self, node: _Node) -> None:
        name = node.data.get("filter_name")
        if name is not None and self._filters and name not in self._filters:
            only = ", ".join(map(str, self._filters))
            node.wrong("filter_name", message=f"the profile has no filter {name!r}, only {only}")

    def _moments(self, kind: type[Record]) -> dict[str, Any]:
        return {name: self._now for name in ("created_at", "trained_at") if name in kind.model_fields}


def _further(record: Record, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the fields of a valid record, as the commands that edit one see it."""
    yield from conflicts(record, given)
    if isinstance(record, Project):
        known = known_weights() if "rule_weights" in given else record.rule_weights
        for name in sorted(set(given.get("rule_weights", ())) - set(known)):
            yield f"rule_weights.{name}", f"unknown; there are {', '.join(known)}"
    if given.get("constraints") and isinstance(record, Project | Target):
        try:
            check_constraints(given["constraints"])
        except ValueError as error:
            yield "constraints", str(error)


def _is_words(order: Any) -> bool:
    return isinstance(order, str) or (isinstance(order, list) and all(isinstance(each, str) for each in order))


def _id_of(record: Record | None) -> int:
    """Return the id of a stored record, or that of nobody."""
    return _NOBODY if record is None or record.id is None else record.id


def _filters_of(profile: Profile | None, node: _Node | None) -> Sequence[Any]:
    """Return the filters of a profile, as the document gives them where the profile is wrong."""
    if profile is not None:
        return profile.filters
    given = None if node is None else node.data.get("filters")
    return given if isinstance(given, list | tuple) else ()


def _said(kind: str, message: str) -> str:
    """Return a problem of validation in words for the user."""
    return _WORDS.get(kind) or plain(message)


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
        before = base.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            merged[name] = _merged(before, value)
    return merged


def _validated(kind: type[R], fields: Mapping[str, Any]) -> R | ValidationError:
    """Return a record of these fields, or what is wrong with them."""
    try:
        return kind.model_validate(dict(fields))
    except ValidationError as error:
        return error
