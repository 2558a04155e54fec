"""Acquisition rows as the text to paste into AstroBin."""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.astrobin.acquisitions import AcquisitionRow
from tsplug.astrobin.fields import DATE, FIELDS, Field, number_text


def csv_text(rows: Sequence[AcquisitionRow]) -> str:
    """Return rows as CSV: a header, LF after every line, no quotes, no blanks, empty columns left out.

    Cells hold digits, points, signs and dashes only, so no comma can break a line. The rows must have passed
    `tsplug.astrobin.fields.checked`.
    """
    used = [field for field in FIELDS if field.required or any(_value(row, field) is not None for row in rows)]
    header = [DATE, *(field.name for field in used)]
    lines = [
        header,
        *(
            ["" if row.date is None else row.date.isoformat(), *(_cell(_value(row, field)) for field in used)]
            for row in rows
        ),
    ]
    return "".join(",".join(line) + "\n" for line in lines)


def _value(row: AcquisitionRow, field: Field) -> float | None:
    value: float | None = getattr(row, field.attribute)
    return value


def _cell(value: float | None) -> str:
    return "" if value is None else number_text(value)
