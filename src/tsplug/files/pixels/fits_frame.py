"""A FITS frame that is open: the first image of the file, and what the header says of it."""

from __future__ import annotations

from functools import cached_property

from tsplug.files.headers.fits_header import FitsHeaderReader, FitsPart, fits_parts
from tsplug.files.headers.sources import ByteSource
from tsplug.files.pixels.buffers import PixelMemory
from tsplug.files.pixels.claims import PixelError
from tsplug.files.pixels.fits_pixels import fits_image
from tsplug.files.pixels.plain_pixels import read_plain
from tsplug.files.pixels.sources import PixelSource
from tsplug.files.pixels.sums import sum_is_right
from tsplug.ports import FramePixels


class FitsFrame:
    """Reads one frame: headers through one source, pixels through another."""

    def __init__(self, headers: ByteSource, source: PixelSource) -> None:
        self._headers = headers
        self._source = source

    def check(self) -> int:
        """Hold what the headers claim against the file, and return how many bytes the pixels have, unpacked.

        Raises:
            HeaderError: it is no FITS.
            PixelError: it holds no image, or not all of it.
        """
        part = self._image
        if _is_tiled(part):
            from tsplug.files.pixels.tiled_pixels import check_tiled

            return check_tiled(part, self._source).length
        image = fits_image(part)
        self._source.require(image.end)
        return image.claim.length

    def read(self, memory: PixelMemory, *, to_measure: bool) -> FramePixels:
        """Return pixels and header cards; errors are those of `check`, and of damage within the pixels."""
        part = self._image
        cards, _, _ = FitsHeaderReader(None).read(self._headers)
        header = dict(cards.values)
        if not _is_tiled(part):
            return read_plain(fits_image(part), self._source, memory=memory, header=header, to_measure=to_measure)
        from tsplug.files.pixels.tiled_pixels import read_tiled

        return FramePixels(read_tiled(part, self._source), header)

    def wrong_sums(self) -> str:
        """Return which checksums are wrong, or nothing; a frame without any has none that is."""
        parts = enumerate(fits_parts(self._headers))
        wrong = [str(number) for number, part in parts if not sum_is_right(part, self._source)]
        return f"DATASUM of part {', '.join(wrong)} is wrong: its data changed" if wrong else ""

    @cached_property
    def _image(self) -> FitsPart:
        for part in fits_parts(self._headers):
            if part.has_image:
                return part
        raise PixelError("holds no image, or is truncated within its header")


def _is_tiled(part: FitsPart) -> bool:
    return part.structure.get("ZIMAGE") is True
