"""A frame that somebody sends: checked in a buffer, moved into the storage, put into the queue."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from uuid import UUID, uuid5

from tsplug.errors import FileError, NameTakenError
from tsplug.model import Job
from tsplug.ports import Clock, FrameHeaders, FrameStatus, FrameStorage, JobQuery, Store
from tsplug.services.jobs.submitting import JobRequest, submit
from tsplug.services.storing import store_frame

_ENDINGS = (".fits", ".fit", ".fts", ".xisf", ".fz", ".gz")
_LONGEST_NAME_BYTES = 180
# Disks take 255, and what is in the making has more in its name.
_SENT = UUID("8e1f1d0b-64b0-4a3e-9d5e-0f4b7c1f6a52")


class NotAFrameError(FileError):
    """What was sent is no whole frame; the text says why."""


@dataclass(frozen=True)
class Arrival:
    """Where frames that are sent go, and how they are looked at."""

    store: Store
    clock: Clock
    storage: FrameStorage
    headers: FrameHeaders
    verify: Callable[[Path], FrameStatus]
    pattern: str


def frame_name(name: str) -> str:
    """Return the bare name of a frame as it was sent.

    Raises:
        NotAFrameError: it is none, by its ending.
    """
    bare = PurePath(name.replace("\\", "/")).name
    if not bare.isprintable():
        raise NotAFrameError(f"{bare!r} is not named like a frame: it has characters that cannot be shown")
    if not bare.lower().endswith(_ENDINGS) or bare.startswith("."):
        raise NotAFrameError(f"{bare or name!r} is not named like a frame: it must end in one of {', '.join(_ENDINGS)}")
    if len(bare.encode()) > _LONGEST_NAME_BYTES:
        raise NotAFrameError(
            f"{bare[:20]}... is longer than {_LONGEST_NAME_BYTES} bytes; give the frame a shorter name"
        )
    return bare


@dataclass(frozen=True)
class Received:
    """The job of a frame that was sent, and whether the same frame had come under its name before."""

    job: Job
    again: bool = False


def receive(file: Path, name: str, *, arrival: Arrival, sender: str) -> Received:
    """Take a frame out of a buffer, where it stays until the caller removes it, and return its job.

    What was sent once is known by its bytes, whatever processing has written into its header since: sent again it
    changes nothing, and the answer is the newest job about it. One whose file is gone is taken anew.

    Raises:
        NotAFrameError: it is none, or is not whole.
        NameTakenError: another frame has its name in the storage.
        FileError: the storage does not take it.
    """
    status = arrival.verify(file)
    if status.problem or not status.exists:
        raise NotAFrameError(f"{name} is no whole frame: {status.problem or 'nothing came'}")
    sent = _sent(file, name)
    try:
        stored = store_frame(
            file, arrival.storage, headers=arrival.headers, store=arrival.store, name=(name, arrival.pattern)
        )
    except NameTakenError:
        known = _job_of(arrival.store, sent)
        if known is None:
            raise
        return Received(known, again=True)
    known = _job_of(arrival.store, sent) if stored.was_there else None
    if known is not None:
        return Received(known, again=True)
    with arrival.store.write() as unit:
        request = JobRequest(submitted_by=sender, only_unknown=False)
        (job,) = submit(unit, [stored.address], request=request, at=arrival.clock.now())
        if unit.find(Job, guid=sent) is None:
            job = job.model_copy(update={"guid": sent})
            unit.update(job)
    return Received(job)


def _sent(file: Path, name: str) -> str:
    """Return what stands for the bytes of a file under a name, as the identifier of the first job about them."""
    with file.open("rb") as stream:
        return str(uuid5(_SENT, f"{hashlib.file_digest(stream, 'sha256').hexdigest()} {name}"))


def _job_of(store: Store, sent: str) -> Job | None:
    """Return the newest job about the file that something which was sent went into."""
    with store.read() as unit:
        first = unit.find(Job, guid=sent)
        return None if first is None else unit.jobs(JobQuery(files=(first.file,), limit=1))[0]
