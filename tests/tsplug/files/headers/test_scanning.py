"""Headers of trees of files: what is found, what comes once, and what a bad file costs."""

from __future__ import annotations

import gzip
import os
import socket
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from frame_files import fits_file, fits_header, write, xisf_file

from tsplug.app import frame_headers
from tsplug.errors import InputError
from tsplug.files.frames import DiskFrames
from tsplug.model import BadFile, FrameHeader

HEADERS = frame_headers()
LIGHT = {"IMAGETYP": "LIGHT", "FILTER": "Ha", "EXPTIME": 300.0, "GAIN": 100}
FITS = fits_file(LIGHT)


def scanned(*places: Path) -> tuple[list[str], dict[str, str]]:
    """Return the names of the good frames in order, and the reasons of the bad ones by name."""
    found = list(HEADERS.scan(places))
    good = [header.file.name for header in found if isinstance(header, FrameHeader)]
    return good, {bad.file.name: bad.reason for bad in found if isinstance(bad, BadFile)}


def read(file: Path) -> FrameHeader:
    header = HEADERS.read(file, history=True)
    assert isinstance(header, FrameHeader), header
    return header


def test_flat_and_structured_folders(tmp_path: Path) -> None:
    """Frames of every suffix in whatever case are found at any depth, in order of path; other files are passed over."""
    for name in ("b/2.FIT", "b/1.fits", "a.fts", "c.xisf", "b/d/3.Fits", ".hidden.fits", "z.fits.gz"):
        content = xisf_file(LIGHT) if name.endswith("xisf") else gzip.compress(FITS) if name.endswith("gz") else FITS
        write(tmp_path / name, content)
    for name in ("notes.txt", "._a.fits", "a.fits.part", ".Trash-0/x.fits"):
        write(tmp_path / name, FITS)
    assert scanned(tmp_path) == ([".hidden.fits", "a.fts", "1.fits", "2.FIT", "3.Fits", "c.xisf", "z.fits.gz"], {})


def test_links_are_followed_once(tmp_path: Path) -> None:
    """Links up and across make no loop, and no file counts twice, whatever its names and however often it is given."""
    write(tmp_path / "lights/1.fits", FITS)
    write(tmp_path / "darks/2.fits", FITS)
    (tmp_path / "lights/up").symlink_to(tmp_path)
    (tmp_path / "lights/darks").symlink_to(tmp_path / "darks")
    (tmp_path / "lights/0.fits").symlink_to(tmp_path / "lights/1.fits")
    os.link(tmp_path / "lights/1.fits", tmp_path / "hard.fits")
    places = (tmp_path / "lights", tmp_path / "darks", tmp_path, tmp_path / "lights")
    assert scanned(*places) == (["1.fits", "2.fits"], {})


def test_what_is_no_file(tmp_path: Path) -> None:
    """Pipes, sockets and broken links cost a line each, without waiting; a folder named like a frame is a folder."""
    os.mkfifo(tmp_path / "pipe.fits")
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(os.path.relpath(tmp_path / "socket.fits"))
    (tmp_path / "nothing.fits").symlink_to(tmp_path / "gone")
    (tmp_path / "self.fits").symlink_to(tmp_path / "self.fits")
    write(tmp_path / "folder.fits/1.fits", FITS)
    (tmp_path / "device.fits").symlink_to("/dev/zero")
    good, bad = scanned(tmp_path)
    assert good == ["1.fits"]
    assert bad.keys() == {"pipe.fits", "socket.fits", "nothing.fits", "self.fits", "device.fits"}
    assert bad["device.fits"] == "is a link to what is no regular file"
    assert "regular" in bad["pipe.fits"]
    assert "link" in bad["nothing.fits"]
    assert isinstance(HEADERS.read(tmp_path / "pipe.fits"), BadFile)


def test_a_folder_that_cannot_be_listed(tmp_path: Path) -> None:
    """A folder that cannot be listed is told, and the others are read: here one whose path is too long."""
    write(tmp_path / "a.fits", FITS)
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=here)
        deeper = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    good, bad = scanned(tmp_path)
    assert good == ["a.fits"]
    assert ["cannot be" in reason for reason in bad.values()] == [True]


def test_a_place_that_is_not_there(tmp_path: Path) -> None:
    """A place that does not exist is refused by name before anything is read."""
    with pytest.raises(InputError, match="nowhere does not exist"):
        HEADERS.scan([tmp_path, tmp_path / "nowhere"])


BAD = [
    (b"", "is empty"),
    (b"garbage" * 1000, "is no FITS file"),
    (FITS[:600], "cut off in its header"),
    (b"SIMPLE  =                    T".ljust(80) * 14_000, "no END card within"),
    (b"XISF0100", "cut off"),
    (b"XISF0100" + bytes.fromhex("ffffffff00000000"), "at most"),
    (xisf_file(LIGHT)[:300], "cut off in its header"),
    (xisf_file(LIGHT).replace(b"</Image>", b"</Imago>"), "damaged XML"),
    (b"\x1f\x8b" + bytes(100), "cannot be unpacked"),
    (gzip.compress(b"no fits at all"), "is no FITS file"),
]


