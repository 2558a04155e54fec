"""The Scheduler Report: what the night came to."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from tsplug.instructions.session import Session
from tsplug.model import Value


class SchedulerReport:
    """Writes what the night came to: session summary, acquisition CSV per target, and a page."""

    name: ClassVar[str] = "Scheduler Report"
    help: ClassVar[str] = (
        "Write the session summary, the AstroBin acquisition CSV and report.html into the output folder."
    )

    class Parameters(Value):
        """Scheduler Report has no parameters."""

    def validate(self, parameters: Parameters, session: Session) -> list[str]:
        """Return what is missing for this instruction to run, one line each."""
        return []

    def run(self, parameters: Parameters, session: Session, *, out: Path) -> tuple[Path, ...]:
        """Write the files into a folder and return their paths."""
        from tsplug.services.reporting.night_report import write_night_report

        return write_night_report(session.profile_guid, out, context=session.context)
