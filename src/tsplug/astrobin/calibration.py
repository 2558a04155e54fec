"""Calibration frames as sets of one signature, and what makes a set fit lights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from tsplug.astrobin.configuration import Matching
from tsplug.astrobin.frames import Frame, FrameKind, Place

_Signature = tuple[object, ...]


@dataclass(frozen=True)
class CalibrationSet:
    """Frames that are alike: kind, camera, settings, exposure, temperature, filter, night, place; or one master."""

    frames: tuple[Frame, ...]

    @property
    def first(self) -> Frame:
        """Return the frame that stands for all."""
        return self.frames[0]

    @property
    def night(self) -> date | None:
        """Return the night of the set."""
        return self.first.night

    @property
    def count(self) -> int | None:
        """Return how many frames the set stands for, or None where a master does not tell."""
        counts = [frame.count for frame in self.frames]
        return None if any(count is None for count in counts) else sum(count or 0 for count in counts)

    @property
    def temperature_c(self) -> float | None:
        """Return the temperature the set was taken at."""
        known = [value for frame in self.frames if (value := temperature_of(frame)) is not None]
        return fsum(known) / len(known) if known else None


def calibration_sets(frames: Iterable[Frame]) -> list[CalibrationSet]:
    """Return calibration frames as sets, in order of appearance; every master is a set of its own."""
    groups: dict[_Signature, list[Frame]] = {}
    for frame in frames:
        groups.setdefault(_signature(frame), []).append(frame)
    return [CalibrationSet(tuple(members)) for members in groups.values()]


def temperature_of(frame: Frame) -> float | None:
    """Return the temperature a frame was meant to be taken at, else the one it was taken at, in Celsius."""
    return frame.sensor_c if frame.set_point_c is None else frame.set_point_c


def same_settings(frame: Frame, other: Frame) -> bool:
    """Return whether camera, binning, gain, offset, readout mode and ROI agree as far as both frames tell them.

    Where a gain is not told by both, the conversion factor (EGAIN) stands in for it.
    """
    return (
        _agree(frame.gear.camera.casefold(), other.gear.camera.casefold())
        and (frame.binning or 1) == (other.binning or 1)
        and same_gain(frame, other)
        and _agree(frame.iso, other.iso)
        and _agree(frame.offset, other.offset)
        and _agree(frame.readout_mode.casefold(), other.readout_mode.casefold())
        and _agree(frame.roi_percent, other.roi_percent)
    )


def same_gain(frame: Frame, other: Frame) -> bool:
    """Return whether the gains of two frames agree, or their conversion factors where one has no gain."""
    if frame.gain is not None and other.gain is not None:
        return frame.gain == other.gain
    if frame.egain is not None and other.egain is not None:
        return abs(frame.egain - other.egain) <= 0.001 * max(frame.egain, other.egain)
    return True


def same_exposure(frame: Frame, exposure_s: float, *, matching: Matching) -> bool:
    """Return whether an exposure is that of a frame within the tolerance."""
    allowed = max(matching.exposure_s, matching.exposure_percent / 100 * exposure_s)
    # Half a microsecond, so that the bound itself is inside whatever its binary form.
    return abs(frame.exposure_s - exposure_s) <= allowed + 5e-7


def same_temperature(one: float | None, other: float | None, *, matching: Matching) -> bool:
    """Return whether two temperatures agree within the tolerance; one that is not known excludes nothing."""
    return one is None or other is None or abs(one - other) <= matching.temperature_c + 1e-9


def same_rotation(frame: Frame, other: Frame, *, matching: Matching) -> bool:
    """Return whether the rotators stood alike, as far as both frames tell."""
    if frame.rotation_deg is None or other.rotation_deg is None:
        return True
    difference = (frame.rotation_deg - other.rotation_deg + 180) % 360 - 180
    return abs(difference) <= matching.rotation_deg + 1e-9


def same_filter(frame: Frame, other: Frame) -> bool:
    """Return whether two frames went through one filter; case and outer blanks do not matter."""
    return frame.filter_name.strip().casefold() == other.filter_name.strip().casefold()


def same_place(place: Place | None, other: Place | None) -> bool:
    """Return whether two places are one; a place that is not known excludes nothing."""
    return place is None or other is None or place == other


def fitting(sets: Sequence[CalibrationSet], kind: FrameKind) -> list[CalibrationSet]:
    """Return the sets of a kind."""
    return [each for each in sets if each.first.kind is kind]


def _agree(one: object, other: object) -> bool:
    return one in (None, "") or other in (None, "") or one == other


def _signature(frame: Frame) -> _Signature:
    if frame.is_master:
        return (frame.name,)
    temperature = temperature_of(frame)
    flat = frame.kind is FrameKind.FLAT
    return (
        frame.kind,
        frame.gear.camera.casefold(),
        frame.binning or 1,
        frame.gain,
        frame.iso,
        frame.egain if frame.gain is None else None,
        frame.offset,
        frame.readout_mode.casefold(),
        # Flats are matched by their panel's or sky's light, whose exposures differ within one session.
        None if flat else round(frame.exposure_s, 3),
        None if temperature is None else round(temperature),
        frame.filter_name.strip().casefold() if flat else "",
        None if frame.rotation_deg is None or not flat else round(frame.rotation_deg),
        frame.night if flat else None,
        frame.place,
    )
