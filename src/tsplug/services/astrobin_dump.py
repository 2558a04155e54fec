"""The stages that headers go through, as CSV files, for those who wonder about a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from tsplug.astrobin.acquisitions import AcquisitionRow
from tsplug.astrobin.export import Exported
from tsplug.astrobin.frames import Frame, Gear, Place
from tsplug.model import FrameHeader
from tsplug.services.writing import write_text

_Row = Mapping[str, object]


def write_stages(
    out: Path, stem: str, *, headers: Sequence[FrameHeader], frames: Sequence[Frame], content: Exported
) -> tuple[Path, ...]:
    """Write what headers said, how they were understood, with site and night, and the rows they came to.

    Args:
        out: the folder.
        stem: how the file names begin.
        headers: as read; none where frames come from a store.
        frames: as understood.
        content: what they came to.

    Returns:
        The four files, or three where there are no headers.

    Raises:
        FileError: a file cannot be written.
    """
    stages: dict[str, list[_Row]] = {
        "basic_headers": [{"FILE": str(header.file), **header.cards, **header.properties} for header in headers],
        "headers": [_row_of(frame) for frame in frames],
        "modified": [_row_of(frame) for frame in content.frames],
        "aggregated": [_aggregated(row) for row in content.rows],
    }
    return tuple(
        write_text(out / f"{stem}_{name}.csv", _text(rows))
        for name, rows in stages.items()
        if rows or name != "basic_headers"
    )


def _row_of(frame: Frame) -> _Row:
    """Return a frame field by field; gear and place with their own, sources as one text."""
    row: dict[str, object] = {}
    for each in fields(frame):
        value = getattr(frame, each.name)
        if isinstance(value, Gear | Place):
            row |= {f"{each.name}.{name}": inner for name, inner in value.model_dump().items()}
        elif each.name == "sources":
            row[each.name] = "; ".join(f"{name}={source}" for name, source in value.items())
        else:
            row[each.name] = len(value) if isinstance(value, tuple) else value
    return row


def _aggregated(row: AcquisitionRow) -> _Row:
    return row.model_dump(exclude={"sources"})


def _text(rows: Iterable[_Row]) -> str:
    rows = list(rows)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
