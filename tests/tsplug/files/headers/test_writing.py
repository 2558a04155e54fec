"""Writing into the headers of frames on disk."""

from __future__ import annotations

import errno
import gzip
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from frame_files import write, xisf_file
from pipeline_frames import star_frame

from tsplug.app import frame_headers
from tsplug.errors import FileError
from tsplug.files.headers.journal import HeaderJournal
from tsplug.files.headers.marks import parted
from tsplug.files.headers.writing import DiskHeaders
from tsplug.model import HeaderCard, HeaderEdit

FULL = {f"K{number}": number for number in range(23)}
"""Cards that leave a header no room."""
EDIT = HeaderEdit((HeaderCard("FWHM", 3.5, "[px]"), HeaderCard("GRADERSN", "w" * 100)), frozenset({"CROTA1"}))


def nobody(header: bytes) -> None:
    """Keep nothing."""


def check(file: Path) -> np.ndarray:
    """Return the pixels of a file that astropy finds sound and edited."""
    with fits.open(file, checksum=True) as opened:
        opened.verify("exception")
        header = opened[0].header
        assert (header["FWHM"], header["GRADERSN"], "CROTA1" in header) == (3.5, "w" * 100, False)
        assert header.comments["CHECKSUM"] == "HDU checksum"
        return np.array(opened[0].data)


def leftovers(folder: Path) -> list[str]:
    """Return hidden files."""
    return [each.name for each in folder.iterdir() if each.name.startswith(".")]


@pytest.mark.parametrize("blocks", [1, 0], ids=["room", "no room"])
def test_an_edit_leaves_pixels_and_nothing_else_behind(tmp_path: Path, blocks: int) -> None:
    """Beside the pixels where there is room, else in a copy; the header before is kept, a second edit does nothing."""
    file = star_frame(tmp_path / "a.fits", blocks=blocks, CROTA1=1.0, **FULL)
    file.chmod(0o640)
    before, kept, inode = fits.getdata(file), [], file.stat().st_ino
    start = file.read_bytes()
    change = DiskHeaders().edit(file, EDIT, keep=kept.append)
    assert (change.changed, change.in_place) == (True, blocks == 1)
    assert (file.stat().st_ino == inode) is (blocks == 1)
    assert (check(file) == before).all()
    assert start.startswith(parted(kept[0])[0])
    assert file.stat().st_mode & 0o777 == 0o640
    once = file.read_bytes(), file.stat().st_mtime_ns
    assert not DiskHeaders().edit(file, EDIT, keep=kept.append).changed
    assert (file.read_bytes(), file.stat().st_mtime_ns, len(kept)) == (*once, 1)
    assert leftovers(tmp_path) == []
    assert DiskHeaders().restore(file, kept[0]).in_place is (blocks == 1)
    assert file.read_bytes() == start


def test_a_header_in_an_extension_is_the_image_s(tmp_path: Path) -> None:
    """Cards go where the image is; what lies before and behind stays."""
    parts = [fits.PrimaryHDU(), fits.ImageHDU(np.ones((70, 80), np.int16)), fits.ImageHDU(np.zeros((70, 80)))]
    fits.HDUList(parts).writeto(tmp_path / "a.fits", checksum=True)
    cards = tuple(HeaderCard(f"K{number}", number) for number in range(60))
    assert not DiskHeaders().edit(tmp_path / "a.fits", HeaderEdit(cards), keep=nobody).in_place
    with fits.open(tmp_path / "a.fits", checksum=True) as opened:
        opened.verify("exception")
        assert [len(opened), opened[1].header["K59"], "K59" in opened[0].header] == [3, 59, False]
        assert opened[2].data.shape == (70, 80)


def tiled(file: Path) -> Path:
    """Write a frame packed in tiles."""
    image = fits.CompImageHDU(np.ones((70, 80), np.int16), compression_type="RICE_1")
    fits.HDUList([fits.PrimaryHDU(), image]).writeto(file)
    return file


