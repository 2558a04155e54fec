"""Jobs as people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tsplug.cli.output import complain, counted, show_text
from tsplug.model import JobState, ModuleState
from tsplug.services.jobs.listing import Row

_COMPLAINED = 20


def show_job_lines(rows: Sequence[Row]) -> None:
    """Print a line a job, the problems of those that failed, and how many there were of each state."""
    for row in rows:
        show_text(f"{row['state']:<9}  {name_of(row)}  {told_modules(row)}".rstrip())
    failed = [row for row in rows if row["state"] == JobState.FAILED]
    for row in failed[:_COMPLAINED]:
        complain(f"{name_of(row)}: {row['message']}")
    if len(failed) > _COMPLAINED:
        complain(f"and {len(failed) - _COMPLAINED} more; `tsplug jobs list --state failed` lists them all")
    states = Counter(row["state"] for row in rows)
    show_text(f"{counted(len(rows), 'frame')}: {', '.join(f'{number} {state}' for state, number in states.items())}")


def told_modules(row: Row) -> str:
    """Return how far the modules of a job are: those that are done with their seconds, the others with their state."""
    return ", ".join(
        f"{step['module']} {step['duration_s']:.2f} s"
        if step["state"] == ModuleState.COMPLETED
        else f"{step['module']} {step['state']}"
        for step in row["modules"]
    )


def name_of(row: Row) -> str:
    """Return the name of a job's frame, as any console can print it."""
    return Path(row["file"]).name.encode("utf-8", "replace").decode("utf-8")
