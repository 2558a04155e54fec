"""Images that an import brought and that the database has no longer: they stay, and still count as imported."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Set

from tsplug.model import AcquiredImage, GradingStatus, StatusChange
from tsplug.services.nina_import_grades import BY
from tsplug.services.nina_import_images import Images
from tsplug.services.nina_upsert import ImportRun, batches_of


def vanished(run: ImportRun, plan_id: int, *, images: Images, known: Set[int]) -> Tally[GradingStatus]:
    """Return what a plan's images count for that came from the database and are gone there.

    Such an image is known by the first line of its audit trail. It counts as the last import left it, so that a grade
    given here stays on top of that, as it does for images that are still there.

    Args:
        run: the import.
        plan_id: the plan.
        images: what this import carried.
        known: ids of the images that the database still has.
    """
    found: Tally[GradingStatus] = Tally()
    if run.unit.count(AcquiredImage, plan_id=plan_id) <= images.present[plan_id]:
        return found
    rest = [image.id or 0 for image in run.unit.list(AcquiredImage, plan_id=plan_id) if image.id not in known]
    for chunk in batches_of(rest):
        found.update(_imported(run, chunk))
    return found


def _imported(run: ImportRun, image_ids: list[int]) -> Iterator[GradingStatus]:
    """Yield the status that the last import gave each of the images that began with one."""
    began, last = set(), {}
    for line in run.unit.list(StatusChange, image_id=image_ids, by=BY):
        began |= {line.image_id} if line.from_status is None else set()
        last[line.image_id] = line.to_status
    yield from (last[image_id] for image_id in sorted(began))
