"""Holds what was measured on a drawn frame against what was drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from drawn_frames import Drawn, Scene
from numpy.typing import NDArray

from tsplug.imaging.measure import FrameMeasurement, measure_frame
from tsplug.imaging.settings import StarSettings

Floats = NDArray[np.float64]

_UNDER_TRAIL_PX = 6.0


@dataclass(frozen=True)
class Judgement:
    """Relative errors of HFR and FWHM, the error of the eccentricity (NaN where not measured), and what was found.

    ``complete`` is the share found of stars that stand alone, are not saturated and reach a signal to noise of 20, of
    which there are ``judged``; ``false`` is the number of detections where no star was drawn.
    """

    hfr: float
    fwhm: float
    eccentricity: float
    complete: float
    judged: int
    found: int
    false: int


def failures(scene: Scene, found: Judgement) -> list[str]:
    """Return what is not as exact as is demanded of such a scene (spec/image-performance 3), empty where all is.

    With fewer than 25 stars the statistics of the stars themselves allow no less than they are given here.
    """
    if not scene.lights:
        return [f"{found.found} stars"] if found.found else []
    few, rings, undersampled = found.judged < 25, scene.donut is not None, scene.fwhm < 2.0
    hazy = undersampled or scene.nebula_e > 0.0
    allowed = {
        "hfr": 0.06 if few else 0.03,
        "fwhm": 0.08 if few else 0.06 if undersampled else 0.05,
        "eccentricity": 0.12 if few or rings else 0.08,
    }
    told = {key: getattr(found, key) for key in allowed}
    lacking = {key for key in allowed if np.isnan(told[key])}
    failed = [f"{key} {told[key]:+.3f}" for key, most in allowed.items() if abs(told[key]) >= most]
    failed += [f"no {key}" for key in lacking if not _may_lack(key, scene, few=few)]
    if rings and not np.isnan(found.fwhm):
        failed.append("a disc has a FWHM")
    if found.complete < (0.7 if rings else 0.93 if hazy else 0.95):
        failed.append(f"complete {found.complete:.3f}")
    if found.false > max(1, 0.005 * found.found):
        failed.append(f"{found.false} false of {found.found}")
    return failed if found.found else ["no stars"]


def _may_lack(key: str, scene: Scene, *, few: bool) -> bool:
    """Tell what is absent rightly: a disc's width at half maximum, and a shape that a few stars leave open."""
    return (key == "fwhm" and scene.donut is not None) or (key == "eccentricity" and few)


def measure_drawn(drawn: Drawn) -> FrameMeasurement:
    """Measure a frame with the gain it was drawn with."""
    settings = replace(StarSettings(), electrons_per_adu=drawn.scene.electrons_per_adu)
    return measure_frame(drawn.pixels, settings, mosaic=drawn.scene.mosaic)


def judge_drawn(drawn: Drawn, measured: FrameMeasurement) -> Judgement:
    """Compare numbers and places with the truth."""
    metrics = measured.metrics
    places = measured.stars.places or (np.zeros(0), np.zeros(0))
    near = 8.0 if drawn.scene.donut else 2.0 + 0.7 * drawn.fwhm
    alone = _judged(drawn)
    missed = nearest((drawn.x[alone], drawn.y[alone]), places) > near
    return Judgement(
        hfr=metrics.get("hfr", np.nan) / drawn.hfr - 1.0,
        fwhm=metrics.get("fwhm", np.nan) / drawn.fwhm - 1.0,
        eccentricity=metrics.get("eccentricity", np.nan) - drawn.eccentricity,
        complete=1.0 - float(missed.mean()) if missed.size else 1.0,
        judged=missed.size,
        found=places[0].size,
        false=int(np.count_nonzero(nearest(places, (drawn.x, drawn.y)) > near)),
    )


def _judged(drawn: Drawn) -> NDArray[np.intp]:
    """Return the stars that any detector should find."""
    margin, apart = (40.0, 40.0) if drawn.scene.donut else (14.0, 4.0 * drawn.fwhm)
    height, width = drawn.pixels.shape
    inside = (np.minimum(drawn.x, drawn.y) > margin) & (drawn.x < width - margin) & (drawn.y < height - margin)
    for right, down, offset in drawn.trails:
        inside &= np.abs(right * drawn.x + down * drawn.y - offset) > _UNDER_TRAIL_PX
    bright = np.flatnonzero(inside & (drawn.snr >= 20.0) & (drawn.peak_adu < 58_000.0))
    rivals = np.flatnonzero(drawn.snr > 6.0)
    chosen = []
    for star in bright:
        beside = rivals[(np.abs(drawn.x[rivals] - drawn.x[star]) < apart) & (rivals != star)]
        beside = beside[np.abs(drawn.y[beside] - drawn.y[star]) < apart]
        if not (drawn.snr[beside] > 0.3 * drawn.snr[star]).any():
            chosen.append(star)
    return np.array(chosen, dtype=np.intp)


def nearest(wanted: tuple[Floats, Floats], known: tuple[Floats, Floats]) -> Floats:
    """Return how far the nearest known place is from each wanted one."""
    if not known[0].size:
        return np.full(wanted[0].size, np.inf)
    order = np.argsort(known[0])
    x, y = known[0][order], known[1][order]
    found = np.full(wanted[0].size, np.inf)
    for place in range(found.size):
        first, last = np.searchsorted(x, [wanted[0][place] - 50.0, wanted[0][place] + 50.0])
        apart = np.hypot(x[first:last] - wanted[0][place], y[first:last] - wanted[1][place])
        found[place] = apart.min(initial=np.inf)
    return found
