"""AstroBin's columns: their names, order and limits, and which rows they refuse.

AstroBin checks nothing on paste and drops what it does not like in silence. Here a row that it would not take is
refused, and a cell that it would not show is emptied, each with the reason. Limits: AstroBin's help page on acquisition
CSV and its importer of April 2025.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isfinite

from tsplug.astrobin.acquisitions import AcquisitionRow

_UNBOUNDED = float("inf")
_FIRST_YEAR = 1000


@dataclass(frozen=True)
class Field:
    """One numeric column: AstroBin's name, our attribute, decimals allowed, bounds or choices."""

    name: str
    attribute: str
    digits: int = 0
    minimum: float = 0
    maximum: float = _UNBOUNDED
    choices: tuple[float, ...] = ()
    required: bool = False

    def problem(self, value: float | None) -> str:
        """Return why AstroBin would not take a value, or an empty text."""
        if value is None:
            return f"{self.name} is missing" if self.required else ""
        if not isfinite(value):
            return f"{self.name} {value} is not a number"
        if self.choices:
            known = ", ".join(number_text(choice) for choice in self.choices)
            return "" if value in self.choices else f"{self.name} {value:g} is none of {known}"
        if not self.minimum <= value <= self.maximum:
            return f"{self.name} {number_text(value)} is outside {self._bounds()}"
        if -_exponent(value) > self.digits:
            return f"{self.name} {number_text(value)} has more than {self.digits} decimals"
        return ""

    def _bounds(self) -> str:
        high = "" if self.maximum == _UNBOUNDED else number_text(self.maximum)
        return f"{number_text(self.minimum)} to {high}" if high else f"{number_text(self.minimum)} and up"


DATE = "date"
"""The name of the first column."""

_FATAL = frozenset({DATE, "number", "duration"})
# A row without these says nothing; any other cell may be empty.

FIELDS: tuple[Field, ...] = (
    Field("filter", "filter", minimum=1),
    Field("number", "number", minimum=1, required=True),
    Field("duration", "duration", digits=4, minimum=0.0001, maximum=999_999.9999, required=True),
    Field("iso", "iso"),
    Field("binning", "binning", choices=(1, 2, 3, 4)),
    Field("gain", "gain", digits=2, minimum=-99_999.99, maximum=99_999.99),
    Field("sensorCooling", "sensor_cooling", minimum=-274, maximum=100),
    Field("fNumber", "f_number", digits=2),
    Field("darks", "darks"),
    Field("flats", "flats"),
    Field("flatDarks", "flat_darks"),
    Field("bias", "bias"),
    Field("bortle", "bortle", choices=(1, 2, 3, 4, 4.5, 5, 6, 7, 8, 9)),
    Field("meanSqm", "mean_sqm", digits=2),
    Field("meanFwhm", "mean_fwhm", digits=2),
    Field("temperature", "temperature", digits=2, minimum=-88, maximum=58),
)
"""The columns after the date, in AstroBin's order."""


@dataclass(frozen=True)
class Refusal:
    """A row, or one cell of it, that AstroBin would not take as it stands, and why."""

    row: AcquisitionRow
    reason: str

    def __str__(self) -> str:
        """Return one line for people."""
        day = "without date" if self.row.date is None else f"{self.row.date}"
        return f"{day} {self.row.filter_name} {self.row.number} x {self.row.duration:g} s: {self.reason}"


@dataclass(frozen=True)
class CheckedRows:
    """Rows that AstroBin takes, those it would not, and the cells left empty because it would not show them."""

    rows: tuple[AcquisitionRow, ...]
    refused: tuple[Refusal, ...]
    emptied: tuple[Refusal, ...] = ()


def checked(rows: Iterable[AcquisitionRow], *, today: date) -> CheckedRows:
    """Divide rows into those that AstroBin takes and those it would not; empty the cells that it would not show.

    Args:
        rows: in the order they shall be written.
        today: the date where the user is; AstroBin refuses a later one.
    """
    taken, refused, emptied = [], [], []
    for row in rows:
        found = problems(row, today=today)
        fatal = [reason for name, reason in found.items() if name in _FATAL]
        if fatal:
            refused.append(Refusal(row, "; ".join(fatal)))
            continue
        emptied += [Refusal(row, f"{reason}; the cell is left empty") for reason in found.values()]
        taken.append(row.model_copy(update=dict.fromkeys(found)) if found else row)
    return CheckedRows(tuple(taken), tuple(refused), tuple(emptied))


def problems(row: AcquisitionRow, *, today: date) -> dict[str, str]:
    """Return everything that AstroBin would not take of a row, by attribute."""
    found = {DATE: "" if row.date is None else date_problem(row.date, today)}
    found |= {field.attribute: field.problem(getattr(row, field.attribute)) for field in FIELDS}
    return {name: problem for name, problem in found.items() if problem}


def number_text(value: float) -> str:
    """Return a number in its shortest decimal form, without exponent or trailing zeros."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exponent(value: float) -> int:
    exponent = Decimal(number_text(value)).as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def date_problem(day: date, today: date) -> str:
    """Return why AstroBin would not take a date, or an empty text."""
    if day > today:
        return f"date {day} is in the future"
    return f"date {day} is before the year {_FIRST_YEAR}" if day.year < _FIRST_YEAR else ""
