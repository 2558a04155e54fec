"""How stars are found and measured, and the identity that follows from it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

NAME, VERSION = "tsplug-stars", "12"

# What belongs to the frame or the camera and not to the way of measuring.
_OF_THE_FRAME = ("electrons_per_adu", "full_scale_adu", "colour")


@dataclass(frozen=True)
class StarSettings:
    """Thresholds in units of the background's noise, sizes in pixels, levels in ADU.

    A star must stand ``threshold`` standard deviations out of the smoothed 2x2 frame to be found, and counts from a
    signal to noise of ``minimum_snr`` on, as a filter of its own width has it. One whose peak reaches
    ``saturated_share`` of ``full_scale_adu`` is counted but not measured. Of the others at most ``most_stars`` are
    measured, the brightest of each part of the frame. ``mesh_px`` is the side of a tile of the background's mesh in
    pixels of the 2x2 frame. ``electrons_per_adu`` weighs the stars' own shot noise; it and the full scale belong to the
    frame, not to the detector's identity. ``colour`` names what of a colour frame is measured, ``green`` for that
    plane, ``mosaic`` for the brightness of the cells of one; it is empty for frames without colours.
    """

    mesh_px: int = 64
    threshold: float = 5.5
    minimum_snr: float = 10.0
    good_snr: float = 20.0
    most_stars: int = 600
    saturated_share: float = 0.9
    full_scale_adu: float = 65_535.0
    electrons_per_adu: float = 1.0
    colour: str = ""

    @property
    def detector(self) -> str:
        """Return the identity of what these settings measure: name, version, colour where there is, settings' hash.

        Numbers of different detectors are never compared with each other.
        """
        settings = {key: value for key, value in asdict(self).items() if key not in _OF_THE_FRAME}
        text = repr(sorted(settings.items()))
        known = hashlib.sha256(text.encode()).hexdigest()[:8]
        return " ".join(part for part in (NAME, VERSION, self.colour, known) if part)
