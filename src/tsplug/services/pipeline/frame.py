"""A frame on its way through the pipeline."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tsplug.errors import FileError
from tsplug.imaging.measure import FrameMeasurement
from tsplug.model import AcquiredImage, FramePlace, FrameSolution, PipelinePreferences, Profile, frame_place
from tsplug.ports import FramePixels, PipelineTools
from tsplug.services.disk_frames import record_at
from tsplug.services.frame_measuring import is_light, measure_pixels
from tsplug.services.preview_places import likes_with
from tsplug.services.record_claims import Witnesses, is_of_record

_ARCSEC_PER_MM_UM = 206.265
"""Arcseconds that a micrometre covers behind a millimetre of focal length."""
_SCALE_KEYWORDS = ("PIXSCALE", "SCALE", "SECPIX", "SECPIX1")
"""Where programs say arcseconds per pixel."""


class PipelineFrame:
    """One frame with its record and rig; read once and measured once, however many modules ask."""

    def __init__(
        self,
        file: Path,
        tools: PipelineTools,
        *,
        image: AcquiredImage | None = None,
        profile: Profile | None = None,
        address: str = "",
    ) -> None:
        """Take a frame; `frame_at_work` finds record and rig for it."""
        self.file = file
        self.place: FramePlace = frame_place(address) if address else file
        self.tools = tools
        self.image = image
        self.profile = profile
        self.outputs: dict[str, object] = {}
        self.previews = ""
        self.not_of: AcquiredImage | None = None
        self.on_more_time: Callable[[float], None] = lambda more_s: None
        self._pixels: FramePixels | None = None
        self._measurement: FrameMeasurement | None = None

    @property
    def preferences(self) -> PipelinePreferences:
        """Return how the rig likes its frames processed; the defaults for a frame of no rig."""
        likes = PipelinePreferences() if self.profile is None else self.profile.pipeline
        return likes_with(likes, self.previews)

    def pixels(self) -> FramePixels:
        """Return pixels and header.

        Raises:
            FileError: the frame cannot be read.
        """
        if self._pixels is None:
            read = self.tools.files.read(self.file, to_measure=True)
            shared = read.pixels.view()
            # All modules see the same: what one of them changed would be measured by the next.
            shared.flags.writeable = False
            self._pixels = replace(read, pixels=shared)
        return self._pixels

    @property
    def header_read(self) -> Mapping[str, Any]:
        """Return the header that was read with the pixels; empty while nobody asked for them."""
        return {} if self._pixels is None else self._pixels.header

    def measurement(self) -> FrameMeasurement:
        """Return levels and stars, with ``fwhm_arcsec`` where the rig's optics are known.

        Raises:
            FileError: the frame cannot be read or measured.
        """
        if self._measurement is None:
            pixels = self.pixels()
            try:
                self._measurement = measure_pixels(
                    pixels, scale_arcsec=self._told_scale_arcsec(), light=is_light(pixels.header)
                )
            except ValueError as error:
                raise FileError(f"{self.file}: {error}") from error
        return self._measurement

    def may_take(self, more_s: float) -> None:
        """Say how much longer than others the module at work may take, in seconds."""
        if more_s > 0.0:
            self.on_more_time(more_s)

    def scale_arcsec(self) -> float | None:
        """Return arcseconds per pixel: as solved, else by the rig's optics, else by what the header says of them."""
        solution = self.outputs.get("solution")
        solved = solution.scale_arcsec if isinstance(solution, FrameSolution) else None
        return solved or self._told_scale_arcsec()

    def _told_scale_arcsec(self) -> float | None:
        return self._rigs_scale_arcsec() or _scale_in_header(self.pixels().header)

    def _rigs_scale_arcsec(self) -> float | None:
        if self.profile is None:
            return None
        binning = _binning_in_header(self.pixels().header) if self.image is None else self.image.binning
        return self.profile.frame_scale_arcsec(binning)


def _binning_in_header(header: Mapping[str, Any]) -> int:
    return round(_positive(header.get("XBINNING")) or 1.0) or 1


def _scale_in_header(header: Mapping[str, Any]) -> float | None:
    """Return arcseconds per pixel by what a header says of the optics, else by what a program says of the scale."""
    pixel_um, focal_mm = (_positive(header.get(keyword)) for keyword in ("XPIXSZ", "FOCALLEN"))
    if pixel_um is not None and focal_mm is not None:
        return pixel_um / focal_mm * _ARCSEC_PER_MM_UM
    return next(filter(None, (_positive(header.get(keyword)) for keyword in _SCALE_KEYWORDS)), None)


def _positive(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < math.inf else None


def frame_at_work(
    file: Path,
    tools: PipelineTools,
    *,
    image: AcquiredImage | None = None,
    address: str = "",
    profile_id: int | None = None,
) -> PipelineFrame:
    """Return a frame with its record and rig, where the store has them.

    Args:
        file: where the frame lies on this machine.
        tools: what modules work with.
        image: its record; without one it is looked up by the identifier in the header, else by its place. A record
            whose own frame is still elsewhere is not that of this one.
        address: where the frame is kept, if the file is a copy of what lies in a storage.
        profile_id: the rig of a frame that has no record.
    """
    store = tools.store
    if store is None:
        return PipelineFrame(file, tools, address=address)
    place = frame_place(address or str(file))
    # Another frame may have taken the name since its job was made, and say so.
    image = record_at(file, tools.headers, store=store, place=place, told=image)
    known, other = Witnesses(tools.files, tools.headers, store), None
    if image is not None and not is_of_record(file, image, known=known, place=place):
        image, other = None, image
    rig = profile_id if image is None else image.profile_id
    with store.read() as unit:
        profile = None if rig is None else unit.find(Profile, id=rig)
    frame = PipelineFrame(file, tools, image=image, profile=profile, address=address)
    frame.not_of = other
    return frame
