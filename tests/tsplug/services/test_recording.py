from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from tsplug.app import frame_files
from tsplug.errors import InputError, StoreUnavailableError
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    ExposureSaved,
    GradingStatus,
    Job,
    Profile,
    Project,
    StatusChange,
    Target,
)
from tsplug.ports import FramePixels
from tsplug.services.recording import record_exposure
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store
from tsplug.testing.context import PresentFiles

pytestmark = pytest.mark.both_databases

CLOCK = ManualClock()


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    store = stocked_store(CLOCK)
    return FakeContext(store, CLOCK, recording_devices(CLOCK, tmp_path), files=frame_files())


def plan_of(context: FakeContext, project: str) -> ExposurePlan:
    with context.store.read() as unit:
        owner = unit.find(Project, name=project)
        target = unit.list(Target, project_id=owner.id if owner else None)[0]
        return unit.list(ExposurePlan, target_id=target.id)[0]


def event(context: FakeContext, project: str = "Nebulae", **fields: Any) -> ExposureSaved:
    with context.store.read() as unit:
        profile = unit.list(Profile)[0]
    values = {
        "guid": "exposure-1",
        "profile_guid": profile.guid,
        "plan_guid": plan_of(context, project).guid,
        "file": Path("lights/M 42_Ha_0001.fits"),
        "filter_name": "Ha",
        "started": CLOCK.now() - timedelta(seconds=310),
        "ended": CLOCK.now() - timedelta(seconds=10),
        "exposure_s": 300.0,
        "gain": 200,
        "session_id": 3,
        "rotation_deg": 12.5,
        "metrics": {"hfr": 2.4},
    }
    return ExposureSaved(**{**values, **fields})


def images(context: FakeContext) -> list[AcquiredImage]:
    with context.store.read() as unit:
        return unit.list(AcquiredImage)


def test_light_is_recorded_and_counted(context: FakeContext) -> None:
    """A saved light becomes a pending record with names and settings, and counts as acquired."""
    outcome = record_exposure(event(context), context)
    (image,) = images(context)
    assert (outcome.image_id, outcome.status, outcome.acquired, outcome.accepted) == (image.id, "pending", 1, 0)
    assert (outcome.already_recorded, outcome.grading_wanted, outcome.message) == (False, True, "")
    assert (image.profile_name, image.project_name, image.target_name) == ("Refractor", "Nebulae", "M 42")
    assert (image.template_name, image.gain, image.session_id, image.rotation_deg) == ("Ha", 200, 3, 12.5)
    assert image.acquired - image.started == timedelta(seconds=300)
    assert (image.metrics, image.file) == ({"hfr": 2.4}, "lights/M 42_Ha_0001.fits")


def test_what_was_purged_is_not_recorded_again(context: FakeContext) -> None:
    """An exposure that is told once more after its record went does not count twice."""
    first = record_exposure(event(context), context)
    with context.store.write() as unit:
        unit.delete_all(AcquiredImage, guid=first.guid)
    again = record_exposure(event(context), context)
    assert (again.already_recorded, again.image_id, again.acquired, images(context)) == (True, 0, first.acquired, [])
    assert (again.grading_wanted, "purged" in again.message) == (False, True)
    gone = record_exposure(event(context, plan_guid="gone"), context)
    assert (gone.acquired, gone.already_recorded) == (0, True)


def test_light_of_an_ungraded_project_is_accepted(context: FakeContext) -> None:
    """Where grading is off a light counts at once, in both counters, and no grading is wanted."""
    outcome = record_exposure(event(context, "Galaxies"), context)
    assert (outcome.status, outcome.acquired, outcome.accepted) == ("accepted", 1, 1)
    assert not outcome.grading_wanted


def test_trail_begins_with_the_record(context: FakeContext) -> None:
    """The audit trail of a light begins with its recording, from nothing."""
    outcome = record_exposure(event(context), context)
    with context.store.read() as unit:
        (line,) = unit.list(StatusChange)
    assert (line.image_id, line.from_status, line.to_status) == (outcome.image_id, None, GradingStatus.PENDING)
    assert (line.by, line.why, line.at) == ("tsplug", "recorded", CLOCK.now())


