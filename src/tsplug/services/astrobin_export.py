"""A target's acquisition CSV and session summary from its records; no frame is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tsplug.astrobin.acquisitions import AcquisitionRow
from tsplug.astrobin.acquisitions import acquisition_rows as rows_of
from tsplug.astrobin.csv_text import csv_text
from tsplug.astrobin.fields import CheckedRows, checked
from tsplug.astrobin.lights import Light, light_of
from tsplug.astrobin.summary import Flat, SessionSummary, summary_text
from tsplug.flats.history import TakenFlats
from tsplug.flats.sessions import light_sessions
from tsplug.model import (
    AcquiredImage,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FlatSetState,
    GradingStatus,
    Profile,
    Project,
    Site,
    Target,
)
from tsplug.ports import ImageQuery, Store, Unit
from tsplug.services.rigs import Rig, rig_of
from tsplug.services.writing import file_stem, write_text

ACCEPTED: frozenset[GradingStatus] = frozenset({GradingStatus.ACCEPTED})
"""The lights that count unless more are asked for."""


@dataclass(frozen=True)
class TargetExport:
    """What is exported of one target: its rows, those AstroBin would refuse, the summary, and what to know."""

    target: Target
    rows: CheckedRows
    summary: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Collected:
    """The lights that count, the flats linked to them, and how many lights of each status do not count."""

    lights: list[Light]
    flats: list[Flat]
    left_out: Mapping[GradingStatus, int]
    site: Site


def acquisition_rows(
    target: Target, store: Store, *, statuses: Collection[GradingStatus] = ACCEPTED
) -> tuple[AcquisitionRow, ...]:
    """Return the acquisition rows of a target's lights with one of the statuses, not yet checked against limits."""
    with store.read() as unit:
        return rows_of(_collect(unit, target, statuses=statuses).lights)


def export_target(
    target: Target, store: Store, *, now: datetime, statuses: Collection[GradingStatus] = ACCEPTED
) -> TargetExport:
    """Return a target's rows, checked against AstroBin's limits, and its session summary.

    Args:
        target: a stored target.
        store: where its lights are recorded.
        now: AstroBin refuses dates after this day at the site.
        statuses: which lights count.
    """
    with store.read() as unit:
        found = _collect(unit, target, statuses=statuses)
    rows = checked(rows_of(found.lights), today=now.astimezone(ZoneInfo(found.site.time_zone)).date())
    left_out = tuple(f"{status} lights: {count}" for status, count in found.left_out.items())
    summary = SessionSummary(target.name, found.lights, found.flats, generated=now, left_out=left_out)
    unmapped = sorted({light.filter_name for light in found.lights if light.filter_id is None})
    notes = tuple(
        f"filter {name!r} has no AstroBin id, its cells are empty: add it to the profile's astrobin_filters"
        for name in unmapped
    )
    refused = tuple(f"not in the CSV: {refusal}" for refusal in rows.refused)
    return TargetExport(target, rows, summary_text(summary), (*notes, *refused))


def write_export(export: TargetExport, out: Path, *, stem: str = "") -> tuple[Path, ...]:
    """Write the summary and, where there are rows, the CSV into a folder; return the files written.

    Args:
        export: what `export_target` returned.
        out: the folder, made if missing.
        stem: how the file names begin; the target's name if empty.

    Raises:
        FileError: a file cannot be written.
    """
    stem = stem or file_stem(export.target.name)
    summary = write_text(out / f"{stem}_session_summary.txt", export.summary)
    if not export.rows.rows:
        return (summary,)
    return (write_text(out / f"{stem}_acquisition.csv", csv_text(export.rows.rows)), summary)


def _collect(unit: Unit, target: Target, *, statuses: Collection[GradingStatus]) -> _Collected:
    images = unit.images(ImageQuery(target_id=target.id, newest_first=False))
    project = unit.get(Project, target.project_id)
    owner = rig_of(unit, unit.get(Profile, project.profile_id))
    by_rig: dict[int, list[AcquiredImage]] = defaultdict(list)
    for image in images:
        by_rig[image.profile_id or project.profile_id].append(image)
    lights: list[Light] = []
    flats: dict[str, Flat] = {}
    for profile_id, members in by_rig.items():
        # Lights of a rig that is gone are told with the equipment and site of the project's own.
        profile = unit.find(Profile, id=profile_id)
        rig = owner if profile is None else rig_of(unit, profile)
        linked = _linked_flats(unit, members, rig=rig)
        chosen = [image for image in members if image.status in statuses]
        own = {image.id: tuple(flat.name for flat in linked.get(image.id or 0, ())) for image in chosen}
        lights += [light_of(image, rig.profile, site=rig.site, flats=own[image.id]) for image in chosen]
        flats |= {flat.name: flat for image in chosen for flat in linked.get(image.id or 0, ())}
    lights.sort(key=lambda light: light.started)
    return _Collected(lights, list(flats.values()), _left_out(images, statuses), owner.site)


def _left_out(images: Sequence[AcquiredImage], statuses: Collection[GradingStatus]) -> dict[GradingStatus, int]:
    others = [status for status in GradingStatus if status not in statuses]
    counts = {status: sum(1 for image in images if image.status is status) for status in others}
    return {status: count for status, count in counts.items() if count}


def _linked_flats(unit: Unit, images: Iterable[AcquiredImage], *, rig: Rig) -> dict[int, tuple[Flat, ...]]:
    """Return for each image the flats that its light session is linked to."""
    images = list(images)
    targets = sorted({image.target_id for image in images if image.target_id is not None})
    history = unit.list(FlatHistory, profile_id=rig.profile.id, target_id=targets)
    flats = _flats_of_sets(unit, sorted({row.flat_set_id for row in history if row.flat_set_id is not None}))
    preferences = rig.profile.flats
    taken = TakenFlats((row for row in history if row.flat_set_id in flats), preferences=preferences)
    projects = unit.list(Project, id=sorted({image.project_id for image in images if image.project_id is not None}))
    sessions = light_sessions(
        images,
        {project.id: project for project in projects if project.id is not None},
        site=rig.site,
        preferences=preferences,
    )
    linked = {session: taken.of(session) for session in sessions}
    return {
        key: flats[row.flat_set_id]
        for session, row in linked.items()
        if row is not None and row.flat_set_id is not None
        for key in session.image_ids
    }


def _flats_of_sets(unit: Unit, set_ids: list[int]) -> dict[int, tuple[Flat, ...]]:
    sets = {item.id: item for item in unit.list(FlatSet, id=set_ids) if item.state is not FlatSetState.REVOKED}
    files: dict[int, list[Flat]] = {key: [] for key in sets if key is not None}
    for file in unit.list(FlatSetFile, flat_set_id=sorted(files)):
        files[file.flat_set_id].append(_flat(sets[file.flat_set_id], file))
    return {key: tuple(members) for key, members in files.items()}


def _flat(flat_set: FlatSet, file: FlatSetFile) -> Flat:
    return Flat(
        name=file.guid,
        filter_name=flat_set.filter_name,
        exposure_s=flat_set.exposure_s,
        gain=flat_set.gain,
        night=flat_set.night,
    )
