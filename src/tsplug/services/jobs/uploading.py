"""A frame that somebody sends: checked in a buffer, moved into the storage, put into the queue."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

from tsplug.errors import FileError, OutOfReachError
from tsplug.model import Job, frame_place
from tsplug.ports import Clock, FrameFiles, FrameHeaders, FrameStatus, FrameStorage, JobQuery, Store, Unit
from tsplug.services.jobs.submitting import OPEN, JobRequest, newest_jobs, submit
from tsplug.services.storing import Known, store_frame

_ENDINGS = (".fits", ".fit", ".fts", ".xisf", ".fz", ".gz")
_LONGEST_NAME_BYTES = 180
# Disks take 255, and what is in the making has more in its name.
_MEGABYTE = 10**6
_MADE_OF_A_NAME = 5
_SENT = UUID("8e1f1d0b-64b0-4a3e-9d5e-0f4b7c1f6a52")


class NotAFrameError(FileError):
    """What was sent is no whole frame; the text says why."""


class TooLargeError(FileError):
    """What was sent claims more pixels, once it is unpacked, than are taken."""


@dataclass(frozen=True)
class Arrival:
    """Where frames that are sent go, how they are looked at, and how many bytes of pixels one may have, unpacked."""

    store: Store
    clock: Clock
    storage: FrameStorage
    headers: FrameHeaders
    files: FrameFiles
    verify: Callable[[Path], FrameStatus]
    pattern: str
    most_pixel_bytes: int = 10**9


def frame_name(name: str) -> str:
    """Return the bare name of a frame as it was sent.

    Raises:
        NotAFrameError: it is none, by its ending.
    """
    if "\\" in name or "/" in name:
        raise NotAFrameError(f"{name!r} is not named like a frame: send its bare name, without the folders before it")
    if "\ufffd" in name or not name.isprintable():
        raise NotAFrameError(
            f"{name!r} is not named like a frame: it has characters that cannot be shown, or is not sent as UTF-8"
        )
    if name.startswith("."):
        raise NotAFrameError(f"{name!r} is not named like a frame: it begins with a dot, as hidden files do")
    if not name.lower().endswith(_ENDINGS):
        raise NotAFrameError(f"{name!r} is not named like a frame: it must end in one of {', '.join(_ENDINGS)}")
    if len(name.encode()) > _LONGEST_NAME_BYTES:
        raise NotAFrameError(
            f"{name[:20]}... is longer than {_LONGEST_NAME_BYTES} bytes; give the frame a shorter name"
        )
    return name


@dataclass(frozen=True)
class Received:
    """The job of a frame that was sent, whether it had come before, and why a record that it names is not its own."""

    job: Job
    again: bool = False
    note: str = ""


def receive(file: Path, name: str, *, arrival: Arrival, sender: str) -> Received:
    """Take a frame out of a buffer, where it stays until the caller removes it, and return its job.

    What was sent once is known by its bytes. Where the frame that came of them still is, whatever processing has
    written into its header since and wherever it was moved, it changes nothing to send it again, and the answer is the
    newest job about it. So it is where the storage has the same frame on record under another name. Otherwise it is
    taken anew.

    Raises:
        NotAFrameError: it is none, or is not whole.
        TooLargeError: it is packed, and what it claims to hold is more than is taken.
        NameTakenError: another frame has its name in the storage.
        FileError: the storage does not take it.
    """
    # A few bytes may claim gigabytes: nothing is unpacked before that is known.
    claimed = arrival.files.status(file).pixel_bytes
    if claimed > arrival.most_pixel_bytes:
        limit_mb = arrival.most_pixel_bytes // _MEGABYTE
        raise TooLargeError(
            f"{name} claims {claimed // _MEGABYTE} MB of pixels, more than the {limit_mb} MB taken here"
        )
    status = arrival.verify(file)
    if status.problem or not status.exists:
        raise NotAFrameError(f"{name} is no whole frame: {status.problem or 'nothing came'}")
    sent = _sent(file, name)
    known = _job_of(arrival.store, sent)
    if known is not None and _is_there(file, known, files=arrival.files):
        return Received(known, again=True)
    knows = Known(arrival.store, arrival.headers, arrival.files)
    stored = store_frame(file, arrival.storage, known=knows, name=(name, arrival.pattern))
    with arrival.store.write() as unit:
        if stored.again and (newest := newest_jobs(unit, [stored.address]).get(stored.address)) is not None:
            return Received(newest, again=True, note=stored.note)
        request = JobRequest(submitted_by=sender, beside_open=_is_anothers_turn(unit, stored.address, sent=sent))
        (job,) = submit(unit, [stored.address], request=request, at=arrival.clock.now())
        if unit.find(Job, guid=sent) is None:
            job = job.model_copy(update={"guid": sent})
            unit.update(job)
    return Received(job, again=stored.again, note=stored.note)


def _sent(file: Path, name: str) -> str:
    """Return what stands for the bytes of a file under a name, as the identifier of the first job about them."""
    with file.open("rb") as stream:
        return str(uuid5(_SENT, f"{hashlib.file_digest(stream, 'sha256').hexdigest()} {name}"))


def _job_of(store: Store, sent: str) -> Job | None:
    """Return the newest job about the file that something which was sent went into."""
    with store.read() as unit:
        first = unit.find(Job, guid=sent)
        return None if first is None else unit.jobs(JobQuery(files=(first.file,), limit=1))[0]


def _is_there(file: Path, job: Job, *, files: FrameFiles) -> bool:
    """Return whether the frame of a file is where a job says; the name may be another frame's by now.

    Raises:
        OutOfReachError: nobody can tell.
    """
    status = files.status(frame_place(job.file))
    if status.out_of_reach:
        raise OutOfReachError(f"{job.file} {status.problem}")
    return status.exists and files.of_one_frame(file, frame_place(job.file))


def _is_anothers_turn(unit: Unit, address: str, *, sent: str) -> bool:
    """Return whether what is in the queue under an address is a frame that was sent before, and is gone from there."""
    waiting = unit.jobs(JobQuery(files=(address,), states=OPEN))
    return any(_was_sent(job) and job.guid != sent for job in waiting)


def _was_sent(job: Job) -> bool:
    """Return whether a job is the first about something that was sent: its identifier is made of that, not drawn."""
    return UUID(job.guid).version == _MADE_OF_A_NAME
