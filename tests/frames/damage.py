"""Whole frames of every kind, and what becomes of them on bad disks, in broken copies and by wrong headers."""

from __future__ import annotations

import gzip
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from accidents import damaged
from astropy.io import fits
from pixel_files import Xisf, fits_bytes

_BLOCK = 2880
_SKY = np.random.default_rng(7).normal(1000, 25, (72, 90))
LIES = ("1000000000", "99999999999999999999", "0", "-1", "T", "'many'", "1.5", "65537", "")


def whole_frames(folder: Path) -> list[tuple[str, bytes]]:
    """Return a whole frame of every kind that is read, with the suffix of its name."""
    sky = _SKY.astype(np.uint16)
    plain = fits_bytes(sky, IMAGETYP="LIGHT", EXPTIME=60.0)
    frames = [("fits", plain), ("fits", fits_bytes(_SKY.astype(np.float32))), ("fits.gz", gzip.compress(plain))]
    frames.append(("fits", fits_bytes(sky.view(np.int16), BSCALE=0.5, BZERO=10.0)))
    parts = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(sky), fits.ImageHDU(sky)])
    frames.append(("fits", _written(parts, folder)))
    frames.append(("fits", fits_bytes(np.stack([sky, sky, sky]))))
    for algorithm in ("RICE_1", "GZIP_1", "GZIP_2"):
        packed = fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(sky, compression_type=algorithm)])
        frames.append(("fits.fz", _written(packed, folder)))
    frames.append(("xisf", Xisf().file(sky)))
    ways = itertools.product(("zlib", "lz4", "zstd"), (False, True), ("", "sha1"))
    frames += [("xisf", Xisf(codec, shuffled=shuffled, checksum=told).file(sky)) for codec, shuffled, told in ways]
    return frames


def cut_frames(frames: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield each frame cut off behind every block, within one, and to nothing."""
    for suffix, content in frames:
        for length in (0, 1, 9, *range(_BLOCK, len(content), _BLOCK)):
            yield suffix, content[:length]
        yield suffix, content[:-1]


def lying_frames(frames: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield FITS frames whose cards of structure claim what is not so."""
    for suffix, content in frames:
        if suffix not in ("fits", "fits.fz"):
            continue
        for keyword, lie in itertools.product(
            ("NAXIS", "NAXIS1", "NAXIS2", "BITPIX", "PCOUNT", "ZNAXIS1", "ZTILE1", "ZNAXIS", "TFIELDS", "ZBITPIX"), LIES
        ):
            start = keyword.ljust(8).encode() + b"="
            place = content.find(start)
            if place >= 0:
                yield suffix, content[:place] + (start + b" " + lie.encode()).ljust(80) + content[place + 80 :]


def spoilt_frames(frames: list[tuple[str, bytes]], chance: random.Random, *, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield frames after accidents: bits flipped, bytes lost, doubled and overwritten, cards spoilt."""
    for _ in range(count):
        suffix, content = chance.choice(frames)
        if chance.random() < 0.5:
            yield suffix, damaged(content, chance)
            continue
        made = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
        yield suffix, bytes(made)


def strangers() -> Iterator[tuple[str, bytes]]:
    """Yield what is no frame under the name of one."""
    yield from itertools.product(
        ("fits", "xisf", "fits.fz", "fits.gz"),
        (
            b"",
            b"\0" * 9000,
            b"hello " * 2000,
            b"\x89PNG\r\n\x1a\n" + bytes(5000),
            b"PK\x03\x04" + bytes(50),
            b"\x1f\x8b",
        ),
    )


def _written(hdus: fits.HDUList, folder: Path) -> bytes:
    file = folder / "whole.tmp"
    hdus.writeto(file, overwrite=True)
    content = file.read_bytes()
    file.unlink()
    return content
