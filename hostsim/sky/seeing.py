"""How the air blurs: seeing that wanders over the night and grows towards the horizon."""

from __future__ import annotations

from datetime import datetime

from hostsim.sky.randomness import SmoothCurve, microseconds_since_epoch, stream

_ZENITH_ARCSEC = 2.1
_WANDER_ARCSEC = 0.35
_JITTER = 0.03


class Seeing:
    """The seeing of one seeded night."""

    def __init__(self, seed: int) -> None:
        """Draw the slow curve of this seed."""
        self._seed = seed
        self._curve = SmoothCurve(seed, "seeing")

    def fwhm_arcsec(self, started: datetime, airmass: float) -> float:
        """Return the seeing's full width at half maximum for the exposure begun at ``started``.

        Kolmogorov turbulence widens it with airmass to the power 0.6.
        """
        rng = stream(self._seed, "seeing", microseconds_since_epoch(started))
        zenith = _ZENITH_ARCSEC + _WANDER_ARCSEC * self._curve.at(started)
        return float(zenith * (1.0 + _JITTER * rng.uniform(-1.0, 1.0)) * airmass**0.6)
