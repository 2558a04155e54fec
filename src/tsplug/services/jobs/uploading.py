"""A frame that somebody sends: checked in a buffer, moved into the storage, put into the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from tsplug.errors import FileError
from tsplug.model import Job
from tsplug.ports import Clock, FrameHeaders, FrameStatus, FrameStorage, Store
from tsplug.services.jobs.submitting import JobRequest, submit
from tsplug.services.storing import store_frame

_ENDINGS = (".fits", ".fit", ".fts", ".xisf", ".fz", ".gz")


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
    if not bare.lower().endswith(_ENDINGS) or bare.startswith("."):
        raise NotAFrameError(f"{bare or name!r} is not named like a frame: it must end in one of {', '.join(_ENDINGS)}")
    return bare


def receive(file: Path, name: str, *, arrival: Arrival, sender: str) -> Job:
    """Take a frame out of a buffer, where it stays until the caller removes it, and return its job.

    Raises:
        NotAFrameError: it is none, or is not whole.
        FileError: another frame has its name in the storage, or the storage does not take it.
    """
    status = arrival.verify(file)
    if status.problem or not status.exists:
        raise NotAFrameError(f"{name} is no whole frame: {status.problem or 'nothing came'}")
    stored = store_frame(
        file, arrival.storage, headers=arrival.headers, store=arrival.store, name=(name, arrival.pattern)
    )
    with arrival.store.write() as unit:
        request = JobRequest(submitted_by=sender, only_unknown=False)
        (job,) = submit(unit, [stored.address], request=request, at=arrival.clock.now())
    return job
