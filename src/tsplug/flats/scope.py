"""What a due rule looks at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from tsplug.model import LightSession, Project, ProjectState


@dataclass(frozen=True)
class Scope:
    """The outstanding sessions that fall due together: those of one target, or by option of one project.

    ``run_date`` is the calendar date of the run at the site, ``tonight`` the session date of the night it falls in,
    ``created_on`` that of the project's creation; ``progress`` is each target's, 0 to 1, by id.
    """

    project: Project
    sessions: tuple[LightSession, ...]
    run_date: date
    tonight: date
    created_on: date
    progress: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Due:
    """Whether a session's flats are due, why, and from which date on (None where no date is known)."""

    due: bool
    reason: str
    due_on: date | None = None


@dataclass(frozen=True)
class DueRule:
    """A rule for when flats are due: the project settings and states it serves, and its judgement of a session.

    ``waits`` says that a session which is not due is waiting for a run; one of a rule that never lets a run take flats
    is not.
    """

    name: str
    handlings: frozenset[int]
    judge: Callable[[Scope, LightSession], Due]
    states: frozenset[ProjectState] = frozenset({ProjectState.ACTIVE})
    waits: bool = True


def in_days(count: int) -> str:
    """Return a number of days in words."""
    return "1 day" if count == 1 else f"{count} days"
