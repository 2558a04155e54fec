"""What a night came to, as files: acquisition CSV and session summary per target imaged, and a page."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tsplug.model import AcquiredImage, Project, Target
from tsplug.model.night import night_of
from tsplug.ports import Context, ImageQuery, Store
from tsplug.services.astrobin_export import export_target, write_export
from tsplug.services.flats_coverage import Reach, flats_coverage
from tsplug.services.image_list import image_row
from tsplug.services.reporting.figures import figures_document, tallies_of
from tsplug.services.reporting.night_data import NightData, load_night
from tsplug.services.reporting.night_page import night_page
from tsplug.services.reporting.writing_page import check_may_write
from tsplug.services.rigs import load_rig
from tsplug.services.writing import file_stem, write_text

REPORT = "report.html"


def write_night_report(
    profile_guid: str, out: Path, *, context: Context, night: date | None = None
) -> tuple[Path, ...]:
    """Write the files of a night into a folder and return their paths, the page last.

    CSV and summary hold all of a target's accepted lights, of earlier nights too, since AstroBin replaces what an image
    had. What AstroBin would refuse, and filters without an AstroBin id, are told as progress.

    Args:
        profile_guid: the rig.
        out: the folder, made if missing.
        context: store, clock and progress.
        night: the date of the noon the night began at; if None the present night, or the one before it where the
            present one has no lights yet: a report is often written after noon.

    Raises:
        NotFoundError: no such profile.
        FileError: a file cannot be written.
    """
    data = load_night(context.store, profile_guid, day=night or _night_to_report(profile_guid, context))
    written = write_night_exports(data, out, context=context)
    # Unlike the command, a host replaces whatever is there: nobody is awake to be asked.
    return (*written, write_text(out / REPORT, night_page_of(data, context)))


def write_night_report_to(
    out: Path, *, profile_guid: str, day: date, context: Context, most_frames: int
) -> tuple[tuple[Path, ...], dict[str, Any]]:
    """Write the files of a night as `write_night_report` does, but over no page that is none of ours.

    Args:
        out: the folder, or an HTML file for the page alone.
        profile_guid: the rig.
        day: the date of the noon the night began at.
        context: store, clock and progress.
        most_frames: how many lights are listed, the newest.

    Returns:
        The files, the page last, and what the night is told as `night_document`.

    Raises:
        NotFoundError: no such profile.
        FileError: a file cannot be written, or something that is no report is in the page's place.
    """
    alone = out.suffix.lower() in (".html", ".htm") and not out.is_dir()
    page = out if alone else out / REPORT
    check_may_write(page)
    data = load_night(context.store, profile_guid, day=day, most_frames=most_frames)
    others = () if alone else write_night_exports(data, out, context=context)
    write_text(page, night_page_of(data, context))
    return (*others, page), night_document(data, context)


def write_night_exports(data: NightData, out: Path, *, context: Context) -> tuple[Path, ...]:
    """Write acquisition CSV and session summary of each target imaged into a folder and return their paths.

    Raises:
        FileError: a file cannot be written.
    """
    stems = _stems(data, context.store)
    written: list[Path] = []
    for done, target in enumerate(data.targets):
        context.progress.report(f"report of {target.name}", done=done, total=len(data.targets))
        export = export_target(target, context.store, now=context.clock.now())
        for note in export.notes:
            context.progress.report(f"{target.name}: {note}")
        written += write_export(export, out, stem=stems[target.guid])
    return tuple(written)


def night_page_of(data: NightData, context: Context) -> str:
    """Return the page of a night, with the flats coverage of its lights."""
    return night_page(data, generated=context.clock.now(), coverage=_coverage(data, context))


def night_document(data: NightData, context: Context) -> dict[str, Any]:
    """Return what is told of a night as JSON-ready values; seconds truncate each exposure to whole ones.

    ``filters`` stand in order of first appearance, ``total`` is all of them. ``lights`` are the newest ones,
    ``lights_total`` says how many there are.
    """
    by_name: dict[str, list[AcquiredImage]] = {}
    for image in data.images:
        by_name.setdefault(image.filter_name, []).append(image)
    return {
        "night": data.night.date,
        "profile": data.profile.name,
        "targets": [standing.document() for standing in data.standings],
        "plans": [plan.document() for plan in data.plans],
        **figures_document(tallies_of(data.images, data.site), by_name),
        "flats": [
            {**taken.flat_set.model_dump(mode="json", exclude={"profile_id"}), "frames": taken.frames}
            for taken in data.flats
        ],
        "coverage": _coverage(data, context),
        "lights_total": data.frames.total,
        "lights": [image_row(image) for image in data.frames.shown],
    }


def _coverage(data: NightData, context: Context) -> list[dict[str, Any]]:
    return flats_coverage(data.profile, context, reach=Reach(night=data.night.date))


def _night_to_report(profile_guid: str, context: Context) -> date:
    with context.store.read() as unit:
        rig = load_rig(unit, profile_guid)
        present = night_of(context.clock.now(), rig.site)
        lights = unit.images(ImageQuery(profile_id=rig.profile.id, started_before=context.clock.now(), limit=1))
        if lights and present.start - lights[0].started <= timedelta(days=1):
            return night_of(lights[0].started, rig.site).date
        return present.date


def _stems(data: NightData, store: Store) -> dict[str, str]:
    """Return how the files of each target begin; targets of one name are told apart by their project, then by id."""
    with store.read() as unit:
        projects = {target.guid: unit.get(Project, target.project_id).name for target in data.targets}

    def with_project(target: Target) -> str:
        return file_stem(f"{target.name} {projects[target.guid]}")

    stems: dict[str, str] = {}
    waiting: list[Target] = list(data.targets)
    for name in (_own_name, with_project, _with_id):
        # Folded, because some file systems do not tell M_81 from m_81.
        used = Counter(name(target).casefold() for target in waiting)
        stems |= {target.guid: name(target) for target in waiting if used[name(target).casefold()] == 1}
        waiting = [target for target in waiting if target.guid not in stems]
    return stems


def _own_name(target: Target) -> str:
    return file_stem(target.name)


def _with_id(target: Target) -> str:
    return file_stem(f"{target.name} {target.id}")
