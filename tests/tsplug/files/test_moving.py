"""Moving a file without overwriting another."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tsplug.errors import FileError
from tsplug.files.headers.turns import locked
from tsplug.files.moving import copy_file, move_file
from tsplug.files.parts import part_beside, sweep_folder


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


def test_a_copy_that_was_killed_goes_with_the_next_one(tmp_path: Path) -> None:
    """Whatever file it was of; one that a living process writes stays."""
    source, own = tmp_path / "a.fits", part_beside(tmp_path / "b" / "b.fits")
    own.parent.mkdir()
    left = own.with_name(own.name.replace(f"-{os.getpid()}-", f"-{2**22 + 1}-"))
    for file in (source, own, left):
        file.write_bytes(b"x")
    copy_file(source, own.parent / "a.fits")
    assert sorted(own.parent.iterdir()) == sorted([own, own.parent / "a.fits"])
    sweep_folder(tmp_path / "nowhere")


def test_a_file_that_is_replaced_while_it_is_copied_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that knows nothing of turns at files saves in that moment: what it saved is not lost with the old."""
    source, target, real = tmp_path / "a.fits", tmp_path / "b.fits", shutil.copyfileobj

    def copy_and_save(*streams: Any) -> None:
        real(*streams)
        (tmp_path / "new").write_bytes(b"saved")
        (tmp_path / "new").replace(source)

    def link(*files: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    source.write_bytes(b"x")
    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(shutil, "copyfileobj", copy_and_save)
    with pytest.raises(FileError, match="another file took its name meanwhile"):
        move_file(source, target)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"saved"]


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


@pytest.mark.parametrize("lost", ["link", "unlink"])
def test_an_answer_of_a_network_disk_that_was_lost_costs_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """The disk is asked once more, and says that the name is there already, or gone: as was wanted."""
    source, target = tmp_path / "a.fits", tmp_path / "b.fits"
    source.write_bytes(b"x")
    link, unlink = os.link, Path.unlink

    def link_again(one: Path, other: Path) -> None:
        link(one, other)
        raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))

    def unlink_again(file: Path, missing_ok: bool = False) -> None:
        unlink(file, missing_ok)
        if not missing_ok:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    if lost == "link":
        monkeypatch.setattr(os, "link", link_again)
    else:
        monkeypatch.setattr(Path, "unlink", unlink_again)
    move_file(source, target)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"x"]
    assert target.exists()


def test_a_disk_that_keeps_the_old_name_keeps_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that nothing may be taken from: the file stays, once."""
    source, target = tmp_path / "a.fits", tmp_path / "b.fits"
    source.write_bytes(b"x")
    unlink = Path.unlink

    def refused(file: Path, missing_ok: bool = False) -> None:
        if file == source:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        unlink(file, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(FileError, match="Permission denied"):
        move_file(source, target)
    assert list(tmp_path.iterdir()) == [source]


def test_who_writes_without_end_stops_nobody_who_moves(tmp_path: Path) -> None:
    """A process that was stopped amid a copy holds a frame for ever; it stays, which is told, and a night goes on."""
    source = tmp_path / "a.fits"
    source.write_bytes(b"x")
    with (
        locked(source),
        pytest.raises(FileError, match=r"a\.fits stays: another process writes or moves it; tsplug doctor --fix"),
    ):
        move_file(source, tmp_path / "b.fits", patience_s=0.1)
    assert list(tmp_path.iterdir()) == [source]
