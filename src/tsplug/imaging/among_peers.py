"""What a frame tells only beside another one of the same field: how clear the air is, how bright the sky became."""

from __future__ import annotations

from dataclasses import dataclass

from tsplug.imaging.matching import match_stars, relative_transparency
from tsplug.imaging.stars import StarList


@dataclass(frozen=True)
class Peer:
    """One measured frame: its stars, size (rows, columns), exposure, and background (ADU).

    ``transparency`` (percent) and ``background_rise`` (ADU) are what it was measured at: 100 and 0 for the frame that a
    plan's scales begin with.
    """

    stars: StarList
    shape: tuple[int, int]
    exposure_s: float
    background: float
    transparency: float = 100.0
    background_rise: float = 0.0


def beside(frame: Peer, reference: Peer) -> dict[str, float]:
    """Return a frame's metrics beside a reference of the same target, filter, gain and binning.

    ``transparency`` (percent) is the light of matched stars per second of exposure, on the scale that the reference is
    on: a better reference later on changes no value. ``background_rise`` (ADU) is how much brighter the sky is than on
    the frame that this scale begins with, for equal exposures; the camera's pedestal drops out of it. What cannot be
    told is left out.
    """
    if frame.shape != reference.shape or frame.exposure_s <= 0.0 or reference.exposure_s <= 0.0:
        return {}
    found: dict[str, float] = {}
    if frame.exposure_s == reference.exposure_s:
        found["background_rise"] = reference.background_rise + frame.background - reference.background
    match = match_stars(frame.stars, reference.stars, shape=frame.shape)
    share = None if match is None else relative_transparency(frame.stars, reference.stars, match=match)
    if share is not None:
        found["transparency"] = reference.transparency * share * reference.exposure_s / frame.exposure_s
    return found
