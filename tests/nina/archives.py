"""Exports and imports profiles in tests, makes stores full of everything, and compares what stores hold."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from imports import Silence

from tsplug.app import create_profile_archive, open_profile_archive
from tsplug.model import (
    AcquiredImage,
    CadenceItem,
    Contribution,
    CountAdjustment,
    Counter,
    CriteriaRow,
    CriteriaSet,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    GradingStatus,
    OrderAction,
    OrderItem,
    Profile,
    Project,
    Record,
    Site,
    StatusChange,
    Target,
    Thumbnail,
    TrainedFlat,
    Trend,
    Verdict,
)
from tsplug.ports import Store
from tsplug.services.profile_export import ArchiveExport, ExportRequest, export_profile
from tsplug.services.profile_import import ArchiveImport, Manner, import_archive
from tsplug.testing import ManualClock, stocked_store
from tsplug.testing.night import record_night

NIGHT = datetime(2026, 1, 15, 20, tzinfo=UTC)
KINDS: tuple[type[Record], ...] = (
    *(Site, Profile, CriteriaSet, CriteriaRow, ExposureTemplate, Project, Contribution, Target, ExposurePlan),
    *(CountAdjustment, TrainedFlat, FlatSet, FlatSetFile, FlatHistory, AcquiredImage, Verdict, StatusChange, Thumbnail),
)
_REFS: dict[str, type[Record]] = {
    "site_id": Site,
    "profile_id": Profile,
    "project_id": Project,
    "target_id": Target,
    "template_id": ExposureTemplate,
    "plan_id": ExposurePlan,
    "image_id": AcquiredImage,
    "flat_set_id": FlatSet,
    "set_id": CriteriaSet,
}


def export(file: Path, store: Store, *, profile: str = "Refractor", thumbnails: bool = True) -> ArchiveExport:
    """Export a profile, over a file that is there."""
    with store.read() as unit:
        found = unit.find(Profile, name=profile)
    assert found is not None
    request = ExportRequest(str(file), found.id or 0, "0.0", thumbnails)
    with create_profile_archive(file, force=True) as sink:
        return export_profile(sink, store, request=request, clock=ManualClock(), progress=Silence())


def bring(file: Path, store: Store, **manner: bool) -> ArchiveImport:
    """Import an archive."""
    with open_profile_archive(file) as source:
        return import_archive(source, store, clock=ManualClock(), progress=Silence(), manner=Manner(**manner))


def holdings(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return what a store holds, with guids where ids are, in an order of its own."""
    with store.read() as unit:
        records = {kind: unit.list(kind) for kind in KINDS}
    guids = {(kind, each.id): str(getattr(each, "guid", "")) for kind in KINDS for each in records[kind]}
    return {kind.__name__: sorted((_plain(each, guids) for each in records[kind]), key=repr) for kind in KINDS}


def _plain(record: Record, guids: dict[tuple[type[Record], int | None], str]) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in type(record).model_fields if name != "id"}
    for name, kind in _REFS.items():
        if values.get(name) is not None:
            values[name] = guids.get((kind, values[name]), "gone")
    if isinstance(record, Verdict) and "population" in record.inputs:
        ids = record.inputs["population"].get("ids", [])
        values["inputs"] = {**record.inputs, "population": [guids.get((AcquiredImage, each), "gone") for each in ids]}
    return {name: repr(value) for name, value in values.items()}


def full_store() -> Store:
    """Return a store with a recorded night and something of every kind that an archive carries."""
    store = stocked_store()
    record_night(store)
    with store.write() as unit:
        other = unit.add(Profile(name="Zweites Rohr 🔭"))
        project = unit.list(Project)[0]
        unit.add(Contribution(project_id=project.id or 0, profile_id=other.id or 0))
        criteria = unit.add(CriteriaSet(name="Meine"))
        unit.add(
            CriteriaRow(set_id=criteria.id or 0, metric="hfr", trend=Trend.LOWER_IS_BETTER, good=1, bad=4, weight=2)
        )
        target = unit.list(Target)[0]
        plan = unit.list(ExposurePlan, target_id=target.id)[0]
        exposure = {"action": OrderAction.EXPOSURE, "plan_guid": plan.guid}
        order = [OrderItem(**exposure), OrderItem(action=OrderAction.DITHER)]
        cadence = [CadenceItem(**exposure, next=True)]
        unit.update(target.model_copy(update={"override_order": order, "filter_cadence": cadence}))
        unit.adjust_counter(plan.id or 0, Counter.ACQUIRED, delta=3, why="edited", at=NIGHT)
        image = unit.list(AcquiredImage)[0]
        guest = image.model_copy(
            update={"id": None, "guid": "guest", "profile_id": other.id, "metrics": {"hfr": 0.1 + 0.2}}
        )
        unit.add_image(guest.model_copy(update={"status": GradingStatus.ACCEPTED, "extra": {"Ä": [1, None]}}))
        peers = {"population": {"ids": [each.id for each in unit.list(AcquiredImage)[:3]]}}
        unit.update(unit.list(Verdict)[0].model_copy(update={"inputs": peers}))
        history = unit.list(FlatHistory)[0]
        alone = {"id": None, "flat_set_id": None, "flats_type": "sky", "session_date": date(2026, 1, 2)}
        unit.add(history.model_copy(update=alone))
    return store


def rewrite(file: Path, changes: dict[str, Any]) -> Path:
    """Write an archive anew with other members: bytes, lists of documents, or None to leave one out."""
    with ZipFile(file) as archive:
        members: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    members |= {name: _packed(value) for name, value in changes.items()}
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if data is not None:
                archive.writestr(name, data)
    return file


def documents(file: Path, part: str) -> list[dict[str, Any]]:
    """Return the documents of a part."""
    with ZipFile(file) as archive:
        return [json.loads(line) for line in archive.read(f"{part}.jsonl").splitlines()]


def manifest(file: Path) -> dict[str, Any]:
    """Return the manifest."""
    with ZipFile(file) as archive:
        return dict(json.loads(archive.read("manifest.json")))


def _packed(value: Any) -> bytes | None:
    if isinstance(value, dict):
        return json.dumps(value).encode()
    if isinstance(value, list):
        return b"".join(json.dumps(each).encode() + b"\n" for each in value)
    return None if value is None else bytes(value)
