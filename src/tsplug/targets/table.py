"""Splits text into rows of cells, whatever separates them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from tsplug.errors import InputError

_DELIMITERS = ";\t|,"
LONGEST_LIST = 100_000
"""Rows beyond this are refused: no list of targets has as many."""


class Row(NamedTuple):
    """The cells of a row, and the line it begins at."""

    line: int
    cells: list[str]


def rows_of(text: str) -> list[Row]:
    """Return the rows that have any cell filled; empty lines and ``#`` comments are left out.

    Raises:
        InputError: the text cannot be split, or has too many rows.
    """
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    # Excel says itself what separates.
    told = lines[0].strip().strip('"') if lines else ""
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    delimiter = told[-1] if told[:-1].lower() == "sep=" else _delimiter(first)
    try:
        rows = list(_split(lines, delimiter))
    except csv.Error as error:
        raise InputError(f"it is no table of cells: {error}") from error
    if len(rows) > LONGEST_LIST:
        raise InputError(f"it has more than {LONGEST_LIST} rows: that is no list of targets")
    return rows[1:] if told[:-1].lower() == "sep=" else rows


def _split(lines: list[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    line = 0
    for cells in reader:
        start, line = line + 1, reader.line_num
        plain = [_plain(cell) for cell in cells]
        if any(plain) and not (plain[0].startswith("#") and len(plain[0]) > 1):
            yield Row(start, plain)


def _plain(cell: str) -> str:
    """Return a cell without blanks around it; a quote that is doubled outside quotes, as Telescopius does, is one."""
    return cell.strip().replace('""', '"')


def _delimiter(line: str) -> str:
    """Return what separates the cells of a line; where signs are as frequent, a comma is thought to be decimal."""
    return max(_DELIMITERS, key=line.count)
