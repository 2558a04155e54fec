"""A disk that is away for a moment says nothing of the frames on it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline_frames import star_frame

from tsplug.errors import FileError, OutOfReachError
from tsplug.files.frames import DiskFrames
from tsplug.files.headers.writing import DiskHeaders
from tsplug.files.pictures import DiskPictures
from tsplug.files.same_frame import same_frame
from tsplug.model import HeaderEdit

WORK: dict[str, Callable[[Path], object]] = {
    "read": DiskFrames().read,
    "compared": lambda file: same_frame(file, file),
    "edited": lambda file: DiskHeaders().edit(file, HeaderEdit(), keep=lambda header: None),
}


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.EACCES])
def test_a_disk_that_is_away_is_told_from_a_file_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    """Nobody can tell then what is there, and another attempt may succeed."""
    file = star_frame(tmp_path / "a.fits")
    usual = os.open

    def opened(place: object, *args: int, **more: int) -> int:
        if place == file:
            raise OSError(number, os.strerror(number))
        return usual(place, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", opened)
    with pytest.raises(FileError, match=f"a.fits: .*: {os.strerror(number)}$") as raised:
        WORK[name](file)
    assert isinstance(raised.value, OutOfReachError) is (number != errno.EACCES)
    status = DiskFrames().status(file)
    assert (status.exists, status.out_of_reach) == (True, number != errno.EACCES)


def test_pictures_wait_for_their_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps one from being written otherwise is told as it was."""

    def away(file: Path, **more: object) -> None:
        raise OSError(errno.EHOSTDOWN, os.strerror(errno.EHOSTDOWN))

    (tmp_path / "wall").write_bytes(b"no folder")
    with pytest.raises(FileError, match="the picture cannot be written: ") as raised:
        DiskPictures().put(tmp_path / "wall" / "a.jpg", b"x")
    assert not isinstance(raised.value, OutOfReachError)
    monkeypatch.setattr(Path, "mkdir", away)
    with pytest.raises(OutOfReachError, match="the picture cannot be written: Host is down"):
        DiskPictures().put(tmp_path / "a.jpg", b"x")


def test_a_folder_that_is_read_only_has_no_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how to have them elsewhere."""

    def refuse(file: Path, **more: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(FileError, match="Read-only file system; `tsplug process --previews DIR` has it elsewhere"):
        DiskPictures().put(tmp_path / "a.jpg", b"x")
