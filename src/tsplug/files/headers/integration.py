"""How many frames were integrated into a master, as its history tells."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping

from tsplug.model import CardValue

_LINE = re.compile(r"ImageIntegration\.numberOfImages:\s*(\d{1,9})")
_TABLE = re.compile(r"<table\b[^>]*>", re.IGNORECASE)
_ID = re.compile(r"""\bid\s*=\s*["']images["']""", re.IGNORECASE)
_ROWS = re.compile(r"""\brows\s*=\s*["'](\d{1,9})["']""", re.IGNORECASE)
COUNT_KEYWORDS = ("STACKCNT", "NCOMBINE")
"""Cards in which other programs than PixInsight count the frames of a stack: Siril; IRAF and who follows it."""
_MARK = b"ImageIntegration.numberOfImages:"


def count_in_lines(lines: Iterable[str]) -> int | None:
    """Return the count in the last HISTORY line of an integration, such as ``ImageIntegration.numberOfImages: 32``."""
    found = None
    for line in lines:
        match = _LINE.search(line)
        if match and int(match[1]) > 0:
            found = int(match[1])
    return found


def count_in_header(header: bytes) -> int | None:
    """Return the count in the HISTORY cards of a FITS header."""
    if _MARK not in header:
        return None
    cards = (header[place : place + 80] for place in range(0, len(header), 80))
    return count_in_lines(card.decode("latin-1") for card in cards if card.startswith(b"HISTORY"))


def count_in_processing(history: str) -> int | None:
    """Return the rows of the table ``images`` in a processing history, which may be encoded in an attribute once more.

    The last integration counts: what was integrated before belongs to the frames that went into it.
    """
    for _ in range(3):
        found = _rows_of_images(history)
        if found is not None or "&lt;" not in history:
            return found
        history = html.unescape(history)
    return None


def count_in_cards(cards: Mapping[str, CardValue]) -> int | None:
    """Return the count that a card states."""
    for keyword in COUNT_KEYWORDS:
        value = cards.get(keyword)
        if isinstance(value, int | float) and value >= 1:
            return int(value)
    return None


def _rows_of_images(history: str) -> int | None:
    rows = [_ROWS.search(table) for table in _TABLE.findall(history) if _ID.search(table)]
    counts = [int(match[1]) for match in rows if match and int(match[1]) > 0]
    return counts[-1] if counts else None
