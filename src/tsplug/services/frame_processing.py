"""What the image pipeline has made of frames on disk: their job, picture, numbers and solution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tsplug.model import (
    AcquiredImage,
    Address,
    FramePlace,
    FrameSolution,
    Job,
    JobStep,
    ModuleState,
    PipelinePreferences,
    Profile,
    frame_place,
    is_nameable,
)
from tsplug.ports import JobQuery, Unit
from tsplug.services.jobs.listing import job_rows
from tsplug.services.preview_places import likes_with, preview_place

Row = dict[str, Any]

_SHOWN = ("id", "state", "message")
_OF_STORE = ("id", "image_id")


def add_processing(unit: Unit, rows: Sequence[Row]) -> None:
    """Add to rows of frames what is stored of them: ``metrics``, ``solution`` and ``job``; and ``preview``.

    Rows without a record keep the metrics and the solution that they have.

    Args:
        unit: a unit that reads.
        rows: with ``file`` and ``image``, the id of the frame's record; see `tsplug.services.disk_frames`.
    """
    images = {image.id: image for image in unit.list(AcquiredImage, id=_set(row["image"] for row in rows))}
    solutions = {each.image_id: each for each in unit.list(FrameSolution, image_id=list(images))}
    jobs = newest_jobs(unit, [row["file"] for row in rows])
    rigs = _set([*(image.profile_id for image in images.values()), *(job.profile_id for job in jobs.values())])
    profiles = {each.id: each for each in unit.list(Profile, id=rigs)}
    pictured = _pictured(unit, [row["file"] for row in rows])
    for row in rows:
        image = images.get(row["image"])
        job = jobs.get(row["file"])
        processed = job if image is None else image
        profile = None if processed is None else profiles.get(processed.profile_id)
        solution = None if image is None else solutions.get(image.id or 0)
        if image is not None:
            row["metrics"] = image.metrics
            row["solution"] = None if solution is None else solution.model_dump(mode="json", exclude=set(_OF_STORE))
        row["job"] = None if job is None else job.model_dump(mode="json", include=set(_SHOWN))
        row["preview"] = _preview(frame_place(row["file"]), profile, job=job, made=row["file"] in pictured)


def add_job_modules(unit: Unit, row: Row) -> None:
    """Put the whole of a frame's job, with its modules, in the place of the little that lists show."""
    if row["job"] is not None:
        (row["job"],) = job_rows(unit, unit.jobs(JobQuery(ids=(row["job"]["id"],))))


def newest_jobs(unit: Unit, files: Sequence[str]) -> Mapping[str, Job]:
    """Return the newest job about each file that there was one about."""
    absolute = {str(frame_place(file).absolute()): file for file in files if is_nameable(file)}
    found = unit.jobs(JobQuery(files=tuple(absolute)))
    return {absolute[job.file]: job for job in reversed(found)}


def _pictured(unit: Unit, files: Sequence[str]) -> frozenset[str]:
    """Return the addresses of frames that jobs made pictures of: to ask their storage for each takes too long."""
    addresses = tuple(file for file in files if isinstance(frame_place(file), Address))
    jobs = {job.id or 0: job.file for job in unit.jobs(JobQuery(files=addresses))} if addresses else {}
    steps = unit.list(JobStep, job_id=list(jobs), module="preview", state=ModuleState.COMPLETED) if jobs else []
    return frozenset(jobs[step.job_id] for step in steps)


def _preview(file: FramePlace, profile: Profile | None, *, job: Job | None, made: bool) -> str | None:
    likes = PipelinePreferences() if profile is None else profile.pipeline
    place = preview_place(file, likes_with(likes, "" if job is None else job.previews))
    there = made if isinstance(place, Address) else place.is_file()
    return str(place) if there else None


def _set(ids: Iterable[int | None]) -> list[int]:
    return sorted({each for each in ids if each is not None})
