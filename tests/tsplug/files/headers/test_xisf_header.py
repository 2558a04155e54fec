"""XISF headers: keywords, properties, counts of masters in all their forms, and XML that means harm."""

from __future__ import annotations

import base64
import html
import zlib
from pathlib import Path

import pytest
from frame_files import write, xisf_file
from trees import master_history, processing_history

from tsplug.app import frame_headers
from tsplug.model import BadFile, FrameHeader

HEADERS = frame_headers()
TABLE = '<instance><table id="images" rows="32"><tr><td id="path" value="a"/></tr></table></instance>'
PROCESSING = '<Property id="PixInsight:ProcessingHistory" type="String"'


def read(file: Path, content: bytes) -> FrameHeader:
    header = HEADERS.read(write(file, content), history=True)
    assert isinstance(header, FrameHeader), header
    return header


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        ("'Ha'", "Ha"),
        ("'O''Neill  '", "O'Neill"),
        ("Ha", "Ha"),
        ("600.", 600.0),
        ("-1", -1),
        ("T", True),
        ("2023-07-05T22:20:00.1234567", "2023-07-05T22:20:00.1234567"),
        ("", None),
        ("nan", None),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_values_of_keywords(tmp_path: Path, value: str, read_as: object) -> None:
    """Values come with quotes from PixInsight and without from N.I.N.A.; what is no value is left out."""
    content = xisf_file({}, properties=f'<FITSKeyword name="filter" value="{value}" comment="x"/>')
    cards = read(tmp_path / "a.xisf", content).cards
    assert cards == ({} if read_as is None else {"FILTER": read_as})


def test_first_keyword_counts_wherever_it_stands(tmp_path: Path) -> None:
    """Keywords are found in any element, with any prefix of the name space, and the first usable value counts."""
    content = xisf_file({"GAIN": 1}, properties='<x:FITSKeyword name="GAIN" value="2"/>')
    assert read(tmp_path / "a.xisf", content).cards == {"GAIN": 1}


def test_properties(tmp_path: Path) -> None:
    """Properties of instrument and observation, and the type of the image, come by their ids."""
    properties = (
        '<Property id="Instrument:ExposureTime" type="Float32" value="600"/>'
        '<Property id="Instrument:Filter:Name" type="String">Ha</Property>'
        '<Property id="Observation:Object:Name" type="String" value="31"/>'
        '<Property id="Observation:Time:Start" type="TimePoint" value="2023-07-05T22:20:00Z"/>'
        '<Property id="PCL:Huge" type="String" value="x"/>'
    )
    found = read(tmp_path / "a.xisf", xisf_file({}, properties=properties, image='imageType="MasterFlat"')).properties
    assert found == {
        "Image:imageType": "MasterFlat",
        "Instrument:ExposureTime": 600,
        "Instrument:Filter:Name": "Ha",
        "Observation:Object:Name": "31",
        "Observation:Time:Start": "2023-07-05T22:20:00Z",
    }


def attached(packed: bytes, compression: str = "") -> bytes:
    """Return an XISF file whose processing history lies behind the header."""
    place = f'{PROCESSING} location="attachment:8000:{len(packed)}" {compression}/>'
    return xisf_file({}, properties=place).ljust(8000, b"\0") + packed


COUNTS = {
    "property": xisf_file({}, properties=processing_history(32)),
    "property as value": xisf_file({}, properties=f'{PROCESSING} value="{html.escape(TABLE)}"/>'),
    "encoded twice": xisf_file({}, properties=f"{PROCESSING}>{html.escape(html.escape(TABLE))}</Property>"),
    "inline": xisf_file(
        {}, properties=f'{PROCESSING} location="inline:base64">{base64.b64encode(TABLE.encode()).decode()}</Property>'
    ),
    "attached": attached(TABLE.encode()),
    "attached and packed": attached(zlib.compress(TABLE.encode()), f'compression="zlib:{len(TABLE)}"'),
    "history": xisf_file({}, history=master_history(32)),
    "card": xisf_file({"STACKCNT": 32}),
    "property before history": xisf_file({}, properties=processing_history(32), history=master_history(5)),
    "last integration": xisf_file(
        {}, properties=f"{PROCESSING}>{html.escape(TABLE.replace('32', '7') + TABLE)}</Property>"
    ),
}
NO_COUNTS = {
    "nothing": xisf_file({}),
    "no table": xisf_file({}, properties=f"{PROCESSING}>{html.escape('<instance/>')}</Property>"),
    "no rows": xisf_file({}, properties=processing_history(0)),
    "behind the end": xisf_file({}, properties=f'{PROCESSING} location="attachment:99999999999999999999:10"/>'),
    "damaged block": attached(b"rubbish", 'compression="zlib:999999999"'),
    "damaged place": xisf_file({}, properties=f'{PROCESSING} location="attachment:x"/>'),
}


@pytest.mark.parametrize("form", COUNTS)
def test_count_of_a_master(tmp_path: Path, form: str) -> None:
    """The number of integrated frames is found in every form in which it is told: property first, then history."""
    assert read(tmp_path / "a.xisf", COUNTS[form]).integrated_frames == 32


@pytest.mark.parametrize("form", NO_COUNTS)
def test_no_count_is_invented(tmp_path: Path, form: str) -> None:
    """Where no count can be found there is none, and the header is good all the same."""
    assert read(tmp_path / "a.xisf", NO_COUNTS[form]).integrated_frames is None


def xml_file(xml: str, encoding: str = "utf-8") -> bytes:
    raw = xml.encode(encoding)
    return b"XISF0100" + len(raw).to_bytes(4, "little") + bytes(4) + raw


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><xisf>&b;</xisf>'
HARM = {
    "entities": (xml_file(BOMB), "document type"),
    "external entity": (xml_file('<!DOCTYPE x SYSTEM "file:///etc/passwd"><xisf/>'), "document type"),
    "unknown encoding": (xml_file('<?xml version="1.0" encoding="klingon"?><xisf/>'), "damaged XML"),
    "not closed": (xml_file("<xisf><Image>"), "damaged XML"),
    "no XML": (xml_file("rubbish"), "damaged XML"),
    "empty": (xml_file(""), "damaged XML"),
    "wrong bytes": (xml_file("<xisf a='é'/>", "latin-1"), "damaged XML"),
    "undeclared entity": (xml_file("<xisf>&nbsp;</xisf>"), "damaged XML"),
    "nested too deep to be one": (xml_file("<a>" * 100_000), "damaged XML"),
}


@pytest.mark.parametrize("harm", HARM)
def test_harmful_xml_is_refused(tmp_path: Path, harm: str) -> None:
    """A document type is refused, so nothing is expanded or fetched; damaged XML costs the file."""
    content, reason = HARM[harm]
    bad = HEADERS.read(write(tmp_path / "a.xisf", content))
    assert isinstance(bad, BadFile)
    assert reason in bad.reason
