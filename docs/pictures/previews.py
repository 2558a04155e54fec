"""Draws ``docs/images/previews.jpg`` and others: ``.venv/bin/python docs/pictures/previews.py [FOLDER]``.

``previews.jpg`` shows the annotated preview of one frame of each named scenario, ``colour.jpg`` a colour frame
unlinked, linked and as brightness. The nights are those of ``scenarios.py``: in FOLDER they are kept, and not run
again.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import numpy as np
from lettering import Panel, sheet
from PIL import Image
from scenarios import DOCS, SIZE, frame_of

from hostsim.sky.scenario import named_scenarios
from tsplug.app import frame_files
from tsplug.imaging.preview import Colour, PreviewSettings
from tsplug.ports import FramePixels
from tsplug.services.frame_measuring import measure_pixels, preview_of

WIDTH_PX = 480
QUALITY = 76
# What a one-shot colour camera makes of the same light: green sees most, and the sky is orange.
GAINS = {"R": 0.8, "G": 1.0, "B": 0.45}
PATTERN = "RGGB"


def annotated(name: str, frame: FramePixels) -> Panel:
    """Return the preview of a scenario's frame with its stars and its field."""
    measurement = measure_pixels(frame)
    settings = PreviewSettings(width_px=WIDTH_PX, form="png")
    made = preview_of(frame, settings, measurement=measurement, annotated=True)
    metrics = measurement.metrics
    words = ", ".join(
        f"{key.replace('_', ' ')} {metrics[key]:.{digits}f}"
        for key, digits in (("star_count", 0), ("hfr", 2), ("eccentricity", 2), ("trail_count", 0))
        if key in metrics
    )
    return Panel(_picture(made.data), name, words)


def colour(frame: FramePixels, choice: Colour) -> Panel:
    """Return a frame as a colour camera would have taken it, in one of the ways to show it."""
    cell = np.array([GAINS[letter] for letter in PATTERN]).reshape(2, 2)
    rows, columns = frame.pixels.shape[0] // 2 * 2, frame.pixels.shape[1] // 2 * 2
    mosaic = frame.pixels[:rows, :columns] * np.tile(cell, (rows // 2, columns // 2))
    shot = FramePixels(np.minimum(mosaic, 65_535).astype(np.uint16), {**frame.header, "BAYERPAT": PATTERN})
    made = preview_of(shot, PreviewSettings(width_px=SIZE[0], colour=choice, form="png"))
    return Panel(_picture(made.data), f"--colour {choice.value}")


def _picture(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def main() -> int:
    """Run what nights are not there, and write the pictures."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary)
        frames = {name: frame_files().read(frame_of(name, folder)) for name in named_scenarios()}
    panels = [annotated(name, frame) for name, frame in frames.items()]
    sheet(panels, columns=3, size=17).save(DOCS / "images" / "previews.jpg", quality=QUALITY, optimize=True)
    ways = [colour(frames["clear"], each) for each in Colour]
    sheet(ways, columns=3, size=15).save(DOCS / "images" / "colour.jpg", quality=QUALITY, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
