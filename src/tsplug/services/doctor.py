"""Check every invariant of a store against its rows and its files, and mend what can be mended."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tsplug.model import (
    AcquiredImage,
    CountAdjustment,
    Counter,
    ExposurePlan,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FlatSetState,
    GradingStatus,
    Record,
    StatusChange,
    Thumbnail,
    Value,
    Verdict,
)
from tsplug.ports import Clock, Dangling, FrameFiles, ImageQuery, Store, Unit

_REMOVABLE: tuple[type[Record], ...] = (Thumbnail, Verdict, StatusChange, CountAdjustment, FlatSetFile, FlatHistory)
# Records that mean nothing without what they refer to.


class Problem(Value):
    """An invariant that does not hold: of what, what was found, what was expected, and what to do."""

    invariant: str
    subject: str
    found: str
    expected: str
    fix: str


class Examination(Value):
    """How many checks were made, and the problems they found."""

    checked: int
    problems: tuple[Problem, ...] = ()


def examine(store: Store, files: FrameFiles) -> Examination:
    """Check every invariant: counters, references, audit trails, flat sets, and the files of lights and flats."""
    with store.read() as unit:
        facts = _facts(unit)
    results = [
        *_counters_add_up(facts),
        *_references_lead_somewhere(facts),
        *_trails_end_at_status(facts),
        *_sets_are_whole(facts),
        *_lights_are_on_disk(facts, files),
        *_flats_are_on_disk(facts, files),
    ]
    return Examination(checked=len(results), problems=tuple(result for result in results if result is not None))


def mend(store: Store, files: FrameFiles, *, clock: Clock) -> Examination:
    """Mend what needs no decision of the user, in one transaction, and return what is still wrong.

    Counters follow the rows and adjustments. Records that hang on nothing go. Audit trails get a line that leads to the
    status. Flats that are no longer on disk leave their set, whose light sessions become due again. No file is touched.
    """
    with store.read() as unit:
        lost = _lost_flats(_facts(unit), files)
    with store.write() as unit:
        facts = _facts(unit)
        for link in facts.dangling:
            if link.kind in _REMOVABLE:
                for record in unit.list(link.kind, id=link.id):
                    unit.delete(record)
        _mend_trails(facts, unit, clock=clock)
        _mend_sets(facts, unit, lost=lost)
        for plan in facts.plans:
            unit.recount(plan.id or 0)
    return examine(store, files)


@dataclass(frozen=True)
class _Facts:
    """One consistent picture of a store."""

    plans: list[ExposurePlan]
    images: list[AcquiredImage]
    adjustments: list[CountAdjustment]
    trails: dict[int, list[StatusChange]]
    sets: list[FlatSet]
    set_files: dict[int, list[FlatSetFile]]
    served: frozenset[int]
    dangling: list[Dangling]

    def expected(self) -> Tally[tuple[int, Counter]]:
        """Return what every plan's counters should be."""
        sums: Tally[tuple[int, Counter]] = Tally()
        for image in self.images:
            if image.plan_id is not None:
                sums[image.plan_id, Counter.ACQUIRED] += 1
                sums[image.plan_id, Counter.ACCEPTED] += image.status is GradingStatus.ACCEPTED
        for adjustment in self.adjustments:
            sums[adjustment.plan_id, adjustment.counter] += adjustment.delta
        return sums


def _facts(unit: Unit) -> _Facts:
    trails: defaultdict[int, list[StatusChange]] = defaultdict(list)
    for change in unit.list(StatusChange):
        trails[change.image_id].append(change)
    set_files: defaultdict[int, list[FlatSetFile]] = defaultdict(list)
    for file in unit.list(FlatSetFile):
        set_files[file.flat_set_id].append(file)
    return _Facts(
        plans=unit.list(ExposurePlan),
        images=list(unit.images(ImageQuery(newest_first=False))),
        adjustments=unit.list(CountAdjustment),
        trails=dict(trails),
        sets=unit.list(FlatSet),
        set_files=dict(set_files),
        served=frozenset(link.flat_set_id for link in unit.list(FlatHistory) if link.flat_set_id is not None),
        dangling=list(unit.dangling()),
    )


def _counters_add_up(facts: _Facts) -> Iterator[Problem | None]:
    expected = facts.expected()
    for plan in facts.plans:
        for counter, found in ((Counter.ACQUIRED, plan.acquired), (Counter.ACCEPTED, plan.accepted)):
            wanted = expected[plan.id or 0, counter]
            yield (
                None
                if found == wanted
                else Problem(
                    invariant=f"{counter.value} equals counted images plus adjustments",
                    subject=f"plan {plan.id} ({plan.guid})",
                    found=str(found),
                    expected=str(wanted),
                    fix="tsplug doctor --fix counts again",
                )
            )


