"""The tables of a session summary: lights by target and filter, calibration by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum

from tsplug.astrobin.acquisitions import AcquisitionRow, LightGroup, exposure_of
from tsplug.astrobin.air import air_temperatures
from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.astrobin.frames import Frame, FrameKind
from tsplug.astrobin.numbers import mean
from tsplug.astrobin.objects import panel_of
from tsplug.astrobin.sharpness import fwhm_of
from tsplug.astrobin.tables import duration_text

_LIGHTS = ("Filter", "Frames", "Gain", "Egain", "Mean FWHM", "Sensor", "Mean temp.", "Exposure", "Total")
_FLATS = ("Filter", "Frames", "Gain", "Exposure", "Total", "Night")
_OTHERS = ("Gain", "Frames", "Exposure", "Sensor", "Total")

_OURS = Choices()

Pair = tuple[AcquisitionRow, LightGroup]
_LineKey = tuple[str, float, float]


@dataclass(frozen=True)
class Table:
    """A table of a summary with a line below it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: str = ""


def light_tables(pairs: Sequence[Pair], configuration: Configuration, *, compatible: bool) -> list[Table]:
    """Return a table of lights for each target or panel: a line a filter, gain and exposure.

    Means weigh every light the same; in the published form they are the means of the rows.
    """
    panels: dict[str, list[Pair]] = {}
    for row, group in pairs:
        for name, part in _by_panel(group).items():
            panels.setdefault(name, []).append((row, part))
    lines = _Lines(configuration, compatible)
    tables = []
    for name, members in sorted(panels.items()):
        lights = [light for _, group in members for light in group.lights]
        title = f"LIGHTS: {name}" if len(panels) > 1 else "LIGHTS"
        total = f"Exposure time of {name}: {_total(lights)}" if len(panels) > 1 else f"Total exposure: {_total(lights)}"
        tables.append(Table(title, _LIGHTS, lines.of(members), total))
    if len(panels) > 1:
        total = f"Total exposure of all lights: {_total(light for _, group in pairs for light in group.lights)}"
        tables[-1] = Table(tables[-1].title, _LIGHTS, tables[-1].rows, f"{tables[-1].total}\n{total}")
    return tables


def _by_panel(group: LightGroup) -> dict[str, LightGroup]:
    found: dict[str, list[Frame]] = {}
    for light in group.lights:
        found.setdefault(str(panel_of(light.target_name)), []).append(light)
    return {name: LightGroup(tuple(lights), group.calibration) for name, lights in found.items()}


@dataclass(frozen=True)
class _Lines:
    """Makes the lines of a table of lights."""

    configuration: Configuration
    compatible: bool

    def of(self, pairs: Sequence[Pair]) -> tuple[tuple[str, ...], ...]:
        def key(pair: Pair) -> _LineKey:
            light = pair[1].lights[0]
            return (light.filter_name, -1.0 if light.gain is None else light.gain, exposure_of(light))

        return tuple(self._line(list(members)) for _, members in groupby(sorted(pairs, key=key), key=key))

    def _line(self, pairs: Sequence[Pair]) -> tuple[str, ...]:
        lights = [light for _, group in pairs for light in group.lights]
        first = lights[0]
        return (
            first.filter_name or "-",
            str(len(lights)),
            "-" if first.gain is None else f"{first.gain:g}",
            "-" if first.egain is None else f"{first.egain:.3f}",
            _with_unit(self._fwhm(pairs, lights), '"', digits=2),
            _with_unit(mean(_sensor(light) for light in lights), " °C", digits=1),
            _with_unit(self._air(pairs), " °C", digits=2),
            f"{exposure_of(first):g} s",
            _total(lights),
        )

    def _fwhm(self, pairs: Sequence[Pair], lights: Sequence[Frame]) -> float | None:
        if self.compatible:
            return mean(row.mean_fwhm for row, _ in pairs)
        return mean(fwhm_of(light, self.configuration.fwhm_per_hfr).arcsec for light in lights)

    def _air(self, pairs: Sequence[Pair]) -> float | None:
        if self.compatible:
            return mean(row.temperature for row, _ in pairs)
        air = self.configuration.air
        return mean(each for _, group in pairs for each in air_temperatures(group.lights, air, choices=_OURS))


def calibration_tables(kind: FrameKind, frames: Sequence[Frame]) -> list[Table]:
    """Return a table of the raw frames of a kind and one of its masters, each only where there are any."""
    tables = []
    for masters in (False, True):
        members = [frame for frame in frames if frame.is_master is masters]
        title = f"{'MASTER ' if masters else ''}{kind.upper()}"
        if members:
            tables.append(_flat_table(title, members) if kind is FrameKind.FLAT else _other_table(title, members))
    return tables


def _flat_table(title: str, frames: Sequence[Frame]) -> Table:
    def key(frame: Frame) -> tuple[str, str, float, float]:
        night = "" if frame.night is None or frame.is_master else frame.night.isoformat()
        return (frame.filter_name, night, -1.0 if frame.gain is None else frame.gain, round(frame.exposure_s, 2))

    def line(first: Frame, members: Sequence[Frame]) -> tuple[str, ...]:
        seconds, night = f"{first.exposure_s:.3g} s", key(first)[1]
        return (first.filter_name or "-", _count(members), _gain(first), seconds, _total(members), night or "-")

    return Table(title, _FLATS, _lines(frames, key, line=line), f"Total: {_count(frames)} frames, {_total(frames)}")


def _other_table(title: str, frames: Sequence[Frame]) -> Table:
    def key(frame: Frame) -> tuple[float, float, float]:
        sensor = _sensor(frame)
        return (-1.0 if frame.gain is None else frame.gain, frame.exposure_s, 1e3 if sensor is None else round(sensor))

    def line(first: Frame, members: Sequence[Frame]) -> tuple[str, ...]:
        sensor = mean(_sensor(each) for each in members)
        exposure = f"{first.exposure_s:.4g} s"
        return (_gain(first), _count(members), exposure, _with_unit(sensor, " °C", digits=1), _total(members))

    return Table(title, _OTHERS, _lines(frames, key, line=line), f"Total: {_count(frames)} frames, {_total(frames)}")


def _lines(
    frames: Sequence[Frame],
    key: Callable[[Frame], tuple[str | float, ...]],
    *,
    line: Callable[[Frame, Sequence[Frame]], tuple[str, ...]],
) -> tuple[tuple[str, ...], ...]:
    groups = [list(members) for _, members in groupby(sorted(frames, key=key), key=key)]
    return tuple(line(members[0], members) for members in groups)


def _count(frames: Sequence[Frame]) -> str:
    """Return how many frames there are, those within masters included; a master that does not tell is marked."""
    known = sum(frame.count or 0 for frame in frames)
    silent = sum(1 for frame in frames if frame.count is None)
    if not silent:
        return str(known)
    return f"{known} + ?" if known else "?"


def _sensor(frame: Frame) -> float | None:
    return frame.set_point_c if frame.sensor_c is None else frame.sensor_c


def _gain(frame: Frame) -> str:
    return "-" if frame.gain is None else f"{frame.gain:g}"


def _total(frames: Iterable[Frame]) -> str:
    return duration_text([fsum(frame.exposure_s * (frame.count or 1) for frame in frames)])


def _with_unit(value: float | None, unit: str, *, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}{unit}"
