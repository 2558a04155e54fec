"""The XML header of an XISF frame: its FITS keywords, its properties, and how many frames went into it.

Expat itself is used, as no tree is wanted; a document type is refused, so no entity is declared, expanded or fetched.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.parsers import expat

from tsplug.files.headers.cards import REMEMBERED, Cards, Keywords, Unusable, bare_value, card_value, one_line
from tsplug.files.headers.integration import COUNT_KEYWORDS, count_in_cards, count_in_lines, count_in_processing
from tsplug.files.headers.sources import ByteSource, HeaderError
from tsplug.model import CardValue, FramePlace

MAGIC = b"XISF0100"
LONGEST_XISF_BYTES = 8 << 20
"""Longest header read: the history of a master of a thousand frames has some 2 MB."""
_START_BYTES = 16
_PROCESSING = "PixInsight:ProcessingHistory"
_OWN_PROPERTIES = ("Observation:", "Instrument:", "Image:", "Processing:", _PROCESSING)
_LONGEST_PROPERTY = 2000
_UNREADABLE = (expat.ExpatError, LookupError, ValueError)
# What expat raises on damaged XML, depending on where: unknown encodings come as the latter two.


def check_name(file: FramePlace, start: bytes) -> None:
    """Refuse a file that is named as XISF and begins neither as one nor as FITS, which some programs name so.

    Raises:
        HeaderError: that is so.
    """
    if start and file.suffix.lower() == ".xisf" and not MAGIC.startswith(start) and not start.startswith(b"SIMPLE"):
        raise HeaderError("is no XISF file")


class XisfHeaderReader:
    """Reads headers for one set of wanted keywords."""

    def __init__(self, wanted: Collection[str] | None, *, history: bool = False) -> None:
        """Prepare for keywords in upper case; all where None."""
        self._keywords = _Keywords(wanted)
        self._extra = frozenset() if wanted is None else frozenset(COUNT_KEYWORDS) - frozenset(wanted)
        self._history = history

    def read(self, source: ByteSource) -> tuple[Cards, dict[str, CardValue], int | None]:
        """Return the wanted cards, the properties, and the number of integrated frames where that is told.

        Raises:
            HeaderError: it is no XISF, too long, cut off, or damaged.
            OSError: it cannot be read.
        """
        elements = self._elements(source)
        cards = elements.cards
        count = count_in_processing(_processing_text(source, elements))
        if count is None:
            count = count_in_lines(cards.history)
        if count is None:
            count = count_in_cards(cards.values)
        if not self._history:
            cards.history.clear()
        cards.drop(self._extra)
        return cards, elements.properties, count

    def read_image(self, source: ByteSource) -> XisfImage:
        """Return what a file says of its first image.

        Raises:
            HeaderError: it is no XISF, too long, cut off, or damaged.
            OSError: it cannot be read.
        """
        elements = self._elements(source)
        return XisfImage(elements.cards, elements.properties, elements.image, elements.end_byte)

    def _elements(self, source: ByteSource) -> _Elements:
        elements = _Elements(self._keywords)
        xml = _xml(source)
        elements.end_byte = _START_BYTES + len(xml)
        _parse(xml, elements)
        return elements


@dataclass(frozen=True, slots=True)
class XisfImage:
    """The first image of a file: all cards and properties, and the attributes that say where and how its pixels lie.

    ``header_bytes`` is where the header ends, before which no pixels lie.
    """

    cards: Cards
    properties: dict[str, CardValue]
    attributes: Mapping[str, str]
    header_bytes: int


class _Elements:
    """Collects what the elements of a header say.

    The parser tells of texts and ends only within a property of ours: most of a header is keywords, which need neither.
    """

    def __init__(self, keywords: _Keywords) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse_document_type
        self.parser.StartElementHandler = self.start
        self.cards = Cards()
        self.properties: dict[str, CardValue] = {}
        self.processing = ""
        self.block: dict[str, str] = {}
        self.image: dict[str, str] = {}
        self.end_byte = 0
        self._keywords = keywords
        self._open: dict[str, str] = {}
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element."""
        name = tag if tag == "FITSKeyword" else tag.rpartition(":")[2]
        if name == "FITSKeyword":
            self._take_keyword(attributes)
        elif name == "Property" and attributes.get("id", "").startswith(_OWN_PROPERTIES):
            self._open = attributes
            self._text.clear()
            self.parser.CharacterDataHandler, self.parser.EndElementHandler = self._text.append, self.end
        elif name == "Image":
            self.image = self.image or attributes
            self._take_property("Image:imageType", attributes.get("imageType", ""))
        elif name == "ColorFilterArray":
            self._take_property("Image:ColorFilterArray", attributes.get("pattern", ""))

    def end(self, tag: str) -> None:
        """Leave an element; at the end of a property, take what it said."""
        if tag.rpartition(":")[2] != "Property":
            return
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
        attributes = self._open
        text = attributes.get("value") or "".join(self._text)
        if attributes["id"] == _PROCESSING:
            self.processing, self.block = text, attributes
        elif len(text) <= _LONGEST_PROPERTY and "location" not in attributes:
            value = _property_value(attributes.get("type", ""), text.strip())
            if value is not None and not isinstance(value, Unusable):
                self.properties.setdefault(attributes["id"], value)

    def _take_property(self, name: str, text: str) -> None:
        if text:
            self.properties.setdefault(name, one_line(text))

    def _take_keyword(self, attributes: dict[str, str]) -> None:
        keyword = self._keywords[attributes.get("name", "")]
        if not keyword:
            return
        value = attributes.get("value", "")
        if keyword == "HISTORY":
            self.cards.history.append(one_line(attributes.get("comment") or value.strip("'")))
        else:
            self.cards.take(keyword, _value(value))


