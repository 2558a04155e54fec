"""Lights to acquisition rows: one row for lights that AstroBin should show as one session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field

from tsplug.astrobin import published_values as published
from tsplug.astrobin.air import air_source
from tsplug.astrobin.configuration import AirTemperature, Choices, Configuration, Dates
from tsplug.astrobin.frames import Frame, FrameKind, Gear, Place
from tsplug.astrobin.matching import Calibration, Matched
from tsplug.astrobin.numbers import mean_rounded, rounded
from tsplug.astrobin.objects import panel_of
from tsplug.astrobin.sharpness import fwhm_of
from tsplug.model import Value

_Key = tuple[object, ...]
_UNKNOWN_PLACE = Place(name="")
_LAST_DAY = date.max


class AcquisitionRow(Value):
    """One row of AstroBin's table, before it is checked against AstroBin's limits; None leaves a cell empty.

    ``filter_name``, ``target_name`` and ``site`` are not written; they name the row to people. Temperatures Celsius,
    durations seconds. ``sources`` tells by attribute where the value of a cell comes from.
    """

    date: date | None
    filter_name: str
    target_name: str = ""
    site: str = ""
    filter: int | None = None
    number: int
    duration: float
    iso: int | None = None
    binning: int | None = None
    gain: float | None = None
    sensor_cooling: int | None = None
    f_number: float | None = None
    darks: int | None = None
    flats: int | None = None
    flat_darks: int | None = None
    bias: int | None = None
    bortle: float | None = None
    mean_sqm: float | None = None
    mean_fwhm: float | None = None
    temperature: float | None = None
    sources: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class LightGroup:
    """Lights that make one row, and the calibration that belongs to them."""

    lights: tuple[Frame, ...]
    calibration: Mapping[FrameKind, Matched]

    @property
    def place(self) -> Place:
        """Return where the lights were taken."""
        return self.lights[0].place or _UNKNOWN_PLACE


def light_groups(
    lights: Iterable[Frame], choices: Choices, *, calibration_of: Callable[[Sequence[Frame]], Calibration]
) -> tuple[LightGroup, ...]:
    """Return lights by row, ordered by site, day, filter name, gain, binning, exposure, set point and panel.

    A row holds the lights of one night, filter, exposure, gain, binning, set point, f-number, camera and place; in the
    published form those of one UTC date, object, filter, gain, binning and exposure.
    """
    key = _published_key if choices.compatible else _key
    panels = choices.per_panel or choices.compatible
    groups: dict[_Key, list[Frame]] = {}
    for light in lights:
        panel = str(panel_of(light.target_name)).casefold() if panels else ""
        groups.setdefault((*key(light), panel), []).append(light)
    ordered = sorted(groups.items(), key=lambda item: (*_order(item[1][0]), str(item[0][-1])))
    return tuple(LightGroup(tuple(members), calibration_of(members)) for _, members in ordered)


def acquisition_row(group: LightGroup, configuration: Configuration, *, choices: Choices) -> AcquisitionRow:
    """Return the row of lights and their calibration; what no light knows stays empty, means weigh lights alike."""
    sources: dict[str, str] = {}
    values = _own_values(group, configuration, sources=sources)
    sources["date"] = _date_source(group.lights, choices)
    values |= _counts(group, sources, zeros=choices.compatible)
    if choices.compatible:
        values |= published.values_of(group.lights, group.place)
        sources |= published.SOURCES
    first = group.lights[0]
    titles = dict.fromkeys(str(panel_of(light.target_name)) for light in group.lights)
    return AcquisitionRow(
        date=first.night,
        filter_name=first.filter_name,
        filter=first.filter_id,
        target_name=", ".join(titles),
        site=group.place.name,
        number=len(group.lights),
        sources={name: text for name, text in sources.items() if name not in values or values[name] is not None},
        **values,
    )


def exposure_of(light: Frame) -> float:
    """Return the exposure in seconds as rows tell it: to 0.01 s, below one second to 0.0001 s."""
    return rounded(light.exposure_s, 2 if light.exposure_s >= 1 else 4)


def sources_of(lights: Iterable[Frame], meaning: str) -> str:
    """Return which keys supplied a meaning, the most frequent first, with their lights where there are several."""
    return _listed(light.sources[meaning] for light in lights if meaning in light.sources)


def _key(light: Frame) -> _Key:
    return (
        light.night,
        light.filter_name,
        light.filter_id,
        exposure_of(light),
        light.gain,
        light.iso,
        light.binning,
        None if light.set_point_c is None else rounded(light.set_point_c, 0),
        mean_rounded([light.f_number], 2),
        light.gear.camera.casefold(),
        light.place,
    )


def _published_key(light: Frame) -> _Key:
    return (light.night, light.filter_name, round(light.exposure_s, 4), light.gain, light.binning, light.place)


def _order(light: Frame) -> tuple[str, date, str, float, int, float, float]:
    return (
        (light.place or _UNKNOWN_PLACE).name,
        light.night or _LAST_DAY,
        light.filter_name,
        -1.0 if light.gain is None else light.gain,
        light.binning or 0,
        light.exposure_s,
        1e3 if light.set_point_c is None else light.set_point_c,
    )


def _own_values(group: LightGroup, configuration: Configuration, *, sources: dict[str, str]) -> dict[str, Any]:
    """Return the values that the lights themselves have, and note where they come from."""
    lights, first = group.lights, group.lights[0]
    for attribute, meaning in _DIRECT.items():
        sources[attribute] = sources_of(lights, meaning)
    fwhm = [fwhm_of(light, configuration.fwhm_per_hfr) for light in lights]
    sources["mean_fwhm"] = _listed(each.source for each in fwhm if each.arcsec is not None)
    sensor, sources["sensor_cooling"] = _sensor_cooling(lights)
    sky, sources["mean_sqm"] = _sky(group)
    air, sources["temperature"] = _air(lights, configuration.air)
    if group.place.bortle is not None:
        sources["bortle"] = f"site {group.place.name}"
    return {
        "duration": exposure_of(first),
        "iso": first.iso,
        "binning": first.binning,
        "gain": first.gain,
        "sensor_cooling": None if sensor is None else int(sensor),
        "f_number": mean_rounded([first.f_number], 2),
        "bortle": group.place.bortle,
        "mean_sqm": sky,
        "mean_fwhm": mean_rounded((each.arcsec for each in fwhm), 2),
        "temperature": air,
    }


_DIRECT = {
    "filter": "filter_name",
    "duration": "exposure_s",
    "iso": "iso",
    "binning": "binning",
    "gain": "gain",
    "f_number": "f_number",
}


def _date_source(lights: Sequence[Frame], choices: Choices) -> str:
    if choices.dates is Dates.UTC:
        return f"{sources_of(lights, 'started')}, UTC"
    local = sources_of(lights, "started_local")
    return f"{local or sources_of(lights, 'started')}, noon to noon at the site"


def _sensor_cooling(lights: Sequence[Frame]) -> tuple[float | None, str]:
    measured = mean_rounded((light.sensor_c for light in lights), 0)
    if measured is not None:
        return measured, sources_of(lights, "sensor_c")
    return mean_rounded((light.set_point_c for light in lights), 0), sources_of(lights, "set_point_c")


def _sky(group: LightGroup) -> tuple[float | None, str]:
    measured = mean_rounded((light.sky_quality for light in group.lights), 2)
    if measured is not None:
        return measured, sources_of(group.lights, "sky_quality")
    return mean_rounded([group.place.sky_quality], 2), f"site {group.place.name}"


def _air(lights: Sequence[Frame], air: AirTemperature) -> tuple[float | None, str]:
    meaning = air_source(lights, air)
    return mean_rounded((getattr(light, meaning) for light in lights), 2), sources_of(lights, meaning)


_COLUMNS = {
    FrameKind.DARK: "darks",
    FrameKind.FLAT: "flats",
    FrameKind.FLAT_DARK: "flat_darks",
    FrameKind.BIAS: "bias",
}


def _counts(group: LightGroup, sources: dict[str, str], *, zeros: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind, column in _COLUMNS.items():
        matched = group.calibration.get(kind, Matched(kind))
        found[column] = 0 if zeros and matched.count is None else matched.count
        sources[column] = matched.how
    return found


def _listed(texts: Iterable[str]) -> str:
    counts = sorted(Counter(texts).items(), key=lambda item: (-item[1], item[0]))
    return counts[0][0] if len(counts) == 1 else ", ".join(f"{text} ({number})" for text, number in counts)


def gear_of_lights(lights: Iterable[Frame]) -> dict[str, tuple[str, ...]]:
    """Return the names of telescope, camera, wheel, focuser, rotator, software and observer, as they appear."""
    found: dict[str, dict[str, None]] = {name: {} for name in Gear.model_fields if name not in ("rig", "site_name")}
    for gear in dict.fromkeys(light.gear for light in lights):
        for name, seen in found.items():
            value = getattr(gear, name)
            if value and value.casefold() != "none":
                seen.setdefault(value)
    return {name: tuple(seen) for name, seen in found.items()}
