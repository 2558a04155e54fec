"""Which calibration belongs to which lights, and how many frames of it count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import fsum

from tsplug.astrobin import calibration as same
from tsplug.astrobin.calibration import CalibrationSet
from tsplug.astrobin.configuration import Configuration, MasterCounts
from tsplug.astrobin.frames import Frame, FrameKind

_OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Matched:
    """The calibration of one kind that belongs to lights: the sets, their frames together, and how they were found.

    ``count`` is None where nothing fits, and where a master does not tell how many frames it stands for.
    """

    kind: FrameKind
    sets: tuple[CalibrationSet, ...] = ()
    count: int | None = None
    how: str = ""


KINDS = (FrameKind.DARK, FrameKind.FLAT, FrameKind.FLAT_DARK, FrameKind.BIAS)
"""The kinds of calibration, in the order of AstroBin's columns."""

Calibration = dict[FrameKind, Matched]


class Matcher:
    """Finds the calibration of lights: by camera, settings, exposure, temperature, filter and nearest night.

    A master wins over the raw frames that fit the same lights, the newest one over older ones.
    """

    def __init__(self, frames: Sequence[Frame], configuration: Configuration) -> None:
        """Take all calibration frames, those that lights are linked to included."""
        self._sets = same.calibration_sets(frames)
        self._by_kind = {kind: same.fitting(self._sets, kind) for kind in KINDS}
        self._flats_by_filter: dict[str, list[CalibrationSet]] = {}
        for each in self._by_kind[FrameKind.FLAT]:
            self._flats_by_filter.setdefault(each.first.filter_name.strip().casefold(), []).append(each)
        self._by_name = {frame.name: frame for frame in frames}
        self._configuration = configuration
        self._used: set[str] = set()

    def of(self, lights: Sequence[Frame]) -> Calibration:
        """Return the calibration of lights that make one row, by kind."""
        flats = self._flats(lights)
        found = {
            FrameKind.DARK: self._best(FrameKind.DARK, lights, fits=self._dark_fits),
            FrameKind.FLAT: flats,
            FrameKind.FLAT_DARK: self._flat_darks(lights[0], flats),
            FrameKind.BIAS: self._best(FrameKind.BIAS, lights, fits=lambda light, each: True),
        }
        self._used |= {frame.name for each in found.values() for item in each.sets for frame in item.frames}
        return found

    def unused(self) -> list[Frame]:
        """Return the calibration frames that belong to none of the lights asked for so far."""
        return [f for item in self._sets for f in item.frames if f.name not in self._used]

    def _flats(self, lights: Sequence[Frame]) -> Matched:
        linked = [light.flats for light in lights if light.flats is not None]
        if linked:
            names = dict.fromkeys(name for each in linked for name in each)
            frames = tuple(self._by_name[name] for name in names if name in self._by_name)
            sets = tuple(same.calibration_sets(frames))
            return Matched(FrameKind.FLAT, sets, len(names) or None, "linked to the session" if names else "")
        return self._best(FrameKind.FLAT, lights, fits=self._flat_fits)

    def _best(
        self, kind: FrameKind, lights: Sequence[Frame], *, fits: Callable[[Frame, CalibrationSet], bool]
    ) -> Matched:
        different = _different(lights)
        candidates = [
            each
            for each in self._candidates(kind, lights[0])
            if same.same_place(lights[0].place, each.first.place)
            and any(same.same_settings(light, each.first) and fits(light, each) for light in different)
        ]
        nearest = kind is FrameKind.FLAT and not self._configuration.matching.pool_flats
        return chosen(kind, candidates, near=lights[0].night if nearest else None, counts=self._configuration.masters)

    def _candidates(self, kind: FrameKind, light: Frame) -> Sequence[CalibrationSet]:
        """Return the sets of a kind among which some may fit; there can be flats of every night and filter."""
        if kind is not FrameKind.FLAT:
            return self._by_kind[kind]
        return self._flats_by_filter.get(light.filter_name.strip().casefold(), ())

    def _dark_fits(self, light: Frame, each: CalibrationSet) -> bool:
        matching = self._configuration.matching
        return same.same_exposure(each.first, light.exposure_s, matching=matching) and same.same_temperature(
            same.temperature_of(light), each.temperature_c, matching=matching
        )

    def _flat_fits(self, light: Frame, each: CalibrationSet) -> bool:
        matching = self._configuration.matching
        return same.same_rotation(light, each.first, matching=matching)

    def _flat_darks(self, light: Frame, flats: Matched) -> Matched:
        """Return what darkens the flats; without flats at hand none can be told to."""
        matching = self._configuration.matching
        exposures = {frame.exposure_s for item in flats.sets for frame in item.frames}

        def fits(_: Frame, each: CalibrationSet) -> bool:
            return any(same.same_exposure(each.first, exposure, matching=matching) for exposure in exposures)

        return self._best(FrameKind.FLAT_DARK, [light], fits=fits)


