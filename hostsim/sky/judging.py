"""What spoils a frame, in the words an observer would use."""

from __future__ import annotations

import math

from hostsim.sky.truth import FrameTruth, SkyTruth

# From where on something is said to be wrong.
_CLOUD_MAG, _DEW_MAG, _BLOCKED = 0.1, 0.05, 0.02
_SEEING_ARCSEC = 3.5
_BRIGHT_SKY_MAG = 18.5
_GUIDING_ARCSEC, _DRIFT_ARCSEC = 1.2, 2.0
_ALONGSIDE_FOCUS = 1.25


def faults(truth: FrameTruth, *, tracking: bool, in_focus_hfr_px: float) -> tuple[str, ...]:
    """Return what is wrong with a frame, worst things of the sky first.

    ``in_focus_hfr_px`` is what the half-flux radius in the middle would be at best focus.
    """
    if truth.sky is None:
        return ()
    found = [*_of_sky(truth.sky), *_of_mount(truth, tracking=tracking)]
    if truth.middle_hfr_px > _ALONGSIDE_FOCUS * in_focus_hfr_px:
        found.append(f"out of focus by {abs(truth.focus_error_um):.0f} um")
    if truth.satellites:
        count = len(truth.satellites)
        found.append("a satellite trail" if count == 1 else f"{count} satellite trails")
    return tuple(found)


def _of_sky(sky: SkyTruth) -> list[str]:
    found = []
    if sky.blocked > _BLOCKED:
        found.append(f"view blocked by {100.0 * sky.blocked:.0f} %")
    if sky.cloud_mag > _CLOUD_MAG:
        found.append(f"cloud {sky.cloud_mag:.1f} mag")
    if sky.dew_mag > _DEW_MAG:
        found.append(f"dew {sky.dew_mag:.1f} mag")
    if sky.sky_mag_per_arcsec2 < _BRIGHT_SKY_MAG:
        found.append(f"bright sky {sky.sky_mag_per_arcsec2:.1f} mag per square arcsecond")
    if sky.seeing_arcsec > _SEEING_ARCSEC:
        found.append(f"seeing {sky.seeing_arcsec:.1f} arcsec")
    return found


def _of_mount(truth: FrameTruth, *, tracking: bool) -> list[str]:
    drift_arcsec, rms_arcsec = math.hypot(*truth.drift_arcsec), math.hypot(*truth.guiding_rms_arcsec)
    if not tracking:
        return ["mount not tracking"]
    if drift_arcsec > _DRIFT_ARCSEC:
        return [f"guiding lost: drifted by {drift_arcsec:.0f} arcsec"]
    return [f"guiding {rms_arcsec:.1f} arcsec rms"] if rms_arcsec > _GUIDING_ARCSEC else []
