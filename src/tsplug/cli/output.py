"""What a command shows: tables and text for people, one JSON document for programs, progress and errors beside them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table

from tsplug.model.wording import counted as counted

READER_GONE = 141
"""The exit status of a Unix tool whose reader stopped before the end, as `head` does: 128 and the number of SIGPIPE."""

_STYLES = {"accepted": "green", "rejected": "red", "pending": "yellow", "accept": "green", "reject": "red"}
_GAP = 2
_READABLE = 8
_MANY_FILES = 1000


def show_json(document: object) -> None:
    """Print one JSON document on standard output and nothing else."""
    # Bytes of UTF-8 whatever the console's encoding is: a program reads this.
    text = json.dumps(document, indent=2, ensure_ascii=True, default=_json_value)
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError:
        stop_quietly()


def give_out(parts: Iterable[bytes]) -> None:
    """Write bytes to standard output as they are."""
    try:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        stop_quietly()


class JsonList:
    """Prints a list as one JSON document, an item as soon as it is known; only the present one is in memory.

    With a name the document is an object that holds the list under it, and beside it what is in ``beside`` at the end.
    """

    def __init__(self, name: str = "") -> None:
        self._lead = f'{{"{name}": [\n' if name else "[\n"
        self._empty, self._end = True, "" if name else "\n"
        self.beside: dict[str, object] | None = {} if name else None

    def __enter__(self) -> JsonList:
        """Begin; nothing is printed before the first item."""
        return self

    def add(self, item: object) -> None:
        """Print an item."""
        sys.stdout.write(self._lead + _json(item))
        sys.stdout.flush()
        self._lead, self._empty = ",\n", False

    def __exit__(self, *_: object) -> None:
        """End the list, whatever happened: what is printed is a document."""
        sys.stdout.write(f"{self._lead[:-1]}]{self._end}" if self._empty else f"\n]{self._end}")
        if self.beside is not None:
            sys.stdout.write("".join(f',\n"{name}": {_json(each)}' for name, each in self.beside.items()) + "}\n")


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=True, default=_json_value)


def show_text(text: str) -> None:
    """Print text for people as it is."""
    _Console(highlight=False, soft_wrap=True).print(escape(text))


def show_table(title: str, columns: Sequence[str], *, rows: Iterable[Sequence[object]]) -> None:
    """Print a table; where the console is narrower than it needs, long texts fold first, and nothing vanishes.

    Where columns would be too narrow to read, each row is a block of lines instead. Without rows the title stands
    alone.
    """
    console = _Console(highlight=False)
    cells = [[_text(value) for value in row] for row in rows]
    if not cells:
        console.print(f"[bold]{escape(title)}[/bold]")
        return
    widths = _widths(columns, cells)
    if sum(min(width, _READABLE) + _GAP for width in widths) > console.width:
        _print_blocks(console, title, columns=columns, cells=cells)
        return
    whole = _kept_whole(widths, console.width)
    # A title of the table would fold at the table's width, which may be little.
    console.print(f"[bold]{escape(title)}[/bold]")
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(escape(column), overflow="fold", no_wrap=place in whole, header_style="dim")
    for row in cells:
        table.add_row(*(_styled(text) for text in row))
    console.print(table)


def show_blocks(title: str, columns: Sequence[str], *, rows: Iterable[Sequence[object]]) -> None:
    """Print each row as a block of lines, however long, so that a path in it can be copied whole."""
    console = _Console(highlight=False, soft_wrap=True)
    _print_blocks(console, title, columns=columns, cells=[[_text(value) for value in row] for row in rows])


def show_fields(title: str, values: Mapping[str, object]) -> None:
    """Print a record field by field."""
    show_table(title, ("Field", "Value"), rows=values.items())


def complain(message: str) -> None:
    """Print one line about an error on standard error; of several faults at once, which end in semicolons, one each."""
    console = _Console(stderr=True, highlight=False, soft_wrap=True)
    for fault in message.split(";\n"):
        console.print(f"[red]error:[/red] {escape(' '.join(fault.split()))}")


def drop_output() -> None:
    """Send what is left of standard output nowhere, so that ending the program does not fail on it again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def stop_quietly() -> NoReturn:
    """End the program as other tools end whose reader went away.

    Raises:
        SystemExit: always.
    """
    drop_output()
    raise SystemExit(READER_GONE)


def number(value: float | None, digits: int = 2) -> str:
    """Return a number with decimals, or nothing where it is not known."""
    return "" if value is None else f"{value:.{digits}f}"


def printable(text: str) -> str:
    """Return text as one line that any console can print: what is no character of a line becomes a question mark."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def horizon_words(points: Iterable[tuple[float, float]]) -> str:
    """Return a horizon as users type it: pairs of azimuth and altitude, by comma."""
    return ",".join(f"{azimuth:.10g}:{altitude:.10g}" for azimuth, altitude in points)


class _Console(Console):
    """A console that ends the program quietly when nobody reads on."""

    def on_broken_pipe(self) -> None:
        """Stop."""
        self.quiet = True
        stop_quietly()


class CommandProgress:
    """Shows progress as plain lines on standard error."""

    def report(self, message: str, *, done: int | None = None, total: int | None = None) -> None:
        """Print what is being done."""
        share = f" ({done}/{total})" if done is not None and total is not None else ""
        _Console(stderr=True, highlight=False, soft_wrap=True).print(escape(f"{message}{share}"), style="dim")


class FileProgress:
    """Shows how many files of how many were looked at: a bar on a terminal, else a line a tenth of many files."""

    def __init__(self, what: str, *, many: int = _MANY_FILES) -> None:
        """Name what is done with the files, and how many of them are worth lines where there is no terminal."""
        self._many = many
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = _Console(stderr=True)
        self._line = None if console.is_terminal else what
        self._told = 0
        self._bar = Bars(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task(what, total=None)

    def __enter__(self) -> FileProgress:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Tell how far it is."""
        self._bar.update(self._task, completed=done, total=total)
        tenths = 10 * done // total if total >= self._many else 0
        if self._line is not None and tenths > self._told:
            self._told = tenths
            CommandProgress().report(self._line, done=done, total=total)


def _widths(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    texts = [[column, *(row[place] for row in cells)] for place, column in enumerate(columns)]
    return [max(len(line) for text in column for line in text.splitlines() or [""]) for column in texts]


def _kept_whole(widths: Sequence[int], width: int) -> set[int]:
    """Return the columns that need not fold: the narrowest ones, as long as each other still has room to fold in."""
    room = width - len(widths) * _GAP - 2
    whole: set[int] = set()
    for place in sorted(range(len(widths)), key=widths.__getitem__):
        if widths[place] + (len(widths) - len(whole) - 1) * _READABLE > room:
            break
        whole.add(place)
        room -= widths[place]
    return whole


def _print_blocks(console: Console, title: str, *, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    console.print(f"[bold]{escape(title)}[/bold]")
    for row in cells:
        console.print()
        for column, text in zip(columns, row, strict=True):
            if text:
                console.print(f"[dim]{escape(column)}:[/dim] {_styled(text)}")


def _styled(text: str) -> str:
    style = _STYLES.get(text)
    return f"[{style}]{text}[/{style}]" if style else escape(text)


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _plain(value)


def _plain(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, Mapping):
        # Within a record nothing would look like a value that was forgotten.
        return "\n".join(f"{key}: {_plain(each) or 'none'}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(each) for each in value)
    return str(value)


def _json_value(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
