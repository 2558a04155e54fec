"""Import of a Target Scheduler database: everything in one transaction, again without doubling anything."""

from __future__ import annotations

from tsplug.ports import Clock, Progress, SchedulerSource, Store
from tsplug.services.nina_import_catalogue import import_catalogue
from tsplug.services.nina_import_counts import import_counts
from tsplug.services.nina_import_flats import import_flats
from tsplug.services.nina_import_images import import_images, import_thumbnails
from tsplug.services.nina_import_profiles import Profiles
from tsplug.services.nina_report import ImportReport
from tsplug.services.nina_upsert import ImportRun, check_tables


class _Undone(Exception):  # noqa: N818 - not an error: what was tried is undone on purpose
    """Leaves a unit of work without a trace, with the report of what would have changed."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


def import_database(
    source: SchedulerSource, store: Store, *, clock: Clock, progress: Progress, dry_run: bool = False
) -> ImportReport:
    """Bring a Target Scheduler database into the store and report what became of every row.

    Rows are found again by guid, or by a derived one where the database has none. What the database says wins over
    what is stored, but for what it cannot know: grades given here, measurements, images and counts of our own.

    Args:
        source: the database.
        store: where to.
        clock: for the audit trail.
        progress: told of large tables.
        dry_run: do everything, then undo it.

    Raises:
        InputError: the database is damaged; nothing is changed.
        StoreError: the store refused a change; nothing is changed.
    """
    try:
        with store.write() as unit:
            run = ImportRun(source, unit, now=clock.now(), progress=progress)
            report = _imported(run, dry_run=dry_run)
            if dry_run:
                raise _Undone(report)
            return report
    except _Undone as undone:
        return undone.report


def _imported(run: ImportRun, *, dry_run: bool) -> ImportReport:
    check_tables(run)
    profiles = Profiles(run)
    profiles.read_preferences()
    catalogue = import_catalogue(run, profiles)
    images = import_images(run, catalogue)
    import_thumbnails(run, images)
    import_flats(run, catalogue, images=images)
    import_counts(run, catalogue, images=images)
    return ImportReport(
        file=run.source.name,
        version=run.source.version,
        dry_run=dry_run,
        tables=run.ledger.tables,
        profiles=tuple(profiles.made),
        not_carried=run.ledger.not_carried,
    )
