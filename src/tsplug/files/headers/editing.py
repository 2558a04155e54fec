"""Editing the bytes of a FITS header: cards are changed, added and removed, and room that is there is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tsplug.files.headers.card_text import card_bytes
from tsplug.files.headers.cards import CARD_BYTES, Keywords, is_end, read_cards
from tsplug.model import CardValue, HeaderCard, HeaderEdit

BLOCK_BYTES = 2880
SPARE_BLOCKS = 2
"""Blocks that stay free in a header that has to grow, so that the next edit fits."""
_CARDS_PER_BLOCK = BLOCK_BYTES // CARD_BYTES
_BLANK, _END = b" " * CARD_BYTES, b"END".ljust(CARD_BYTES)
_EVERY = Keywords()
_SUM_KEYWORDS = ("CHECKSUM", "DATASUM")
_SUM_AT, _SUM_LENGTH = 11, 16


@dataclass(frozen=True)
class _Entry:
    """A keyword with its card, and the CONTINUE cards behind it."""

    keyword: str
    cards: tuple[bytes, ...]

    def value(self) -> CardValue | None:
        return read_cards(b"".join(self.cards), _EVERY).values.get(self.keyword)


def edited_header(header: bytes, edit: HeaderEdit, *, data_sum: Callable[[], int]) -> bytes:
    """Return a header with an edit done; the same bytes where nothing is to be done.

    Blank cards before END and what the last block has left are room; without enough of it the header grows by whole
    blocks, some of them spare. A CHECKSUM that is there becomes right again, none is added.

    Args:
        header: whole blocks of 2880 bytes, END in the last.
        edit: what is to stand in it, and what not.
        data_sum: tells the checksum of the data, asked for only where the header does not tell it.

    Raises:
        ValueError: a card cannot be written.
    """
    entries, end = _entries(header)
    wanted = _changed(entries, edit)
    if wanted == entries:
        return header
    cards = [card for entry in _trimmed(wanted) for card in entry.cards]
    blocks = len(header) // BLOCK_BYTES
    if len(cards) + 1 > blocks * _CARDS_PER_BLOCK:
        blocks = -(-(len(cards) + 1) // _CARDS_PER_BLOCK) + SPARE_BLOCKS
        end = blocks * _CARDS_PER_BLOCK - 1
    end = max(end, len(cards))
    cards += [_BLANK] * (end - len(cards)) + [_END]
    cards += [_BLANK] * (blocks * _CARDS_PER_BLOCK - len(cards))
    return _summed(cards, data_sum)


def checksum_holds(header: bytes, data_sum: int) -> bool:
    """Return whether header and data add up to what CHECKSUM promises: all bits set (FITS 4.0, appendix J)."""
    return folded_sum(header, data_sum) in (0, 0xFFFFFFFF)


def folded_sum(data: bytes | memoryview, start: int = 0) -> int:
    """Return the 32-bit ones' complement sum of big-endian words (FITS 4.0, appendix J)."""
    total = start + int(np.frombuffer(data, ">u4").sum(dtype=np.uint64))
    while total >> 32:
        total = (total & 0xFFFFFFFF) + (total >> 32)
    return total


