from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import rig
from databases import Database

from tsplug.app import open_store
from tsplug.model import AcquiredImage, ExposurePlan, GradingStatus
from tsplug.ports import FrameStatus
from tsplug.services.doctor import examine
from tsplug.testing import ManualClock, PresentFiles

RIGS, ROUNDS = 8, 6

pytestmark = pytest.mark.timeout(600)


class AllPresent(PresentFiles):
    def status(self, file: Path) -> FrameStatus:
        return FrameStatus(exists=True)


def test_eight_processes_that_record_and_grade_at_once_lose_no_count(database: Database) -> None:
    """Eight programs that make one new store, record and grade on shared plans end with every image counted once."""
    url = database.empty_url()
    command = [sys.executable, rig.__file__, url]
    running = [
        subprocess.Popen([*command, str(number), str(ROUNDS)], stderr=subprocess.PIPE, text=True)
        for number in range(RIGS)
    ]
    said = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0] * RIGS, said
    store = open_store(url, ManualClock())
    with store.read() as unit:
        images, plans = unit.list(AcquiredImage), unit.list(ExposurePlan)
        assert len(plans) == 7
    assert len(images) == len({image.guid for image in images}) == (RIGS + 1) * ROUNDS
    for plan in plans:
        own = [image.status for image in images if image.plan_id == plan.id]
        assert (plan.acquired, plan.accepted) == (len(own), own.count(GradingStatus.ACCEPTED))
    assert any(plan.accepted for plan in plans)
    assert examine(store, AllPresent()).problems == ()
    store.close()