def test_telling_twice_records_once(context: FakeContext) -> None:
    """The same exposure told again changes nothing, and says that it is known."""
    first = record_exposure(event(context), context)
    again = record_exposure(event(context, filter_name="other"), context)
    assert (again.image_id, again.already_recorded, again.acquired) == (first.image_id, True, 1)
    assert (again.message, again.grading_wanted) == ("recorded already", True)
    assert [image.filter_name for image in images(context)] == ["Ha"]


def test_light_of_an_unknown_plan_is_named_by_its_header(context: FakeContext, tmp_path: Path) -> None:
    """A light whose plan is gone is recorded for the object its header names, and counts nowhere."""
    file = tmp_path / "frame.fits"
    header = fits.Header([("OBJECT", "M 42")])
    fits.PrimaryHDU(np.zeros((4, 4), np.uint16), header).writeto(file)
    outcome = record_exposure(event(context, plan_guid="gone", file=file), context)
    (image,) = images(context)
    assert (image.target_name, image.plan_id, image.project_id, image.profile_id) == ("M 42", None, None, 1)
    assert (outcome.status, outcome.acquired, outcome.grading_wanted) == ("accepted", 0, False)
    assert outcome.message == "plan gone is not in the store: recorded for 'M 42', counted nowhere"


def test_light_without_plan_or_readable_file_is_named_by_its_file(context: FakeContext) -> None:
    """Where neither plan nor header is there, the file's name stands for the target's."""
    outcome = record_exposure(event(context, plan_guid="gone", profile_guid="lost"), context)
    (image,) = images(context)
    assert (image.target_name, image.profile_id, image.profile_name) == ("M 42_Ha_0001", None, "lost")
    assert "profile lost is not in the store" in outcome.message


def test_no_file_is_read_while_the_store_is_locked(context: FakeContext) -> None:
    """The header of a light without plan is read before the transaction of its record begins."""

    class Probing(PresentFiles):
        """Opens a unit of work when a file is read, which fails inside another."""

        def read(self, file: Path, *, to_measure: bool = False) -> FramePixels:
            """Read a header."""
            with context.store.write():
                return FramePixels(np.zeros((1, 1)), {"OBJECT": "NGC 1"})

    context.files = Probing()
    record_exposure(event(context, plan_guid="gone"), context)
    assert [image.target_name for image in images(context)] == ["NGC 1"]


def test_metrics_are_checked(context: FakeContext) -> None:
    """Unknown metrics are left out with a word; numbers that are not finite silently."""
    metrics = {"hfr": 2.0, "fwhm": float("nan"), "snr": float("inf"), "beauty": 7.0, "aura": 1.0}
    outcome = record_exposure(event(context, metrics=metrics), context)
    assert images(context)[0].metrics == {"hfr": 2.0}
    assert outcome.message == "unknown metrics left out: aura, beauty"


def test_impossible_setting_is_named(context: FakeContext) -> None:
    """An impossible setting is refused with its name, and nothing is counted."""
    with pytest.raises(InputError, match=r"exposure-1 .* cannot be recorded: binning: "):
        record_exposure(event(context, binning=0), context)
    assert (images(context), plan_of(context, "Nebulae").acquired) == ([], 0)


def test_failure_half_way_changes_nothing(context: FakeContext) -> None:
    """Where the audit line cannot be written, neither row nor counter stays; the event can be told again."""
    told = event(context)
    broken = FakeContext(context.store, BrokenClock(), context.devices)
    with pytest.raises(StoreUnavailableError):
        record_exposure(told, broken)
    assert (images(context), plan_of(context, "Nebulae").acquired) == ([], 0)
    assert record_exposure(told, context).acquired == 1


class BrokenClock(ManualClock):
    """A clock that fails when asked, as a disk may at the last write."""

    def now(self) -> Any:
        raise StoreUnavailableError("the disk is full")


def test_a_saved_light_is_in_the_queue_where_its_rig_wants_that(context: FakeContext) -> None:
    """With the rig's pipeline started on save, a light is on record and in the queue at once, and once only."""
    record_exposure(event(context), context)
    with context.store.write() as unit:
        assert unit.count(Job) == 0
        (profile,) = unit.list(Profile)
        profile.pipeline = profile.pipeline.model_copy(update={"start_on_save": True})
        unit.update(profile)
    saved = event(context, guid="exposure-2")
    for _ in range(2):
        outcome = record_exposure(saved, context)
    with context.store.read() as unit:
        (job,) = unit.list(Job)
    assert (job.image_id, job.file, job.state) == (outcome.image_id, str(saved.file), "pending")
