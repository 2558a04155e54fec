"""The FWHM of a frame: as measured, or from the HFR by the factor of whatever measured that."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tsplug.astrobin.frames import Frame

TRUE_HFR = 2.0
"""FWHM / HFR of a Gaussian star where HFR is the radius that holds half of its light (spec/peers e-4)."""

MEAN_RADIUS = 1.879
"""FWHM / HFR of a Gaussian star where HFR is the mean radius of its light, as N.I.N.A. up to 3.2 has it."""

_NINA = re.compile(r"N\.?I\.?N\.?A\.?\D*(\d+)\.(\d+)", re.IGNORECASE)
_TRUE_HFR_SINCE = (3, 3)


@dataclass(frozen=True, slots=True)
class Sharpness:
    """The FWHM of a frame in arcseconds, None where unknown, and where it comes from."""

    arcsec: float | None
    source: str = ""


def fwhm_of(frame: Frame, factor: float | None = None) -> Sharpness:
    """Return the FWHM of a frame: a measured one first, else HFR x factor x scale, with the factor of its detector.

    Args:
        frame: a light.
        factor: FWHM / HFR; None takes that of what measured the frame.
    """
    if frame.fwhm_arcsec is not None:
        return Sharpness(frame.fwhm_arcsec, frame.sources.get("fwhm_arcsec", ""))
    scale = frame.scale_arcsec
    if frame.hfr_px is None or scale is None:
        return Sharpness(None)
    used = hfr_factor(frame.gear.software) if factor is None else factor
    return Sharpness(frame.hfr_px * used * scale, f"{frame.sources.get('hfr_px', 'HFR')} x {used:g} x scale")


def hfr_factor(software: str) -> float:
    """Return FWHM / HFR for a program: N.I.N.A. up to 3.2 means the mean radius, others that of half the light."""
    found = _NINA.search(software)
    if found is not None and (int(found[1]), int(found[2])) < _TRUE_HFR_SINCE:
        return MEAN_RADIUS
    return TRUE_HFR
