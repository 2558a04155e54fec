"""Putting frames into the queue, each once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tsplug.errors import InputError
from tsplug.model import AcquiredImage, Address, FramePlace, Job, JobState, frame_place, is_nameable
from tsplug.model.jobs import NEW_PRIORITY, REPROCESS_PRIORITY
from tsplug.ports import FrameHeaders, JobQuery, Unit

OPEN = (JobState.PENDING, JobState.RUNNING)
"""The states of jobs that something will still become of."""

_PART = 500


@dataclass(frozen=True)
class JobRequest:
    """What is asked of some frames: ``priority`` None puts those that were processed before ahead of new ones."""

    submitted_by: str = ""
    priority: int | None = None
    switched: Mapping[str, bool] = field(default_factory=dict)
    profile_id: int | None = None
    """The rig as whose frames those without a record are processed."""
    previews: str = ""
    """The folder of this machine for pictures, where they are not to lie where rigs want them."""
    only_unknown: bool = False
    """Leave files alone that any job was ever about: a watched folder holds them for years."""
    beside_open: bool = False
    """Give files another job where one is in the queue, which is about a frame that had the name before."""
    instead: bool = False
    """Ask for this in place of what was asked of frames that wait, and once more of those at work for something else:
    somebody waits for just this."""


def submit(unit: Unit, files: Sequence[str], *, request: JobRequest, at: datetime) -> list[Job]:
    """Put frames into the queue and return their jobs, in the order of the files.

    A frame that waits or is worked on already keeps its job, which moves forward where the request is more urgent; one
    that waits takes over what the request switches, its rig and its folder for pictures. A link and what it leads to
    are one frame.

    Args:
        unit: a unit that writes.
        files: absolute paths, or addresses in a storage.
        request: what is asked of them.
        at: now.
    """
    jobs: list[Job] = []
    by_real: dict[str, str] = {}
    for file in files:
        real = _real(file)
        # A file goes under its own name where that is given too.
        by_real[real] = file if file == real else by_real.get(real, file)
    unique = list(by_real.values())
    for start in range(0, len(unique), _PART):
        jobs += _submit_part(unit, unique[start : start + _PART], request=request, at=at)
    return jobs


def submit_image(unit: Unit, image: AcquiredImage, *, at: datetime) -> Job:
    """Put the frame of a record into the queue that was just stored, unless a watched folder was quicker.

    A job that waits learns of the record; one that runs without it is followed by another. The job is nobody's where
    nobody had put it there, so anybody may cancel it.
    """
    job = newest_jobs(unit, [image.file]).get(image.file)
    if job is not None and job.state in OPEN and job.image_id == image.id:
        return job
    if job is None or job.state is not JobState.PENDING or job.image_id is not None:
        return unit.add(Job(image_id=image.id, profile_id=image.profile_id, file=image.file, created_at=at))
    told = job.model_copy(update={"image_id": image.id, "profile_id": image.profile_id})
    unit.update(told)
    return told


def newest_jobs(unit: Unit, files: Sequence[str]) -> dict[str, Job]:
    """Return the newest job about each file, absolute path or address, that there was one about."""
    parts = [tuple(files[start : start + _PART]) for start in range(0, len(files), _PART)]
    return {job.file: job for part in parts for job in reversed(unit.jobs(JobQuery(files=part)))}


def _submit_part(unit: Unit, files: Sequence[str], *, request: JobRequest, at: datetime) -> list[Job]:
    files = files if request.only_unknown else _recorded(unit, files)
    known = _known(unit, files)
    wanted = [file for file in files if file not in known] if request.only_unknown else list(files)
    images = {image.file: image for image in unit.list(AcquiredImage, file=wanted)} if wanted else {}
    at_it = {file: job for file in wanted if (job := known.get(file)) is not None and _serves(job, request)}
    waiting = {} if request.beside_open else at_it
    fresh = [
        _job(file, request, at=at, image=images.get(file), again=file in known)
        for file in wanted
        if file not in waiting
    ]
    added = {job.file: job for job in unit.add_many(fresh)}
    return [added[file] if file in added else _moved_forward(unit, waiting[file], request=request) for file in wanted]


def _serves(job: Job, request: JobRequest) -> bool:
    """Return whether a job that somebody has asked for before will do what is asked for now."""
    if job.state is JobState.RUNNING and request.instead:
        return job.switched == request.switched and job.previews == request.previews
    return job.state in OPEN


def _recorded(unit: Unit, files: Sequence[str]) -> list[str]:
    """Return files under the names that records have of them, where they were named through a link to a folder."""
    reals = {file: _real(file) for file in files if not Path(file).is_symlink()}
    linked = [real for file, real in reals.items() if real != file]
    recorded = {image.file for image in unit.list(AcquiredImage, file=linked)} if linked else set()
    return [reals[file] if reals.get(file) in recorded else file for file in files]


def _known(unit: Unit, files: Sequence[str]) -> dict[str, Job]:
    """Return the newest job about each file, under its own name or that of what it leads to."""
    reals = {file: _real(file) for file in files}
    found = newest_jobs(unit, list({*reals, *reals.values()}))
    both = {file: [found[name] for name in {file, real} if name in found] for file, real in reals.items()}
    return {file: max(jobs, key=lambda job: job.id or 0) for file, jobs in both.items() if jobs}


def _real(file: str) -> str:
    """Return the path of what a file leads to through links; an address is one itself."""
    return file if isinstance(frame_place(file), Address) else os.path.realpath(file)


def _job(file: str, request: JobRequest, *, at: datetime, image: AcquiredImage | None, again: bool) -> Job:
    usual = REPROCESS_PRIORITY if again else NEW_PRIORITY
    return Job(
        file=file,
        image_id=None if image is None else image.id,
        profile_id=request.profile_id if image is None else image.profile_id,
        priority=usual if request.priority is None else request.priority,
        switched=dict(request.switched),
        submitted_by=request.submitted_by,
        previews=request.previews,
        created_at=at,
    )


def _moved_forward(unit: Unit, job: Job, *, request: JobRequest) -> Job:
    if job.state is not JobState.PENDING:
        return job
    priority = job.priority if request.priority is None else max(job.priority, request.priority)
    asked: dict[str, object] = {}
    if job.image_id is None and request.profile_id is not None:
        asked["profile_id"] = request.profile_id
    asked["previews"] = request.previews if request.instead else request.previews or job.previews
    asked["switched"] = dict(request.switched) if request.instead else dict(request.switched) or job.switched
    changed = job.model_copy(update={"priority": priority, "not_before": None} | asked)
    if changed != job:
        unit.update(changed)
    return changed


@dataclass(frozen=True)
class FoundFrames:
    """Paths or addresses of frames, and those that no job can name."""

    files: list[str]
    unnameable: list[str]


def frames_in(places: Sequence[FramePlace], headers: FrameHeaders) -> FoundFrames:
    """Return single files, whatever they hold, and all frames in and below folders.

    Raises:
        InputError: a place does not exist, or a folder holds no frame.
    """
    files: list[str] = []
    for place in places:
        if isinstance(place, Path) and not place.is_dir():
            if not place.exists():
                raise InputError(f"{place} does not exist")
            files.append(str(place.absolute()))
            continue
        found = [str(each.file.absolute()) for each in headers.scan([place], wanted=())]
        if not found:
            raise InputError(f"{place} holds no frame: neither FITS nor XISF lies in it or below")
        files += found
    unique = dict.fromkeys(files)
    return FoundFrames(
        [file for file in unique if is_nameable(file)], [file for file in unique if not is_nameable(file)]
    )
