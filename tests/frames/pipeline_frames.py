"""Frames with stars on disk, for tests of the image pipeline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.io import fits


def star_frame(file: Path, *, blocks: int = 1, seed: int = 1, **cards: object) -> Path:
    """Write a frame of 400 x 300 pixels with twelve round stars and so many header blocks to spare."""
    y, x = np.mgrid[:300, :400]
    frame = np.random.default_rng(seed).normal(500, 5, (300, 400))
    for number in range(12):
        dx, dy = x - 55 - (number % 4) * 95 - 0.08 * number, y - 50 - (number // 4) * 95
        frame += 9000 * np.exp(-(dx**2 + dy**2) / (2 * 1.5**2))
    hdu = fits.PrimaryHDU(np.rint(frame).astype(np.uint16))
    for keyword, value in ({"IMAGETYP": "LIGHT"} | cards).items():
        hdu.header[keyword.replace("_", "-")] = value
    for _ in range(36 * blocks):
        hdu.header.append(end=True, bottom=True)
    hdu.writeto(file, checksum=True)
    return file
