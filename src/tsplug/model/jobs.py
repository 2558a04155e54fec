"""Work that outlives the exposure it is about: jobs of the image pipeline, and plans given to a rig."""

from __future__ import annotations

from sqlmodel import Field

from tsplug.model.base import Record, UtcDatetime, new_guid
from tsplug.model.enums import JobState, StepResult


class Job(Record):
    """One frame's way through the image pipeline; higher priorities go first.

    Whoever runs it is its ``owner`` until ``leased_until``; after that another may take it.
    """

    guid: str = Field(default_factory=new_guid)
    image_id: int | None = None
    profile_id: int | None = None
    file: str
    state: JobState = JobState.QUEUED
    priority: int = 0
    owner: str = ""
    attempts: int = Field(default=0, ge=0)
    leased_until: UtcDatetime | None = None
    message: str = ""
    created_at: UtcDatetime
    started_at: UtcDatetime | None = None
    finished_at: UtcDatetime | None = None


class JobStep(Record):
    """What one module made of a job's frame."""

    job_id: int
    module: str = Field(min_length=1)
    result: StepResult
    duration_s: float = Field(ge=0)
    message: str = ""


class Lease(Record):
    """A plan given to a rig for one exposure, so that two rigs do not both take the last one."""

    plan_id: int
    profile_id: int
    owner: str = ""
    until: UtcDatetime
