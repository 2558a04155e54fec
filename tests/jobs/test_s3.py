"""Frames in an S3 storage, over HTTP to a server of this machine: stored, processed, and nothing left of a crash."""

from __future__ import annotations

import errno
import io
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

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
from tsplug.files.objects import move_object, send_if
from tsplug.files.storage import RemoteStorage
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


class Disturbed(RemoteStorage):
    """A storage in which something happens once, after it was looked at and before anything is sent."""

    meanwhile: Callable[[], object] | None = None

    def check_still(self, address: str, mark: str) -> None:
        """Check, then let it happen."""
        super().check_still(address, mark)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()


MEANWHILE: dict[str, tuple[dict[str, bytes], str]] = {
    "nothing": ({"a": b"first"}, ""),
    "moved": ({"b": b"first"}, "missing: it was moved or removed meanwhile"),
    "another": ({"a": b"other", "b": b"first"}, "changed meanwhile, or another file has its name"),
    "an answer that was lost": ({"a": b"worked on"}, ""),
}


@pytest.mark.parametrize("name", MEANWHILE)
def test_what_happens_while_a_frame_is_sent_is_seen(
    bucket: fsspec.AbstractFileSystem, tmp_path: Path, name: str
) -> None:
    """Nothing comes back under a name that it lost in that very moment, and nothing is overwritten."""
    content, told = MEANWHILE[name]

    def happen() -> None:
        bucket.rm_file("frames/a")
        for key, value in content.items():
            bucket.pipe_file(f"frames/{key}", value)

    bucket.pipe_file("frames/a", b"first")
    file = tmp_path / "a"
    file.write_bytes(b"first")
    storage = Disturbed("s3://frames")
    storage.meanwhile, mark = happen, storage.mark(file)
    file.write_bytes(b"worked on")
    with pytest.raises(FileError, match=told) if told else nullcontext():
        storage.replace(file, "s3://frames/a", expected=mark)
    lying = {each: bucket.cat_file(f"frames/{each}") for each in ("a", "b") if bucket.exists(f"frames/{each}")}
    assert lying == (content if told else {"a": b"worked on"})


def test_a_name_that_is_taken_while_a_frame_is_sent_is_not_given_twice(
    bucket: fsspec.AbstractFileSystem, tmp_path: Path
) -> None:
    """A server that knows no conditions takes frames all the same; one that knows them refuses the second sender."""
    (tmp_path / "a").write_bytes(b"first")
    assert send_if(bucket, tmp_path / "a", name="frames/a", instead_of="")
    (tmp_path / "a").write_bytes(b"second")
    assert not send_if(bucket, tmp_path / "a", name="frames/a", instead_of="")
    assert bucket.cat_file("frames/a") == b"first"
    assert send_if(Unconditional(bucket), tmp_path / "a", name="frames/a", instead_of="")
    assert bucket.cat_file("frames/a") == b"second"


def test_what_is_sent_while_a_frame_is_moved_stays(bucket: fsspec.AbstractFileSystem) -> None:
    """Be it the header that a worker puts back in that moment or another frame: it is not lost with the old name."""
    bucket.pipe_file("frames/a", b"first")
    with pytest.raises(FileError, match="frames/a stays: it was written to meanwhile"):
        move_object(Sent(bucket), "frames/a", target="frames/b")
    assert (bucket.cat_file("frames/a"), bucket.exists("frames/b")) == (b"worked on", False)


def test_a_name_is_no_pattern(bucket: fsspec.AbstractFileSystem) -> None:
    """What brackets would match to fsspec is left alone."""
    for name in ("a[1]", "a1"):
        bucket.pipe_file(f"frames/{name}", name.encode())
    RemoteStorage("s3://frames").move("s3://frames/a[1]", "s3://frames/rejected/a[1]")
    found = {name.removeprefix("frames/"): bucket.cat_file(name) for name in bucket.find("frames")}
    assert found == {"a1": b"a1", "rejected/a[1]": b"a[1]"}


def test_what_others_have_sent_since_a_place_was_listed_is_seen(bucket: fsspec.AbstractFileSystem) -> None:
    """Nothing is moved over a frame of which this process had not heard yet."""
    storage = RemoteStorage("s3://frames")
    bucket.pipe_file("frames/a", b"first")
    assert storage.files_below("s3://frames") == ["s3://frames/a"]
    bucket.pipe_file("frames/b", b"other")
    with pytest.raises(NameTakenError, match="s3://frames/b is there already"):
        storage.move("s3://frames/a", "s3://frames/b")


class Through:
    """Files of a server, through which all that is asked goes."""

    def __init__(self, files: fsspec.AbstractFileSystem) -> None:
        self.files = files

    def __getattr__(self, name: str) -> Any:
        return getattr(self.files, name)


class Unconditional(Through):
    """A server that knows no conditions, and says so."""

    def put_file(self, file: str, name: str, **more: Any) -> None:
        """Refuse conditions."""
        if "IfNoneMatch" in more:
            raise OSError(errno.ENOSYS, "A header you provided implies functionality that is not implemented")
        self.files.put_file(file, name, **more)


class Sent(Through):
    """A server to which somebody sends while a copy is made."""

    def cp_file(self, name: str, target: str) -> None:
        """Copy, and let something be sent."""
        self.files.cp_file(name, target)
        self.files.pipe_file(name, b"worked on")


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
