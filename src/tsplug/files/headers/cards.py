"""Cards of a FITS header to values, as FITS 4.0 section 4 defines them, and as programs really write them."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from struct import iter_unpack

from tsplug.model import CardProblem, CardValue

CARD_BYTES = 80
_KEYWORD_BYTES = 8
REMEMBERED = 20_000
"""How many keywords and values are remembered: the frames of a night share most of their cards."""
_LONGEST_NUMBER = 80
_PADDING = b" \0\t\r\n"
_SPECIAL = frozenset({"HISTORY", "HIERARCH"})
_COMMENTARY = frozenset({"", "COMMENT", "CONTINUE", "END"})
_QUOTED = re.compile(rb"'((?:[^']|'')*)'")
_INTEGER = re.compile(rb"[+-]?\d+")
_REAL = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[EDed][+-]?\d+)?")
_NOT_FINITE = re.compile(rb"[+-]?(?:nan|inf|infinity)(?:\(.*\))?|[+-]?1\.#.*", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]+")
_Rests = Sequence[tuple[bytes, bytes]]


def is_end(card: bytes) -> bool:
    """Return whether a card ends a header: blanks follow END, or the NULs of programs that pad with them."""
    return card.startswith(b"END") and not card[3:].strip(b" \0")


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a card says nothing usable."""

    reason: str


@dataclass(slots=True)
class Cards:
    """What was read of one header: values by keyword, history, and the cards that say nothing usable."""

    values: dict[str, CardValue] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    problems: list[CardProblem] = field(default_factory=list)

    def take(self, keyword: str, value: CardValue | Unusable | None) -> None:
        """Keep the first usable value of a keyword; an undefined one is none."""
        if isinstance(value, Unusable):
            self.problems.append(CardProblem(keyword, value.reason))
        elif value is not None:
            self.values.setdefault(keyword, value)

    def drop(self, keywords: Collection[str]) -> None:
        """Forget keywords that were read for our own use."""
        for keyword in keywords:
            self.values.pop(keyword, None)
        if self.problems:
            self.problems[:] = [problem for problem in self.problems if problem.keyword not in keywords]


class Keywords(dict[bytes, str]):
    """The wanted keyword behind the first eight bytes of a card, or an empty text; learns as it is asked."""

    def __init__(self, wanted: Collection[str] | None = None, *, history: bool = False) -> None:
        """Remember what is wanted: keywords in any case, all where None, and whether HISTORY cards are."""
        super().__init__()
        self.history = history
        self.wanted = None if wanted is None else frozenset(keyword.upper() for keyword in wanted)

    def __missing__(self, raw: bytes) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        name = raw.strip(_PADDING).decode("latin-1").upper()
        self[raw] = name if self._counts(name) else ""
        return self[raw]

    def _counts(self, name: str) -> bool:
        if name in _SPECIAL:
            return name != "HISTORY" or self.history
        return name not in _COMMENTARY and self.wants(name)

    def wants(self, keyword: str) -> bool:
        """Say whether a keyword in upper case is wanted."""
        if self.wanted is None:
            return keyword.isprintable() and keyword != ""
        return keyword in self.wanted


@dataclass(frozen=True, slots=True)
class _Odd:
    """A value that must be looked at: undefined, unusable, or a text that the next card may continue."""

    value: CardValue | Unusable | None


class _Values(dict[bytes, "CardValue | _Odd"]):
    """The value of a card by what follows its keyword; learns as it is asked."""

    def __missing__(self, rest: bytes) -> CardValue | _Odd:
        if len(self) >= REMEMBERED:
            self.clear()
        value = card_value(rest)
        kept = _Odd(value) if value is None or isinstance(value, Unusable) or _goes_on(value) else value
        self[rest] = kept
        return kept


_VALUES = _Values()


def read_cards(header: bytes, keywords: Keywords) -> Cards:
    """Return the wanted cards of a header.

    Args:
        header: whole cards of 80 bytes, up to END.
        keywords: what is wanted.
    """
    # Most headers hold every wanted keyword once with a plain value: two comprehensions read them at a third of the
    # time that a loop over the cards takes.
    wanted = [(name, rest) for raw, rest in iter_unpack("8s72s", header) if (name := keywords[raw])]
    values = {name: _VALUES[rest] for name, rest in wanted}
    if len(values) == len(wanted) and _Odd not in map(type, values.values()) and not _SPECIAL & values.keys():
        return Cards(values)  # type: ignore[arg-type] # none of them is odd
    return _read_odd_cards(header, keywords)


