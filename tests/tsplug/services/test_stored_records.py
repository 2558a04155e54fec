"""Records whose frames lie in a storage: everything that is done to a record can be done to them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pipeline_frames import star_frame

from tsplug.app import frame_files, frame_headers, pipeline_modules, pipeline_tools
from tsplug.app_jobs import frame_storage
from tsplug.model import (
    AcquiredImage,
    Address,
    GraderPreferences,
    GradingStatus,
    Job,
    JobStep,
    ModuleState,
    Profile,
    StatusChange,
)
from tsplug.ports import FrameTask, ImageQuery, Store
from tsplug.services.disk_frames import list_recorded, show_frame
from tsplug.services.doctor import examine
from tsplug.services.file_measuring import MeasureRequest, measure_records
from tsplug.services.jobs.frame_work import work_on_frame
from tsplug.services.jobs.stored_work import work_on_stored
from tsplug.services.kept_headers import restore_file
from tsplug.services.measuring import measure_images
from tsplug.services.reconciling import reconcile
from tsplug.services.rejected_files import RejectedFiles
from tsplug.services.thumbnails import thumbnail_of
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store, store_light
from tsplug.testing.clock import START

CLOCK = ManualClock()
BEGAN = datetime(2026, 1, 15, 20, tzinfo=UTC)
REJECTED = GradingStatus.REJECTED
PLACE = "memory://bucket/lights"


@pytest.fixture
def frame(tmp_path: Path) -> tuple[Store, AcquiredImage, bytes]:
    """Give a store with one light whose frame lies in a storage, and the bytes of that."""
    MemoryFileSystem.store.clear()
    file = star_frame(tmp_path / "a.fits", OBJECT="M 42", DATE_OBS="2026-01-15T20:00:00", FILTER="L", EXPTIME=120.0)
    store = stocked_store(CLOCK)
    address = frame_storage(PLACE).put(file, "a.fits")
    return store, store_light(store, "M 42", filter_name="L", started=BEGAN, file=address), file.read_bytes()


def stored(address: str) -> bytes:
    """Return what lies at an address."""
    return bytes(MemoryFileSystem().cat(address))


def process(store: Store, image: AcquiredImage, folder: Path) -> list[JobStep]:
    """Run the pipeline over the frame of a record as a worker does, and return what it tells."""
    told: list[JobStep] = []
    folder.mkdir()
    tools, modules = pipeline_tools(store), pipeline_modules()
    work_on_stored(
        FrameTask(1, image.file, "", image.id),
        frame_storage(PLACE),
        folder=folder,
        work=lambda task: work_on_frame(task, told.append, tools=tools, modules=modules, clock=CLOCK),  # type: ignore[arg-type]
    )
    return told


def test_the_record_is_measured_shown_and_checked(frame: tuple[Store, AcquiredImage, bytes], tmp_path: Path) -> None:
    """Numbers, thumbnail and page come from where the frame lies, and the doctor finds it there."""
    store, image, _ = frame
    context = FakeContext(store, CLOCK, recording_devices(CLOCK, tmp_path), files=frame_files())
    measure_images([image], context)
    request = MeasureRequest(again=True)
    (again,) = measure_records([image], frame_files(), headers=frame_headers(), store=store, request=request)
    assert (str(again.file), again.problem, again.metrics["star_count"]) == (image.file, "", 12)
    assert thumbnail_of(image, frame_files(), store=store).height_px == 192
    listed = list_recorded(ImageQuery(), frame_headers(), store=store)
    assert [(row["file"], row["image"], row["target"]) for row in listed.kept] == [(image.file, image.id, "M 42")]
    assert show_frame(Address(image.file), frame_headers(), store=store)["image"] == image.id
    assert not [each for each in examine(store, frame_files()).problems if "file of a light" in each.invariant]
    MemoryFileSystem().rm(image.file)
    (lost,) = [each for each in examine(store, frame_files()).problems if "file of a light" in each.invariant]
    assert lost.found == f"{image.file}: missing"


@pytest.mark.parametrize("on_record", [True, False])
def test_the_header_comes_back(frame: tuple[Store, AcquiredImage, bytes], tmp_path: Path, *, on_record: bool) -> None:
    """What the pipeline wrote is undone by the address, whether a record knows the frame or none does."""
    store, image, start = frame
    if not on_record:
        with store.write() as unit:
            unit.delete(image)
        image = image.model_copy(update={"id": None})
    told = process(store, image, tmp_path / "copy")
    assert not [step.message for step in told if str(tmp_path) in step.message]
    assert stored(image.file) != start
    assert restore_file(Address(image.file), pipeline_tools(store), store=store).changed
    assert stored(image.file) == start


def test_the_picture_of_a_frame_is_known(frame: tuple[Store, AcquiredImage, bytes]) -> None:
    """Where a job made one its address is told; a storage is not asked for each frame of a list."""
    store, image, _ = frame
    assert show_frame(Address(image.file), frame_headers(), store=store)["preview"] is None
    with store.write() as unit:
        job = unit.add(Job(file=image.file, created_at=START))
        unit.add(JobStep(job_id=job.id or 0, module="preview", state=ModuleState.COMPLETED))
    shown = show_frame(Address(image.file), frame_headers(), store=store)
    assert shown["preview"] == f"{PLACE}/previews/a.fits.jpg"


def test_a_rejected_frame_moves_within_its_storage(frame: tuple[Store, AcquiredImage, bytes], tmp_path: Path) -> None:
    """It comes back too; a folder of this machine is no place for it, which is told."""
    store, image, start = frame
    moves = RejectedFiles(store, frame_files(), clock=CLOCK)
    places = {
        "": f"{PLACE}/rejected/a.fits",
        "memory://bucket/archive": "memory://bucket/archive/lights/a.fits",
        str(tmp_path): image.file,
    }
    for folder, target in places.items():
        with store.write() as unit:
            rig = unit.get(Profile, image.profile_id or 0)
            rig.grader = GraderPreferences(move_rejected=True, rejected_dir=folder)
            unit.update(rig)
            now = unit.get(AcquiredImage, image.id or 0)
            change = StatusChange(image_id=now.id or 0, from_status=now.status, to_status=REJECTED, by="x", at=START)
            unit.set_status(now, change, reason="clouds")
        (moved,) = moves.follow([image.guid])
        assert (moved.to_file, bool(moved.problem)) == (target, target == image.file)
        assert stored(target) == start
        moves.undo()
        with store.read() as unit:
            assert unit.get(AcquiredImage, image.id or 0).file == image.file
    assert "not in the same storage" in moved.problem


def test_the_record_follows_a_frame_that_others_moved(
    frame: tuple[Store, AcquiredImage, bytes], tmp_path: Path
) -> None:
    """Reconciling an address finds it there; while the storage does not answer, a copy elsewhere moves no record."""
    store, image, _ = frame
    context = FakeContext(store, CLOCK, recording_devices(CLOCK, tmp_path), files=frame_files())
    MemoryFileSystem().mv(image.file, f"{PLACE}/other/a.fits")
    with store.write() as unit:
        unit.update(image.model_copy(update={"file": "magic://away/a.fits"}))
    assert reconcile(Address(PLACE), context, headers=frame_headers()).moved == 0
    with store.write() as unit:
        unit.update(image)
    assert reconcile(Address(PLACE), context, headers=frame_headers()).moved == 1
    with store.read() as unit:
        assert unit.get(AcquiredImage, image.id or 0).file == f"{PLACE}/other/a.fits"
