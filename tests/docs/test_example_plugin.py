"""The example plugin of the docs, installed as a user installs it and found by its entry point."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "docs" / "examples" / "tsplug-transparency-grader"

NIGHT = """
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tsplug import ExposurePlan, ExposureSaved, GradePlan, Profile, Verdict
from tsplug.hookspecs import notify_exposure_saved, plugin_manager
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store

clock = ManualClock(datetime(2026, 1, 15, 21, tzinfo=UTC))
store = stocked_store(clock)
context = FakeContext(store=store, clock=clock, devices=recording_devices(clock, Path("flats")))
with store.read() as unit:
    profile, plan = unit.list(Profile)[0], unit.list(ExposurePlan)[0]
manager = plugin_manager()
assert manager.has_plugin("transparency-grader"), manager.list_name_plugin()
for number, stars in enumerate([400, 390, 410, 405, 120]):
    started = clock.now() + timedelta(minutes=number)
    event = ExposureSaved(
        guid=f"frame-{number}", profile_guid=profile.guid, plan_guid=plan.guid, file=Path(f"{number}.fits"),
        filter_name="L", started=started, ended=started, exposure_s=60, metrics={"star_count": stars, "hfr": 2.0},
    )
    _, failures = notify_exposure_saved(manager, event, context=context)
    assert not failures, failures
grades = manager.hook.grade_plan(event=GradePlan(plan_guid=plan.guid, force=True), context=context)
for grade in grades.grades:
    print(grade.image_guid, grade.status.value, grade.reason)
with store.read() as unit:
    print(sorted({verdict.grader for verdict in unit.list(Verdict)}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, built and installed into a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*install, "--target", str(folder), str(PACKAGE)], check=True, capture_output=True, text=True)
    return folder


def test_the_example_adds_its_verdict_and_a_cloudy_frame_is_rejected(installed: Path) -> None:
    """Its verdicts stand beside the statistical grader's, and one rejection rejects the frame with its reason."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    run = subprocess.run([sys.executable, "-c", NIGHT], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    *grades, graders = run.stdout.strip().splitlines()
    assert grades[-1].startswith("frame-4 rejected")
    assert "Cloud: 29% of the stars" in grades[-1]
    assert [grade.split()[1] for grade in grades[:4]] == ["accepted"] * 4
    assert "transparency" in graders
    assert "statistical" in graders
