"""The session summary: what was imaged of a target, where, with what, and how much of it counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from tsplug.astrobin.acquisitions import exposure_of
from tsplug.astrobin.lights import Gear, Light, Place
from tsplug.astrobin.numbers import mean
from tsplug.astrobin.tables import duration_text, text_table
from tsplug.model import Value

_LIGHT_COLUMNS = ("Filter", "Frames", "Gain", "Mean FWHM", "Sensor", "Ambient", "Exposure", "Total")
_FLAT_COLUMNS = ("Filter", "Frames", "Gain", "Exposure", "Total", "Night")


class Flat(Value):
    """One flat of a set that belongs to the lights: seconds; ``night`` is that of the run."""

    name: str
    filter_name: str
    exposure_s: float
    gain: int | None = None
    night: date


@dataclass(frozen=True)
class SessionSummary:
    """All that a summary tells: the lights that count, their flats, and what was left out."""

    target_name: str
    lights: Sequence[Light]
    flats: Sequence[Flat]
    generated: datetime
    left_out: tuple[str, ...] = ()


def summary_text(summary: SessionSummary) -> str:
    """Return the summary as text of at most 100 columns, a part for each place, LF at line ends."""
    zone = ZoneInfo(summary.lights[0].place.time_zone) if summary.lights else UTC
    lines = [
        "Observation session summary",
        f"Generated {summary.generated.astimezone(zone):%Y-%m-%d %H:%M %Z}",
        "",
        f"Target: {summary.target_name}",
    ]
    by_place = sorted(summary.lights, key=lambda light: (light.place.name, light.started))
    for place, lights in groupby(by_place, key=lambda light: light.place):
        lines += ["", *_place_part(place, list(lights))]
    if not summary.lights:
        lines += ["", "No light counts."]
    lines += ["", *_flat_part(summary.flats), "", f"Number of images: {len(summary.lights) + len(summary.flats)}"]
    if summary.left_out:
        lines += ["", "Left out:", *(f"  {reason}" for reason in summary.left_out)]
    return "\n".join(lines) + "\n"


def _place_part(place: Place, lights: Sequence[Light]) -> list[str]:
    gears = dict.fromkeys(light.gear for light in lights)
    return [
        *_place_lines(place),
        "",
        "Equipment",
        *(line for gear in gears for line in _gear_lines(gear)),
        "",
        "Observation period",
        *_period_lines(place, lights),
        "",
        *_light_part(lights),
    ]


def _place_lines(place: Place) -> list[str]:
    sky = [f"Bortle {place.bortle:.1f}"] if place.bortle is not None else []
    sky += [f"SQM {place.sky_quality:.2f} mag/arcsec²"] if place.sky_quality is not None else []
    return [
        f"Site: {place.name}",
        f"  Latitude {place.latitude_deg:.4f}°, longitude {place.longitude_deg:.4f}°, {place.elevation_m:.0f} m",
        *([f"  {', '.join(sky)}"] if sky else []),
    ]


def _gear_lines(gear: Gear) -> list[str]:
    optics = [f"{gear.focal_length_mm:g} mm"] if gear.focal_length_mm else []
    optics += [f"f/{gear.f_number:.1f}"] if gear.f_number else []
    lines = [f"  Telescope: {gear.telescope or 'not named'}{_in_brackets(optics)}"]
    pixels = [f"{gear.pixel_size_um:g} µm"] if gear.pixel_size_um else []
    lines += [f"  Camera:    {gear.camera}{_in_brackets(pixels)}"] if gear.camera else []
    lines += [f"  Observer:  {gear.observer}"] if gear.observer else []
    return lines


def _in_brackets(facts: Sequence[str]) -> str:
    return f" ({', '.join(facts)})" if facts else ""


def _period_lines(place: Place, lights: Sequence[Light]) -> list[str]:
    zone = ZoneInfo(place.time_zone)
    nights = sorted({light.night for light in lights})
    first, last = min(light.started for light in lights), max(light.started for light in lights)
    return [
        f"  First light: {first.astimezone(zone):%Y-%m-%d %H:%M %Z}",
        f"  Last light:  {last.astimezone(zone):%Y-%m-%d %H:%M %Z}",
        f"  Days:        {(nights[-1] - nights[0]).days + 1}",
        f"  Sessions:    {len(nights)}",
        *_temperature_lines(lights),
    ]


def _temperature_lines(lights: Sequence[Light]) -> list[str]:
    known = [light.ambient_c for light in lights if light.ambient_c is not None]
    if not known:
        return ["  Temperature: not known"]
    average = sum(known) / len(known)
    return [f"  Temperature: {min(known):.1f} °C to {max(known):.1f} °C, mean {average:.1f} °C"]


def _light_part(lights: Sequence[Light]) -> list[str]:
    def key(light: Light) -> tuple[str, int, float]:
        return (light.filter_name, -1 if light.gain is None else light.gain, exposure_of(light))

    groups = [list(members) for _, members in groupby(sorted(lights, key=key), key=key)]
    rows = [_light_cells(members) for members in groups]
    return ["LIGHTS", *text_table(_LIGHT_COLUMNS, rows), f"Total exposure of lights: {_total(lights)}"]


def _light_cells(members: Sequence[Light]) -> tuple[str, ...]:
    first = members[0]
    sensor = mean(light.set_point_c if light.sensor_c is None else light.sensor_c for light in members)
    return (
        first.filter_name,
        str(len(members)),
        "-" if first.gain is None else str(first.gain),
        _with_unit(mean(light.fwhm_arcsec for light in members), '"', digits=2),
        _with_unit(sensor, " °C", digits=1),
        _with_unit(mean(light.ambient_c for light in members), " °C", digits=1),
        f"{exposure_of(first):g} s",
        _total(members),
    )


def _flat_part(flats: Sequence[Flat]) -> list[str]:
    if not flats:
        return ["FLATS", "  none linked to these lights"]

    def key(flat: Flat) -> tuple[str, date, int, float]:
        return (flat.filter_name, flat.night, -1 if flat.gain is None else flat.gain, flat.exposure_s)

    rows = []
    for _, group in groupby(sorted(flats, key=key), key=key):
        members = list(group)
        first, gain = members[0], members[0].gain
        seconds = duration_text(flat.exposure_s for flat in members)
        frames, shown = str(len(members)), "-" if gain is None else str(gain)
        rows.append((first.filter_name, frames, shown, f"{first.exposure_s:.3g} s", seconds, first.night.isoformat()))
    return ["FLATS", *text_table(_FLAT_COLUMNS, rows)]


def _total(lights: Iterable[Light]) -> str:
    return duration_text(light.exposure_s for light in lights)


def _with_unit(value: float | None, unit: str, *, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}{unit}"
