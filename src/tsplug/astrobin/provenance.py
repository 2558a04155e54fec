"""Where each cell of an acquisition CSV comes from, as a second CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from tsplug.astrobin.acquisitions import AcquisitionRow
from tsplug.astrobin.fields import DATE, FIELDS, number_text

COLUMNS = ("row", "date", "filter_name", "target", "site", "column", "value", "source")
"""The columns of the second CSV; ``row`` counts from 1, the header apart."""


def provenance_text(rows: Sequence[AcquisitionRow]) -> str:
    """Return a line for every cell of every row: its value, and the key, file name, frames or setting it comes from."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    names = {DATE: DATE} | {field.name: field.attribute for field in FIELDS}
    for number, row in enumerate(rows, start=1):
        for name, attribute in names.items():
            value, source = getattr(row, attribute), row.sources.get(attribute, "")
            if attribute == "number":
                source = "lights counted"
            if value is not None or source:
                place = (number, row.date or "", row.filter_name, row.target_name, row.site)
                writer.writerow((*place, name, _shown(value), source))
    return stream.getvalue()


def _shown(value: object) -> str:
    if value is None:
        return ""
    return number_text(value) if isinstance(value, int | float) else str(value)
