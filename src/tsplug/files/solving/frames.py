"""A frame in memory for programs that read files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from astropy.io import fits
from numpy.typing import NDArray


@contextmanager
def scratch_frame(pixels: NDArray[Any]) -> Iterator[Path]:
    """Give a frame (rows by columns) as a FITS file of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tsplug-solve-") as folder:
        file = Path(folder) / "frame.fits"
        fits.PrimaryHDU(pixels).writeto(file)
        yield file
