"""What is kept of a plan that was regraded: little, however many its frames, so that many are written at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tsplug.grading.provenance import digest
from tsplug.grading.told import ToldVerdict
from tsplug.model import Band, GraderVerdict, GradingStatus
from tsplug.model.json_text import decoded, encoded
from tsplug.ports import VerdictRow
from tsplug.services.graders import GRADERS, NOBODY
from tsplug.services.plan_images import PlanImages
from tsplug.services.regrade_decisions import Regraded
from tsplug.services.standing_verdicts import StandingVerdict

OURS = frozenset({NOBODY, *(grader.name for grader in GRADERS)})
"""Whose verdicts a regrade replaces; those of any other grader stay and are combined as they are."""


class Outcome(NamedTuple):
    """A frame of which something changes: what it was, what it comes to, and ``why`` it has that status."""

    image_id: int
    target_name: str
    filter_name: str
    started: datetime
    from_status: GradingStatus
    to_status: GradingStatus
    from_reason: str
    reason: str
    why: str
    from_score: float | None
    score: float | None
    from_band: Band | None
    band: Band | None
    status_changes: bool
    score_changes: bool


@dataclass(frozen=True)
class Footing:
    """What a plan was judged by, as digests: of settings, and of what was stored of its frames.

    ``leads_on`` tells whether what is written of it leads to itself.
    """

    settings: str
    frames: str
    leads_on: bool = True

    @property
    def digest(self) -> str:
        """Return the digest of both."""
        return digest(self.settings, self.frames)


@dataclass(frozen=True)
class Decided:
    """What a plan's frames come to.

    Attributes:
        plan: the plan, without its frames.
        processed: how many frames were judged.
        by_hand: how many were not, because their status stands by hand.
        changed: those of which something changes.
        same_bands: how many of the others have which band.
        verdicts: what is to be stored of verdicts, by ids those in place of stored ones.
        gone: verdicts that nobody gives any more, each by the ids of its image and of itself.
        footing: what it was judged by; None where that may be known already, or cannot be known again.
    """

    plan: PlanImages
    processed: int
    by_hand: int
    changed: tuple[Outcome, ...] = ()
    same_bands: Mapping[Band | None, int] | None = None
    verdicts: tuple[VerdictRow, ...] = ()
    gone: tuple[tuple[int, int], ...] = ()
    footing: Footing | None = None

    @property
    def changes_anything(self) -> bool:
        """Return whether something is to be written of it."""
        return bool(self.changed or self.verdicts or self.gone)


def decided(
    plan: PlanImages, regraded: Sequence[Regraded], *, stored: Mapping[int, Sequence[VerdictRow]], by_hand: int
) -> Decided:
    """Return what is kept of a plan whose frames were judged; ``stored`` has their verdicts by the frames' ids."""
    verdicts: list[VerdictRow] = []
    gone: list[tuple[int, int]] = []
    same: Counter[Band | None] = Counter()
    changed: list[Outcome] = []
    for each in regraded:
        key = each.image.id or 0
        before = {row.grader: row for row in stored.get(key, ()) if row.grader in OURS}
        for verdict in each.verdicts:
            stood = before.pop(verdict.grader, None)
            row = _row(key, verdict, before=stood)
            # What makes a status is dated anew, though it be the same: else it would seem void since the last clearing.
            row = stood if row is None and each.status_changes else row
            verdicts += [] if row is None else [row]
        gone += [(key, row.id or 0) for row in before.values()]
        if each.status_changes or each.score_changes:
            changed.append(_outcome(each))
        else:
            same[each.band] += 1
    return Decided(plan, len(regraded), by_hand, tuple(changed), same, tuple(verdicts), tuple(gone))


def _row(image_id: int, verdict: GraderVerdict | ToldVerdict, *, before: VerdictRow | None) -> VerdictRow | None:
    """Return what is to be stored of a verdict, None where it is what is stored."""
    if isinstance(verdict, StandingVerdict):
        return None
    row = VerdictRow(
        id=None if before is None else before.id,
        image_id=image_id,
        grader=verdict.grader,
        version=verdict.version,
        status=verdict.status,
        score=verdict.score,
        band=verdict.band,
        reason=verdict.reason,
        inputs=verdict.text if isinstance(verdict, ToldVerdict) else encoded(verdict.inputs),
    )
    return None if before is not None and _same(before, row) else row


def _same(stored: VerdictRow, row: VerdictRow) -> bool:
    if _conclusion(stored) != _conclusion(row):
        return False
    # Equal texts are the rule. Another writer may set the same numbers down with other spaces.
    return stored.inputs == row.inputs or decoded(stored.inputs) == decoded(row.inputs)


def _conclusion(row: VerdictRow) -> tuple[object, ...]:
    return row.version, row.status, row.score, row.band, row.reason


def _outcome(regraded: Regraded) -> Outcome:
    image, _, combination, score, band = regraded
    return Outcome(
        image_id=image.id or 0,
        target_name=image.target_name,
        filter_name=image.filter_name,
        started=image.started,
        from_status=image.status,
        to_status=combination.status,
        from_reason=image.reject_reason,
        reason=regraded.reason,
        why=combination.reason,
        from_score=image.score,
        score=score,
        from_band=image.band,
        band=band,
        status_changes=regraded.status_changes,
        score_changes=regraded.score_changes,
    )
