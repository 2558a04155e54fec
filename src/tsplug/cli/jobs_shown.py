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
    """Print a line a job, and what came of all as `show_ends`."""
    for row in rows:
        show_text(f"{row['state']:<9}  {name_of(row)}  {told_modules(row)}".rstrip())
    show_ends(rows)


def show_ends(rows: Sequence[Row]) -> None:
    """Print the problems of jobs that failed, why modules were skipped, and how many there were of each state."""
    failed = [row for row in rows if row["state"] == JobState.FAILED]
    for row in failed[:_COMPLAINED]:
        complain(f"{name_of(row)}: {row['message']}")
    if len(failed) > _COMPLAINED:
        complain(f"and {len(failed) - _COMPLAINED} more; `tsplug jobs list --state failed` lists them all")
    skipped = Counter(
        (step["module"], step["message"])
        for row in rows
        for step in row["modules"]
        if step["state"] == ModuleState.SKIPPED and step["message"]
    )
    for (module, why), number in skipped.most_common(_COMPLAINED):
        show_text(f"{module} was skipped on {counted(number, 'frame')}: {why}")
    states = Counter(row["state"] for row in rows)
    told = ", ".join(f"{number} {state}" for state, number in states.items()) or "nothing waits or is worked on"
    show_text(f"{counted(len(rows), 'frame')}: {told}")


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
