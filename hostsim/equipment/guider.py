"""The guider of the simulated observatory: how well each exposure was guided."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hostsim.sky.scene import GuidingSample

_UNIFORM = math.sqrt(12.0)


@dataclass(frozen=True)
class GuidingReading:
    """Root mean squares over one exposure in arcseconds, and the guider's scale in arcseconds per pixel."""

    rms_ra_arcsec: float
    rms_dec_arcsec: float
    scale_arcsec: float

    @property
    def rms_arcsec(self) -> float:
        """Return the total: the root of the sum of squares."""
        return math.hypot(self.rms_ra_arcsec, self.rms_dec_arcsec)

    def metrics(self) -> dict[str, float]:
        """Return the metrics under their keys, arcseconds and guider pixels."""
        arcsec = {
            "guiding_rms": self.rms_arcsec,
            "guiding_rms_ra": self.rms_ra_arcsec,
            "guiding_rms_dec": self.rms_dec_arcsec,
        }
        return arcsec | {f"{key}_px": value / self.scale_arcsec for key, value in arcsec.items()}


class Guider:
    """Reports the guiding of an exposure.

    A target that drifts away by d in an axis adds d / sqrt(12) to the root mean square about the mean there.
    """

    def __init__(self, sample: Callable[[datetime, float], GuidingSample], *, scale_arcsec: float = 2.0) -> None:
        """Take the guiding from a sky; ``scale_arcsec`` is arcseconds per guider pixel."""
        self._sample = sample
        self._scale_arcsec = scale_arcsec

    def during(self, started: datetime, exposure_s: float) -> GuidingReading:
        """Return how the exposure was guided."""
        sample = self._sample(started, exposure_s)
        return GuidingReading(
            math.hypot(sample.rms_ra_arcsec, sample.drift_ra_arcsec / _UNIFORM),
            math.hypot(sample.rms_dec_arcsec, sample.drift_dec_arcsec / _UNIFORM),
            self._scale_arcsec,
        )
