"""What a process that was killed left of a header, and frames that are moved while their headers are written."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest
from astropy.io import fits
from pipeline_frames import star_frame

from tsplug.app_jobs import sweep_buffers
from tsplug.files.headers.journal import HeaderJournal
from tsplug.files.headers.turns import finish_header, is_at_rest, locked
from tsplug.files.headers.writing import DiskHeaders
from tsplug.files.moving import move_file
from tsplug.model import HeaderCard, HeaderEdit

FULL = {f"K{number}": number for number in range(23)}
"""Cards that leave a header no room."""
EDIT = HeaderEdit((HeaderCard("FWHM", 3.5, "[px]"), HeaderCard("GRADERSN", "w" * 100)), frozenset({"CROTA1"}))


def nobody(header: bytes) -> None:
    """Keep nothing."""


def leftovers(folder: Path) -> list[str]:
    """Return hidden files."""
    return [each.name for each in folder.iterdir() if each.name.startswith(".")]


@pytest.mark.parametrize("torn_at", [None, 100], ids=["written", "torn"])
def test_a_note_of_a_header_that_others_wrote_since_undoes_nothing(tmp_path: Path, torn_at: int | None) -> None:
    """A process that was killed just before it took the note away leaves one; a user corrects the object meanwhile."""
    file = star_frame(tmp_path / "a.fits", blocks=3, CROTA1=1.0, OBJECT="M 31")
    torn_file(file, torn_at)
    after = file.read_bytes()
    with file.open("rb+") as stream:
        stream.write(after.replace(b"OBJECT  = 'M 31", b"OBJECT  = 'M 33"))
    DiskHeaders().edit(file, HeaderEdit((HeaderCard("HFR", 1.5),)), keep=nobody)
    assert (fits.getheader(file)["OBJECT"], fits.getheader(file)["HFR"]) == ("M 33", 1.5)
    assert leftovers(tmp_path) == []


def torn_file(file: Path, torn_at: int | None) -> bytes:
    """Edit a file as a process does that is killed after so many bytes, and return how it ought to be."""
    before = file.read_bytes()
    DiskHeaders().edit(file, EDIT, keep=nobody)
    after = file.read_bytes()
    places = [place for place in range(len(before)) if before[place] != after[place]]
    first, last = places[0], places[-1] + 1
    HeaderJournal(file).write(first, after[first:last], instead_of=before[first:last])
    if torn_at is not None:
        with file.open("rb+") as stream:
            stream.seek(first + torn_at)
            stream.write(before[first + torn_at : last])
    return after


def test_a_header_that_was_torn_is_completed_where_it_is_swept_or_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody need write into it again; where somebody is at it, it is left to him. Workers sweep after each kill."""
    monkeypatch.setenv("TSPLUG_DATA_DIR", str(tmp_path / "data"))
    file = star_frame(tmp_path / "a.fits", blocks=3, CROTA1=1.0)
    after = torn_file(file, 100)
    assert file.read_bytes() != after
    with locked(file):
        assert not finish_header(file)
    sweep_buffers(file)
    assert (file.read_bytes() == after, leftovers(tmp_path), finish_header(file)) == (True, [], False)
    other = star_frame(tmp_path / "b.fits", blocks=3, CROTA1=1.0)
    after = torn_file(other, 100)
    move_file(other, tmp_path / "rejected" / "b.fits")
    assert (tmp_path / "rejected" / "b.fits").read_bytes() == after
    assert leftovers(tmp_path) == []


def test_a_note_of_a_frame_that_is_gone_is_nobody_s(tmp_path: Path) -> None:
    """As when it was moved by hand: there is nothing to complete, and what takes its name is another frame."""
    file = star_frame(tmp_path / "a.fits", blocks=3, CROTA1=1.0)
    torn_file(file, 100)
    file.unlink()
    assert not finish_header(file)
    assert not HeaderJournal(file).complete()
    assert leftovers(tmp_path) == []


def test_names_of_any_length_have_notes_of_their_own(tmp_path: Path) -> None:
    """Also those that leave a disk no room for a longer one, in letters of three bytes."""
    for name in ("星" * 83, "星" * 82 + "光"):
        file = tmp_path / f"{name}.fits"
        file.write_bytes(b"x" * 200)
        HeaderJournal(file).write(0, name.encode()[-3:], instead_of=b"xxx")
    for name in ("星" * 83, "星" * 82 + "光"):
        assert HeaderJournal(tmp_path / f"{name}.fits").complete()
        assert (tmp_path / f"{name}.fits").read_bytes()[:3] == name.encode()[-3:]


def test_who_moves_a_frame_waits_for_who_writes_its_header(tmp_path: Path) -> None:
    """The header is written, then the frame is moved, once."""
    file = star_frame(tmp_path / "a.fits", blocks=0, CROTA1=1.0, **FULL)
    mover = threading.Thread(target=lambda: move_file(file, tmp_path / "moved.fits"))

    def keep(header: bytes) -> None:
        mover.start()
        mover.join(0.3)

    DiskHeaders().edit(file, EDIT, keep=keep)
    mover.join()
    assert is_at_rest(tmp_path / "moved.fits")
    with fits.open(tmp_path / "moved.fits", checksum=True) as opened:
        opened.verify("exception")
        assert opened[0].header["FWHM"] == 3.5
    assert not file.exists()


def test_a_disk_without_locks_is_written_too_and_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody could tell there whether somebody is at it still: who writes next completes it."""

    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    file = star_frame(tmp_path / "a.fits", blocks=3, CROTA1=1.0)
    after = torn_file(file, 100)
    assert (is_at_rest(file), is_at_rest(tmp_path / "none.fits")) == (None, True)
    assert not finish_header(file)
    assert not DiskHeaders().edit(file, EDIT, keep=nobody).changed
    assert file.read_bytes() == after


def test_a_torn_header_that_cannot_be_completed_keeps_its_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, say: nothing is said of it, and the next one tries again."""
    file = star_frame(tmp_path / "a.fits", blocks=3, CROTA1=1.0)
    torn_file(file, 100)

    def pwrite(descriptor: int, piece: bytes, place: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", pwrite)
        assert not finish_header(file)
    assert leftovers(tmp_path) == [".a.fits.header"]
    assert finish_header(file)
