"""Writes a page where the user wants it, but over nothing that is no page of ours."""

from __future__ import annotations

from pathlib import Path

from tsplug.errors import FileError
from tsplug.services.writing import file_stem, write_text

_MARK = b'<meta name="generator" content="tsplug">'
_OLD_MARK = b" by tsplug. Times are those of "
_LOOKED_AT = 4096


def page_file(out: Path | None, *, name: str) -> Path:
    """Return the file a page goes to: the one given, or one named after the report in the folder given or this one."""
    if out is None:
        return Path(f"{file_stem(name)}_report.html")
    return out / f"{file_stem(name)}_report.html" if out.is_dir() else out


def check_may_write(file: Path) -> None:
    """Refuse to write over what is there, unless it is empty or an earlier report.

    Raises:
        FileError: something else is there.
    """
    try:
        if not file.exists():
            return
        if not file.is_file():
            raise FileError(f"{file} is no file; choose another with --out")
        with file.open("rb") as stream:
            head = stream.read(_LOOKED_AT)
            stream.seek(max(0, file.stat().st_size - _LOOKED_AT))
            tail = stream.read()
    except OSError as error:
        raise FileError(f"{file} cannot be written: {error.strerror or error}; choose another with --out") from error
    if head and _MARK not in head and _OLD_MARK not in tail:
        raise FileError(f"{file} is there already and is no report of tsplug; choose another with --out")


def write_page(file: Path, page: str) -> Path:
    """Write a page over nothing, or over an earlier report.

    Raises:
        FileError: something else is there, or it cannot be written.
    """
    check_may_write(file)
    return write_text(file, page)
