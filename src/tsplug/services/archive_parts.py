"""The parts of an archived profile: of which kind their records are, what these refer to, and what hangs on them.

A document is ``{"record": fields, "refs": {field: guid}, "children": {name: [fields]}}``; ids never leave the store.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from tsplug.model import (
    AcquiredImage,
    Contribution,
    CountAdjustment,
    CriteriaRow,
    CriteriaSet,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    Profile,
    Project,
    Record,
    Site,
    StatusChange,
    Target,
    Thumbnail,
    TrainedFlat,
    Verdict,
)
from tsplug.model.wording import problems_of
from tsplug.ports import Document

R = TypeVar("R", bound=Record)

COUNTERS = ("acquired", "accepted")


@dataclass(frozen=True)
class Child:
    """What hangs on a record: its kind, the field that names its owner, and what tells two of one owner apart.

    No key means that all fields do. ``unique`` says that the key of one owner can be there once only.
    """

    kind: type[Record]
    owner: str
    key: tuple[str, ...] = ()
    unique: bool = False


@dataclass(frozen=True)
class Part:
    """One member of an archive.

    ``outside`` are references that may lead to records which are not in the archive; ``key`` identifies records without
    a guid, none of which means all fields; ``kept`` records are not changed where they are stored already, and
    ``shared`` ones belong to no profile, so that a copy refers to the same.
    """

    name: str
    kind: type[Record]
    refs: Mapping[str, type[Record]] = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    children: Mapping[str, Child] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    kept: bool = False
    shared: bool = False

    @property
    def has_guid(self) -> bool:
        """Return whether its records are known by a guid."""
        return "guid" in self.kind.model_fields


IMAGES = Part(
    "images",
    AcquiredImage,
    refs={"profile_id": Profile, "project_id": Project, "target_id": Target, "plan_id": ExposurePlan},
    outside=("profile_id", "project_id", "target_id", "plan_id"),
    children={
        "status_changes": Child(StatusChange, "image_id"),
        "thumbnails": Child(Thumbnail, "image_id", key=("tag",), unique=True),
    },
    kept=True,
)
VERDICTS = Part(
    "verdicts",
    AcquiredImage,
    children={"verdicts": Child(Verdict, "image_id", key=("grader", "version", "status", "judged_at"))},
    kept=True,
)
"""Verdicts of images that came before, because a verdict names the images it compared with."""

PLANS = Part(
    "plans",
    ExposurePlan,
    refs={"target_id": Target, "template_id": ExposureTemplate},
    children={"adjustments": Child(CountAdjustment, "plan_id")},
)
PARTS: tuple[Part, ...] = (
    Part("sites", Site, kept=True, shared=True),
    Part("profiles", Profile, refs={"site_id": Site}),
    Part(
        "criteria_sets",
        CriteriaSet,
        children={"rows": Child(CriteriaRow, "set_id", key=("metric",), unique=True)},
        kept=True,
        shared=True,
    ),
    Part("templates", ExposureTemplate, refs={"profile_id": Profile}),
    Part("projects", Project, refs={"profile_id": Profile}),
    Part(
        "contributions",
        Contribution,
        refs={"project_id": Project, "profile_id": Profile},
        outside=("project_id", "profile_id"),
    ),
    Part("targets", Target, refs={"project_id": Project}),
    PLANS,
    Part(
        "trained_flats",
        TrainedFlat,
        refs={"profile_id": Profile},
        key=("profile_id", "filter_name", "gain", "offset", "binning", "readout_mode"),
    ),
    Part(
        "flat_sets",
        FlatSet,
        refs={"profile_id": Profile},
        children={"files": Child(FlatSetFile, "flat_set_id", key=("guid",), unique=True)},
        kept=True,
    ),
    Part(
        "flat_history",
        FlatHistory,
        refs={"profile_id": Profile, "target_id": Target, "flat_set_id": FlatSet},
        outside=("target_id",),
        # Whether it was revoked is no part of which it is: an older archive does not make flats good again.
        key=tuple(name for name in FlatHistory.model_fields if name not in ("id", "revoked_at", "revoked_why")),
        kept=True,
    ),
    IMAGES,
    VERDICTS,
)
"""In an order in which everything comes after what it refers to."""


def document(
    part: Part, record: Record, *, refs: Mapping[str, str], children: Mapping[str, Sequence[Record]]
) -> Document:
    """Return a record as a document."""
    left_out = {*part.refs, *(COUNTERS if part is PLANS else ())}
    made: Document = {"record": {"guid": getattr(record, "guid", "")} if part is VERDICTS else _plain(record, left_out)}
    if refs:
        made["refs"] = dict(refs)
    hanging = {
        name: [_plain(each, {part.children[name].owner}) for each in each_kind]
        for name, each_kind in children.items()
        if each_kind
    }
    return made | ({"children": hanging} if hanging else {})


def record_of(part: Part, values: Document, *, refs: Mapping[str, int | None]) -> Record:
    """Return the record of a document whose references have been resolved.

    Raises:
        ValueError: it has not the form of its kind; the text says which field.
    """
    return _validated(part.kind, {**_fields(values.get("record")), **refs})


def children_of(part: Part, values: Document) -> dict[str, list[dict[str, Any]]]:
    """Return what hangs on a document's record, as fields.

    Raises:
        ValueError: it has not the form of a document.
    """
    hanging = values.get("children", {})
    unknown = sorted(set(_fields(hanging)) - set(part.children))
    if unknown or not all(isinstance(each, list) for each in hanging.values()):
        raise ValueError(f"children {unknown or 'that are no lists'} are not known")
    return {name: [_fields(each) for each in hanging.get(name, [])] for name in part.children}


def image_of(values: Document) -> str:
    """Return the guid of the image that a document of verdicts is about.

    Raises:
        ValueError: it has not the form of one.
    """
    guid = _fields(values.get("record")).get("guid")
    if not isinstance(guid, str):
        raise ValueError("guid: it names no image")
    return guid


def child_record(child: Child, fields: Mapping[str, Any], *, owner_id: int) -> Record:
    """Return a record that hangs on another.

    Raises:
        ValueError: it has not the form of its kind.
    """
    values = {**fields, child.owner: owner_id}
    if child.kind is Thumbnail:
        try:
            values["data"] = b64decode(str(fields.get("data", "")), validate=True)
        except ValueError as error:
            raise ValueError(f"data: {error}") from error
    return _validated(child.kind, values)


def with_peers(fields: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a verdict's fields with other names for the images it compared with; nameless ones are left out."""
    inputs = fields.get("inputs")
    peers = inputs.get("population") if isinstance(inputs, dict) else None
    if not isinstance(inputs, dict) or not isinstance(peers, dict) or not isinstance(peers.get("ids"), list):
        return dict(fields)
    changed = [name for name in map(change, peers["ids"]) if name is not None]
    return {**fields, "inputs": {**inputs, "population": {**peers, "ids": changed}}}


def values_but(record: Record, *names: str) -> dict[str, Any]:
    """Return the fields of a record without its id and some others."""
    return {name: getattr(record, name) for name in type(record).model_fields if name not in {"id", *names}}


def _plain(record: Record, left_out: set[str]) -> dict[str, Any]:
    exclude = {"id", *left_out}
    if isinstance(record, Thumbnail):
        data = b64encode(record.data).decode("ascii")
        return record.model_dump(mode="json", exclude=exclude | {"data"}) | {"data": data}
    return record.model_dump(mode="json", exclude=exclude)


def _fields(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("it has not the form of a document")
    if "id" in value:
        raise ValueError("id: ids do not travel")
    return value


def _validated(kind: type[R], values: Mapping[str, Any]) -> R:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise ValueError(problems_of(error)[0]) from error
