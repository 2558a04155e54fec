"""A frame on its way through the pipeline."""

from __future__ import annotations

from pathlib import Path

from tsplug.errors import FileError
from tsplug.imaging.measure import FrameMeasurement
from tsplug.model import AcquiredImage, BadFile, PipelinePreferences, Profile
from tsplug.ports import FramePixels, PipelineTools, Store
from tsplug.services.disk_frames import record_of
from tsplug.services.frame_measuring import is_light, measure_pixels

_IDENTIFIER = "TSUID"


class PipelineFrame:
    """One frame with its record and rig; read once and measured once, however many modules ask."""

    def __init__(
        self,
        file: Path,
        tools: PipelineTools,
        *,
        image: AcquiredImage | None = None,
        profile: Profile | None = None,
    ) -> None:
        """Take a frame; `frame_at_work` finds record and rig for it."""
        self.file = file
        self.tools = tools
        self.image = image
        self.profile = profile
        self.outputs: dict[str, object] = {}
        self._pixels: FramePixels | None = None
        self._measurement: FrameMeasurement | None = None

    @property
    def preferences(self) -> PipelinePreferences:
        """Return how the rig likes its frames processed; the defaults for a frame of no rig."""
        return PipelinePreferences() if self.profile is None else self.profile.pipeline

    def pixels(self) -> FramePixels:
        """Return pixels and header.

        Raises:
            FileError: the frame cannot be read.
        """
        if self._pixels is None:
            self._pixels = self.tools.files.read(self.file)
        return self._pixels

    def measurement(self) -> FrameMeasurement:
        """Return levels and stars, with ``fwhm_arcsec`` where the rig's optics are known.

        Raises:
            FileError: the frame cannot be read or measured.
        """
        if self._measurement is None:
            pixels = self.pixels()
            try:
                self._measurement = measure_pixels(
                    pixels, scale_arcsec=self._scale_arcsec(), light=is_light(pixels.header)
                )
            except ValueError as error:
                raise FileError(f"{self.file}: {error}") from error
        return self._measurement

    def _scale_arcsec(self) -> float | None:
        if self.profile is None or self.image is None:
            return None
        return self.profile.frame_scale_arcsec(self.image.binning)


def frame_at_work(file: Path, tools: PipelineTools, *, image: AcquiredImage | None = None) -> PipelineFrame:
    """Return a frame with its record and rig, where the store has them.

    Args:
        file: where the frame lies.
        tools: what modules work with.
        image: its record; without one it is looked up by the identifier in the header, else by its place.
    """
    store = tools.store
    if store is None:
        return PipelineFrame(file, tools)
    image = image or _record(file, tools, store=store)
    with store.read() as unit:
        known = image is not None and image.profile_id is not None
        profile = unit.find(Profile, id=image.profile_id) if image is not None and known else None
    return PipelineFrame(file, tools, image=image, profile=profile)


def _record(file: Path, tools: PipelineTools, *, store: Store) -> AcquiredImage | None:
    header = tools.headers.read(file, wanted=(_IDENTIFIER,))
    guid = "" if isinstance(header, BadFile) else str(header.cards.get(_IDENTIFIER, ""))
    with store.read() as unit:
        return record_of(unit, file, guid=guid)
