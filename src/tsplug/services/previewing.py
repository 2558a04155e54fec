"""A picture of one frame on disk."""

from __future__ import annotations

import numpy as np

from tsplug.errors import FileError
from tsplug.imaging.encoding import Preview
from tsplug.imaging.preview import PreviewSettings
from tsplug.model import FramePlace
from tsplug.ports import FrameFiles
from tsplug.services.frame_measuring import is_light, measure_pixels, preview_of


def preview_file(file: FramePlace, files: FrameFiles, *, settings: PreviewSettings, annotated: bool = False) -> Preview:
    """Return a picture of a frame; one with its stars and the map of its field is measured first.

    Raises:
        FileError: it cannot be read, or is too small to be measured, or no pixel has a value.
    """
    frame = files.read(file, to_measure=annotated)
    if not np.isfinite(frame.pixels).any():
        raise FileError(f"{file}: the frame has no pixel with a value")
    if not annotated:
        return preview_of(frame, settings)
    try:
        measurement = measure_pixels(frame, light=is_light(frame.header))
    except ValueError as error:
        raise FileError(f"{file}: {error}") from error
    return preview_of(frame, settings, measurement=measurement, annotated=True)
