"""Calibration counts as the reference tool's published tables have them, for ``--compatible``.

Its rules (README and version 1.3.0): darks and bias by gain alone, flats by filter alone, all of the lights' site. A
dark, or flat-dark, whose exposure no light has is not there; nor is a flat whose filter no light has. One master bias
or master dark removes all raw frames of its kind, a master flat those of its filter; the first master's count is added.
"""

from __future__ import annotations

from collections.abc import Sequence

from tsplug.astrobin import calibration as same
from tsplug.astrobin.calibration import CalibrationSet
from tsplug.astrobin.configuration import Configuration
from tsplug.astrobin.frames import Frame, FrameKind
from tsplug.astrobin.matching import KINDS, Calibration, Matched, chosen

_EXPOSURE_DIGITS = 4


class PublishedMatcher:
    """Finds the calibration of lights by gain or filter alone."""

    def __init__(self, frames: Sequence[Frame], configuration: Configuration, *, lights: Sequence[Frame]) -> None:
        """Take all calibration frames and all lights; what no light can use is dropped at once."""
        kept = _without_raws_of_masters(_usable(frames, lights))
        self._frames = kept
        names = {frame.name for frame in kept}
        self._dropped = [frame for frame in frames if frame.name not in names]
        self._configuration = configuration

    def of(self, lights: Sequence[Frame]) -> Calibration:
        """Return the calibration of lights that make one row, by kind; nothing found counts as 0."""
        return {kind: self._of_kind(kind, lights[0]) for kind in KINDS}

    def unused(self) -> list[Frame]:
        """Return the frames that no light can use."""
        return list(self._dropped)

    def _of_kind(self, kind: FrameKind, light: Frame) -> Matched:
        here = [each for each in self._frames if each.kind is kind and same.same_place(light.place, each.place)]
        raws = [each for each in here if not each.is_master and _fits(kind, light, frame=each)]
        total, how = len(raws), []
        sets = [CalibrationSet(tuple(raws))] if raws else []
        if raws:
            how.append(f"{kind} frames of the same {'filter' if kind is FrameKind.FLAT else 'gain'}")
        masters = [
            each for each in here if each.is_master and (kind is not FrameKind.FLAT or same.same_filter(light, each))
        ]
        if masters:
            first = min(masters, key=lambda each: each.name)
            matched = chosen(kind, [CalibrationSet((first,))], near=None, counts=self._configuration.masters)
            total += 1 if matched.count is None else matched.count
            sets += matched.sets
            how.append(matched.how)
        return Matched(kind, tuple(sets), total, "; ".join(how))


def _usable(frames: Sequence[Frame], lights: Sequence[Frame]) -> list[Frame]:
    exposures = {round(light.exposure_s, _EXPOSURE_DIGITS) for light in lights}
    filters = {light.filter_name.strip().casefold() for light in lights}
    kept = []
    for frame in frames:
        if frame.kind in (FrameKind.DARK, FrameKind.FLAT_DARK):
            usable = round(frame.exposure_s, _EXPOSURE_DIGITS) in exposures
        else:
            usable = frame.kind is not FrameKind.FLAT or frame.filter_name.strip().casefold() in filters
        if usable:
            kept.append(frame)
    return kept


def _without_raws_of_masters(frames: Sequence[Frame]) -> list[Frame]:
    masters = {_scope(frame) for frame in frames if frame.is_master}
    return [frame for frame in frames if frame.is_master or _scope(frame) not in masters]


def _scope(frame: Frame) -> tuple[FrameKind, str]:
    return frame.kind, frame.filter_name.strip().casefold() if frame.kind is FrameKind.FLAT else ""


def _fits(kind: FrameKind, light: Frame, *, frame: Frame) -> bool:
    return same.same_filter(light, frame) if kind is FrameKind.FLAT else light.gain == frame.gain
