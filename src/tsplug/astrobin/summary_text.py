"""A session summary as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from tsplug.astrobin.summary import Block, SitePart, SummaryDocument
from tsplug.astrobin.tables import text_table


def summary_text(document: SummaryDocument) -> str:
    """Return a summary as text, LF at line ends."""
    lines = [document.title, f"Generated {document.generated}", "", f"Target: {document.target}"]
    for part in document.parts:
        lines += ["", *_part_lines(part, document)]
    if not document.parts:
        lines += ["", "No light counts."]
    for block in document.closing:
        lines += ["", *_block_lines(block)]
    return "\n".join(lines) + "\n"


def _part_lines(part: SitePart, document: SummaryDocument) -> Iterator[str]:
    if len(document.parts) > 1:
        yield f"--- {part.target} ---"
    for number, block in enumerate(part.blocks):
        yield from ([""] if number else [])
        yield from _block_lines(block)
    for table in part.tables:
        yield from ("", table.title, *text_table(table.columns, table.rows))
        yield from table.total.split("\n") if table.total else []
    yield from ("", f"Number of images: {part.images}")


def _block_lines(block: Block) -> Iterator[str]:
    yield block.title
    width = max((len(label) for label, _ in block.facts), default=0) + 1
    for label, value in block.facts:
        yield f"  {label + ':':<{width}} {value}" if label else f"  {value}"