def _references_lead_somewhere(facts: _Facts) -> Iterator[Problem | None]:
    yield None
    for link in facts.dangling:
        removable = link.kind in _REMOVABLE
        yield Problem(
            invariant="references lead somewhere",
            subject=f"{link.kind.__name__} {link.id}",
            found=f"{link.field} {link.value}, which is gone",
            expected=f"a {link.refers_to}",
            fix="tsplug doctor --fix removes it" if removable else "restore a backup, or delete it",
        )


def _trails_end_at_status(facts: _Facts) -> Iterator[Problem | None]:
    for image in facts.images:
        trail = facts.trails.get(image.id or 0, [])
        steps = [change.to_status.value for change in trail]
        whole = bool(steps) and steps[-1] == image.status
        yield (
            None
            if whole
            else Problem(
                invariant="the audit trail leads to the status",
                subject=_title(image),
                found=" -> ".join(steps) or "no audit trail",
                expected=image.status.value,
                fix="tsplug doctor --fix adds the missing line",
            )
        )


def _sets_are_whole(facts: _Facts) -> Iterator[Problem | None]:
    for flats in facts.sets:
        count = len(facts.set_files.get(flats.id or 0, []))
        yield (
            Problem(
                invariant="a flat set that serves lights has its frames",
                subject=f"flat set {flats.id} ({flats.filter_name}, {flats.night})",
                found=f"{count} frames recorded, {flats.state.value}",
                expected=f"a complete set of {flats.wanted} frames",
                fix="tsplug doctor --fix makes its light sessions due again",
            )
            if _is_not_whole(flats, count, serves=flats.id in facts.served)
            else None
        )


def _is_not_whole(flats: FlatSet, count: int, *, serves: bool) -> bool:
    """Return whether a set claims to be complete, or serves lights, without the frames for it."""
    if flats.state is FlatSetState.COMPLETE:
        return count < flats.wanted
    return serves and flats.state is not FlatSetState.REVOKED


def _lights_are_on_disk(facts: _Facts, files: FrameFiles) -> Iterator[Problem | None]:
    for image in facts.images:
        trouble = _trouble(image.file, files)
        yield (
            None
            if not trouble
            else Problem(
                invariant="the file of a light is on disk and readable",
                subject=_title(image),
                found=f"{image.file}: {trouble}",
                expected="a readable frame",
                fix="restore the file; the record stays",
            )
        )


def _flats_are_on_disk(facts: _Facts, files: FrameFiles) -> Iterator[Problem | None]:
    for flats in facts.sets:
        for frame in facts.set_files.get(flats.id or 0, []):
            trouble = _trouble(frame.file, files)
            yield (
                None
                if not trouble
                else Problem(
                    invariant="the file of a flat is on disk and readable",
                    subject=f"flat {frame.number} of set {flats.id} ({flats.filter_name}, {flats.night})",
                    found=f"{frame.file}: {trouble}",
                    expected="a readable frame",
                    fix="restore the file, or tsplug doctor --fix makes its light sessions due again",
                )
            )


def _mend_trails(facts: _Facts, unit: Unit, *, clock: Clock) -> None:
    for image in facts.images:
        trail = facts.trails.get(image.id or 0, [])
        last = trail[-1].to_status if trail else None
        if last is not image.status:
            unit.add(
                StatusChange(
                    image_id=image.id or 0,
                    from_status=last,
                    to_status=image.status,
                    by="doctor",
                    why="the audit trail did not lead to the status",
                    at=clock.now(),
                )
            )


def _lost_flats(facts: _Facts, files: FrameFiles) -> frozenset[int | None]:
    """Return the ids of the flats that are no longer on disk; found before the store is locked for writing."""
    frames = (frame for flats in facts.sets for frame in facts.set_files.get(flats.id or 0, []))
    return frozenset(frame.id for frame in frames if _trouble(frame.file, files))


def _mend_sets(facts: _Facts, unit: Unit, *, lost: frozenset[int | None]) -> None:
    for flats in facts.sets:
        frames = facts.set_files.get(flats.id or 0, [])
        gone = [frame for frame in frames if frame.id in lost]
        for frame in gone:
            unit.delete(frame)
        left = len(frames) - len(gone)
        if gone or _is_not_whole(flats, left, serves=flats.id in facts.served):
            for link in unit.list(FlatHistory, flat_set_id=flats.id):
                unit.delete(link)
            if flats.state not in (FlatSetState.REVOKED, FlatSetState.FLAGGED):
                flats.state = FlatSetState.INTERRUPTED if left else FlatSetState.REVOKED
            flats.message = f"{left} of {flats.wanted} frames are on disk"
            unit.update(flats)


def _trouble(file: str, files: FrameFiles) -> str:
    status = files.status(Path(file))
    return "" if status.exists and not status.problem else status.problem or "missing"


def _title(image: AcquiredImage) -> str:
    return f"image {image.id} ({image.target_name}, {image.filter_name}, {image.started:%Y-%m-%d %H:%M:%S})"
