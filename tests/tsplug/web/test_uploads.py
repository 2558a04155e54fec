"""Frames that are sent over HTTP: who may, what is taken, and what is left of what is not."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import uvicorn
from pixel_files import Xisf, fits_bytes

from tsplug.app import frame_files, frame_headers, pipeline_tools, verify_frame
from tsplug.app_jobs import frame_storage
from tsplug.errors import StoreUnavailableError
from tsplug.files.buffers import Buffers
from tsplug.model import AcquiredImage, Job, JobState
from tsplug.ports import JobQuery, Store
from tsplug.services.following import follow
from tsplug.services.jobs.listing import list_jobs
from tsplug.services.jobs.uploading import Arrival
from tsplug.services.pipeline.frame import frame_at_work
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START
from tsplug.web.uploads import UploadSettings, upload_application

TOKEN = {"Authorization": "Bearer a-token-that-is-long"}
OTHERS = {"Authorization": "Bearer ein-Schlüssel-voilà".encode()}
PIXELS = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
FRAME = fits_bytes(PIXELS, OBJECT="M 42", IMAGETYP="LIGHT", EXPTIME=60.0)
OTHER = fits_bytes(0 * PIXELS + 1, OBJECT="M 42", IMAGETYP="LIGHT", EXPTIME=60.0)
BOMB = np.zeros((1000, 1000), np.uint16)
GUID = "11111111-1111-4111-8111-111111111111"
LARGEST = 20_000
IDLE_S = 2.0
# Long enough for what a loaded machine sends to itself.


@pytest.fixture
def store() -> Store:
    return stocked_store(ManualClock())


@pytest.fixture
def client(tmp_path: Path, store: Store) -> Iterator[httpx.Client]:
    """Give a client of a server whose buffers and storage lie in the test's folder; in the end no buffer is left."""
    arrival = Arrival(
        store=store,
        clock=ManualClock(),
        storage=frame_storage(str(tmp_path / "kept")),
        headers=frame_headers(),
        files=frame_files(),
        verify=verify_frame,
        pattern="$$TARGETNAME$$/$$FILENAME$$",
        most_pixel_bytes=10**6,
    )
    buffers = Buffers(tmp_path / "buffers")
    tokens = {"a-token-that-is-long": "ann", "ein-Schlüssel-voilà": "bea"}
    settings = UploadSettings(tokens, LARGEST, buffers.claimed, idle_s=IDLE_S)
    config = uvicorn.Config(upload_application(arrival, settings), port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        yield client
    server.should_exit = True
    thread.join()
    assert list((tmp_path / "buffers").glob("*")) == []


def kept(tmp_path: Path) -> list[str]:
    """Return what is in the storage."""
    folder = tmp_path / "kept"
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_a_frame_is_stored_and_queued(client: httpx.Client, store: Store, tmp_path: Path) -> None:
    """A whole frame goes into the storage under its name and into the queue as its sender's; sent again it is known."""
    answer = client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN)
    assert (answer.status_code, answer.json()["state"]) == (201, "pending")
    assert (tmp_path / "kept" / "M 42" / "a.fits").read_bytes() == FRAME
    again = client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN)
    assert (again.status_code, again.json()) == (200, answer.json())
    (row,) = list_jobs(store, JobQuery())
    assert (row["file"], row["submitted_by"]) == (str(tmp_path / "kept" / "M 42" / "a.fits"), "ann")
    assert client.get(f"/api/jobs/{answer.json()['job']}", headers=TOKEN).json()["state"] == "pending"
    for none in (99, 10**20):
        missing = client.get(f"/api/jobs/{none}", headers=TOKEN)
        assert (missing.status_code, f"no job {none} is in the store" in missing.json()["error"]) == (404, True)


