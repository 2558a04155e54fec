"""A session summary as one HTML page without anything outside of it, fit for printing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tsplug.astrobin.summary import Block, SitePart, SummaryDocument
from tsplug.astrobin.summary_tables import Table

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin: 0; } h2 { margin: 2rem 0 .5rem; border-bottom: 2px solid var(--line); }
h3 { margin: 1.2rem 0 .3rem; font-size: 1rem; }
p.when { margin: .2rem 0; opacity: .7; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
tbody tr:nth-child(odd) { background: var(--soft); }
p.total { margin: .3rem 0 0; font-weight: 600; }
ul { margin: 0; padding-left: 1.2rem; } li { overflow-wrap: anywhere; }
@media print {
  body { margin: 0; max-width: none; font-size: 11px; }
  table, .facts > section { break-inside: avoid; } h2, h3 { break-after: avoid; }
}
"""


def summary_html(document: SummaryDocument) -> str:
    """Return a summary as a page."""
    title = f"{document.target}: {document.title}"
    parts = [line for part in document.parts for line in _part(part)] or ["<p>No light counts.</p>"]
    closing = [line for block in document.closing for line in _closing(block)]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(document.target)}</h1>",
            f'<p class="when">{escape(document.title)}, generated {escape(document.generated)}</p>',
            *parts,
            *closing,
            "</body></html>\n",
        ]
    )


def _part(part: SitePart) -> Iterator[str]:
    site, *others = part.blocks
    yield f"<h2>{escape(site.title)}</h2>"
    yield '<div class="facts">'
    yield f"<section><h3>{escape(part.target)}</h3>{_facts(site)}</section>"
    for block in others:
        yield f"<section><h3>{escape(block.title)}</h3>{_facts(block)}</section>"
    yield "</div>"
    for table in part.tables:
        yield from _table(table)
    yield f'<p class="total">Number of images: {escape(part.images)}</p>'


def _facts(block: Block) -> str:
    cells = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in block.facts)
    return f"<dl>{cells}</dl>"


def _table(table: Table) -> Iterator[str]:
    yield f"<h3>{escape(table.title)}</h3>"
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'
    for line in table.total.split("\n") if table.total else []:
        yield f'<p class="total">{escape(line)}</p>'


def _closing(block: Block) -> Iterator[str]:
    yield f"<h2>{escape(block.title)}</h2><ul>"
    for _, value in block.facts:
        yield f"<li>{escape(value)}</li>"
    yield "</ul>"