@pytest.mark.parametrize(("content", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_bad_file_costs_that_file(tmp_path: Path, content: bytes, reason: str) -> None:
    """A file that cannot be read is told with the reason, and those around it are read."""
    for name, each in {"a.fits": FITS, "b.fits": content, "c.fits": FITS}.items():
        write(tmp_path / name, each)
    good, bad = scanned(tmp_path)
    assert good == ["a.fits", "c.fits"]
    assert reason in bad["b.fits"]


def test_what_is_named_as_xisf_and_is_none(tmp_path: Path) -> None:
    """The line speaks of what the name promised; FITS under that name is read."""
    write(tmp_path / "page.xisf", b"<html>")
    write(tmp_path / "fits.xisf", FITS)
    assert scanned(tmp_path) == (["fits.xisf"], {"page.xisf": "is no XISF file"})
    assert "is no XISF file; copy it again" in DiskFrames().status(tmp_path / "page.xisf").problem


def test_a_bad_card_costs_that_card(tmp_path: Path) -> None:
    """A card that says nothing usable is left out and told; one that was not asked for is not told."""
    file = write(tmp_path / "a.fits", fits_file({**LIGHT, "CCD-TEMP": b"= nan", "FOCTEMP": b"= 'open"}))
    header = HEADERS.read(file, wanted={"imagetyp", "ccd-temp"})
    assert isinstance(header, FrameHeader)
    assert header.cards == {"IMAGETYP": "LIGHT"}
    assert [problem.keyword for problem in header.problems] == ["CCD-TEMP"]


def test_a_header_without_pixels_is_read(tmp_path: Path) -> None:
    """A whole header is enough, also without IMAGETYP and whatever size of pixels it claims."""
    cards = {key: value for key, value in LIGHT.items() if key != "IMAGETYP"}
    for claim in (1, 10**9, 10**18, -5, "text", None):
        structure = {"SIMPLE": True, "BITPIX": 16, "NAXIS": 2, "NAXIS1": claim, "NAXIS2": claim}
        header = read(write(tmp_path / "a.fits", fits_header(cards, structure=structure)))
        assert header.cards["FILTER"] == "Ha"


@pytest.mark.parametrize("suffix", ["fits", "fits.fz"])
def test_compressed_image(tmp_path: Path, suffix: str) -> None:
    """Keywords of a tile-compressed image come from its extension, its size is that of the image."""
    header = fits.Header(list(LIGHT.items()))
    file = tmp_path / f"a.{suffix}"
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(np.zeros((30, 40), np.uint16), header)]).writeto(file)
    cards = read(file).cards
    assert {key: cards[key] for key in LIGHT} == LIGHT
    assert (cards["NAXIS1"], cards["NAXIS2"], "TFORM1" in cards, "ZNAXIS1" in cards) == (40, 30, False, False)
    assert [bad for bad in HEADERS.scan([tmp_path]) if isinstance(bad, BadFile)] == []


def test_image_type_in_a_later_part(tmp_path: Path) -> None:
    """Every part up to the first with IMAGETYP is looked at, behind pixels and tables too."""
    parts = [
        fits.PrimaryHDU(np.zeros((50, 60), np.float32), fits.Header([("GAIN", 1), ("FILTER", "x")])),
        fits.BinTableHDU.from_columns([fits.Column("a", "J", array=np.arange(2000))]),
        fits.ImageHDU(np.zeros((5, 5), np.uint16), fits.Header([("IMAGETYP", "FLAT"), ("FILTER", "Ha")])),
    ]
    fits.HDUList(parts).writeto(tmp_path / "a.fits")
    cards = read(tmp_path / "a.fits").cards
    assert (cards["IMAGETYP"], cards["FILTER"], cards["GAIN"]) == ("FLAT", "Ha", 1)


def test_a_bomb_of_gzip_stays_packed(tmp_path: Path) -> None:
    """A gzip file of a gigabyte of blanks is given up after the longest header."""
    packer = gzip.zlib.compressobj(9, gzip.zlib.DEFLATED, 31)
    piece = packer.compress(FITS[:400]) + b"".join(packer.compress(b" " * (1 << 20)) for _ in range(64))
    bad = HEADERS.read(write(tmp_path / "bomb.fits.gz", piece + packer.flush()))
    assert isinstance(bad, BadFile)
    assert "no END card within 1048576 bytes" in bad.reason


def test_gzip_in_members_and_with_padding(tmp_path: Path) -> None:
    """A gzip file of several members, or with padding or rubbish behind it, is read."""
    whole = fits_file({**LIGHT, **{f"KEY{number}": number for number in range(50)}})
    packed = gzip.compress(whole[:3000]) + gzip.compress(whole[3000:])
    for tail in (b"", bytes(500), b"rubbish" * 100):
        assert read(write(tmp_path / "a.fits.gz", packed + tail)).cards["KEY49"] == 49
    assert read(write(tmp_path / "b.fits", gzip.compress(whole))).cards["KEY49"] == 49


def test_progress_is_told(tmp_path: Path) -> None:
    """The counts go from nothing to all, and are told now and then between."""
    for number in range(600):
        write(tmp_path / f"{number}.fits", FITS)
    told: list[tuple[int, int]] = []
    assert len(list(HEADERS.scan([tmp_path], progress=lambda done, total: told.append((done, total))))) == 600
    assert told == [(0, 600), (256, 600), (512, 600), (600, 600)]
