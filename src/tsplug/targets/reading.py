"""From the text of a list to targets, and to what is wrong with each row that is none."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tsplug.errors import InputError
from tsplug.model.coordinates import parse_dec_deg, parse_ra_hours
from tsplug.targets.epochs import to_j2000
from tsplug.targets.layouts import Layout, layout_of
from tsplug.targets.table import Row, rows_of
from tsplug.targets.values import Epoch, ListedTarget, RaUnit, RowProblem

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)")
_PANE = re.compile(r"(?:pane|panel)?\s*(?P<number>\d+)", re.IGNORECASE)
_CENTRE = ("center", "centre")


@dataclass(frozen=True)
class TargetList:
    """What a list holds: targets in its order, rows that are none, and whether it is a mosaic."""

    targets: tuple[ListedTarget, ...]
    problems: tuple[RowProblem, ...]
    mosaic: bool
    epoch: Epoch


def read_targets(
    text: str, *, date: datetime, epoch: Epoch = Epoch.AUTO, ra_unit: RaUnit = RaUnit.AUTO, mosaic_name: str = ""
) -> TargetList:
    """Return the targets of a list.

    Args:
        text: the whole list.
        date: of coordinates that are of date.
        epoch: what coordinates refer to; a list that says otherwise in its headings is refused.
        ra_unit: what right ascensions without a mark are.
        mosaic_name: what stands before the panels of a mosaic.

    Raises:
        InputError: it is no list of targets, or none of its rows is left.
    """
    rows = rows_of(text)
    if not rows:
        raise InputError("it is empty: a list needs the columns Name, RA, Dec")
    layout = layout_of(rows[0].cells, epoch)
    given = _Given(layout, _epoch(layout, epoch), _in_degrees(layout, ra_unit), date, mosaic_name)
    targets, problems = _read(rows[1:] if layout.headed else rows, given)
    if not targets and not problems:
        raise InputError("it has headings, but no targets")
    return TargetList(tuple(targets), tuple(problems), layout.mosaic, given.epoch)


@dataclass(frozen=True)
class _Given:
    """How the rows of one list are read."""

    layout: Layout
    epoch: Epoch
    ra_degrees: bool
    date: datetime
    mosaic_name: str


def _read(rows: list[Row], given: _Given) -> tuple[list[ListedTarget], list[RowProblem]]:
    targets: list[ListedTarget] = []
    problems: list[RowProblem] = []
    lines: dict[str, int] = {}
    for row in rows:
        if given.layout.mosaic and _cell(row, given.layout.names[0]).lower() in _CENTRE:
            continue
        name, panel = _name(row, given)
        try:
            target = _target(row, given, name=name, panel=panel)
            if name in lines:
                raise ValueError(f"the name is that of line {lines[name]} already")
        except ValueError as error:
            problems.append(RowProblem(line=row.line, name=name, why=str(error)))
        else:
            lines[name] = row.line
            targets.append(target)
    return targets, problems


def _target(row: Row, given: _Given, *, name: str, panel: str) -> ListedTarget:
    layout = given.layout
    if not name:
        raise ValueError("the row has no name")
    if len(row.cells) > layout.width and any(row.cells[layout.width :]):
        raise ValueError(
            f"it has {len(row.cells)} cells and not {layout.width}; cells with commas in them need quotes around them"
        )
    ra_hours = _ra(_cell(row, layout.ra.place), given)
    dec_deg = _coordinate("Dec", _cell(row, layout.dec.place), parse=parse_dec_deg)
    if given.epoch is Epoch.JNOW:
        ra_hours, dec_deg = to_j2000(ra_hours, dec_deg, date=given.date)
    angle = _optional("the rotation", _cell(row, layout.angle))
    return ListedTarget(
        line=row.line,
        name=name,
        ra_hours=ra_hours,
        dec_deg=dec_deg,
        rotation_deg=None if angle is None else angle % 360.0 % 360.0,
        roi_percent=_roi(_cell(row, layout.roi)),
        panel=panel,
    )


def _ra(text: str, given: _Given) -> float:
    try:
        return _coordinate("RA", text, parse=lambda each: parse_ra_hours(each, plain_degrees=given.ra_degrees))
    except ValueError as error:
        value = _plain_number(text)
        if value is None or given.ra_degrees or not 24 <= value < 360:
            raise
        raise ValueError(f"{error}; if the column is in degrees, say so with --ra degrees") from error


def _coordinate(word: str, text: str, *, parse: Callable[[str], float]) -> float:
    if not text:
        raise ValueError(f"{word} is missing")
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{word} {error}") from error


def _name(row: Row, given: _Given) -> tuple[str, str]:
    """Return the name of a row's target and, in a mosaic, that of its panel."""
    text = next((cell for place in given.layout.names if (cell := _cell(row, place))), "")
    text = " ".join(text.split())
    if not given.layout.mosaic:
        return text, ""
    match = _PANE.fullmatch(text)
    panel = f"Panel {int(match['number'])}" if match else text
    return f"{given.mosaic_name} {panel}".strip() if panel else "", panel


def _cell(row: Row, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def _optional(word: str, text: str) -> float | None:
    if not text:
        return None
    value = _plain_number(text.rstrip("°º˚d% ").strip())
    if value is None:
        raise ValueError(f"{word} {text!r} is no number")
    return value


def _roi(text: str) -> float | None:
    value = _optional("ROI", text)
    if value is not None and not 1 <= value <= 100:
        raise ValueError(f"ROI must lie within 1 to 100 percent, not {text}")
    return value


def _plain_number(text: str) -> float | None:
    plain = text.replace("−", "-").strip()
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(plain.replace(",", "."))
    return value if math.isfinite(value) else None


def _epoch(layout: Layout, wanted: Epoch) -> Epoch:
    told = layout.epoch
    if Epoch.AUTO not in (told, wanted) and told is not wanted:
        raise InputError(f"its headings say {told.value}, and --epoch says {wanted.value}; leave --epoch out")
    if told is not Epoch.AUTO:
        return told
    return Epoch.J2000 if wanted is Epoch.AUTO else wanted


def _in_degrees(layout: Layout, unit: RaUnit) -> bool:
    return bool(layout.ra.degrees) if unit is RaUnit.AUTO else unit is RaUnit.DEGREES
