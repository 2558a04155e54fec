"""Export to a Target Scheduler database: everything it has a place for, and word of what it has none for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo
from typing import Any

from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    FlatsType,
    Profile,
    Project,
    Site,
    Target,
    Thumbnail,
)
from tsplug.nina.database.schema import WRITTEN
from tsplug.ports import Progress, SchedulerSink, Store, Unit, ids_of
from tsplug.services.nina_export_losses import losses
from tsplug.services.nina_export_rows import (
    cadence_rows,
    flats_row,
    image_row,
    order_rows,
    plan_row,
    preference_row,
    project_row,
    target_row,
    template_row,
    thumbnail_row,
    weight_rows,
)
from tsplug.services.nina_image_pages import image_pages
from tsplug.services.nina_report import ExportReport, Ledger


def export_database(
    sink: SchedulerSink, store: Store, *, file: str, progress: Progress, profile_id: int | None = None
) -> ExportReport:
    """Write the store, or what belongs to one profile, into a new Target Scheduler database.

    Ids are those of the store, which it never gives out twice: nothing old falls to something new.

    Args:
        sink: the database in the making.
        store: what to write.
        file: how the database is called in the report.
        progress: told of large tables.
        profile_id: of the profile whose projects, templates, images and flat history are written; of all if None.

    Raises:
        NotFoundError: no such profile.
    """
    with store.read() as unit:
        export = _Export(sink, unit, progress=progress, profile_id=profile_id)
        tables = export.write()
        missing = losses(unit, export.ledger, profile_id=profile_id)
    return ExportReport(file=file, version=WRITTEN, tables=tables, not_carried=missing)


class _Export:
    """One export on its way."""

    def __init__(self, sink: SchedulerSink, unit: Unit, *, progress: Progress, profile_id: int | None) -> None:
        self._sink = sink
        self._unit = unit
        self._progress = progress
        self.ledger = Ledger()
        self._chosen = unit.list(Profile) if profile_id is None else [unit.get(Profile, profile_id)]
        self._all = profile_id is None
        # A light may come from a profile whose own projects stay behind.
        self._guids: dict[int | None, str] = {each.id: each.guid for each in unit.list(Profile)}
        self._zones = _zones(unit)
        ids = [each.id for each in self._chosen]
        self._projects = unit.list(Project, profile_id=ids)
        targets = ids_of(Target, project_id=ids_of(Project, profile_id=ids))
        self._targets = unit.list(Target, id=targets)
        self._plans = unit.list(ExposurePlan, target_id=targets)
        self._templates = self._needed_templates(ids)

    def write(self) -> dict[str, int]:
        """Write every table and return how many rows each has."""
        owners = {each.id: self._guids[each.profile_id] for each in self._projects}
        profile_of_target = {each.id: owners[each.project_id] for each in self._targets}
        plans: dict[int, list[str]] = {each.id or 0: [] for each in self._targets}
        for plan in self._plans:
            plans[plan.target_id].append(plan.guid)
        put = self._sink.write
        return {
            "profilepreference": put("profilepreference", (preference_row(each) for each in self._chosen)),
            "project": put("project", (project_row(each, self._guids[each.profile_id]) for each in self._projects)),
            "ruleweight": put("ruleweight", (row for each in self._projects for row in weight_rows(each))),
            "target": put("target", map(target_row, self._targets)),
            "exposuretemplate": put(
                "exposuretemplate", (template_row(each, self._guids[each.profile_id]) for each in self._templates)
            ),
            "exposureplan": put(
                "exposureplan", (plan_row(each, profile_of_target[each.target_id]) for each in self._plans)
            ),
            "overrideexposureorderitem": put("overrideexposureorderitem", order_rows(self._targets, plans)),
            "filtercadenceitem": put("filtercadenceitem", cadence_rows(self._targets, plans)),
            "flathistory": put("flathistory", self._flats()),
            **self._images(),
        }

    def _needed_templates(self, profile_ids: list[int | None]) -> list[ExposureTemplate]:
        """Return the templates of the profiles, and those of others that their plans use."""
        own = self._unit.list(ExposureTemplate, profile_id=profile_ids)
        used = {plan.template_id for plan in self._plans} - {each.id for each in own}
        return sorted([*own, *self._unit.list(ExposureTemplate, id=sorted(used))], key=lambda each: each.id or 0)

    def _flats(self) -> Iterator[Mapping[str, Any]]:
        targets = {each.id for each in self._targets}
        for row in self._unit.list(FlatHistory):
            # Target Scheduler knows no dark flats, and would take them for flats.
            if row.revoked_at is None and row.flats_type != FlatsType.DARK and (self._all or row.target_id in targets):
                yield flats_row(row, self._guids.get(row.profile_id, ""), zone=self._zones.get(row.profile_id, UTC))

    def _images(self) -> dict[str, int]:
        projects = {each.id for each in self._projects}
        profiles = {each.id for each in self._chosen}
        written = {"acquiredimage": 0, "imagedata": 0}
        for page in image_pages(self._unit):
            kept = [each for each in page if self._all or each.project_id in projects or each.profile_id in profiles]
            written["acquiredimage"] += self._sink.write("acquiredimage", map(self._image, kept))
            thumbnails = self._unit.list(Thumbnail, image_id=[each.id for each in kept])
            written["imagedata"] += self._sink.write("imagedata", map(thumbnail_row, thumbnails))
            self._progress.report("writing images", done=written["acquiredimage"])
        return written

    def _image(self, image: AcquiredImage) -> Mapping[str, Any]:
        return image_row(image, self._guids.get(image.profile_id))


def _zones(unit: Unit) -> dict[int | None, tzinfo]:
    """Return the time zones of the profiles whose site is known."""
    zones = {site.id: site.night_zone for site in unit.list(Site)}
    return {each.id: zones[each.site_id] for each in unit.list(Profile) if each.site_id in zones}
