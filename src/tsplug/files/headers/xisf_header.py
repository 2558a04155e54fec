"""The XML header of an XISF frame: its FITS keywords, its properties, and how many frames went into it.

Expat itself is used, as no tree is wanted; a document type is refused, so no entity is declared, expanded or fetched.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Collection
from xml.parsers import expat

from tsplug.files.headers.cards import Cards, Keywords, Unusable, bare_value, card_value
from tsplug.files.headers.integration import count_in_cards, count_in_lines, count_in_processing
from tsplug.files.headers.sources import ByteSource, HeaderError
from tsplug.model import CardValue

MAGIC = b"XISF0100"
LONGEST_XISF_BYTES = 8 << 20
"""Longest header read: the history of a master of a thousand frames has some 2 MB."""
_START_BYTES = 16
_PROCESSING = "PixInsight:ProcessingHistory"
_OWN_PROPERTIES = ("Observation:", "Instrument:", "Image:", "Processing:")
_LONGEST_PROPERTY = 2000
_UNREADABLE = (expat.ExpatError, LookupError, ValueError)
# What expat raises on damaged XML, depending on where: unknown encodings come as the latter two.


class XisfHeaderReader:
    """Reads headers for one set of wanted keywords."""

    def __init__(self, wanted: Collection[str] | None, *, history: bool = False) -> None:
        """Prepare for keywords in upper case; all where None."""
        self._keywords = Keywords(wanted)
        self._history = history

    def read(self, source: ByteSource) -> tuple[Cards, dict[str, CardValue], int | None]:
        """Return the wanted cards, the properties, and the number of integrated frames where that is told.

        Raises:
            HeaderError: it is no XISF, too long, cut off, or damaged.
            OSError: it cannot be read.
        """
        elements = _Elements(self._keywords)
        _parse(_xml(source), elements)
        cards = elements.cards
        count = count_in_processing(_processing_text(source, elements))
        if count is None:
            count = count_in_lines(cards.history)
        if not self._history:
            cards.history.clear()
        return cards, elements.properties, count_in_cards(elements.counts) if count is None else count


class _Elements:
    """Collects what the elements of a header say."""

    def __init__(self, keywords: Keywords) -> None:
        self.cards = Cards()
        self.properties: dict[str, CardValue] = {}
        self.counts: dict[str, CardValue] = {}
        self.processing: list[str] = []
        self.block: dict[str, str] = {}
        self._keywords = keywords
        self._within = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element."""
        name = tag.rpartition(":")[2]
        if name == "FITSKeyword":
            self._take_keyword(attributes)
        elif name == "Property":
            self._take_property(attributes)
        elif name == "Image" and "imageType" in attributes:
            self.properties.setdefault("Image:imageType", attributes["imageType"])

    def text(self, text: str) -> None:
        """Take text, where it is that of the processing history."""
        if self._within:
            self.processing.append(text)

    def end(self, tag: str) -> None:
        """Leave an element."""
        if tag.rpartition(":")[2] == "Property":
            self._within = False

    def _take_keyword(self, attributes: dict[str, str]) -> None:
        keyword = attributes.get("name", "").strip().upper()
        value = attributes.get("value", "").strip()
        if keyword == "HISTORY":
            self.cards.history.append(attributes.get("comment") or value.strip("'"))
            return
        if keyword in ("STACKCNT", "NCOMBINE") and isinstance(count := _value(value), int):
            self.counts[keyword] = count
        if keyword and self._keywords.wants(keyword) and keyword != "COMMENT":
            self.cards.take(keyword, _value(value))

    def _take_property(self, attributes: dict[str, str]) -> None:
        key = attributes.get("id", "")
        if key == _PROCESSING:
            self._within = True
            self.block = attributes
            self.processing.append(attributes.get("value", ""))
        elif key.startswith(_OWN_PROPERTIES) and len(attributes.get("value", "")) <= _LONGEST_PROPERTY:
            value = _property_value(attributes)
            if value is not None and not isinstance(value, Unusable):
                self.properties.setdefault(key, value)


def _value(text: str) -> CardValue | Unusable | None:
    raw = text.encode("utf-8", "replace")
    return card_value(b"=" + raw) if raw.startswith(b"'") else bare_value(raw)


def _property_value(attributes: dict[str, str]) -> CardValue | Unusable | None:
    text = attributes.get("value", "").strip()
    if attributes.get("type") in ("String", "TimePoint"):
        return text or None
    return text == "1" if attributes.get("type") == "Boolean" else bare_value(text.encode("utf-8", "replace"))


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
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = elements.start
    parser.EndElementHandler = elements.end
    parser.CharacterDataHandler = elements.text
    try:
        parser.Parse(xml, True)
    except _UNREADABLE as error:
        raise HeaderError(f"has a damaged XML header: {error}") from error


def _refuse_document_type(*_: object) -> None:
    raise HeaderError("has an XML header with a document type, which no XISF file has")


def _processing_text(source: ByteSource, elements: _Elements) -> str:
    """Return the processing history, wherever the property keeps its text (XISF 1.0, sections 10.3 and 11.1)."""
    text = "".join(elements.processing)
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
