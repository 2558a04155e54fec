"""Frames that are nothing but headers, as bytes: thousands are written in the time astropy takes for a few."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

Cards = Mapping[str, object]
_STRUCTURE = {"SIMPLE": True, "BITPIX": 16, "NAXIS": 2, "NAXIS1": 1, "NAXIS2": 1}
_PIXELS = bytes(2880)


def card(keyword: str, value: object) -> bytes:
    """Return one card of 80 bytes; a text that begins with ``=`` is what follows the keyword, as it is."""
    if isinstance(value, bytes):
        return (keyword.ljust(8).encode() + value)[:80].ljust(80)
    if value is None:
        text = ""
    elif isinstance(value, bool):
        text = f"{'T' if value else 'F':>20}"
    elif isinstance(value, str):
        text = "'" + value.replace("'", "''").ljust(8) + "'"
    else:
        text = f"{value!s:>20}"
    made = f"{keyword:<8}= {text}".encode()
    assert len(made) <= 80, made
    return made.ljust(80)


def fits_header(cards: Cards, *, history: Iterable[str] = (), structure: Cards = _STRUCTURE) -> bytes:
    """Return a header in blocks of 2880 bytes."""
    lines = [card(keyword, value) for keyword, value in {**structure, **cards}.items()]
    lines += [f"HISTORY {line}".encode()[:80].ljust(80) for line in history]
    return _padded(b"".join([*lines, b"END".ljust(80)]), b" ")


def fits_file(cards: Cards, *, history: Iterable[str] = (), pixels: bytes = _PIXELS) -> bytes:
    """Return a FITS file of one pixel."""
    return fits_header(cards, history=history) + pixels


def xisf_file(
    cards: Cards,
    *,
    history: Iterable[str] = (),
    properties: str = "",
    image: str = "",
    quoted: bool = True,
) -> bytes:
    """Return an XISF file: texts with quotes as PixInsight writes them, or without as N.I.N.A. does.

    Args:
        cards: FITS keywords.
        history: what PixInsight puts into the comments of HISTORY keywords.
        properties: XML of further elements.
        image: further attributes of the image.
        quoted: with quotes.
    """
    keywords = "".join(
        f"<FITSKeyword name={quoteattr(keyword)} value={quoteattr(_xisf_value(value, quoted=quoted))} comment='' />"
        for keyword, value in cards.items()
    )
    keywords += "".join(f"<FITSKeyword name='HISTORY' value='' comment={quoteattr(line)}/>" for line in history)
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<xisf version="1.0" xmlns="http://www.pixinsight.com/xisf">'
        f'<Image geometry="1:1:1" sampleFormat="UInt16" location="attachment:4096:2" {image}>{keywords}{properties}'
        "</Image></xisf>"
    ).encode()
    return b"XISF0100" + len(xml).to_bytes(4, "little") + bytes(4) + xml


def write(file: Path, content: bytes) -> Path:
    """Write a file, its folders too."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(descriptor, content)
    os.close(descriptor)
    return file


def _xisf_value(value: object, *, quoted: bool) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, str) and quoted:
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def _padded(content: bytes, filler: bytes) -> bytes:
    return content + filler * (-len(content) % 2880)