REFUSED: list[tuple[str, bytes, dict[str, str], int, str]] = [
    ("a.fits", FRAME, {}, 401, "give the token"),
    ("a.fits", FRAME, {"Authorization": "Bearer wrong"}, 401, "give the token"),
    ("a.fits", FRAME, {"Authorization": "Basic a-token-that-is-long"}, 401, "give the token"),
    ("a.exe", FRAME, TOKEN, 415, "not named like a frame"),
    (".fits", FRAME, TOKEN, 415, "it begins with a dot"),
    ("a%5Cb.fits", FRAME, TOKEN, 415, "send its bare name, without the folders before it"),
    ("%fe.fits", FRAME, TOKEN, 415, "or is not sent as UTF-8"),
    ("a.x%00y.fz", FRAME, TOKEN, 415, "characters that cannot be shown"),
    ("a" * 200 + ".fits", FRAME, TOKEN, 415, "is longer than 180 bytes"),
    ("a.fits", b"MZ no frame", TOKEN, 415, "is no whole frame"),
    ("a.fits", b"", TOKEN, 415, "is no whole frame"),
    ("a.fits", FRAME[:-2880], TOKEN, 415, "is no whole frame"),
    ("a.fits", bytes(LARGEST + 1), TOKEN, 413, "larger than"),
    ("a.xisf", Xisf("zlib").file(BOMB), TOKEN, 413, "a.xisf claims 2 MB of pixels, more than the 1 MB taken here"),
    ("a.fits.gz", gzip.compress(fits_bytes(BOMB)), TOKEN, 413, "claims 2 MB of pixels"),
]


@pytest.mark.parametrize(
    ("name", "content", "headers", "status", "words"),
    REFUSED,
    ids=[f"{words}-{len(content)}-{sum(name.encode())}" for name, content, _, _, words in REFUSED],
)
def test_what_is_not_taken_is_told(
    client: httpx.Client, tmp_path: Path, name: str, content: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    """Without the token, and what is too large, no frame or not whole, is refused with the reason; nothing is kept."""
    answer = client.put(f"/api/frames/{name}", content=content, headers=headers)
    assert (answer.status_code, words in answer.json()["error"]) == (status, True), answer.text
    assert kept(tmp_path) == []


def test_a_stream_of_unknown_length_is_measured(client: httpx.Client, tmp_path: Path) -> None:
    """A sender that does not say how much comes is told when it is too much, also if it reads when all is sent."""
    url, chunk = client.base_url, b"20000\r\n" + bytes(1 << 17) + b"\r\n"
    with socket.create_connection((url.host, url.port), timeout=120) as sender:
        lines = f"PUT /api/frames/a.fits HTTP/1.1\r\nHost: x\r\nAuthorization: {TOKEN['Authorization']}\r\n"
        sender.sendall(f"{lines}Transfer-Encoding: chunked\r\n\r\n".encode() + 64 * chunk + b"0\r\n\r\n")
        answer = b"".join(iter(lambda: sender.recv(4096), b"")).decode()
    assert (answer.split()[1], "larger than" in answer, kept(tmp_path)) == ("413", True, [])


def test_a_token_may_have_any_letters(client: httpx.Client, store: Store) -> None:
    """A token is compared by its bytes, whatever letters they stand for."""
    assert client.put("/api/frames/a.fits", content=FRAME, headers=OTHERS).status_code == 201
    assert [row["submitted_by"] for row in list_jobs(store, JobQuery())] == ["bea"]


def test_a_sender_that_stalls_is_let_go(client: httpx.Client, tmp_path: Path) -> None:
    """Who announces more than comes gets an answer instead of holding a buffer for ever."""
    url = client.base_url
    with socket.create_connection((url.host, url.port), timeout=120) as sender:
        lines = f"PUT /api/frames/a.fits HTTP/1.1\r\nHost: x\r\nAuthorization: {TOKEN['Authorization']}\r\n"
        sender.sendall(f"{lines}Content-Length: {len(FRAME)}\r\n\r\n".encode() + FRAME[:2880])
        answer = b"".join(iter(lambda: sender.recv(4096), b"")).decode()
    assert (answer.split()[1], "nothing came for 2 s" in answer, kept(tmp_path)) == ("408", True, [])


def test_what_is_not_served_is_told(client: httpx.Client) -> None:
    """Any other address or method is answered by what there is."""
    for method, path, status in (("GET", "/", 404), ("POST", "/api/frames/a.fits", 405)):
        answer = client.request(method, path)
        assert (answer.status_code, "PUT /api/frames/NAME" in answer.json()["error"]) == (status, True)


def test_a_storage_that_is_away_is_told(client: httpx.Client, tmp_path: Path) -> None:
    """Where the storage cannot be written, the sender is told to try again."""
    (tmp_path / "kept").write_text("a file now", encoding="utf-8")
    answer = client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN)
    assert (answer.status_code, "cannot be written: Not a directory" in answer.json()["error"]) == (503, True)
    (tmp_path / "kept").unlink()


