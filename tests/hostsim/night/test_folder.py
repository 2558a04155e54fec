"""The output folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostsim.night.folder import output_folder
from tsplug import FileError


def test_an_unused_folder_vanishes(tmp_path: Path) -> None:
    """A folder that was made for nothing is removed with its parents; what was there stays."""
    with output_folder(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
    assert list(tmp_path.iterdir()) == []
    with output_folder(tmp_path):
        pass
    assert tmp_path.is_dir()


def test_a_used_folder_stays(tmp_path: Path) -> None:
    """A folder with something in it is kept."""
    with output_folder(tmp_path / "a"):
        (tmp_path / "a" / "x").touch()
    assert (tmp_path / "a" / "x").exists()


def test_two_nights_do_not_share_a_folder(tmp_path: Path) -> None:
    """A second night in the same folder is refused while the first one runs."""
    with (
        output_folder(tmp_path),
        pytest.raises(FileError, match="another hostsim runs a night"),
        output_folder(tmp_path),
    ):
        pass


def test_a_name_too_long_for_the_disk_is_one_clear_error(tmp_path: Path) -> None:
    """The system's refusal becomes an error that says what to do, and nothing is made."""
    with pytest.raises(FileError, match="choose another --out"), output_folder(tmp_path / "a" / ("x" * 300)):
        pass
    assert list(tmp_path.iterdir()) == []
