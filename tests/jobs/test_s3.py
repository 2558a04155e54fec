"""Frames in an S3 storage, over HTTP to a server of this machine: stored, processed, and nothing left of a crash."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from astropy.io import fits
from killing import children, kill, start_worker
from pipeline_frames import star_frame
from s3_server import S3Server
from test_bad_frames import hanging_program, rig_whose_solver_hangs

from tsplug.app import frame_files, frame_headers, open_store, system_clock, verify_frame
from tsplug.app_jobs import frame_storage
from tsplug.errors import FileError, NameTakenError
from tsplug.model import AcquiredImage, PipelinePreferences, Profile
from tsplug.ports import JobQuery, Store
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.uploading import Arrival, receive

pytestmark = pytest.mark.xdist_group("s3")


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    """Give a server."""
    server = S3Server()
    yield server
    server.close()


@pytest.fixture
def bucket(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> fsspec.AbstractFileSystem:
    """Give the files of the server, with an empty bucket; this process and those that it starts know where they are."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    files = fsspec.filesystem("s3", skip_instance_cache=True)
    if files.exists("frames"):
        files.rm("frames", recursive=True)
    files.mkdir("frames")
    return files


def test_a_bucket_keeps_files(bucket: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    """What is put is found by its address and never overwritten by another file; what is missing is told."""
    storage = frame_storage("s3://frames/lights")
    (tmp_path / "a.fits").write_bytes(b"first")
    (tmp_path / "b.fits").write_bytes(b"other")
    address = storage.put(tmp_path / "a.fits", "M 42/a.fits")
    assert (address, storage.has("M 42/a.fits"), storage.has("M 42/b.fits")) == (
        "s3://frames/lights/M 42/a.fits",
        True,
        False,
    )
    assert storage.put(tmp_path / "a.fits", "M 42/a.fits") == address
    with pytest.raises(NameTakenError, match="is there already and is another file"):
        storage.put(tmp_path / "b.fits", "M 42/a.fits")
    (tmp_path / "copy").mkdir()
    assert storage.fetch(address, tmp_path / "copy").read_bytes() == b"first"
    with pytest.raises(FileError, match=r"b\.fits: missing"):
        storage.fetch("s3://frames/lights/M 42/b.fits", tmp_path)
    with pytest.raises(FileError, match=r"s3://nowhere/a\.fits cannot be reached: .*bucket does not exist"):
        frame_storage("s3://nowhere").put(tmp_path / "a.fits", "a.fits")
    assert bucket.ls("") == ["frames"]


def arrival_at(address: str, store: Store) -> Arrival:
    """Return what takes frames that are sent, into a storage."""
    return Arrival(
        store=store,
        clock=system_clock(),
        storage=frame_storage(address),
        headers=frame_headers(),
        files=frame_files(),
        verify=verify_frame,
        pattern="$$TARGETNAME$$/$$FILENAME$$",
    )


def kill_a_worker_that_solves(folder: Path) -> None:
    """Start a worker, and kill it with its process once the solver is at work, whose copy of the frame is left then."""
    worker = start_worker(folder / "store.sqlite", "--processes", "1", "--lease", "2")
    while not (folder / "solver.pid").exists():
        assert worker.poll() is None
        time.sleep(0.05)
    for process in (*children(worker.pid), worker.pid):
        kill(process)
    worker.communicate()
    kill(int((folder / "solver.pid").read_text()))


def test_frames_are_processed_in_a_bucket(bucket: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    """Records follow their frames; a worker that is killed with a copy at hand leaves nothing for good."""
    store = open_store(str(tmp_path / "store.sqlite"), system_clock())
    frame = star_frame(tmp_path / "a.fits", OBJECT="M 42", EXPTIME=60.0)
    before = fits.getdata(frame)
    rig_whose_solver_hangs(store, frame, hanging_program(tmp_path / "solver"), solve_timeout_s=3000.0)
    arrival = arrival_at("s3://frames/lights", store)
    job = receive(frame, "a.fits", arrival=arrival, sender="ann").job
    assert job.file == "s3://frames/lights/M 42/a.fits"
    with store.read() as unit:
        assert unit.find(AcquiredImage, id=job.image_id).file == job.file

    buffers = tmp_path / "data" / "buffers"
    kill_a_worker_that_solves(tmp_path)
    assert [file.name for file in buffers.rglob("frame/*.fits")] == ["a.fits"]

    with store.write() as unit:
        (rig,) = unit.list(Profile)
        rig.pipeline = PipelinePreferences(modules={"plate_solve": False})
        unit.update(rig)
    last = start_worker(tmp_path / "store.sqlite", "--processes", "1", "--lease", "2", "--until-idle")
    _, said = last.communicate()
    (row,) = list_jobs(store, JobQuery())
    assert (row["state"], row["message"]) == ("completed", ""), said
    assert list(buffers.iterdir()) == []
    assert sorted(bucket.find("frames")) == [
        "frames/lights/M 42/a.fits",
        "frames/lights/M 42/previews/a.fits.jpg",
    ]
    with fits.open(io.BytesIO(bucket.cat("frames/lights/M 42/a.fits")), checksum=True) as hdus:
        assert hdus[0].header["NSTARS"] == 12
        assert (hdus[0].data == before).all()
    again = receive(frame, "a.fits", arrival=arrival, sender="ann")
    assert (again.again, again.job.id) == (True, row["id"])
    store.close()
