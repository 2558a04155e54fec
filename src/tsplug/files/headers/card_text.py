"""Values to the cards of a FITS header (FITS 4.0, section 4)."""

from __future__ import annotations

import math
import unicodedata

from tsplug.files.headers.cards import CARD_BYTES
from tsplug.model import CardValue, HeaderCard

_NUMBER_WIDTH = 20
_TEXT_ROOM = 68
"""Characters of a text in one card between its quotes."""
_SHORTEST_TEXT = 8


def card_bytes(card: HeaderCard) -> list[bytes]:
    """Return a card as lines of 80 bytes; a text too long for one goes on in CONTINUE cards (section 4.2.1.2).

    Raises:
        ValueError: the keyword is none, or the value is no finite number.
    """
    keyword = card.keyword
    if not 0 < len(keyword) <= 8 or not all(letter in _LETTERS for letter in keyword):
        raise ValueError(f"{keyword!r} is no FITS keyword: 1 to 8 of A-Z, 0-9, - and _")
    if isinstance(card.value, str):
        return _text(keyword, as_ascii(card.value), comment=as_ascii(card.comment))
    return [_line(f"{keyword:<8}= {_number(card.value):>{_NUMBER_WIDTH}}", as_ascii(card.comment))]


def as_ascii(text: str) -> str:
    """Return a text as FITS can hold it: letters without accents, ? for what has no such form."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= "~" else "?" for letter in plain).rstrip()


_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def _number(value: CardValue) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, int):
        return str(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is no finite number")
    digits, letter, exponent = repr(number).upper().partition("E")
    return f"{digits if '.' in digits else f'{digits}.0'}{letter}{exponent}"


def _text(keyword: str, text: str, *, comment: str) -> list[bytes]:
    pieces = _pieces(text)
    lines = []
    for place, piece in enumerate(pieces):
        last = place == len(pieces) - 1
        start = f"{keyword:<8}= " if place == 0 else "CONTINUE  "
        quoted = f"'{piece if last else piece + '&':<{_SHORTEST_TEXT}}'"
        lines.append(_line(f"{start}{quoted:<{_NUMBER_WIDTH}}", comment if last else ""))
    return lines


def _pieces(text: str) -> list[str]:
    """Return a text in parts that fit between quotes, quotes doubled and never torn apart."""
    doubled = [letter * 2 if letter == "'" else letter for letter in text]
    if sum(map(len, doubled)) <= _TEXT_ROOM:
        return ["".join(doubled)]
    pieces, line = [], ""
    for letter in doubled:
        if len(line) + len(letter) > _TEXT_ROOM - 1:
            pieces.append(line)
            line = ""
        line += letter
    return [*pieces, line]


def _line(start: str, comment: str) -> bytes:
    room = CARD_BYTES - len(start) - len(" / ")
    told = f"{start} / {comment[:room]}" if comment and room > 0 else start
    return f"{told:<{CARD_BYTES}}"[:CARD_BYTES].encode("ascii")