def chosen(
    kind: FrameKind, candidates: Sequence[CalibrationSet], *, near: date | None, counts: MasterCounts
) -> Matched:
    """Return what counts of calibration that fits: the newest master, else all raw frames, of the nearest night.

    Args:
        kind: of the calibration.
        candidates: sets that fit the lights.
        near: the night to be near to; None takes all nights together.
        counts: what masters stand for whose history does not tell.
    """
    masters = [each for each in candidates if each.first.is_master]
    if masters:
        newest = max(masters, key=lambda each: (_started(each.first), each.first.name))
        return _of_master(kind, newest, counts=counts)
    if near is not None:
        candidates = _nearest(candidates, near)
    if not candidates:
        return Matched(kind)
    total = sum(each.count or 0 for each in candidates)
    return Matched(kind, tuple(candidates), total, _how(candidates))


def _of_master(kind: FrameKind, newest: CalibrationSet, *, counts: MasterCounts) -> Matched:
    master = newest.first
    name = master.name.replace("\\", "/").rpartition("/")[2]
    if master.count is not None:
        return Matched(kind, (newest,), master.count, f"history of {name}")
    told = _configured(kind, master.filter_name, counts=counts)
    how = f"settings, for {name}" if told is not None else f"{name} does not tell how many frames it holds"
    return Matched(kind, (newest,), told, how)


def _configured(kind: FrameKind, filter_name: str, *, counts: MasterCounts) -> int | None:
    if kind is FrameKind.FLAT:
        return counts.flats.get(filter_name, counts.flats.get("*"))
    return {FrameKind.DARK: counts.darks, FrameKind.BIAS: counts.bias, FrameKind.FLAT_DARK: counts.flat_darks}[kind]


def _nearest(candidates: Sequence[CalibrationSet], near: date) -> list[CalibrationSet]:
    """Return the sets of the night nearest to one, the later one of two; those without a night where all are."""
    nights = {each.night for each in candidates if each.night is not None}
    if not nights:
        return list(candidates)
    best = min(nights, key=lambda night: (abs((night - near).days), -night.toordinal()))
    return [each for each in candidates if each.night == best]


def _different(lights: Sequence[Frame]) -> list[Frame]:
    """Return one light for each rotation and rounded temperature; in all else the lights of a row are alike."""
    found: dict[tuple[object, ...], Frame] = {}
    for light in lights:
        temperature = same.temperature_of(light)
        turned = None if light.rotation_deg is None else round(light.rotation_deg, 1)
        found.setdefault((turned, None if temperature is None else round(temperature)), light)
    return list(found.values())


def _started(frame: Frame) -> datetime:
    return _OLDEST if frame.started is None else frame.started


def _how(sets: Sequence[CalibrationSet]) -> str:
    first = sets[0].first
    parts = [f"{first.kind} frames"]
    if first.kind is FrameKind.FLAT:
        nights = sorted({each.night.isoformat() for each in sets if each.night is not None})
        parts += [f"of {first.filter_name}"] if first.filter_name else []
        parts += [f"night {', '.join(nights)}"] if nights else []
    elif first.kind is not FrameKind.BIAS:
        parts.append(f"of {first.exposure_s:g} s")
    parts += [] if first.gain is None else [f"gain {first.gain:g}"]
    temperatures = [each.temperature_c for each in sets if each.temperature_c is not None]
    if temperatures and first.kind is FrameKind.DARK:
        parts.append(f"{fsum(temperatures) / len(temperatures):.1f} °C")
    return ", ".join(parts)
