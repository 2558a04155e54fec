"""Lists of frames tell what the image pipeline has made of each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from dialects import nina
from frame_files import fits_file, write
from shots import Shot, utc

from tsplug.app import frame_headers
from tsplug.errors import FileError
from tsplug.model import FrameSolution, Job, JobState, JobStep, ModuleState
from tsplug.ports import ImageQuery, Store
from tsplug.services.disk_frames import list_frames, list_recorded, show_frame
from tsplug.testing import ManualClock, stocked_store
from tsplug.testing.lights import store_light

LIGHT = Shot("LIGHT", utc("2026-01-15 22:20"), 600.0, 100, "Ha", "M 42")
CLOCK = ManualClock()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give a store with a light on record that was solved and processed twice, and one whose file is gone."""
    store = stocked_store(CLOCK)
    file = write(tmp_path / "a.fits", fits_file(nina(LIGHT)))
    write(tmp_path / "b.fits", fits_file(nina(LIGHT)))
    write(tmp_path / "previews" / "a.fits.jpg", b"picture")
    when = CLOCK.now() + timedelta(hours=2)
    image = store_light(store, "M 42", filter_name="Ha", started=when, file=str(file), metrics={"hfr": 2.5})
    store_light(store, "M 42", filter_name="Ha", started=when, file=str(tmp_path / "gone.fits"))
    with store.write() as unit:
        unit.add(FrameSolution(image_id=image.id or 0, solver="x", solved=True, ra_deg=83.8, solved_at=when))
        unit.add(Job(file=str(file), state=JobState.FAILED, created_at=when))
        job = unit.add(Job(file=str(file), state=JobState.COMPLETED, created_at=when))
        unit.add(JobStep(job_id=job.id or 0, module="preview", state=ModuleState.COMPLETED))
    return store


def test_a_frame_has_what_was_made_of_it(tmp_path: Path, store: Store) -> None:
    """A frame on record comes with numbers, solution, picture and its newest job; one that is not with nothing."""
    known, unknown = list_frames([tmp_path], frame_headers(), store=store).kept
    assert known["metrics"] == {"hfr": 2.5}
    assert (known["solution"]["solved"], known["solution"]["ra_deg"]) == (True, 83.8)
    assert known["preview"] == str(tmp_path / "previews" / "a.fits.jpg")
    assert known["job"] == {"id": 2, "state": "completed", "message": ""}
    assert [unknown[key] for key in ("image", "metrics", "solution", "preview", "job")] == [None, {}, None, None, None]


def test_the_page_of_a_frame_has_its_jobs_modules(tmp_path: Path, store: Store) -> None:
    """One frame alone is shown with all that its job did; without a store nothing of that is known."""
    shown = show_frame(tmp_path / "a.fits", frame_headers(), store=store)
    assert [(step["module"], step["state"]) for step in shown["job"]["modules"]] == [("preview", "completed")]
    assert show_frame(tmp_path / "a.fits", frame_headers())["job"] is None
    assert show_frame(tmp_path / "b.fits", frame_headers(), store=store)["job"] is None
    with pytest.raises(FileError):
        show_frame(tmp_path / "previews" / "a.fits.jpg", frame_headers(), store=store)


def test_frames_of_records_are_listed(tmp_path: Path, store: Store) -> None:
    """Records lead to their frames as folders do; a file that is gone is told."""
    scan = list_recorded(ImageQuery(), frame_headers(), store=store)
    assert [row["file"] for row in scan.kept] == [str(tmp_path / "a.fits")]
    assert scan.kept[0]["job"]["state"] == "completed"
    assert [bad.file.name for bad in scan.bad_files] == ["gone.fits"]
