"""Work that outlives the exposure it is about: jobs of the image pipeline, and plans given to a rig."""

from __future__ import annotations

from sqlmodel import Field

from tsplug.model.base import Record, UtcDatetime, new_guid
from tsplug.model.enums import JobState, ModuleState

NEW_PRIORITY = 0
"""The priority of frames that are processed for the first time."""

REPROCESS_PRIORITY = 10
"""The priority of frames that are processed again: somebody waits for them."""

HIGHEST_PRIORITY = 1000
"""The largest priority either way, so that there is always room before and after."""


class Job(Record):
    """One frame's way through the image pipeline; higher priorities go first, then the one that came first.

    Whoever runs it is its ``owner`` until ``leased_until``; after that it goes back to the queue. It is not begun
    before ``not_before``. ``submitted_by`` is the user who may cancel it. ``switched`` says of modules by name whether
    they are on, over what the profile says. ``previews`` is the folder for its picture, where that is not to lie where
    the rig wants it. ``cancel_wanted`` asks the owner to stop. A job is completed when all its
    modules are, and failed when one or more failed. ``away_s`` is for how long it has waited for a disk or a storage
    that does not answer, without an attempt that came to another end.
    """

    guid: str = Field(default_factory=new_guid)
    image_id: int | None = None
    profile_id: int | None = None
    file: str
    state: JobState = JobState.PENDING
    priority: int = Field(default=NEW_PRIORITY, ge=-HIGHEST_PRIORITY, le=HIGHEST_PRIORITY)
    switched: dict[str, bool] = Field(default_factory=dict)
    submitted_by: str = ""
    previews: str = ""
    owner: str = ""
    attempts: int = Field(default=0, ge=0)
    leased_until: UtcDatetime | None = None
    not_before: UtcDatetime | None = None
    away_s: float = Field(default=0.0, ge=0)
    cancel_wanted: bool = False
    message: str = ""
    created_at: UtcDatetime
    started_at: UtcDatetime | None = None
    finished_at: UtcDatetime | None = None


class JobStep(Record):
    """How far one module came with a job's frame; ``duration_s`` is 0 until it ended."""

    job_id: int
    module: str = Field(min_length=1)
    state: ModuleState = ModuleState.PENDING
    duration_s: float = Field(default=0.0, ge=0)
    message: str = ""


class Lease(Record):
    """A plan given to a rig for one exposure, so that two rigs do not both take the last one."""

    plan_id: int
    profile_id: int
    owner: str = ""
    until: UtcDatetime
