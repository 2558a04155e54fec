"""What a night came to, as files: acquisition CSV and session summary per target imaged, and a page."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from tsplug.model import Project, Target
from tsplug.model.night import night_of
from tsplug.ports import Context, ImageQuery, Store
from tsplug.services.astrobin_export import export_target, write_export
from tsplug.services.night_data import NightData, load_night
from tsplug.services.night_page import night_page
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
    stems = _stems(data, context.store)
    written: list[Path] = []
    for done, target in enumerate(data.targets):
        context.progress.report(f"report of {target.name}", done=done, total=len(data.targets))
        export = export_target(target, context.store, now=context.clock.now())
        for note in export.notes:
            context.progress.report(f"{target.name}: {note}")
        written += write_export(export, out, stem=stems[target.guid])
    written.append(write_text(out / REPORT, night_page(data, generated=context.clock.now())))
    return tuple(written)


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
