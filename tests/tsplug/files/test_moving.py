"""Moving a file without overwriting another."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tsplug.errors import FileError
from tsplug.files.moving import move_file


def test_a_file_gets_its_new_name_with_the_folders_on_the_way(tmp_path: Path) -> None:
    """The old name is gone."""
    source, target = tmp_path / "a.fits", tmp_path / "deep" / "er" / "a.fits"
    source.write_bytes(b"x")
    move_file(source, target)
    assert (target.read_bytes(), source.exists()) == (b"x", False)


@pytest.mark.parametrize("refusal", [errno.EXDEV, errno.EPERM])
def test_other_disks_and_disks_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    """Between disks the file is copied, without links it is renamed; a taken name is refused there too."""
    real = os.link

    def link(source: Path, target: Path) -> None:
        if refusal == errno.EPERM or not str(source).endswith(".part"):
            raise OSError(refusal, os.strerror(refusal))
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    source, target = tmp_path / "a.fits", tmp_path / "b" / "a.fits"
    source.write_bytes(b"x")
    move_file(source, target)
    source.write_bytes(b"y")
    with pytest.raises(FileError, match="is there already"):
        move_file(source, target)
    assert (target.read_bytes(), source.read_bytes()) == (b"x", b"y")
    assert sorted(path.name for path in target.parent.iterdir()) == ["a.fits"]


def test_what_is_not_there_cannot_be_moved(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(FileError, match=r"a\.fits is not there"):
        move_file(tmp_path / "a.fits", tmp_path / "b.fits")


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    """The source stays."""
    source, wall = tmp_path / "a.fits", tmp_path / "wall"
    source.write_bytes(b"x")
    wall.write_bytes(b"no folder")
    with pytest.raises(FileError, match=r"a\.fits cannot be moved to .*wall"):
        move_file(source, wall / "a.fits")
    assert source.read_bytes() == b"x"
