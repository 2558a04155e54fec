"""Runs imports and exports in tests, and compares what stores hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tsplug.app import create_scheduler_database, open_scheduler_database
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    OrderItem,
    Profile,
    Project,
    Record,
    Target,
    Thumbnail,
)
from tsplug.ports import Clock, Store
from tsplug.services.nina_export import export_database
from tsplug.services.nina_import import import_database
from tsplug.services.nina_report import ExportReport, ImportReport
from tsplug.testing import ManualClock

_IDS = {
    "profile_id": Profile,
    "project_id": Project,
    "target_id": Target,
    "template_id": ExposureTemplate,
    "plan_id": ExposurePlan,
    "image_id": AcquiredImage,
}


class Silence:
    """Progress that nobody watches."""

    def report(self, message: str, *, done: int | None = None, total: int | None = None) -> None:
        """Take it."""


def import_file(file: Path, store: Store, *, clock: Clock | None = None, dry_run: bool = False) -> ImportReport:
    """Import a database."""
    with open_scheduler_database(file) as source:
        return import_database(source, store, clock=clock or ManualClock(), progress=Silence(), dry_run=dry_run)


def export_file(file: Path, store: Store, *, profile_id: int | None = None) -> ExportReport:
    """Export a store."""
    with create_scheduler_database(file, force=True) as sink:
        return export_database(sink, store, file=str(file), progress=Silence(), profile_id=profile_id)


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return what a store holds of a catalogue and its images, with guids where ids are, in an order of its own."""
    kinds = (Profile, Project, Target, ExposureTemplate, ExposurePlan, AcquiredImage, Thumbnail, FlatHistory)
    with store.read() as unit:
        names = {kind: {each.id: str(getattr(each, "guid", "")) for each in unit.list(kind)} for kind in kinds}
        return {kind.__name__: sorted((_plain(each, names) for each in unit.list(kind)), key=repr) for kind in kinds}


def _plain(record: Record, names: dict[type, dict[int | None, str]]) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in type(record).model_fields if name != "id"}
    for name, kind in _IDS.items():
        if values.get(name) is not None:
            values[name] = names[kind].get(values[name], "gone")
    return {name: _shown(value) for name, value in values.items()}


def _shown(value: Any) -> Any:
    return [item.model_dump(mode="json") for item in value] if _are_items(value) else value


def _are_items(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, OrderItem) for item in value)