def _entries(header: bytes) -> tuple[list[_Entry], int]:
    """Return the entries up to END, and the number of END's card."""
    entries: list[_Entry] = []
    number = 0
    for number in range(len(header) // CARD_BYTES):
        card = header[number * CARD_BYTES : (number + 1) * CARD_BYTES]
        if is_end(card):
            break
        keyword = card[:8].decode("latin-1").rstrip().upper()
        if keyword == "CONTINUE" and entries:
            entries[-1] = _Entry(entries[-1].keyword, (*entries[-1].cards, card))
        else:
            entries.append(_Entry(keyword, (card,)))
    return entries, number


def _changed(entries: Sequence[_Entry], edit: HeaderEdit) -> list[_Entry]:
    """Return the entries as they are to be; those that say what is wanted stay byte by byte."""
    waiting = {card.keyword: card for card in edit.cards}
    given = set(waiting)
    changed: list[_Entry] = []
    for entry in entries:
        if entry.keyword in waiting:
            changed.append(_entry(waiting.pop(entry.keyword), entry))
        elif entry.keyword not in given and entry.keyword not in edit.remove and not _is_stale(entry, edit.stale):
            changed.append(entry)
    if not waiting:
        return changed
    return [*_trimmed(changed), *(_entry(card, None) for card in waiting.values())]


def _is_stale(entry: _Entry, pattern: str) -> bool:
    """Return whether a card says a number with a comment of a pattern."""
    card = entry.cards[0]
    if not pattern or card[8:10] != b"= " or card[10:].lstrip().startswith(b"'"):
        return False
    comment = card[10:].decode("latin-1").partition("/")[2].strip()
    return bool(comment) and re.fullmatch(pattern, comment) is not None


def _entry(card: HeaderCard, old: _Entry | None) -> _Entry:
    made = _Entry(card.keyword, tuple(card_bytes(card)))
    if old is None:
        return made
    before, after = old.value(), made.value()
    return old if before == after and isinstance(before, str) == isinstance(after, str) else made


def _trimmed(entries: Sequence[_Entry]) -> list[_Entry]:
    """Return the entries without the blank cards at their end, which are room."""
    used = len(entries)
    while used and not b"".join(entries[used - 1].cards).strip():
        used -= 1
    return list(entries[:used])


def _summed(cards: list[bytes], data_sum: Callable[[], int]) -> bytes:
    """Return the cards as bytes, CHECKSUM set right where there is one."""
    places = {card[:8].decode("latin-1").rstrip(): place for place, card in reversed(list(enumerate(cards)))}
    place = places.get("CHECKSUM")
    if place is None:
        return b"".join(cards)
    card = cards[place]
    usual = card[8:_SUM_AT] == b"= '" and card[_SUM_AT + _SUM_LENGTH : _SUM_AT + _SUM_LENGTH + 1] == b"'"
    # A comment that says when would be untrue of the new one.
    base = (
        card
        if usual and b" updated " not in card
        else card_bytes(HeaderCard("CHECKSUM", "0" * _SUM_LENGTH, "HDU checksum"))[0]
    )
    cards[place] = _with_sum(base, "0" * _SUM_LENGTH)
    total = folded_sum(b"".join(cards), _told_sum(cards, places, data_sum=data_sum))
    cards[place] = _with_sum(base, encoded_sum(total))
    return b"".join(cards)


def _with_sum(card: bytes, text: str) -> bytes:
    return card[:_SUM_AT] + text.encode("ascii") + card[_SUM_AT + _SUM_LENGTH :]


def _told_sum(cards: Sequence[bytes], places: dict[str, int], *, data_sum: Callable[[], int]) -> int:
    if "DATASUM" in places:
        text = str(read_cards(cards[places["DATASUM"]], _EVERY).values.get("DATASUM", "")).strip()
        if text.isascii() and text.isdecimal() and len(text) < 11:
            return int(text)
    return data_sum()


def encoded_sum(total: int) -> str:
    """Return the 16 letters that make a header of the sum ``total`` add up to all bits set (FITS 4.0, appendix J.2)."""
    value = 0xFFFFFFFF ^ total
    letters = [[0] * 4 for _ in range(4)]
    for column, shift in enumerate((24, 16, 8, 0)):
        byte = value >> shift & 0xFF
        quarter, rest = divmod(byte, 4)
        group = [quarter + rest + 0x30, quarter + 0x30, quarter + 0x30, quarter + 0x30]
        # No punctuation: pairs are shifted against each other until all are letters or digits.
        while any(0x3A <= each <= 0x40 or 0x5B <= each <= 0x60 for each in group):
            for first in (0, 2):
                if any(0x3A <= each <= 0x40 or 0x5B <= each <= 0x60 for each in group[first : first + 2]):
                    group[first] += 1
                    group[first + 1] -= 1
        for row in range(4):
            letters[row][column] = group[row]
    text = "".join(chr(each) for row in letters for each in row)
    return text[-1] + text[:-1]
