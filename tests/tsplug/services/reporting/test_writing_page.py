from __future__ import annotations

from pathlib import Path

import pytest

from tsplug.errors import FileError
from tsplug.services.reporting.writing_page import check_may_write, page_file, write_page

PAGE = '<!doctype html><meta name="generator" content="tsplug"><p>new</p>'


@pytest.mark.parametrize(
    "there",
    ["", PAGE, "x" * 9000 + "Written 2026-01-16 06:00 CET by tsplug. Times are those of UTC.</p>"],
    ids=["empty", "a report", "a report of before pages said what made them"],
)
def test_reports_are_replaced(tmp_path: Path, there: str) -> None:
    """An empty file and earlier reports give way."""
    file = tmp_path / "page.html"
    file.write_text(there, encoding="utf-8")
    assert write_page(file, PAGE).read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize("name", ["a folder", "x" * 300, "a folder/kept.txt"])
def test_what_is_no_report_stays(tmp_path: Path, name: str) -> None:
    """A folder, a name that no file can have, and a file of somebody else are errors of one line."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "kept.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileError, match="--out"):
        check_may_write(tmp_path / name)
    assert (folder / "kept.txt").read_text(encoding="utf-8") == "mine"


def test_a_page_has_a_name_of_its_own(tmp_path: Path) -> None:
    """Without a file, or with a folder, the page is named after what it tells, in letters that a file can have."""
    assert page_file(None, name="Sh2-155 / Cave") == Path("Sh2-155___Cave_report.html")
    assert page_file(tmp_path, name="M 42") == tmp_path / "M_42_report.html"
    assert page_file(tmp_path / "x.html", name="M 42") == tmp_path / "x.html"
