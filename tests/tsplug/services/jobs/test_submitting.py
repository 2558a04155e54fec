"""Frames come into the queue once, in the order in which somebody waits for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsplug.app import frame_headers
from tsplug.errors import InputError
from tsplug.model import Job, JobState
from tsplug.ports import Store
from tsplug.services.jobs.submitting import JobRequest, frames_in, submit, submit_image
from tsplug.testing import ManualClock, stocked_store
from tsplug.testing.lights import store_light

pytestmark = pytest.mark.both_databases

CLOCK = ManualClock()


def put(store: Store, *files: str, **request: object) -> list[Job]:
    """Put frames into the queue."""
    with store.write() as unit:
        return submit(unit, files, request=JobRequest(**request), at=CLOCK.now())  # type: ignore[arg-type]


def end(store: Store, job: Job) -> None:
    """Let a job have ended."""
    with store.write() as unit:
        unit.update(job.model_copy(update={"state": JobState.COMPLETED, "finished_at": CLOCK.now()}))


@pytest.fixture
def store() -> Store:
    return stocked_store(CLOCK)


def test_a_frame_that_waits_is_not_put_twice(store: Store) -> None:
    """Asked for again, a frame keeps its job, which moves forward and takes over what is switched."""
    (first,) = put(store, "/a.fits", submitted_by="ann")
    again, other = put(store, "/a.fits", "/b.fits", "/b.fits", priority=7, switched={"solve": False})
    assert (again.id, other.id) == (first.id, 2)
    assert (again.priority, again.switched, again.submitted_by) == (7, {"solve": False}, "ann")
    (later,) = put(store, "/a.fits", priority=-5)
    assert (later.priority, later.switched) == (7, {"solve": False})


def test_a_frame_that_is_processed_again_goes_first(store: Store) -> None:
    """A new frame has priority 0, one that was processed before 10, unless somebody says otherwise."""
    (first,) = put(store, "/a.fits")
    end(store, first)
    again, new = put(store, "/a.fits", "/b.fits")
    assert (again.id != first.id, again.priority, new.priority) == (True, 10, 0)
    end(store, again)
    assert put(store, "/a.fits", priority=3)[0].priority == 3


def test_what_somebody_waits_for_is_asked_of_one_that_waits(store: Store) -> None:
    """In place of what was asked of it before, not beside that: a job of one module does not stand for all of them."""
    put(store, "/a.fits", switched={"solve": False}, previews="/pictures")
    (again,) = put(store, "/a.fits", instead=True)
    assert (again.id, again.switched, again.previews) == (1, {}, "")
    with store.write() as unit:
        unit.update(again.model_copy(update={"state": JobState.RUNNING}))
    (same,) = put(store, "/a.fits", instead=True)
    (other,) = put(store, "/a.fits", instead=True, switched={"solve": False})
    assert (same.id, other.id, other.state) == (1, 2, JobState.PENDING)


def test_a_frame_in_a_folder_that_is_a_link_is_that_of_its_record(store: Store, tmp_path: Path) -> None:
    """So its job follows the record; one that has none keeps the name that was given."""
    (tmp_path / "lights").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "lights")
    image = store_light(store, "M 42", filter_name="L", started=CLOCK.now(), file=str(tmp_path / "lights" / "a.fits"))
    own, other = put(store, str(tmp_path / "link" / "a.fits"), str(tmp_path / "link" / "b.fits"))
    assert [(job.file, job.image_id) for job in (own, other)] == [
        (image.file, image.id),
        (str(tmp_path / "link" / "b.fits"), None),
    ]


def test_a_frame_at_work_keeps_its_job(store: Store) -> None:
    """A frame that is worked on right now is not put into the queue again."""
    (first,) = put(store, "/a.fits")
    with store.write() as unit:
        unit.update(first.model_copy(update={"state": JobState.RUNNING, "owner": "ann", "leased_until": CLOCK.now()}))
    assert put(store, "/a.fits", priority=9)[0].priority == 0


def test_a_watched_folder_leaves_what_it_knows(store: Store) -> None:
    """Only files that no job was ever about come into the queue, where that is asked for."""
    (first,) = put(store, "/a.fits")
    end(store, first)
    assert [job.file for job in put(store, "/a.fits", "/b.fits", only_unknown=True)] == ["/b.fits"]


def test_the_job_knows_the_record(store: Store) -> None:
    """A frame on record is processed as that record, by the preferences of its rig."""
    image = store_light(store, "M 42", filter_name="Ha", started=CLOCK.now(), file="/lights/a.fits")
    (job,) = put(store, "/lights/a.fits")
    assert (job.image_id, job.profile_id) == (image.id, image.profile_id)
    assert image.profile_id is not None


def test_frames_without_a_record_are_those_of_a_rig_where_that_is_asked_for(store: Store) -> None:
    """Also one that waits; a record knows its own rig."""
    image = store_light(store, "M 42", filter_name="Ha", started=CLOCK.now(), file="/lights/a.fits")
    put(store, "/b.fits")
    jobs = put(store, "/lights/a.fits", "/b.fits", "/c.fits", profile_id=77)
    assert [job.profile_id for job in jobs] == [image.profile_id, 77, 77]
    assert put(store, "/b.fits")[0].profile_id == 77
    assert [put(store, "/b.fits", previews=folder)[0].previews for folder in ("", "/x", "")] == ["", "/x", "/x"]


@pytest.mark.parametrize(
    ("before", "jobs"),
    [(None, [True]), ("pending", [True]), ("running", [False, True]), ("completed", [False, True])],
)
def test_a_record_comes_to_a_frame_that_is_known(store: Store, before: str | None, jobs: list[bool]) -> None:
    """A frame that a watched folder brought is done once for its record: by the job that waits, or by one more."""
    image = store_light(store, "M 42", filter_name="Ha", started=CLOCK.now(), file="/lights/a.fits")
    with store.write() as unit:
        if before is not None:
            unit.add(Job(file=image.file, state=JobState(before), created_at=CLOCK.now()))
        for _ in range(2):
            job = submit_image(unit, image, at=CLOCK.now())
        assert (job.image_id, job.profile_id) == (image.id, image.profile_id)
        assert [each.image_id == image.id for each in unit.list(Job)] == jobs


def test_places_become_files(tmp_path: Path) -> None:
    """Single files come whatever they hold; folders bring the frames in and below them; nothing comes twice."""
    deep = tmp_path / "night" / "deep"
    deep.mkdir(parents=True)
    for file in (deep / "a.fits", deep / "notes.txt", tmp_path / "odd.bin"):
        file.write_bytes(b"")
    found = frames_in([tmp_path / "odd.bin", tmp_path / "night", deep / "a.fits"], frame_headers())
    assert found.files == [str(tmp_path / "odd.bin"), str(deep / "a.fits")]


@pytest.mark.parametrize(("name", "words"), [("nowhere", "does not exist"), ("empty", "holds no frame")])
def test_places_without_frames_are_told(tmp_path: Path, name: str, words: str) -> None:
    """A place that is not there, or a folder without frames, is an error that names it."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=words):
        frames_in([tmp_path / name], frame_headers())
