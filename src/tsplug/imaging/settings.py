"""How stars are found and measured, and the identity that follows from it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

import sep

NAME, VERSION = "tsplug-sep", "1"


@dataclass(frozen=True)
class StarSettings:
    """Thresholds in units of the background's noise, sizes in pixels, levels in ADU.

    A star whose peak reaches ``saturated_share`` of ``full_scale_adu`` is counted but not measured.
    ``electrons_per_adu`` weighs the stars' own shot noise; it belongs to the frame, not to the detector's identity.
    """

    mesh_px: int = 64
    threshold: float = 4.0
    minimum_pixels: int = 4
    minimum_snr: float = 10.0
    good_snr: float = 40.0
    widest_px: float = 16.0
    most_stars: int = 250
    saturated_share: float = 0.9
    full_scale_adu: float = 65_535.0
    electrons_per_adu: float = 1.0

    @property
    def detector(self) -> str:
        """Return the identity of what these settings measure: name, version and the settings' hash.

        Numbers of different detectors are never compared with each other.
        """
        settings = {key: value for key, value in asdict(self).items() if key != "electrons_per_adu"}
        text = repr(sorted(settings.items()))
        return f"{NAME} {VERSION} (sep {sep.__version__}) {hashlib.sha256(text.encode()).hexdigest()[:8]}"
