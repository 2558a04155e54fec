"""An XISF frame that is open: the first image of the file, and its FITS keywords."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tsplug.files.headers.sources import ByteSource
from tsplug.files.headers.xisf_header import XisfHeaderReader, XisfImage
from tsplug.files.pixels.buffers import FreshMemory, PixelMemory
from tsplug.files.pixels.claims import PixelError
from tsplug.files.pixels.sources import PixelSource
from tsplug.files.pixels.xisf_pixels import XisfPixels, read_xisf, xisf_pixels
from tsplug.ports import FramePixels


class XisfFrame:
    """Reads one frame: headers through one source, pixels through another."""

    def __init__(self, headers: ByteSource, source: PixelSource) -> None:
        self._headers = headers
        self._source = source

    def check(self) -> int:
        """Hold what the header claims against the file, and return how many bytes the pixels have, unpacked.

        Raises:
            HeaderError: its header is damaged.
            PixelError: it holds no image, or not all of it.
        """
        self._source.require(self._pixels.end)
        return self._pixels.claim.length

    def read(self, memory: PixelMemory, *, to_measure: bool) -> FramePixels:
        """Return pixels and FITS keywords; errors are those of `check`, and of damage within the pixels.

        A colour filter array that only an element of XISF tells comes as the card BAYERPAT.
        """
        header: dict[str, Any] = dict(self._image.cards.values)
        pattern = self._image.properties.get("Image:ColorFilterArray")
        if pattern is not None:
            header.setdefault("BAYERPAT", pattern)
        return FramePixels(read_xisf(self._pixels, self._source, memory=memory), header)

    def wrong_sums(self) -> str:
        """Return which checksum is wrong, or nothing."""
        try:
            read_xisf(self._pixels, self._source, memory=FreshMemory())
        except PixelError as error:
            return str(error)
        return ""

    @cached_property
    def _pixels(self) -> XisfPixels:
        return xisf_pixels(self._image.attributes, header_bytes=self._image.header_bytes)

    @cached_property
    def _image(self) -> XisfImage:
        return XisfHeaderReader(None).read_image(self._headers)