class _Keywords(dict[str, str]):
    """The wanted keyword behind a name, or an empty text; learns as it is asked."""

    def __init__(self, wanted: Collection[str] | None) -> None:
        super().__init__()
        self._wanted = Keywords(None if wanted is None else {*wanted, *COUNT_KEYWORDS})

    def __missing__(self, name: str) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        keyword = name.strip().upper()
        counts = keyword == "HISTORY" or (keyword != "COMMENT" and self._wanted.wants(keyword))
        return self.setdefault(name, keyword if counts else "")


@lru_cache(maxsize=REMEMBERED)
def _value(text: str) -> CardValue | Unusable | None:
    raw = text.strip().encode("utf-8", "replace")
    return card_value(b"=" + raw) if raw.startswith(b"'") else bare_value(raw)


def _property_value(kind: str, text: str) -> CardValue | Unusable | None:
    if kind in ("String", "TimePoint"):
        return one_line(text) or None
    return text == "1" if kind == "Boolean" else bare_value(text.encode("utf-8", "replace"))


def _xml(source: ByteSource) -> bytes:
    """Return the XML of a file.

    Raises:
        HeaderError: it is no XISF, or its header is too long or cut off.
    """
    start = source.read(0, _START_BYTES)
    if len(start) < _START_BYTES:
        raise HeaderError("is cut off in its header")
    length = int.from_bytes(start[8:12], "little")
    if length > LONGEST_XISF_BYTES:
        raise HeaderError(f"says that its header has {length} bytes; at most {LONGEST_XISF_BYTES} are read")
    xml = source.read(_START_BYTES, length)
    if len(xml) < length:
        raise HeaderError(f"is cut off in its header: {len(xml)} of {length} bytes")
    return xml.rstrip(b"\0")


def _parse(xml: bytes, elements: _Elements) -> None:
    try:
        elements.parser.Parse(xml, True)
    except _UNREADABLE as error:
        raise HeaderError(f"has a damaged XML header: {error}") from error
    finally:
        # The parser and what it calls hold one another; apart, they need no collector to go.
        elements.parser.StartElementHandler = elements.parser.EndElementHandler = None


def _refuse_document_type(*_: object) -> None:
    raise HeaderError("has an XML header with a document type, which no XISF file has")


def _processing_text(source: ByteSource, elements: _Elements) -> str:
    """Return the processing history, wherever the property keeps its text (XISF 1.0, sections 10.3 and 11.1)."""
    text = elements.processing
    place, _, rest = elements.block.get("location", "").partition(":")
    try:
        if place == "attachment":
            offset, _, size = rest.partition(":")
            packed = source.read(int(offset), min(int(size), LONGEST_XISF_BYTES))
        elif place == "inline" and rest == "base64":
            packed = base64.b64decode(text)
        else:
            return text
        return _unpacked(packed, elements.block.get("compression", "")).decode("utf-8", "replace")
    except (ValueError, OverflowError, binascii.Error, zlib.error):
        return ""


def _unpacked(packed: bytes, compression: str) -> bytes:
    if compression.partition(":")[0] != "zlib":
        return packed
    return zlib.decompressobj().decompress(packed, LONGEST_XISF_BYTES)
