"""Plans of which a regrade is known to change nothing, so that none of their frames is read: it led to itself before.

What is remembered of a plan is a digest of all that a regrade of it rests on: the settings, and every value that is
stored of its frames and their verdicts. So nobody who changes any of them need tell. Where the digest is another, the
plan is judged as if nothing were remembered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from tsplug.errors import StoreError, TsplugError
from tsplug.grading.criteria import Criteria
from tsplug.grading.criteria_verdict import VERSION as CRITERIA
from tsplug.grading.provenance import digest
from tsplug.grading.statistical import VERSION as STATISTICAL
from tsplug.metrics import METRICS
from tsplug.model import Band, ExposurePlan, Profile, Record, SettledPlan
from tsplug.ports import StoredFrames, Unit
from tsplug.services.criteria_documents import document_of
from tsplug.services.criteria_grader import CriteriaGrader
from tsplug.services.graders import GRADERS
from tsplug.services.plan_images import PlanImages
from tsplug.services.regrade_outcomes import OURS, Decided, Footing
from tsplug.services.regrade_scope import Scope

_PART = 5000
_BANDS = {"", *(band.value for band in Band)}
_COUNTERS = ("acquired", "accepted")
CODE = (STATISTICAL, CRITERIA, *(each.name for each in GRADERS), repr(sorted(METRICS.items())))
"""What of tsplug itself verdicts rest on: the graders there are, their versions, and the metrics."""


class Footings:
    """What the plans of one run are judged by; ``criteria`` is the grader that judges them, ``code`` what judges."""

    def __init__(self, scope: Scope, criteria: CriteriaGrader, *, code: Sequence[str] = CODE) -> None:
        request = scope.request
        self._code = tuple(code)
        self._scope = scope
        self._criteria = criteria
        self._asked = (
            *(request.first, request.last, request.include_manual, request.keep_statistics, request.leave_pending),
            request.criteria is not None,
            None if scope.rig is None else scope.rig.id,
        )
        # Such runs judge otherwise what they themselves have written: it is known what the next one finds unchanged.
        self._leads_on = not (request.keep_statistics or request.leave_pending)
        self._told: dict[int, tuple[object, str]] = {}

    def of(self, plans: Sequence[PlanImages], unit: Unit) -> dict[int, Footing]:
        """Return what plans are judged by, by their ids; those are left out of which that cannot be known again.

        Such are plans with frames of a night that is not over, since what waits in it changes with the time, and plans
        with verdicts of graders that are not built in, since these count by what the audit trail says.
        """
        stored = unit.stored_frames([plan.plan.id or 0 for plan in plans])
        found: dict[int, Footing] = {}
        for plan in plans:
            frames = stored[plan.plan.id or 0]
            if frames.graders <= OURS and self._is_over(plan, frames):
                settings = self._settings(plan, frames, unit=unit)
                if settings is not None:
                    found[plan.plan.id or 0] = Footing(settings, frames.digest, leads_on=self._leads_on)
        return found

    def _is_over(self, plan: PlanImages, frames: StoredFrames) -> bool:
        return all(
            self._scope.noons.is_over(each.session_date, plan.profile(each.profile_id), last_started=each.last_started)
            for each in frames.nights
        )

    def _settings(self, plan: PlanImages, frames: StoredFrames, *, unit: Unit) -> str | None:
        """Return the digest of all else that judging a plan rests on; None where some of it cannot be found."""
        rigs = {rig.id or 0: rig for rig in (plan.profile(each.profile_id) for each in frames.nights)}
        ordered = [rigs[key] for key in sorted(rigs)]
        try:
            sets = [self._set_of(rig, unit) for rig in ordered]
        except StoreError:
            raise
        except TsplugError:
            return None
        own = plan.plan.model_copy(update=dict.fromkeys(_COUNTERS, 0))
        places = map(self._text, (plan.template, plan.target, plan.project, plan.owner, *ordered))
        return digest(self._code, self._asked, own.model_dump(mode="json"), *places, *sets)

    def _set_of(self, rig: Profile, unit: Unit) -> str:
        if not self._criteria.enabled(rig):
            return ""
        found = self._criteria.set_of(rig, unit)
        return self._once(found.set, lambda: digest(document_of(found))) if isinstance(found, Criteria) else found

    def _text(self, record: Record) -> str:
        return self._once(record, lambda: digest(record.model_dump(mode="json")))

    def _once(self, record: Record, text: Callable[[], str]) -> str:
        """Return the text of a record, once made for each; the record is kept, so that no other takes its place."""
        known = self._told.get(id(record))
        if known is None:
            known = self._told[id(record)] = record, text()
        return known[1]


def settled_among(plans: Sequence[PlanImages], footings: Mapping[int, Footing], *, unit: Unit) -> dict[int, Decided]:
    """Return what those of the plans come to, by their ids, that are known to be settled."""
    by_id = {plan.plan.id or 0: plan for plan in plans}
    # What cannot be read is as good as not known.
    known = unit.sift(SettledPlan, [], plan_id=list(footings)) if footings else ()
    return {
        each.plan_id: Decided(by_id[each.plan_id], each.processed, each.by_hand, same_bands=_bands(each.bands))
        for each in known
        if each.digest == footings[each.plan_id].digest and _BANDS.issuperset(each.bands)
    }


class Settling:
    """Notes which plans are settled by what is written of them; made before that, in the same transaction.

    A plan of which nothing changes is settled as it was found. One that is written is settled as it then is, if it was
    still what it was judged by: by construction the state that is written leads to itself.
    """

    def __init__(self, decided: Sequence[Decided], unit: Unit) -> None:
        self._unit = unit
        self._unchanged = [each for each in decided if each.footing is not None and not each.changes_anything]
        changed = [each for each in decided if each.footing is not None and each.changes_anything]
        written = {_id(each): each for each in changed if each.footing and each.footing.leads_on}
        found = unit.stored_frames(list(written)) if written else {}
        self._written = {
            key: each for key, each in written.items() if each.footing and each.footing.frames == found[key].digest
        }

    def note(self, lost: Collection[int]) -> None:
        """Note it after everything was written but what concerns some images."""
        touched = set(lost)
        sound = {key: each for key, each in self._written.items() if touched.isdisjoint(_images(each))}
        after = self._unit.stored_frames(list(sound)) if sound else {}
        rows = [_row(each, each.footing.digest) for each in self._unchanged if each.footing]
        rows += [
            _row(each, Footing(each.footing.settings, after[key].digest).digest)
            for key, each in sound.items()
            if each.footing
        ]
        # A plan may have been deleted since it was judged.
        there = self._unit.stored_among(ExposurePlan, [row.plan_id for row in rows])
        rows = [row for row in rows if row.plan_id in there]
        ids = [row.plan_id for row in rows]
        for start in range(0, len(ids), _PART):
            self._unit.delete_all(SettledPlan, plan_id=ids[start : start + _PART])
        self._unit.add_many(rows)


def _id(decided: Decided) -> int:
    return decided.plan.plan.id or 0


def _images(decided: Decided) -> Iterable[int]:
    yield from (each.image_id for each in decided.changed)
    yield from (row.image_id for row in decided.verdicts)
    yield from (image_id for image_id, _ in decided.gone)


def _row(decided: Decided, digest_: str) -> SettledPlan:
    bands = Counter(decided.same_bands or {}) + Counter(each.band for each in decided.changed)
    return SettledPlan(
        plan_id=_id(decided),
        digest=digest_,
        processed=decided.processed,
        by_hand=decided.by_hand,
        bands={"" if band is None else band.value: number for band, number in bands.items()},
    )


def _bands(told: Mapping[str, int]) -> dict[Band | None, int]:
    return {Band(band) if band else None: number for band, number in told.items()}