def test_another_frame_of_the_name_is_refused(client: httpx.Client, tmp_path: Path) -> None:
    """A frame is never written over another one."""
    client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN)
    answer = client.put("/api/frames/a.fits", content=OTHER, headers=TOKEN)
    assert (answer.status_code, kept(tmp_path)) == (409, ["M 42/a.fits"])


def test_what_was_sent_is_known_after_it_was_processed(client: httpx.Client, store: Store, tmp_path: Path) -> None:
    """A sender that did not hear the answer sends again: whatever processing wrote since, nothing is done twice."""
    answer = client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN)
    file = tmp_path / "kept" / "M 42" / "a.fits"
    file.write_bytes(FRAME + bytes(2880))
    with store.write() as unit:
        unit.set_all(Job, {"state": JobState.COMPLETED}, id=answer.json()["job"])
    again = client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN)
    assert (again.status_code, again.json()) == (200, answer.json() | {"state": "completed"})
    assert len(list_jobs(store, JobQuery())) == 1
    file.unlink()
    anew = client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN)
    assert (anew.status_code, anew.json()["state"], file.read_bytes() == FRAME) == (201, "pending", True)


def test_what_was_sent_is_not_there_where_another_has_its_name(
    client: httpx.Client, store: Store, tmp_path: Path
) -> None:
    """That it came once is no answer to a sender who then deletes it: the frame itself must be where its job says."""
    file = tmp_path / "kept" / "M 42" / "a.fits"
    first = client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN).json()
    file.unlink()
    second = client.put("/api/frames/a.fits", content=OTHER, headers=TOKEN)
    assert (second.status_code, second.json()["job"] != first["job"], file.read_bytes() == OTHER) == (201, True, True)
    assert client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN).status_code == 409
    assert client.put("/api/frames/a.fits", content=OTHER, headers=TOKEN).json() == second.json()
    moved = file.parent / "rejected" / "a.fits"
    moved.parent.mkdir()
    file.rename(moved)
    with store.write() as unit:
        follow(unit, str(file), new=str(moved))
    known = client.put("/api/frames/a.fits", content=OTHER, headers=TOKEN)
    assert (known.status_code, known.json()["file"]) == (200, str(moved))
    assert client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN).status_code == 201
    assert file.read_bytes() == FRAME


