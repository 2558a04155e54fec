"""What writing twenty keywords into a frame of 61 megapixels costs, with room in its header and without."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from stopwatch import best_s, line

from tsplug.files.headers.writing import DiskHeaders
from tsplug.model import HeaderCard, HeaderEdit

KEYWORDS = 20
SIZE = (6388, 9576)


def frame(file: Path, *, spare: int) -> Path:
    """Write a frame of 122 MB with 60 cards and so many blank ones."""
    hdu = fits.PrimaryHDU(np.zeros(SIZE, np.uint16))
    hdu.header.update({f"FILL{number}": number * 1.5 for number in range(60)})
    for _ in range(spare):
        hdu.header.append(end=True, bottom=True)
    hdu.writeto(file, checksum=True)
    return file


def ours(file: Path) -> Callable[[], object]:
    """Return what writes new values with tsplug, checksum included."""
    value = 0.0

    def write() -> None:
        nonlocal value
        value += 1.5
        cards = tuple(HeaderCard(f"QUAL{number}", value + number, "a value") for number in range(KEYWORDS))
        DiskHeaders().edit(file, HeaderEdit(cards), keep=lambda header: None)

    return write


def astropy_update(file: Path) -> Callable[[], object]:
    """Return what writes new values with astropy in place, without a checksum."""
    value = 0.0

    def write() -> None:
        nonlocal value
        value += 1.5
        with warnings.catch_warnings(), fits.open(file, mode="update", memmap=True) as opened:
            warnings.simplefilter("ignore")
            opened[0].header.update({f"QUAL{number}": value + number for number in range(KEYWORDS)})

    return write


def without_room(file: Path) -> Callable[[], object]:
    """Return what writes into a fresh frame without room; making it is not timed by taking a link's copy."""

    def write() -> None:
        source = file.with_name("full.fits")
        file.unlink(missing_ok=True)
        file.hardlink_to(source)
        ours(file)()

    return write


@pytest.mark.timeout(600)
def test_writing_keywords(tmp_path: Path) -> None:
    """The cost with room is that of the header alone; without, that of copying the file, as astropy's is."""
    roomy = frame(tmp_path / "roomy.fits", spare=72)
    small = tmp_path / "small.fits"
    hdu = fits.PrimaryHDU(np.zeros((100, 100), np.uint16))
    hdu.header.update({f"FILL{number}": number * 1.5 for number in range(60)})
    for _ in range(72):
        hdu.header.append(end=True, bottom=True)
    hdu.writeto(small, checksum=True)
    frame(tmp_path / "full.fits", spare=0)
    ours_s = best_s(ours(roomy), runs=50)
    print()
    for peer, peer_s in (
        ("itself on 0.01 megapixels", best_s(ours(small), runs=50)),
        ("astropy update", best_s(astropy_update(roomy), runs=10)),
        ("ours without room", best_s(without_room(tmp_path / "link.fits"), runs=3)),
    ):
        print(line("20 keywords into 61 megapixels", ours_s=ours_s, peer=peer, peer_s=peer_s))
