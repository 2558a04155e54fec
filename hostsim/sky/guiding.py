"""How well the mount follows: the guiding error of each exposure."""

from __future__ import annotations

from datetime import datetime

from hostsim.sky.randomness import SmoothCurve, microseconds_since_epoch, stream
from hostsim.sky.scene import GuidingSample

_RA_ARCSEC = 0.42
_DEC_ARCSEC = 0.36
_WANDER = 0.2
_JITTER = 0.08
_GUST_CHANCE = 0.03
_GUST_FACTOR = 3.0
# Gusts spare short exposures, so that focusing is never spoilt by one.
_GUST_SHORTEST_S = 20.0


class Guiding:
    """The guiding of one seeded night: steady, with a rare gust that spoils right ascension for one exposure."""

    def __init__(self, seed: int) -> None:
        """Draw the slow curve of this seed."""
        self._seed = seed
        self._curve = SmoothCurve(seed, "guiding")

    def sample(self, started: datetime, duration_s: float) -> GuidingSample:
        """Return the error over the exposure begun at ``started``; short exposures see a little less of it."""
        rng = stream(self._seed, "guiding", microseconds_since_epoch(started))
        level = (1.0 + _WANDER * self._curve.at(started)) * duration_s / (duration_s + 0.5)
        gust = _GUST_FACTOR if rng.random() < _GUST_CHANCE and duration_s >= _GUST_SHORTEST_S else 1.0
        ra, dec = 1.0 + _JITTER * rng.uniform(-1.0, 1.0, 2)
        return GuidingSample(
            rms_ra_arcsec=float(_RA_ARCSEC * level * ra * gust),
            rms_dec_arcsec=float(_DEC_ARCSEC * level * dec),
        )
