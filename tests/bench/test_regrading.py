"""What regrading 100 000 images costs beside a straightforward loop over images, with equal results."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from front_queries import catalogue
from large_store import IMAGES_PER_PLAN, PLANS_PER_TARGET, fill
from stopwatch import line

from tsplug.grading.criteria import Criteria
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    GraderPreferences,
    GradingStatus,
    Profile,
    Project,
    StatusChange,
    Target,
    Trend,
    Verdict,
    VerdictStatus,
)
from tsplug.ports import ImageQuery, Unit
from tsplug.services.catalogue import load_catalogue
from tsplug.services.criteria import add_criteria, load_criteria
from tsplug.services.criteria_documents import default_document
from tsplug.services.regrade_scope import RegradeRequest
from tsplug.services.regrading import regrade
from tsplug.store.database import SqlStore, transaction
from tsplug.store.opening import open_sql_store
from tsplug.testing import FakeContext, ManualClock, recording_devices

COUNT = 100_000
LOOPED = 500
METRICS = """
UPDATE acquired_image SET detector = 'd', metrics = '{"hfr": ' || (2.0 + (id * 7919 % 1000) / 400.0)
  || ', "star_count": ' || (60 + id * 31 % 300) || ', "guiding_rms": ' || (0.4 + (id * 17 % 100) / 80.0)
  || ', "altitude": ' || (30 + id * 13 % 50) || '}'
"""


@pytest.mark.timeout(1800)
def test_regrading_beside_a_loop_over_images(tmp_path: Path) -> None:
    """Seconds for all images, an image in a plain loop beside ours, and the same again when nothing changes."""
    store = _filled(tmp_path / "store.sqlite")
    clock = ManualClock()
    context = FakeContext(store, clock, recording_devices(clock, tmp_path))
    everything = RegradeRequest(everything=True)
    begun = time.perf_counter()
    report = regrade(everything, context)
    first_s = time.perf_counter() - begun
    begun = time.perf_counter()
    assert regrade(everything, context).updated == 0
    again_s = time.perf_counter() - begun
    looped, loop_s = _loop(store)
    print(f"\n{report.updated:,} of {report.processed:,} images changed")
    _tell("regrade", first_s, loop_s=loop_s)
    _tell("again, nothing changes", again_s, loop_s=loop_s)
    with store.read() as unit:
        assert {image.id: image.score for image in unit.list(AcquiredImage, id=list(looped))} == looped
    tracemalloc.start()
    regrade(RegradeRequest(everything=True, dry_run=True), context)
    print(f"  peak of {tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB")
    tracemalloc.stop()
    store.close()


def _tell(subject: str, ours_s: float, *, loop_s: float) -> None:
    print(line(f"{subject}, {COUNT:,} images", ours_s=ours_s, peer="plain loop", peer_s=loop_s * COUNT))


def _filled(file: Path) -> SqlStore:
    """Return a store whose images all count in plans that exist, graded by criteria with deviation."""
    store = open_sql_store(str(file), ManualClock())
    load_catalogue(catalogue(), store, clock=ManualClock())
    fill(store, COUNT)
    document = default_document("Bench")
    document["rows"]["hfr"] |= {"deviation": True, "allowed_percent": 50}
    add_criteria(document, store)
    plans = COUNT // IMAGES_PER_PLAN
    with store.write() as unit:
        for project in unit.list(Project):
            unit.update(Project(**project.model_dump() | {"grading_enabled": True}))
        for profile in unit.list(Profile):
            grader = GraderPreferences(statistical=False, delay_percent=0, criteria_set="Bench")
            unit.update(Profile(**profile.model_dump() | {"grader": grader}))
        first_target, first_plan = unit.list(Target)[0], unit.list(ExposurePlan)[0]
        known_targets, known_plans = unit.count(Target), unit.count(ExposurePlan)
        for number in range(known_targets, plans // PLANS_PER_TARGET):
            unit.add(first_target.model_copy(update={"id": None, "guid": f"target {number}", "name": f"T {number}"}))
        for number in range(known_plans, plans):
            place = {"target_id": 1 + number // PLANS_PER_TARGET, "acquired": 0, "accepted": 0}
            unit.add(first_plan.model_copy(update={"id": None, "guid": f"plan {number}", **place}))
    with transaction(store._engine, writable=True) as connection:
        connection.exec_driver_sql(METRICS)
        connection.exec_driver_sql("DELETE FROM thumbnail")
        for counter, among in (("acquired", ""), ("accepted", " AND status = 'accepted'")):
            counted = f"SELECT count(*) FROM acquired_image WHERE plan_id = exposure_plan.id{among}"
            connection.exec_driver_sql(f"UPDATE exposure_plan SET {counter} = ({counted})")
    return store


def _loop(store: SqlStore) -> tuple[dict[int | None, float | None], float]:
    """Grade some images one by one, as one would at first: read its peers, score, write; undone in the end.

    Returns:
        The scores by id, and the seconds that an image takes.
    """
    scores: dict[int | None, float | None] = {}
    with store.read() as unit:
        criteria = load_criteria(unit, "Bench")
    begun = time.perf_counter()
    for image_id in range(2_001, 2_001 + LOOPED):
        with suppress(_Undone), store.write() as unit:
            image = unit.get(AcquiredImage, image_id)
            scores[image.id] = _score(criteria, image, unit=unit)
            _write(image, scores[image.id], unit=unit)
            raise _Undone
    return scores, (time.perf_counter() - begun) / LOOPED


class _Undone(Exception):  # noqa: N818 - the end of a rehearsal, not a fault
    pass


def _score(criteria: Criteria, image: AcquiredImage, *, unit: Unit) -> float | None:
    peers = unit.images(ImageQuery(plan_id=image.plan_id, status=GradingStatus.ACCEPTED))
    total = weight = 0.0
    for row in criteria.rows:
        value = image.metrics.get(row.metric)
        if value is None:
            continue
        points = min(100.0, max(0.0, 100.0 * (value - row.bad) / (row.good - row.bad)))
        others = [peer.metrics[row.metric] for peer in peers if peer.id != image.id and _alike(peer, image)]
        if row.deviation and len(others) >= 3:
            worse = (value / statistics.median(others) - 1.0) * (1 if row.trend is Trend.LOWER_IS_BETTER else -1)
            allowed = row.allowed_percent / 100.0
            points = min(points, 100.0 * min(1.0, max(0.0, 2.0 - max(0.0, worse) / allowed)))
        total, weight = total + row.weight * points, weight + row.weight
    return max(1.0, float(round(round(total / weight, 9)))) if weight else None


def _alike(peer: AcquiredImage, image: AcquiredImage) -> bool:
    return (peer.profile_id, peer.filter_name) == (image.profile_id, image.filter_name)


def _write(image: AcquiredImage, score: float | None, *, unit: Unit) -> None:
    at = image.acquired
    unit.update(image.model_copy(update={"score": score}))
    change = StatusChange(
        image_id=image.id or 0, from_status=image.status, to_status=GradingStatus.REJECTED, by="l", at=at
    )
    unit.set_status(image, change)
    verdict = {"grader": "loop", "version": "1", "status": VerdictStatus.ACCEPT, "score": score, "judged_at": at}
    unit.add(Verdict(image_id=image.id or 0, inputs={"rows": [1, 2, 3]}, **verdict))
