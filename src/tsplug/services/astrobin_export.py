"""An acquisition CSV and a session summary, from a target's records or from frames read elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from tsplug.astrobin.acquisitions import AcquisitionRow
from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.astrobin.csv_text import csv_text
from tsplug.astrobin.export import Exported, exported
from tsplug.astrobin.fields import CheckedRows, checked
from tsplug.astrobin.frames import Frame, Place
from tsplug.astrobin.nights import local_time
from tsplug.astrobin.provenance import provenance_text
from tsplug.astrobin.summary import SummaryDocument, SummaryInput, summary_document
from tsplug.astrobin.summary_html import summary_html
from tsplug.astrobin.summary_text import summary_text
from tsplug.model import GradingStatus, Target
from tsplug.ports import Store
from tsplug.services.astrobin_store import frames_of_target
from tsplug.services.writing import file_stem, write_text

CSV = "_acquisition.csv"
"""How the name of the acquisition CSV ends."""

_NO_SETTINGS = Configuration()
_USUAL = Choices()


@dataclass(frozen=True)
class AcquisitionExport:
    """What is exported under a name: rows, those AstroBin would refuse, the summary, and what to know.

    ``notes`` tell what was left out, each file, field or row with its reason; ``hints`` what is good to know though
    nothing is missing.
    """

    name: str
    rows: CheckedRows
    document: SummaryDocument
    content: Exported
    notes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """Return the summary as text."""
        return summary_text(self.document)

    @property
    def page(self) -> str:
        """Return the summary as an HTML page."""
        return summary_html(self.document)


@dataclass(frozen=True)
class ExportPlan:
    """How frames become an export: its name, the settings, and what is already known to be left out."""

    name: str
    now: datetime
    configuration: Configuration = _NO_SETTINGS
    choices: Choices = _USUAL
    left_out: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    hints: tuple[str, ...] = field(default=())


def statuses_of(choices: Choices) -> frozenset[GradingStatus]:
    """Return which recorded lights count: accepted ones, and others where they are asked for."""
    wanted = {GradingStatus.ACCEPTED}
    wanted |= {GradingStatus.REJECTED} if choices.include_rejected else set()
    wanted |= {GradingStatus.PENDING} if choices.include_pending else set()
    return frozenset(wanted)


def acquisition_rows(
    target: Target, store: Store, *, choices: Choices = _USUAL, configuration: Configuration = _NO_SETTINGS
) -> tuple[AcquisitionRow, ...]:
    """Return the acquisition rows of a target's lights, not yet checked against limits."""
    with store.read() as unit:
        found = frames_of_target(unit, target, statuses=statuses_of(choices))
    return exported(found.frames, configuration, choices=choices).rows


def export_target(
    target: Target,
    store: Store,
    *,
    now: datetime,
    choices: Choices = _USUAL,
    configuration: Configuration = _NO_SETTINGS,
) -> AcquisitionExport:
    """Return a target's rows, checked against AstroBin's limits, and its session summary; no frame is read.

    Args:
        target: a stored target.
        store: where its lights are recorded.
        now: AstroBin refuses dates after this day at the site.
        choices: which lights count, and how they become rows.
        configuration: filters beside those of the profile, and how cells are made.
    """
    with store.read() as unit:
        found = frames_of_target(unit, target, statuses=statuses_of(choices))
    left_out = tuple(f"{status} lights: {count}" for status, count in found.left_out.items())
    return export_frames(found.frames, ExportPlan(target.name, now, configuration, choices, left_out))


def export_frames(frames: Sequence[Frame], plan: ExportPlan) -> AcquisitionExport:
    """Return what frames come to: checked rows, summary, and everything that was left out with its reason."""
    content = exported(frames, plan.configuration, choices=plan.choices)
    rows = checked(content.rows, today=_today(content, plan.now))
    notes = (
        *plan.problems,
        *content.notes,
        *(f"not in the CSV: {refusal}" for refusal in rows.refused),
        *(f"in the CSV: {refusal}" for refusal in rows.emptied),
    )
    copies = len(content.left_out)
    left_out = (*plan.left_out, *([f"copies of lights and calibration: {copies}"] if copies else []))
    document = summary_document(
        SummaryInput(
            target_name=plan.name,
            exported=content,
            generated=plan.now,
            configuration=plan.configuration,
            choices=plan.choices,
            left_out=left_out,
            problems=notes,
        )
    )
    return AcquisitionExport(plan.name, rows, document, content, notes, (*plan.hints, *content.hints))


def write_export(
    export: AcquisitionExport, out: Path, *, stem: str = "", page: bool = False, provenance: bool = False
) -> tuple[Path, ...]:
    """Write the summary and, where there are rows, the CSV into a folder; return the files written.

    Args:
        export: what to write.
        out: the folder, made if missing.
        stem: how the file names begin; the export's name if empty.
        page: write the summary as HTML too.
        provenance: write where each cell comes from too.

    Raises:
        FileError: a file cannot be written.
    """
    stem = stem or file_stem(export.name)
    texts: dict[str, str] = {}
    if export.rows.rows:
        texts[CSV] = csv_text(export.rows.rows)
    texts["_session_summary.txt"] = export.summary
    texts |= {"_session_summary.html": export.page} if page else {}
    texts |= {"_provenance.csv": provenance_text(export.rows.rows)} if provenance else {}
    return tuple(write_text(out / f"{stem}{ending}", text) for ending, text in texts.items())


def _today(content: Exported, now: datetime) -> date:
    """Return the latest present date among the places of the lights: where their owner's browser may stand."""
    places: list[Place | None] = [group.place for group in content.groups]
    places = places or [None]
    return max(local_time(now, place).date() for place in places)
