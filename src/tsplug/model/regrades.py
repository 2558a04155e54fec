"""The journal of regrading: what was asked for and how far it came, so that a run goes on after an interruption."""

from __future__ import annotations

from typing import Any

from sqlmodel import Field

from tsplug.model.base import Record, UtcDatetime, new_guid
from tsplug.model.enums import RegradeState


class RegradeRun(Record):
    """One run over stored images, target by target in the order of their ids, each wholly in one transaction.

    ``request`` says which images and by which criteria, with all else that decides as it was at the start.
    ``last_target_id`` is the last target done. The numbers are those of the whole run, resumed or not.
    """

    guid: str = Field(default_factory=new_guid)
    request: dict[str, Any] = Field(default_factory=dict)
    state: RegradeState = RegradeState.RUNNING
    last_target_id: int = 0
    processed: int = 0
    updated: int = 0
    skipped_manual: int = 0
    plans_completed: int = 0
    plans_reopened: int = 0
    targets_completed: int = 0
    targets_reopened: int = 0
    started_at: UtcDatetime
    finished_at: UtcDatetime | None = None


class SettledPlan(Record):
    """A state of a plan that a regrade leads to itself: while it lasts there is nothing to do, nor anything to read.

    ``digest`` is that of all that the regrade rests on, settings and what is stored of the plan's frames. ``processed``
    frames were judged, ``by_hand`` were not since their status stands by hand; ``bands`` has how many of those that
    were judged have which band, none under an empty text.
    """

    plan_id: int
    digest: str
    processed: int
    by_hand: int
    bands: dict[str, int] = Field(default_factory=dict)