def packed(file: Path) -> Path:
    """Write a frame packed by gzip."""
    file.write_bytes(gzip.compress(star_frame(file.with_suffix(".plain")).read_bytes()))
    return file


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda file: write(file, xisf_file({"IMAGETYP": "LIGHT"})), "XISF: headers are written into FITS frames only"),
        (packed, "packed by gzip"),
        (tiled, "packed in tiles"),
    ],
    ids=["XISF", "gzip", "fz"],
)
def test_kinds_of_files_that_are_not_written_are_told_and_untouched(tmp_path: Path, make: object, told: str) -> None:
    """Nothing is wrong with them: the answer is a reason, no error."""
    file = make(tmp_path / "a.frame")
    before = file.read_bytes()
    change = DiskHeaders().edit(file, EDIT, keep=nobody)
    assert told in change.refused
    assert not change.changed
    assert file.read_bytes() == before


def cut(file: Path, length: int) -> None:
    """Cut a file off."""
    with file.open("rb+") as stream:
        stream.truncate(length)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (Path.unlink, "missing"),
        (lambda file: file.write_bytes(b""), "is empty"),
        (lambda file: file.write_bytes(b"no frame"), "is no FITS file"),
        (lambda file: cut(file, 1000), "cut off in its header"),
        (lambda file: cut(file, 20_000), "is truncated"),
        (lambda file: file.chmod(0o444), "is read-only: make it writable"),
        (lambda file: (file.unlink(), file.mkdir()), "is no regular file"),
    ],
    ids=["missing", "empty", "text", "no end", "truncated", "read-only", "folder"],
)
def test_what_cannot_be_written_is_one_line_and_stays(tmp_path: Path, spoil: object, told: str) -> None:
    """The message names file and reason."""
    file = star_frame(tmp_path / "a.fits")
    spoil(file)
    before = file.read_bytes() if file.is_file() else b""
    with pytest.raises(FileError, match=told):
        DiskHeaders().edit(file, EDIT, keep=nobody)
    assert (file.read_bytes() if file.is_file() else b"") == before
    assert leftovers(tmp_path) == []


def test_a_keeper_that_fails_stops_the_edit(tmp_path: Path) -> None:
    """Nothing is written that could not be taken back."""
    file = star_frame(tmp_path / "a.fits")
    before = file.read_bytes()

    def full(header: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match="No space left on device"):
        DiskHeaders().edit(file, EDIT, keep=full)
    assert file.read_bytes() == before


def test_a_copy_that_finds_no_space_leaves_the_frame(tmp_path: Path) -> None:
    """Where the file system takes no more, the frame is as it was and nothing lies beside it."""
    file = star_frame(tmp_path / "a.fits", blocks=0)
    before = file.read_bytes()
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from tsplug.files.headers.writing import DiskHeaders\n"
        "from tsplug.model import HeaderCard, HeaderEdit\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "cards = tuple(HeaderCard(f'K{n}', n) for n in range(40))\n"
        "DiskHeaders().edit(Path(sys.argv[1]), HeaderEdit(cards), keep=lambda header: None)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False)
    assert "its header cannot be written: File too large" in done.stderr
    assert file.read_bytes() == before
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("torn_at", [0, 1, 700, 5000], ids=["noted", "begun", "amid", "nearly done"])
def test_a_write_that_was_cut_off_is_completed_by_the_next(tmp_path: Path, torn_at: int) -> None:
    """Whichever part of it reached the file, header and pixels are sound afterwards, and the note is gone."""
    file = star_frame(tmp_path / "a.fits", blocks=3, CROTA1=1.0)
    before = file.read_bytes()
    DiskHeaders().edit(file, EDIT, keep=nobody)
    after = file.read_bytes()
    places = [place for place in range(len(before)) if before[place] != after[place]]
    piece = after[places[0] : places[-1] + 1]
    with file.open("rb+") as stream:
        stream.write(before)
    HeaderJournal(file).write(places[0], piece, instead_of=before[places[0] : places[-1] + 1])
    with file.open("rb+") as stream:
        stream.seek(places[0])
        stream.write(piece[:torn_at])
    assert not DiskHeaders().edit(file, EDIT, keep=nobody).changed
    assert file.read_bytes() == after
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("taken", [True, False], ids=["another in its place", "gone"])
def test_a_copy_takes_no_name_that_the_frame_has_no_more(tmp_path: Path, *, taken: bool) -> None:
    """Grading moves frames just after they were saved, when their headers get room: nothing is overwritten or twice."""
    file = star_frame(tmp_path / "a.fits", blocks=0, **FULL)
    before = file.read_bytes()

    def moves(header: bytes) -> None:
        file.rename(tmp_path / "moved.fits")
        if taken:
            file.write_bytes(b"another frame")

    with pytest.raises(FileError, match=r"a\.fits: was moved, replaced or written to meanwhile; nothing was changed"):
        DiskHeaders().edit(file, EDIT, keep=moves)
    assert (tmp_path / "moved.fits").read_bytes() == before
    assert (file.read_bytes() if taken else file.exists()) == (b"another frame" if taken else False)
    assert leftovers(tmp_path) == []


