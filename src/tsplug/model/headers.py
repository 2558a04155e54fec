"""What the headers of a frame on disk say, whichever program wrote them and in whichever container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tsplug.model.addresses import FramePlace

CardValue = str | int | float | bool
"""What a card can hold: floats are finite; texts have no trailing blanks and no control characters."""


@dataclass(frozen=True, slots=True)
class CardProblem:
    """A card that says nothing usable: its keyword, and what is wrong with it."""

    keyword: str
    reason: str


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """The header of one frame, as it stands there: nothing is converted, renamed or filled in.

    Attributes:
        file: where it was found, a path or an address; of several links to one file the first in the order of the scan.
        container: how the file is built; compressed FITS is FITS.
        cards: values by keyword in upper case, in the order of the file. Of a keyword that occurs again the first
            usable value counts, but an image extension wins over the primary header before it. Undefined values are
            absent. XISF keywords without quotes that look like a number or like ``T`` and ``F`` are one.
        history: the texts of the HISTORY cards, in order; empty where history was not asked for.
        properties: XISF properties of one value by their id, and the ``imageType`` of the image as
            ``Image:imageType``; empty for FITS.
        integrated_frames: how many frames PixInsight integrated into this one; None where no history says so.
        identity: device and inode: the same for two names of one file.
        size_bytes: length of the file on disk.
        modified_ns: when the file was last written, in nanoseconds since 1970, UTC.
        problems: the cards that were left out because they say nothing usable.
    """

    file: FramePlace
    container: Literal["fits", "xisf"]
    cards: Mapping[str, CardValue]
    history: tuple[str, ...] = ()
    properties: Mapping[str, CardValue] = field(default_factory=dict)
    integrated_frames: int | None = None
    identity: tuple[int, int] = (0, 0)
    size_bytes: int = 0
    modified_ns: int = 0
    problems: tuple[CardProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file or folder that could not be read: where it is, and why."""

    file: FramePlace
    reason: str


@dataclass(frozen=True, slots=True)
class HeaderCard:
    """A card to be written: keyword in upper case, value, and what is said of it."""

    keyword: str
    value: CardValue
    comment: str = ""


@dataclass(frozen=True, slots=True)
class HeaderEdit:
    """What is to stand in a header, and which keywords are not; a card that has its value already is left as it is.

    ``stale`` is a pattern of comments: cards of numbers whose whole comment it fits go, but for those in ``cards``.
    """

    cards: tuple[HeaderCard, ...] = ()
    remove: frozenset[str] = frozenset()
    stale: str = ""


@dataclass(frozen=True, slots=True)
class HeaderChange:
    """What became of an edit: whether bytes were written, and whether beside the pixels or with them.

    ``refused`` says why a kind of file is not written at all; nothing is wrong with it then.
    """

    changed: bool = False
    in_place: bool = True
    refused: str = ""
