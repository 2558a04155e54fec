"""What graders that are not built in said of frames, as far as it still counts; a regrade does not ask them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tsplug.grading.combine import ERROR_INPUT
from tsplug.model import AcquiredImage, GradingStatus, StatusChange, Verdict
from tsplug.model.json_text import decoded
from tsplug.ports import Unit, VerdictRow, ids_of


def last_cleared(changes: Iterable[StatusChange]) -> datetime | None:
    """Return when the status of an image was last cleared, None where it never was; what was said before is void."""
    cleared = [each.at for each in changes if each.to_status is GradingStatus.PENDING and each.from_status is not None]
    return cleared[-1] if cleared else None


def still_counting(
    said: Mapping[int, Sequence[VerdictRow]], images: Mapping[int, AcquiredImage], *, plan_id: int, unit: Unit
) -> dict[int, list[VerdictRow]]:
    """Return which of the verdicts of others count for their images, both by the images' ids.

    What was said before the status was last cleared does not, nor an error once the frame has a status: either the
    grader was asked again, or it is gone.
    """
    if not said:
        return {}
    void = _void(plan_id, unit)
    found = {
        key: [row for row in rows if row.id not in void and not _is_over(row, images[key])]
        for key, rows in said.items()
    }
    return {key: rows for key, rows in found.items() if rows}


def _void(plan_id: int, unit: Unit) -> set[int | None]:
    """Return the ids of the verdicts that were made before the status of their image was last cleared."""
    changes: defaultdict[int, list[StatusChange]] = defaultdict(list)
    of_plan = ids_of(AcquiredImage, plan_id=plan_id)
    for change in unit.list(StatusChange, image_id=of_plan, to_status=GradingStatus.PENDING):
        changes[change.image_id].append(change)
    cleared = {key: at for key, lines in changes.items() if (at := last_cleared(lines)) is not None}
    if not cleared:
        return set()
    verdicts = unit.list(Verdict, image_id=of_plan)
    return {each.id for each in verdicts if each.image_id in cleared and each.judged_at < cleared[each.image_id]}


def _is_over(row: VerdictRow, image: AcquiredImage) -> bool:
    return image.status is not GradingStatus.PENDING and bool(decoded(row.inputs).get(ERROR_INPUT))
