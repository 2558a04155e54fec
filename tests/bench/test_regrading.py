"""What regrading costs beside a straightforward loop over images, with equal results."""

from __future__ import annotations

import os
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from front_queries import catalogue
from large_store import IMAGES_PER_PLAN, PLANS_PER_TARGET, fill
from stopwatch import line

from tsplug.app_regrade import deciding_processes
from tsplug.grading.criteria import Criteria
from tsplug.grading.finding import Case as FrameCase
from tsplug.grading.population import Choice, population_of
from tsplug.grading.statistical import judge
from tsplug.model import (
    AcquiredImage,
    Band,
    ExposurePlan,
    ExposureTemplate,
    GraderPreferences,
    GradingStatus,
    Profile,
    Project,
    SettledPlan,
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

T = TypeVar("T")

COUNT = 10_000
PER = 100_000
LOOPED = 200
LARGE = 3_000
PLANS_OF_LARGE = 3

NOISE = """
UPDATE acquired_image SET detector = 'd', session_date = date(started, '-12 hours'),
  metrics = '{"hfr": ' || (2.0 + (id * 7919 % 1000) / 400.0)
  || ', "star_count": ' || (60 + id * 31 % 300) || ', "guiding_rms": ' || (0.4 + (id * 17 % 100) / 80.0)
  || ', "altitude": ' || (30 + id * 13 % 50) || '}'
"""
NIGHTS = """
UPDATE acquired_image SET detector = 'd', session_date = date(started, '-12 hours'),
  metrics = '{"hfr": ' || ((2.1 + (id * 7919 % 1000) / 5000.0) * (1.0 + {trend} * air) + (id % 13 = 0) * 1.4)
  || ', "star_count": ' || (300 + id * 31 % 40 - (id % 17 = 0) * 180)
  || ', "guiding_rms": ' || (0.4 + (id * 17 % 100) / 400.0) || ', "airmass": ' || (1.0 + air)
  || ', "altitude": ' || (35 + id * 13 % 40) || '}'
FROM (SELECT id AS key, (id % 16 - 8) * (id % 16 - 8) / 64.0 AS air FROM acquired_image) WHERE key = id
"""


@dataclass(frozen=True)
class Case:
    """What is regraded: so many images with such metrics, by criteria alone or by statistics too."""

    metrics: str
    statistical: bool
    count: int = COUNT
    plans: int | None = None


CASES = {
    "criteria, random metrics": Case(NOISE, statistical=False),
    "statistics too, random metrics": Case(NOISE, statistical=True, count=COUNT // 4),
    "statistics too, good nights with bad frames": Case(NIGHTS.replace("{trend}", "0.0"), True, count=COUNT // 4),
    "the same, with a trend with airmass": Case(NIGHTS.replace("{trend}", "0.2"), True, count=COUNT // 4),
    "the same, one target of three plans": Case(NIGHTS.replace("{trend}", "0.2"), True, LARGE, PLANS_OF_LARGE),
}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", CASES)
def test_regrading_beside_a_loop_over_images(name: str, tmp_path: Path) -> None:
    """CPU for a run, for another that changes nothing, and for a plain loop: measured on some images, and scaled."""
    case = CASES[name]
    store = _filled(tmp_path / "store.sqlite", case)
    clock = ManualClock()
    context = FakeContext(store, clock, recording_devices(clock, tmp_path))
    first_s, report = _cpu_s(lambda: regrade(RegradeRequest(everything=True), context))
    again_s, second = _cpu_s(lambda: regrade(RegradeRequest(everything=True), context))
    with store.write() as unit:
        assert unit.delete_all(SettledPlan) == unit.count(ExposurePlan)
    anew_s, third = _cpu_s(lambda: regrade(RegradeRequest(everything=True), context))
    assert second.updated == third.updated == 0
    loop_s, looped = _cpu_s(lambda: _looped(store, case))
    print(f"\n{name}: {report.updated:,} of {report.processed:,} images changed; CPU, scaled to {PER:,} images")
    for subject, ours_s in (
        ("regrade", first_s),
        ("again, nothing changes", again_s),
        ("the same, nothing remembered", anew_s),
    ):
        peer = f"plain loop, from {len(looped):,} images"
        print(line(subject, ours_s=ours_s / case.count * PER, peer=peer, peer_s=loop_s / len(looped) * PER))
    with store.read() as unit:
        stored = {image.id: (image.score, image.status) for image in unit.list(AcquiredImage, id=list(looped))}
    equal = sum(stored[key] == found for key, found in looped.items())
    # A plan whose states follow each other in a circle has taken one of these: frames judged alone come to the next.
    print(f"  {equal} of {len(looped)} frames judged alone come to the same")
    assert case.statistical or [each[0] for each in stored.values()] == [each[0] for each in looped.values()]
    tracemalloc.start()
    regrade(RegradeRequest(everything=True, dry_run=True), context)
    print(f"  peak of {tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB, nothing changing")
    tracemalloc.stop()
    store.close()


@pytest.mark.timeout(1800)
def test_several_processes_beside_one(tmp_path: Path) -> None:
    """Clock of a first run by as many processes as there are processors, and by one: all come to the same."""
    case, most = CASES["statistics too, good nights with bad frames"], os.cpu_count() or 1
    spent: list[float] = []
    found = []
    for processes in (1, most):
        file = tmp_path / f"{processes}-{len(spent)}.sqlite"
        store, clock = _filled(file, case), ManualClock()
        context = FakeContext(store, clock, recording_devices(clock, tmp_path))
        decide = deciding_processes(store, str(file), processes=processes)
        begun = time.perf_counter()
        report = regrade(RegradeRequest(everything=True), context, decide=decide)
        spent.append((time.perf_counter() - begun) / case.count * PER)
        found.append((report.updated, report.bands))
        store.close()
    assert found[0] == found[1]
    print(f"\nclock, scaled to {PER:,} images, processors shared with whatever else runs")
    print(line(f"regrade, {most} processes", ours_s=spent[1], peer="one process", peer_s=spent[0]))


def _cpu_s(action: Callable[[], T]) -> tuple[float, T]:
    begun = time.process_time()
    found = action()
    return time.process_time() - begun, found


def _filled(file: Path, case: Case) -> SqlStore:
    """Return a store whose images all count in plans that exist, graded by criteria with deviation."""
    store = open_sql_store(str(file), ManualClock())
    load_catalogue(catalogue(), store, clock=ManualClock())
    fill(store, case.count)
    document = default_document("Bench")
    document["rows"]["hfr"] |= {"deviation": True, "allowed_percent": 50}
    add_criteria(document, store)
    plans = case.plans or case.count // IMAGES_PER_PLAN
    with store.write() as unit:
        for project in unit.list(Project):
            unit.update(Project(**project.model_dump() | {"grading_enabled": True}))
        for profile in unit.list(Profile):
            grader = GraderPreferences(statistical=case.statistical, delay_percent=0, criteria_set="Bench")
            unit.update(Profile(**profile.model_dump() | {"grader": grader}))
        for template in unit.list(ExposureTemplate):
            unit.update(template.model_copy(update={"minimum_grade": Band.D}))
        _add_plans(unit, plans, targets=1 if case.plans else plans // PLANS_PER_TARGET)
    with transaction(store._engine, writable=True) as connection:
        if case.plans:
            connection.exec_driver_sql(f"UPDATE acquired_image SET target_id = 1, plan_id = 1 + id % {case.plans}")
            connection.exec_driver_sql("UPDATE acquired_image SET filter_name = 'L', profile_id = 1")
        connection.exec_driver_sql(case.metrics)
        connection.exec_driver_sql("DELETE FROM thumbnail")
        for counter, among in (("acquired", ""), ("accepted", " AND status = 'accepted'")):
            counted = f"SELECT count(*) FROM acquired_image WHERE plan_id = exposure_plan.id{among}"
            connection.exec_driver_sql(f"UPDATE exposure_plan SET {counter} = ({counted})")
    return store


def _add_plans(unit: Unit, plans: int, *, targets: int) -> None:
    first_target, first_plan = unit.list(Target)[0], unit.list(ExposurePlan)[0]
    known_targets, known_plans = unit.count(Target), unit.count(ExposurePlan)
    for number in range(known_targets, targets):
        unit.add(first_target.model_copy(update={"id": None, "guid": f"target {number}", "name": f"T {number}"}))
    for number in range(known_plans, plans):
        place = {"target_id": 1 + number // PLANS_PER_TARGET % targets, "acquired": 0, "accepted": 0}
        unit.add(first_plan.model_copy(update={"id": None, "guid": f"plan {number}", **place}))


def _looped(store: SqlStore, case: Case) -> dict[int | None, tuple[float | None, GradingStatus]]:
    """Grade some images one by one, as one would at first: read its peers, judge, write; undone in the end."""
    found: dict[int | None, tuple[float | None, GradingStatus]] = {}
    with store.read() as unit:
        criteria = load_criteria(unit, "Bench")
    middle = case.count // 2
    for image_id in range(middle, middle + LOOPED // (1 if case.plans is None else 10)):
        with suppress(_Undone), store.write() as unit:
            image = unit.get(AcquiredImage, image_id)
            peers = unit.images(ImageQuery(plan_id=image.plan_id))
            score = _score(criteria, image, peers=peers)
            rejected = (score is not None and score < criteria.set.threshold_d) or (
                case.statistical and _stands_out(image, peers, unit=unit)
            )
            found[image.id] = score, GradingStatus.REJECTED if rejected else GradingStatus.ACCEPTED
            _write(image, score, unit=unit)
            raise _Undone
    return found


def _stands_out(image: AcquiredImage, peers: Sequence[AcquiredImage], *, unit: Unit) -> bool:
    rig = unit.find(Profile, id=image.profile_id) or unit.get(Profile, 1)
    choice = Choice(rig.grader.mode, rig.grader.max_samples, rig.grader.rotation_tolerance_deg)
    population = population_of(image, peers, choice=choice)
    verdict = judge(FrameCase(image, population, rig.grader, rig.frame_scale_arcsec(image.binning)))
    return verdict.status is VerdictStatus.REJECT


class _Undone(Exception):  # noqa: N818 - the end of a rehearsal, not a fault
    pass


def _score(criteria: Criteria, image: AcquiredImage, *, peers: Sequence[AcquiredImage]) -> float | None:
    peers = [peer for peer in peers if peer.status is GradingStatus.ACCEPTED]
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