def test_a_record_stays_with_its_frame(client: httpx.Client, store: Store, tmp_path: Path) -> None:
    """Whoever knows the identifier of a record cannot give it another frame, unless its own is gone or sent."""
    own = tmp_path / "own.fits"
    own.write_bytes(fits_bytes(PIXELS, OBJECT="M 42", IMAGETYP="LIGHT", EXPTIME=120.0, TSUID=GUID))
    image = store_light(store, "M 42", filter_name="L", started=START, guid=GUID, file=str(own))
    zeros = fits_bytes(0 * PIXELS, OBJECT="M 42", IMAGETYP="LIGHT", EXPTIME=120.0, TSUID=GUID)

    def file_after(name: str, content: bytes) -> tuple[str | None, str]:
        answer = client.put(f"/api/frames/{name}", content=content, headers=TOKEN).json()
        with store.read() as unit:
            return answer.get("note"), unit.get(AcquiredImage, image.id or 0).file

    assert file_after("z.fits", zeros) == (
        f"it says the identifier of image 1, whose own frame is {own}; the record stays with that",
        str(own),
    )
    tools = pipeline_tools(store)
    kept = tmp_path / "kept" / "M 42"
    assert (frame_at_work(kept / "z.fits", tools).image, frame_at_work(own, tools).image) == (None, image)
    assert file_after("own.fits", own.read_bytes()) == (None, str(kept / "own.fits"))
    assert frame_at_work(own, tools).image is not None
    (kept / "own.fits").unlink()
    own.unlink()
    assert file_after("y.fits", zeros) == (None, str(kept / "y.fits"))


def test_a_frame_that_comes_under_two_names_is_kept_once(client: httpx.Client, store: Store, tmp_path: Path) -> None:
    """Before and after its job was done, the second name is told to be the first's, which keeps job and record."""
    own = tmp_path / "own.fits"
    own.write_bytes(fits_bytes(PIXELS, OBJECT="M 42", IMAGETYP="LIGHT", EXPTIME=120.0, TSUID=GUID))
    image = store_light(store, "M 42", filter_name="L", started=START, guid=GUID, file=str(own))
    first = client.put("/api/frames/a.fits", content=own.read_bytes(), headers=TOKEN).json()
    place = tmp_path / "kept" / "M 42" / "a.fits"
    told = f"it is the same frame as {place}, which is on record as image {image.id}; it is not kept twice"
    for state in (JobState.PENDING, JobState.COMPLETED):
        with store.write() as unit:
            unit.set_all(Job, {"state": state}, id=first["job"])
        again = client.put("/api/frames/b.fits", content=own.read_bytes(), headers=TOKEN)
        assert (again.status_code, again.json()) == (200, first | {"state": state.value, "note": told})
        place.write_bytes(fits_bytes(PIXELS, OBJECT="M 42", IMAGETYP="LIGHT", EXPTIME=120.0, TSUID=GUID, HFR=2.5))
    with store.read() as unit:
        assert [each.file for kind in (AcquiredImage, Job) for each in unit.list(kind)] == [str(place)] * 2
    assert kept(tmp_path) == ["M 42/a.fits"]


def test_a_storage_that_is_full_is_told(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is told as that also where it is the storage's, and not as a name that is taken."""

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tsplug.files.folder_storage.copy_file", full)
    answer = client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN)
    assert (answer.status_code, "No space left on device" in answer.json()["error"]) == (507, True)


def test_where_frames_of_others_lie_is_not_told(client: httpx.Client, store: Store) -> None:
    """Who knows another token learns how far a job is, and nothing else of it."""
    job = client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN).json()["job"]
    with store.write() as unit:
        unit.set_all(Job, {"submitted_by": "bea"}, id=job)
    assert client.get(f"/api/jobs/{job}", headers=TOKEN).json() == {"id": job, "state": "pending"}


def test_a_job_of_nobody_is_not_found(client: httpx.Client) -> None:
    """A job that is not there is 404, and without the token nothing is told at all."""
    assert client.get("/api/jobs/7", headers=TOKEN).status_code == 404
    assert client.get("/api/jobs/7").status_code == 401


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(28, "No space left"), 507),
        (OSError(5, "I/O error"), 500),
        (StoreUnavailableError("away"), 503),
    ],
)
def test_troubles_of_the_server_are_told(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    """A full disk, one that fails, and a store that is away each have their own answer."""

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("tsplug.web.uploads.receive", fails)
    assert client.put("/api/frames/a.fits", content=FRAME, headers=TOKEN).status_code == status
