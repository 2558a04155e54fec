"""Removing old records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tsplug.errors import InputError
from tsplug.model import (
    AcquiredImage,
    CountAdjustment,
    ExposurePlan,
    GradingStatus,
    Job,
    Project,
    StatusChange,
    Thumbnail,
    Verdict,
    VerdictStatus,
)
from tsplug.ports import FrameStatus, Store
from tsplug.services.doctor import examine
from tsplug.services.purging import Scope, months_before, preview_purge, purge_images
from tsplug.testing import ManualClock, PresentFiles, stocked_store, store_light

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
CLOCK = ManualClock(NOW)
OLD = datetime(2025, 4, 19, 21, 0, tzinfo=UTC)


class AllPresent(PresentFiles):
    def status(self, file: Path) -> FrameStatus:
        return FrameStatus(exists=True)


@pytest.fixture
def store() -> Store:
    return stocked_store(CLOCK)


def light(store: Store, started: datetime, *, target: str = "M 42", filter_name: str = "L", **fields: object) -> int:
    image = store_light(store, target, filter_name=filter_name, started=started, **fields)
    with store.write() as unit:
        line = StatusChange(image_id=image.id or 0, from_status=None, to_status=image.status, by="tsplug", at=started)
        unit.add(line)
    return image.id or 0


def images(store: Store) -> list[int]:
    with store.read() as unit:
        return [image.id or 0 for image in unit.list(AcquiredImage)]


def counters(store: Store) -> list[tuple[int, int]]:
    with store.read() as unit:
        return [(plan.acquired, plan.accepted) for plan in unit.list(ExposurePlan)]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 1, 20), 9, date(2025, 4, 20)),
        (date(2026, 11, 30), 9, date(2026, 2, 28)),
        (date(2024, 11, 30), 9, date(2024, 2, 29)),
        (date(2026, 9, 30), 9, date(2025, 12, 30)),
        (date(2026, 12, 1), 12, date(2025, 12, 1)),
    ],
)
def test_months_before(day: date, months: int, before: date) -> None:
    """The same day of that month, or its last."""
    assert months_before(day, months) == before


def test_only_what_is_strictly_older_goes(store: Store) -> None:
    """Nine months ago at the site's midnight unless a date is given: the first second of that day stays."""
    midnight = datetime(2025, 4, 19, 22, tzinfo=UTC)
    light(store, midnight - timedelta(seconds=1))
    kept = light(store, midnight)
    assert (preview_purge(Scope(), store, clock=CLOCK).images, len(images(store))) == (1, 2)
    done = purge_images(Scope(), store, clock=CLOCK)
    assert (done.images, done.older_than, done.purged, images(store)) == (1, midnight, True, [kept])


def test_counters_do_not_move_and_what_hangs_on_the_rows_goes(store: Store) -> None:
    """Their share becomes an adjustment; thumbnails, verdicts, trails and jobs go; the doctor is content."""
    keys = [light(store, OLD + timedelta(minutes=place), status=GradingStatus.ACCEPTED) for place in range(3)]
    light(store, OLD, filter_name="Ha")
    before = counters(store)
    with store.write() as unit:
        unit.add(Thumbnail(image_id=keys[0], width_px=1, height_px=1, data=b"x"))
        unit.add(Verdict(image_id=keys[0], grader="g", version="1", status=VerdictStatus.ACCEPT, judged_at=NOW))
        unit.add(Job(image_id=keys[0], file="a.fits", created_at=NOW))
    assert purge_images(Scope(), store, clock=CLOCK).images == 4
    assert counters(store) == before
    with store.read() as unit:
        assert [unit.count(kind) for kind in (AcquiredImage, Thumbnail, Verdict, StatusChange, Job)] == [0] * 5
        assert {(line.counter, line.delta) for line in unit.list(CountAdjustment)} == {
            ("acquired", 3),
            ("accepted", 3),
            ("acquired", 1),
        }
    assert examine(store, AllPresent()).problems == ()


def test_a_purge_is_narrowed(store: Store) -> None:
    """To a target, a project or a rig; all others stay."""
    light(store, OLD), light(store, OLD, target="Rosette", filter_name="Ha")
    light(store, OLD, target="M 81")
    light(store, OLD, target="M 81", profile_id=None)
    sizes = [
        preview_purge(scope, store, clock=CLOCK).images
        for scope in (Scope(target="M 42"), Scope(project="Nebulae"), Scope(profile="Refractor"), Scope())
    ]
    assert sizes == [1, 2, 3, 4]
    purge_images(Scope(project="Nebulae"), store, clock=CLOCK)
    assert len(images(store)) == 2


def test_consequences_are_told(store: Store) -> None:
    """Populations that keep fewer than three frames, and sessions whose flats are still to be taken, are named."""
    for place in range(5):
        light(store, OLD + timedelta(minutes=place))
        light(store, OLD + timedelta(minutes=place), filter_name="Ha")
    for place in range(2):
        light(store, NOW - timedelta(days=1, minutes=place))
    for place in range(3):
        light(store, NOW - timedelta(days=2, minutes=place), filter_name="Ha")
    told = preview_purge(Scope(), store, clock=CLOCK)
    assert [(each.target, each.template, each.before, each.after) for each in told.weakened] == [("M 42", "L", 7, 2)]
    assert told.lost_sessions == ()
    told = preview_purge(Scope(older_than=NOW - timedelta(hours=30)), store, clock=CLOCK)
    assert [(each.target, each.filter, each.lights) for each in told.lost_sessions] == [("M 42", "Ha", 3)]
    assert told.lost_sessions[0].session_date == date(2026, 1, 17)


def test_populations_are_told_apart(store: Store) -> None:
    """Of one plan, frames of another gain, at another angle, or rejected, are none that new ones are compared with."""
    old, new = OLD, NOW - timedelta(days=1)
    for place in range(4):
        later = timedelta(minutes=place)
        light(store, old + later, gain=100, rotation_deg=359.8)
        light(store, new + later, gain=200, rotation_deg=0.1)
        light(store, new + later, gain=100, rotation_deg=0.1, status=GradingStatus.REJECTED)
        light(store, (old, new)[place % 2] + later, gain=100, rotation_deg=90.0)
    light(store, new, gain=100, rotation_deg=0.1)
    told = preview_purge(Scope(), store, clock=CLOCK).weakened
    assert [(each.taken, each.before, each.after) for each in told] == [
        ("120 s, gain 100, offset 30, 1x1, readout mode 0, 0 deg", 5, 1),
        ("120 s, gain 100, offset 30, 1x1, readout mode 0, 90 deg", 4, 2),
    ]
    with store.write() as unit:
        unit.set_all(Project, {"grading_enabled": False})
    assert preview_purge(Scope(), store, clock=CLOCK).weakened == ()


def test_a_date_ahead_is_refused(store: Store) -> None:
    """Everything would go that is not even taken yet."""
    with pytest.raises(InputError, match="lies in the future"):
        preview_purge(Scope(older_than=date(2026, 1, 22)), store, clock=CLOCK)