def _read_odd_cards(header: bytes, keywords: Keywords) -> Cards:
    cards = Cards()
    rests = list(iter_unpack("8s72s", header))
    for place, (raw, rest) in enumerate(rests):
        name = keywords[raw]
        if name in _SPECIAL:
            _take_special(cards, name, rest=rest, keywords=keywords)
        elif name:
            found = _VALUES[rest]
            value = found.value if isinstance(found, _Odd) else found
            cards.take(name, _continued(value, rests, place=place + 1) if isinstance(value, str) else value)
    return cards


def _goes_on(value: CardValue) -> bool:
    return isinstance(value, str) and value.endswith("&")


def card_value(rest: bytes) -> CardValue | Unusable | None:
    """Return the value in a card without its keyword: from the value indicator ``=`` on; None where it is undefined."""
    if rest[:1] != b"=":
        return Unusable("has no value: no = in column 9") if rest.strip(_PADDING) else None
    text = rest[1:].strip(_PADDING)
    if text[:1] == b"'":
        return _quoted(text)
    return bare_value(text.partition(b"/")[0].strip(_PADDING))


def bare_value(text: bytes) -> CardValue | Unusable | None:
    """Return the value of a text without quotes: a number, T or F as a truth, else the text itself."""
    if not text:
        return None
    if text in (b"T", b"F"):
        return text == b"T"
    if _NOT_FINITE.fullmatch(text):
        return Unusable(f"is no number: {readable(text)}")
    if len(text) <= _LONGEST_NUMBER:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _REAL.fullmatch(text):
            return _finite(text)
    return readable(text)


def readable(text: bytes) -> str:
    """Return a text in UTF-8, or Latin-1 where it is none, on one line and without trailing blanks."""
    try:
        return one_line(text.decode("utf-8"))
    except UnicodeDecodeError:
        return one_line(text.decode("latin-1"))


def one_line(text: str) -> str:
    """Return a text without trailing blanks, with a blank for what cannot be printed or ends a line."""
    return text.rstrip() if text.isprintable() else _UNPRINTABLE.sub(" ", text.rstrip("\0")).rstrip()


def image_cards(values: Mapping[str, CardValue]) -> dict[str, CardValue]:
    """Return the cards of a tile-compressed image as those of the image itself (FITS 4.0, section 10)."""
    if values.get("ZIMAGE") is not True:
        return dict(values)
    # What describes the table goes; what describes the image loses its Z.
    kept = {key: value for key, value in values.items() if not _OF_THE_TABLE.fullmatch(key)}
    own = {key[1:]: value for key, value in values.items() if _OF_THE_IMAGE.fullmatch(key)}
    return kept | own


_OF_THE_IMAGE = re.compile(r"Z(?:BITPIX|NAXIS\d*|PCOUNT|GCOUNT|SIMPLE|EXTEND|BLOCKED)")
_OF_THE_TABLE = re.compile(
    r"XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|T(?:TYPE|FORM|UNIT|DIM|ZERO|SCAL|NULL)\d+"
    r"|ZIMAGE|ZCMPTYPE|ZTILE\d+|ZNAME\d+|ZVAL\d+|ZQUANTIZ|ZDITHER0|ZBLANK|ZTENSION|ZHECKSUM|ZDATASUM|"
    + _OF_THE_IMAGE.pattern
)


def _quoted(text: bytes) -> CardValue | Unusable:
    match = _QUOTED.match(text)
    if match is None:
        return Unusable("is a text without its closing quote")
    return readable(match[1].replace(b"''", b"'"))


def _finite(text: bytes) -> CardValue | Unusable:
    value = float(text.upper().replace(b"D", b"E"))
    return value if math.isfinite(value) else Unusable(f"is out of range: {readable(text)}")


def _continued(text: str, rests: _Rests, *, place: int) -> str:
    """Return a text joined with those of the CONTINUE cards that follow it (FITS 4.0, section 4.2.1.2)."""
    while text.endswith("&") and place < len(rests) and rests[place][0] == b"CONTINUE":
        more = _quoted(rests[place][1].strip(_PADDING))
        if not isinstance(more, str):
            break
        text = text[:-1] + more
        place += 1
    return text


def _take_special(cards: Cards, name: str, *, rest: bytes, keywords: Keywords) -> None:
    if name == "HISTORY":
        cards.history.append(readable(rest))
        return
    words, equals, value = rest.partition(b"=")
    keyword = " ".join(words.decode("latin-1").upper().split())
    if equals and keywords.wants(keyword):
        cards.take(keyword, card_value(equals + value))
