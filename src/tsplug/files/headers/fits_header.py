"""The header of a FITS frame from raw blocks: the primary one, and the image's own where that lies in an extension."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tsplug.files.headers.cards import CARD_BYTES, Cards, Keywords, image_cards, is_end, read_cards
from tsplug.files.headers.integration import COUNT_KEYWORDS, count_in_cards, count_in_header
from tsplug.files.headers.sources import LONGEST_HEADER_BYTES, ByteSource, HeaderError
from tsplug.model import CardValue

MAGIC = b"SIMPLE  ="
_BLOCK_BYTES = 2880
_FIRST_READ_BYTES = 4 * _BLOCK_BYTES
"""Holds the header of nearly every program in one read."""
_MOST_PARTS = 64
_FARTHEST = 1 << 62
_KIND = "IMAGETYP"
_ALWAYS = frozenset({_KIND, "NAXIS", *COUNT_KEYWORDS})
"""What decides whether extensions are looked at, and what counts integrated frames."""
_NO_PROPERTIES: Mapping[str, CardValue] = MappingProxyType({})


class FitsHeaderReader:
    """Reads headers for one set of wanted keywords."""

    def __init__(self, wanted: frozenset[str] | None, *, history: bool = False) -> None:
        """Prepare for keywords in upper case; all where None."""
        self._keywords = Keywords(None if wanted is None else wanted | _ALWAYS, history=history)
        self._every = Keywords(history=history)
        self._extra = frozenset() if wanted is None else _ALWAYS - wanted

    def read(self, source: ByteSource) -> tuple[Cards, Mapping[str, CardValue], int | None]:
        """Return the wanted cards of the frame, no properties, and the number of integrated frames where that is told.

        Where the primary header does not say what the frame is, or has no image, the first extension with IMAGETYP,
        else with an image, counts too.

        Raises:
            HeaderError: it is no FITS, or its header has no end.
            OSError: it cannot be read.
        """
        primary = primary_header(source)
        cards = read_cards(primary, self._keywords)
        header = primary
        if _KIND not in cards.values or cards.values.get("NAXIS") == 0:
            extension = self._extension(source, primary)
            header += extension
            self._join(cards, extension)
        count = count_in_header(header) or count_in_cards(cards.values)
        cards.drop(self._extra)
        return cards, _NO_PROPERTIES, count

    def _join(self, cards: Cards, extension: bytes) -> None:
        if not extension:
            return
        more = read_cards(extension, self._every)
        own = image_cards(more.values)
        cards.values.update({key: value for key, value in own.items() if self._keywords.wants(key)})
        cards.history += more.history
        cards.problems += [problem for problem in more.problems if self._keywords.wants(problem.keyword)]

    def _extension(self, source: ByteSource, primary: bytes) -> bytes:
        """Return the header of the first extension that says what the frame is, else of the first image, or nothing."""
        parts = _parts(source, primary, keywords=self._every)
        first, image = next(parts), b""
        for part in parts:
            if _KIND in part.structure:
                return part.header
            if not image and not first.has_image and part.has_image:
                image = part.header
        return image


@dataclass(frozen=True, slots=True)
class FitsPart:
    """One part of a FITS file: its header up to END, the cards in it, and where its data lie with their padding."""

    header: bytes
    structure: Mapping[str, CardValue]
    data_offset: int
    data_bytes: int
    unusable: Mapping[str, str] = field(default_factory=dict)
    """Why cards say nothing usable, by keyword."""

    @property
    def has_image(self) -> bool:
        """Return whether the data are an image of at least two axes, packed in tiles or not."""
        if self.structure.get("ZIMAGE") is True:
            return True
        return self.structure.get("XTENSION", "IMAGE") == "IMAGE" and count_of(self.structure, "NAXIS") >= 2


def fits_parts(source: ByteSource) -> Iterator[FitsPart]:
    """Yield the parts of a FITS file, as far as their headers can be read.

    Raises:
        HeaderError: it is no FITS, or its first header has no end.
        OSError: it cannot be read.
    """
    yield from _parts(source, primary_header(source), keywords=Keywords())


def primary_header(source: ByteSource) -> bytes:
    """Return the first header of a FITS file up to its END.

    Raises:
        HeaderError: it is no FITS, or its header has no end.
        OSError: it cannot be read.
    """
    header = _header(source, 0)
    if not header.startswith(MAGIC):
        raise HeaderError("is no FITS file" if header else "is empty")
    return header


def _parts(source: ByteSource, primary: bytes, *, keywords: Keywords) -> Iterator[FitsPart]:
    header, offset, left = primary, 0, LONGEST_HEADER_BYTES
    for _ in range(_MOST_PARTS + 1):
        cards = read_cards(header, keywords)
        structure, unusable = cards.values, {problem.keyword: problem.reason for problem in cards.problems}
        data_offset = offset + _padded(len(header) + CARD_BYTES)
        part = FitsPart(header, structure, data_offset, _data_bytes(structure), unusable)
        yield part
        offset, left = data_offset + part.data_bytes, left - len(header)
        if offset > _FARTHEST or left <= 0:
            return
        header = _next_header(source, offset)
        if not header:
            return


def _header(source: ByteSource, offset: int) -> bytes:
    """Return a header up to its END.

    Raises:
        HeaderError: it has none within the bound.
    """
    read = source.read(offset, _FIRST_READ_BYTES)
    if offset == 0 and not read.startswith(MAGIC):
        return read[: len(MAGIC)]
    end = _end(read, 0)
    while end < 0:
        more = source.read(offset + len(read), min(len(read), LONGEST_HEADER_BYTES - len(read)))
        if not more:
            raise HeaderError(_endless(len(read)))
        searched = len(read) - len(read) % CARD_BYTES
        read += more
        end = _end(read, searched)
    return read[:end]


def _next_header(source: ByteSource, offset: int) -> bytes:
    """Return the header of an extension, or nothing where there is none that can be read."""
    if source.read(offset, 8) != b"XTENSION":
        return b""
    try:
        return _header(source, offset)
    except HeaderError:
        return b""


def _endless(length: int) -> str:
    if length >= LONGEST_HEADER_BYTES:
        return f"has no END card within {LONGEST_HEADER_BYTES} bytes"
    return f"is cut off in its header: no END card in {length} bytes"


def _end(header: bytes, start: int) -> int:
    """Return where the END card begins, or -1."""
    place = header.find(b"END", start)
    while place >= 0:
        if place % CARD_BYTES == 0 and is_end(header[place : place + CARD_BYTES]):
            return place
        place = header.find(b"END", place + 1)
    return -1


def _data_bytes(structure: Mapping[str, CardValue]) -> int:
    """Return the padded length of the data behind a header (FITS 4.0, section 4.4.1.1), 0 where it claims nonsense."""
    axes = [count_of(structure, f"NAXIS{axis}") for axis in range(1, min(count_of(structure, "NAXIS"), 999) + 1)]
    if not axes:
        return 0
    if structure.get("GROUPS") is True and axes[0] == 0:
        axes = axes[1:]
    values = count_of(structure, "PCOUNT")
    pixels = 1
    for length in axes:
        pixels = min(pixels * length, _FARTHEST)
    bits = structure.get("BITPIX")
    size = abs(bits) // 8 if isinstance(bits, int) else 0
    return _padded(min(size * max(count_of(structure, "GCOUNT", default=1), 1) * (values + pixels), _FARTHEST))


def count_of(structure: Mapping[str, CardValue], keyword: str, *, default: int = 0) -> int:
    """Return what a card counts; the default where it counts nothing, or nonsense."""
    value = structure.get(keyword, default)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _FARTHEST else default


def _padded(length: int) -> int:
    return -(-length // _BLOCK_BYTES) * _BLOCK_BYTES
