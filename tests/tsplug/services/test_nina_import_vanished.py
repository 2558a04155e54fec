from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from imports import import_file
from scheduler_databases import image_row, make_database, small_rows

from tsplug.model import AcquiredImage, ExposurePlan, GradingStatus, StatusChange
from tsplug.ports import Store
from tsplug.testing import ManualClock, memory_store

IMAGES = 20


@pytest.fixture
def store() -> Store:
    """Return an empty store."""
    return memory_store()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a database whose first plan counts 30 and 25, with 20 images of which 18 are accepted."""
    rows = small_rows(23)
    rows["exposureplan"][0] |= {"acquired": 30, "accepted": 25}
    rows["imagedata"] = []
    rows["acquiredimage"] = [
        image_row(key, 23, minutes=3 * key, status=1 if key <= 18 else 2) for key in range(1, IMAGES + 1)
    ]
    return make_database(tmp_path / "schedulerdb.sqlite", 23, rows)


def change(file: Path, *statements: str) -> None:
    """Change a database as its owner would."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def counters(store: Store) -> tuple[int, int]:
    """Return acquired and accepted of the first plan."""
    with store.read() as unit:
        plan = unit.list(ExposurePlan)[0]
        return plan.acquired, plan.accepted


def record_own(store: Store, guid: str) -> None:
    """Record an accepted light here."""
    with store.write() as unit:
        image = unit.list(AcquiredImage)[0]
        own = image.model_copy(update={"id": None, "guid": guid, "status": GradingStatus.ACCEPTED})
        own = unit.add_image(own)
        line = StatusChange(
            image_id=own.id or 0,
            from_status=None,
            to_status=own.status,
            by="tsplug",
            why="recorded",
            at=ManualClock().now(),
        )
        unit.add(line)


@pytest.mark.parametrize("own", [0, 2])
@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (("DELETE FROM acquiredimage",), (30, 25)),
        (("DELETE FROM acquiredimage WHERE Id > 5",), (30, 25)),
        (
            ("DELETE FROM acquiredimage WHERE Id <= 2", "UPDATE exposureplan SET acquired = 28, accepted = 23"),
            (28, 23),
        ),
        (("DELETE FROM acquiredimage WHERE Id = 1", "UPDATE exposureplan SET acquired = 31, accepted = 26"), (31, 26)),
        (("DELETE FROM acquiredimage", "UPDATE exposureplan SET acquired = 0, accepted = 0"), (0, 0)),
    ],
)
def test_images_that_vanish_there_change_no_counter(
    file: Path, store: Store, *, statements: tuple[str, ...], expected: tuple[int, int], own: int
) -> None:
    """Lights that were purged in N.I.N.A. stay here, and the plan counts what it counts there and what is our own."""
    import_file(file, store)
    assert counters(store) == (30, 25)
    for number in range(own):
        record_own(store, f"ours {number}")
    change(file, *statements)
    import_file(file, store)
    assert counters(store) == (expected[0] + own, expected[1] + own)
    with store.read() as unit:
        assert unit.count(AcquiredImage) == IMAGES + own
    assert import_file(file, store).changes == 0
    assert counters(store) == (expected[0] + own, expected[1] + own)


def test_a_grade_given_here_stays_when_its_image_vanishes_there(file: Path, store: Store) -> None:
    """What was rejected here before the light was purged there stays rejected and is not made up for."""
    import_file(file, store)
    with store.write() as unit:
        image = unit.list(AcquiredImage)[0]
        line = StatusChange(
            image_id=image.id or 0,
            from_status=image.status,
            to_status=GradingStatus.REJECTED,
            by="user",
            at=ManualClock().now(),
        )
        unit.set_status(image, line)
    assert counters(store) == (30, 24)
    change(file, "DELETE FROM acquiredimage")
    assert import_file(file, store).changes == 0
    assert counters(store) == (30, 24)
