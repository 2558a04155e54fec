"""Jobs as people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tsplug.cli.output import complain, counted, number, printable, show_fields, show_table, show_text
from tsplug.model import NOT_SOLVED, JobState, ModuleState
from tsplug.services.jobs.listing import TIMES, Row

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
    for (module, why), many in skipped.most_common(_COMPLAINED):
        show_text(f"{module} was skipped on {counted(many, 'frame')}: {why}")
    _show_unsolved(rows)
    states = Counter(row["state"] for row in rows)
    told = ", ".join(f"{number} {state}" for state, number in states.items()) or "nothing waits or is worked on"
    show_text(f"{counted(len(rows), 'frame')}: {told}")


def _show_unsolved(rows: Sequence[Row]) -> None:
    found = [
        f"{name_of(row)}: {step['message'].removeprefix(NOT_SOLVED)}"
        for row in rows
        for step in row["modules"]
        if step["message"].startswith(NOT_SOLVED)
    ]
    if found:
        such = "such as " if len(found) > 1 else ""
        show_text(f"{counted(len(found), 'frame')} not solved: {such}{found[0]}")


def show_job(title: str, row: Row) -> None:
    """Print a job field by field, and its modules as a table."""
    told = {key: value for key, value in row.items() if key != "modules" and value not in (None, "", {})}
    show_fields(title, {key: _moment(value) if key in TIMES else _shown(value) for key, value in told.items()})
    steps = [[step["module"], step["state"], number(step["duration_s"]), step["message"]] for step in row["modules"]]
    show_table("modules", ("module", "state", "s", "message"), rows=steps)


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
    return printable(Path(row["file"]).name)


def _moment(told: str) -> str:
    return f"{datetime.fromisoformat(told).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _shown(value: object) -> object:
    return printable(value) if isinstance(value, str) else value
