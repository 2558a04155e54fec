from __future__ import annotations

from pathlib import Path

import pytest

from tsplug.errors import FileError
from tsplug.services.writing import file_stem, write_text


@pytest.mark.parametrize(
    ("name", "stem"),
    [("M 81", "M_81"), ("NGC 7000/IC 5070", "NGC_7000_IC_5070"), ("..", "__"), ("  ", "_"), ('a\\b:c"d', "a_b_c_d")],
)
def test_names_become_safe(name: str, stem: str) -> None:
    """Blanks, separators and leading points become underscores, so no name leaves its folder."""
    assert file_stem(name) == stem


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Writing again replaces the file, makes the folder, keeps LF, and leaves nothing else behind."""
    file = tmp_path / "new" / "a.txt"
    write_text(file, "one\n")
    write_text(file, "två\n")
    assert file.read_bytes() == "två\n".encode()
    assert list(file.parent.iterdir()) == [file]


def test_what_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    """A folder that is a file is told with the file's name and what to do."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(FileError, match=r"taken/a\.txt cannot be written: .*; choose another folder"):
        write_text(tmp_path / "taken" / "a.txt", "")


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    """A text that cannot be written leaves no half-made file: the target is a folder, the part goes again."""
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(FileError):
        write_text(tmp_path / "a.txt", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
