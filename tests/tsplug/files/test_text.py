from __future__ import annotations

from pathlib import Path

import pytest

from tsplug.errors import InputError
from tsplug.files.text import LARGEST, read_text

TEXT = "Name;RA\nWürzburg − 5°;5h\n"


def read(folder: Path, data: bytes) -> str:
    """Return the text of a file with these bytes."""
    file = folder / "list.csv"
    file.write_bytes(data)
    return read_text(file, wanted="a list")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_form_is_read(tmp_path: Path, encoding: str) -> None:
    """Text in any form of Unicode, with a mark or without, is read as it was written."""
    assert read(tmp_path, TEXT.encode(encoding)).removeprefix("\ufeff") == TEXT


@pytest.mark.parametrize(("encoding", "text"), [("latin-1", "Süd 5°"), ("cp1252", "Süd 5° 3’ –")])
def test_western_text_is_read(tmp_path: Path, encoding: str, text: str) -> None:
    """Text that is not Unicode is what Windows in the West writes."""
    assert read(tmp_path, text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (bytes(range(256)), "is not text"),
        (b"\0" * 500, "is not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not text"),
        (b"\xff\xfe\x00\xd8", "is not text"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    """Nothing, zeros and pictures are no text; the message names the file and what it should be."""
    with pytest.raises(InputError, match=rf"list\.csv {words}; name a list"):
        read(tmp_path, data)


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    """A folder and a name without a file are said to be that."""
    with pytest.raises(InputError, match="is a folder; name a list in it"):
        read_text(tmp_path, wanted="a list")
    with pytest.raises(InputError, match="No such file"):
        read_text(tmp_path / "none.csv", wanted="a list")


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    """A file beyond the limit is refused."""
    file = tmp_path / "huge.csv"
    with file.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(InputError, match="is larger than 32 MB"):
        read_text(file, wanted="a list")