def test_an_end_that_is_padded_with_nuls_is_one(tmp_path: Path) -> None:
    """As some programs write it: cards go before it, where every reader finds them."""
    file = star_frame(tmp_path / "a.fits", CROTA1=1.0)
    header = file.read_bytes()
    place = header.index(b"END" + b" " * 77)
    with file.open("rb+") as stream:
        stream.seek(place + 3)
        stream.write(b"\0" * 77)
    DiskHeaders().edit(file, EDIT, keep=nobody)
    check(file)
    assert frame_headers().read(file).cards["FWHM"] == 3.5


@pytest.mark.parametrize("spoil", ["cut", "replaced", "tiny"])
def test_a_note_that_is_no_use_goes(tmp_path: Path, spoil: str) -> None:
    """One that was cut off itself, or is of a file that was replaced since, changes nothing."""
    file = star_frame(tmp_path / "a.fits")
    HeaderJournal(file).write(0, b"X" * 100, instead_of=file.read_bytes()[:100])
    note = tmp_path / ".a.fits.header"
    if spoil == "replaced":
        shutil.copy(file, tmp_path / "b.fits")
        (tmp_path / "b.fits").replace(file)
    else:
        cut(note, note.stat().st_size - 1 if spoil == "cut" else 3)
    before = file.read_bytes()
    assert not HeaderJournal(file).complete()
    assert (file.read_bytes(), note.exists()) == (before, False)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is written."""
    file = star_frame(tmp_path / "a.fits", blocks=0, CROTA1=1.0)
    (tmp_path / "link.fits").symlink_to(file)
    DiskHeaders().edit(tmp_path / "link.fits", EDIT, keep=nobody)
    assert (tmp_path / "link.fits").is_symlink()
    check(file)


def test_the_header_of_another_frame_is_not_put_back(tmp_path: Path) -> None:
    """Size, moment and identifier tell frames apart."""
    file = star_frame(tmp_path / "a.fits", DATE_OBS="2026-01-15T20:00:00")
    kept: list[bytes] = []
    DiskHeaders().edit(file, EDIT, keep=kept.append)
    star_frame(tmp_path / "b.fits", DATE_OBS="2026-01-15T20:05:00").replace(file)
    before = file.read_bytes()
    with pytest.raises(FileError, match="is that of another frame; nothing was changed"):
        DiskHeaders().restore(file, kept[0])
    assert file.read_bytes() == before


def test_frames_that_tell_no_moment_are_told_apart_by_their_pixels(tmp_path: Path) -> None:
    """Two frames of one camera with one header are two."""
    file, kept = tmp_path / "a.fits", []
    write_noise(file, seed=1)
    DiskHeaders().edit(file, EDIT, keep=kept.append)
    write_noise(file, seed=2)
    with pytest.raises(FileError, match="is that of another frame; nothing was changed"):
        DiskHeaders().restore(file, kept[0])
    write_noise(file, seed=1)
    assert DiskHeaders().restore(file, kept[0]).changed is False


def write_noise(file: Path, *, seed: int) -> None:
    """Write a frame of noise whose header says nothing but its size."""
    pixels = np.random.default_rng(seed).integers(0, 1000, (200, 300)).astype(np.int16)
    fits.PrimaryHDU(pixels).writeto(file, overwrite=True)


def test_the_cost_is_that_of_the_header_where_it_has_room(tmp_path: Path) -> None:
    """Of a frame of many megabytes nothing but its header is read and written: a hole of 64 MB would be filled else."""
    file = star_frame(tmp_path / "a.fits", blocks=1)
    with fits.open(file, mode="update", checksum=False) as opened:
        opened[0].header["NAXIS2"]
    header = file.read_bytes()[: -2880 * ((400 * 300 * 2) // 2880 + 1)]
    large = header.replace(b"NAXIS2  =                  300", b"NAXIS2  =                83886")
    with (tmp_path / "large.fits").open("wb") as stream:
        stream.write(large)
        stream.truncate(len(large) + -(-400 * 83886 * 2 // 2880) * 2880)
    taken = (tmp_path / "large.fits").stat().st_blocks
    assert DiskHeaders().edit(tmp_path / "large.fits", EDIT, keep=nobody).in_place
    assert (tmp_path / "large.fits").stat().st_blocks <= taken + 64


@pytest.mark.parametrize("blocks", [1, 0], ids=["room", "no room"])
def test_edits_at_once_wait_for_each_other(tmp_path: Path, blocks: int) -> None:
    """Two jobs on one file, which may have two names, lose nothing of what either writes."""
    file = star_frame(tmp_path / "a.fits", blocks=blocks, **FULL)
    link = tmp_path / "b.fits"
    link.symlink_to(file)
    other = threading.Thread(target=lambda: DiskHeaders().edit(link, EDIT, keep=nobody))

    def keep(header: bytes) -> None:
        other.start()
        other.join(0.3)

    DiskHeaders().edit(file, HeaderEdit((HeaderCard("HFR", 1.5),)), keep=keep)
    other.join()
    check(file)
    assert fits.getheader(file)["HFR"] == 1.5
    assert (leftovers(tmp_path), link.is_symlink()) == ([], True)


def test_a_note_is_written_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system takes a note in parts, all of them are written."""
    file = tmp_path / "a.fits"
    file.write_bytes(b"x" * 200)
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, bytes(data)[:30]))
    HeaderJournal(file).write(50, b"y" * 100, instead_of=b"x" * 100)
    assert HeaderJournal(file).complete()
    assert file.read_bytes() == b"x" * 50 + b"y" * 100 + b"x" * 50


@pytest.mark.parametrize("fails", [False, True], ids=["in parts", "no space amid"])
def test_a_write_that_comes_short_leaves_no_header_torn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    """Where overwriting takes space the system may write less than it was given: the rest follows, or all goes back."""
    file = star_frame(tmp_path / "a.fits", blocks=3, CROTA1=1.0)
    before, real, calls = file.read_bytes(), os.pwrite, []

    def short(descriptor: int, piece: bytes, place: int) -> int:
        calls.append(place)
        if fails and len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, bytes(piece)[:160], place)

    monkeypatch.setattr(os, "pwrite", short)
    if fails:
        with pytest.raises(FileError, match="No space left"):
            DiskHeaders().edit(file, EDIT, keep=nobody)
        assert file.read_bytes() == before
    else:
        DiskHeaders().edit(file, EDIT, keep=nobody)
        check(file)
    assert len(calls) > 2
    assert leftovers(tmp_path) == []
