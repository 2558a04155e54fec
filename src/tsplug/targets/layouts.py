"""Which column of a list means what, by its heading.

Layouts: Telescopius observing lists and mosaics, Target Scheduler lists (spec/target-scheduler-planner d.1), and
whatever names a name, a right ascension and a declination.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tsplug.errors import InputError
from tsplug.model.coordinates import parse_dec_deg, parse_ra_hours
from tsplug.targets.values import Epoch

_NAMES = ("familiar name", "name", "target", "target name", "object", "object name", "title")
_OTHER_NAMES = ("catalogue entry", "catalog entry", "catalogue", "catalog", "designation", "main id", "id", "label")
_RA = ("right ascension", "ra", "r.a.", "raj2000", "alpha", "rektaszension", "ascension droite")
_DEC = ("declination", "dec", "dec.", "decl", "de", "dej2000", "delta", "deklination", "declinaison")
_ANGLE = ("position angle", "pa", "rotation", "angle", "rotation angle", "position angle of framing")
_ROI = ("roi", "roi percent", "region of interest")
_PANE = ("pane", "panel")
_REMARK = re.compile(r"[(\[](?P<inside>[^)\]]*)[)\]]")
_J2000 = frozenset({"j2000", "2000", "j2000.0", "icrs"})
_JNOW = frozenset({"jnow", "now", "of date", "apparent"})
_DEGREES = frozenset({"deg", "degs", "degree", "degrees", "°", "º"})
_HOURS = frozenset({"h", "hr", "hrs", "hour", "hours", "hms"})
_QUALIFIERS = _J2000 | _JNOW | _DEGREES | _HOURS | {"dms"}


@dataclass(frozen=True)
class Column:
    """A column and what its heading adds: an epoch, and whether plain numbers are degrees."""

    place: int
    epoch: Epoch = Epoch.AUTO
    degrees: bool | None = None


@dataclass(frozen=True)
class Layout:
    """The columns of a list; None where it has none. ``mosaic`` lists name panels instead of targets."""

    names: tuple[int, ...]
    ra: Column
    dec: Column
    angle: int | None = None
    roi: int | None = None
    row: int | None = None
    column: int | None = None
    width: int = 0
    mosaic: bool = False
    headed: bool = True

    @property
    def epoch(self) -> Epoch:
        """Return the epoch that the headings name."""
        return self.ra.epoch if self.ra.epoch is not Epoch.AUTO else self.dec.epoch


def layout_of(cells: Sequence[str], wanted: Epoch) -> Layout:
    """Return the layout that a first row names, or name, RA, Dec by order where it is a target already.

    Args:
        cells: the first row.
        wanted: which of two pairs of coordinates to take, where a list has several.

    Raises:
        InputError: a column is missing; the text names it and what was found.
    """
    if _is_target(cells):
        angle = 3 if len(cells) > 3 else None
        return Layout((0,), Column(1), Column(2), angle, width=len(cells), headed=False)
    heads = [_plain(cell) for cell in cells]
    ra, dec = _coordinate(cells, _RA, wanted=wanted), _coordinate(cells, _DEC, wanted=wanted)
    panes = [place for place, head in enumerate(heads) if head in _PANE]
    names = _places(heads, _NAMES) + _places(heads, _OTHER_NAMES)
    mosaic = bool(panes) and not names
    missing = [
        word
        for word, there in (("a name", names or panes), ("a right ascension", ra), ("a declination", dec))
        if not there
    ]
    if missing or ra is None or dec is None:
        raise InputError(
            f"the first line names no column with {' and none with '.join(missing)}; it has:"
            f" {', '.join(repr(cell) for cell in cells[:12])}. A list needs the columns Name, RA, Dec"
        )
    return Layout(
        names=tuple(panes if mosaic else names),
        ra=ra,
        dec=dec,
        angle=_first(heads, _ANGLE),
        roi=_first(heads, _ROI),
        row=_first(heads, ("row",)),
        column=_first(heads, ("column", "col")),
        width=len(cells),
        mosaic=mosaic,
    )


def _is_target(cells: Sequence[str]) -> bool:
    """Return whether a row is no heading but a target: its second and third cell are, or look like, coordinates."""
    if len(cells) < 3:
        return False
    try:
        parse_ra_hours(cells[1], plain_degrees=True)
        parse_dec_deg(cells[2])
    except ValueError:
        return all(any(letter.isdigit() for letter in cell) and cell[:1] in "+-−0123456789" for cell in cells[1:3])
    return True


def _plain(cell: str) -> str:
    """Return a heading in lower case without what stands in brackets."""
    return " ".join(_REMARK.sub(" ", cell.lower().replace("_", " ")).split())


def _coordinate(cells: Sequence[str], words: tuple[str, ...], *, wanted: Epoch) -> Column | None:
    """Return the column of a coordinate; of several that of the wanted epoch, else J2000, else the first."""
    found = [_described(place, cell) for place, cell in enumerate(cells) if _heads(cell, words)]
    order = [Epoch.J2000 if wanted is Epoch.AUTO else wanted, Epoch.AUTO]
    for epoch in order:
        fits = [column for column in found if column.epoch is epoch]
        if fits:
            return fits[0]
    return found[0] if found else None


def _heads(cell: str, words: tuple[str, ...]) -> bool:
    head = [word for word in _plain(cell).split(" ") if word not in _QUALIFIERS]
    return " ".join(head) in words


def _described(place: int, cell: str) -> Column:
    inside = [match["inside"].strip().lower() for match in _REMARK.finditer(cell)]
    said = {*_plain(cell).split(" "), *inside, *(word for each in inside for word in each.replace(",", " ").split())}
    epoch = Epoch.JNOW if said & _JNOW else Epoch.AUTO
    if said & _J2000 or any(word.endswith("j2000") for word in said):
        epoch = Epoch.J2000
    return Column(place, epoch, True if said & _DEGREES else False if said & _HOURS else None)


def _places(heads: Sequence[str], words: tuple[str, ...]) -> list[int]:
    return [heads.index(word) for word in words if word in heads]


def _first(heads: Sequence[str], words: tuple[str, ...]) -> int | None:
    places = _places(heads, words)
    return places[0] if places else None
