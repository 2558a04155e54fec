"""Reads report pages as a parser of HTML sees them."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from tsplug.ports import Store
from tsplug.testing import FakeContext, ManualClock, recording_devices


class Page(HTMLParser):
    """Counts elements, keeps texts and references of a page, and its tables by id: rows of the texts of their cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}
        self.texts: list[str] = []
        self.links: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.open: list[str] = []
        self._rows: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element, keep what it refers to, and begin what is part of a table."""
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attrs).get("id") or "", [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Keep text, also in the cell that it stands in."""
        text = " ".join(data.split())
        self.texts.append(text)
        if text and {"td", "th"} & set(self.open):
            self._rows[-1][-1] = f"{self._rows[-1][-1]} {text}".strip()


def context_of(store: Store, clock: ManualClock, folder: Path) -> FakeContext:
    """Return the context of a report."""
    return FakeContext(store, clock, recording_devices(clock, folder))
