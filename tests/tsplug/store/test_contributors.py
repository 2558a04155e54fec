from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import contributor
import pytest
from databases import Database

from tsplug.model import AcquiredImage, ExposurePlan, GradingStatus, Profile
from tsplug.ports import FrameStatus, Store
from tsplug.services.doctor import examine
from tsplug.store.database import SqlStore
from tsplug.testing import ManualClock, PresentFiles

DESIRED = 40

pytestmark = pytest.mark.timeout(600)


class AllPresent(PresentFiles):
    def status(self, file: Path) -> FrameStatus:
        return FrameStatus(exists=True)


def address(store: Store) -> str:
    assert isinstance(store, SqlStore)
    return store._engine.url.render_as_string(hide_password=False)


def test_two_rigs_complete_a_plan_together_and_take_not_one_too_many(database: Database) -> None:
    """Two programs that decide, record and grade at once accept what was desired exactly, each by its own frames."""
    store = database.open(ManualClock(contributor.EVENING))
    contributor.stock(store, DESIRED)
    names = (contributor.OWNER, contributor.CONTRIBUTOR)
    running = [
        subprocess.Popen(
            [sys.executable, contributor.__file__, address(store), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    taken = dict(zip(names, (int(out) for out, _ in said), strict=True))
    with store.read() as unit:
        (plan,) = unit.list(ExposurePlan)
        images, profiles = unit.list(AcquiredImage), {each.id: each.name for each in unit.list(Profile)}
    assert {name: sum(profiles[each.profile_id] == name for each in images) for name in names} == taken
    assert all(taken.values())
    accepted = [image for image in images if image.status is GradingStatus.ACCEPTED]
    assert (plan.acquired, plan.accepted) == (len(images), len(accepted)) == (sum(taken.values()), DESIRED)
    assert examine(store, AllPresent()).problems == ()
