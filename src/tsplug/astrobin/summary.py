"""The session summary as a document: what was imaged, where, with what, when, and how much of it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from tsplug.astrobin.acquisitions import AcquisitionRow, LightGroup, gear_of_lights
from tsplug.astrobin.air import air_temperatures
from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.astrobin.export import Exported, calibration_of_kind
from tsplug.astrobin.frames import Frame, FrameKind, Place
from tsplug.astrobin.numbers import mean
from tsplug.astrobin.objects import title_of
from tsplug.astrobin.summary_tables import Table, calibration_tables, light_tables

_TITLE = "Observation session summary"
_GEAR_LABELS = {
    "telescope": "Telescope",
    "camera": "Camera",
    "wheel": "Filter wheel",
    "focuser": "Focuser",
    "rotator": "Rotator",
    "software": "Software",
    "observer": "Observer",
}
_CALIBRATION = (FrameKind.FLAT, FrameKind.FLAT_DARK, FrameKind.BIAS, FrameKind.DARK)
_MOST = 25

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Block:
    """A heading with facts below it, each a label and a value; a label may be empty."""

    title: str
    facts: Facts


@dataclass(frozen=True)
class SitePart:
    """What was imaged at one site: target, facts, tables of lights and calibration, and the number of images."""

    target: str
    blocks: tuple[Block, ...]
    tables: tuple[Table, ...]
    images: str


@dataclass(frozen=True)
class SummaryDocument:
    """A whole summary: one part a site, then what concerns all."""

    title: str
    generated: str
    target: str
    parts: tuple[SitePart, ...]
    closing: tuple[Block, ...]


@dataclass(frozen=True)
class SummaryInput:
    """What a summary is made from.

    ``target_name`` names it where no light does. ``left_out`` tells how many lights do not count, and why; ``problems``
    lists what could not be used.
    """

    target_name: str
    exported: Exported
    generated: datetime
    configuration: Configuration
    choices: Choices
    left_out: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def summary_document(given: SummaryInput) -> SummaryDocument:
    """Return the summary of an export: a part for each site by name, calibration where it belongs to its lights."""
    pairs = list(zip(given.exported.rows, given.exported.groups, strict=True))
    pairs.sort(key=lambda pair: _by_place(pair[1].place))
    parts = [_part(list(members), given) for _, members in groupby(pairs, key=lambda pair: pair[1].place)]
    place = given.exported.groups[0].place if given.exported.groups else None
    return SummaryDocument(
        title=_TITLE,
        generated=_moment_text(given.generated, place),
        target=title_of(light.target_name for light in given.exported.lights) or given.target_name,
        parts=tuple(parts),
        closing=_closing(given),
    )


def _by_place(place: Place) -> tuple[str, float, float]:
    """Return what orders places by name; two of one name stay apart."""
    return place.name, place.latitude_deg or 0.0, place.longitude_deg or 0.0


def _part(pairs: Sequence[tuple[AcquisitionRow, LightGroup]], given: SummaryInput) -> SitePart:
    groups = [group for _, group in pairs]
    lights = [light for group in groups for light in group.lights]
    calibration = {kind: calibration_of_kind(groups, kind) for kind in _CALIBRATION}
    tables = light_tables(pairs, given.configuration, compatible=given.choices.compatible)
    for kind, frames in calibration.items():
        tables += calibration_tables(kind, frames)
    files = sum(len(frames) for frames in calibration.values())
    return SitePart(
        target=title_of(light.target_name for light in lights) or given.target_name,
        blocks=(
            Block(f"Site: {groups[0].place.name}", _site_facts(groups[0].place, pairs)),
            Block("Equipment", _gear_facts(lights)),
            Block("Observation period", _period_facts(pairs, given)),
        ),
        tables=tuple(tables),
        images=f"{len(lights) + files} ({len(lights)} lights, {files} calibration)",
    )


def _site_facts(place: Place, pairs: Sequence[tuple[AcquisitionRow, LightGroup]]) -> Facts:
    facts = []
    if place.latitude_deg is not None and place.longitude_deg is not None:
        facts.append(("Latitude", f"{place.latitude_deg:.4f}°"))
        facts.append(("Longitude", f"{place.longitude_deg:.4f}°"))
    if place.elevation_m is not None:
        facts.append(("Elevation", f"{place.elevation_m:.0f} m"))
    if place.bortle is not None:
        facts.append(("Bortle", f"{place.bortle:.1f}"))
    if place.sky_quality is not None:
        facts.append(("SQM", f"{place.sky_quality:.2f} mag/arcsec²"))
    measured = mean(light.sky_quality for _, group in pairs for light in group.lights)
    if measured is not None:
        facts.append(("SQM, measured", f"{measured:.2f} mag/arcsec²"))
    return tuple(facts)


def _gear_facts(lights: Sequence[Frame]) -> Facts:
    facts = [(_GEAR_LABELS[name], ", ".join(values)) for name, values in gear_of_lights(lights).items() if values]
    optics = dict.fromkeys(text for light in lights if (text := _optics(light)))
    facts += [("Optics", "; ".join(optics))] if optics else []
    return tuple(facts) or (("", "not told"),)


def _optics(light: Frame) -> str:
    parts = [f"{light.focal_length_mm:g} mm"] if light.focal_length_mm else []
    parts += [f"f/{light.f_number:.1f}"] if light.f_number else []
    parts += [f"{light.pixel_um:g} µm pixels"] if light.pixel_um else []
    parts += [f"{light.scale_arcsec:.2f} arcsec/px"] if light.scale_arcsec else []
    return ", ".join(parts)


def _period_facts(pairs: Sequence[tuple[AcquisitionRow, LightGroup]], given: SummaryInput) -> Facts:
    lights = [light for _, group in pairs for light in group.lights]
    place = pairs[0][1].place
    started = sorted(light.started for light in lights if light.started is not None)
    nights = sorted({light.night for light in lights if light.night is not None})
    facts = []
    if started:
        facts += [("First light", _moment_text(started[0], place)), ("Last light", _moment_text(started[-1], place))]
    if nights:
        facts += _day_facts(nights, compatible=given.choices.compatible)
    facts += _temperature_facts(pairs, given)
    return tuple(facts)


def _day_facts(nights: Sequence[date], *, compatible: bool) -> list[tuple[str, str]]:
    """Return days and sessions; in the published form the days between, and half the number of dates."""
    days = (nights[-1] - nights[0]).days
    if compatible:
        return [("Days", str(days)), ("Sessions", str(round(len(nights) / 2)))]
    return [("Days", str(days + 1)), ("Sessions", str(len(nights)))]


def _temperature_facts(
    pairs: Sequence[tuple[AcquisitionRow, LightGroup]], given: SummaryInput
) -> list[tuple[str, str]]:
    air, choices = given.configuration.air, given.choices
    told = (each for _, group in pairs for each in air_temperatures(group.lights, air, choices=choices))
    known = [each for each in told if each is not None]
    if not known:
        return [("Temperature", "not known")]
    average = mean(row.temperature for row, _ in pairs) if given.choices.compatible else mean(known)
    text = f"{min(known):.1f} °C to {max(known):.1f} °C"
    return [("Temperature", text if average is None else f"{text}, mean {average:.2f} °C")]


def _closing(given: SummaryInput) -> tuple[Block, ...]:
    blocks = []
    unused = calibration_counts(given.exported.unused)
    if unused:
        blocks.append(Block("Calibration that fits none of these lights", tuple(("", text) for text in unused)))
    if given.left_out:
        blocks.append(Block("Left out", tuple(("", text) for text in given.left_out)))
    if given.problems:
        blocks.append(Block("Problems", tuple(("", text) for text in shortened(given.problems))))
    return tuple(blocks)


def calibration_counts(frames: Sequence[Frame]) -> list[str]:
    """Return a line for each kind, filter, gain and exposure of calibration frames, with how many there are."""

    def key(frame: Frame) -> tuple[str, str, float, float]:
        exposure = 0.0 if frame.kind is FrameKind.FLAT else frame.exposure_s
        return (f"master {frame.kind}" if frame.is_master else frame.kind, frame.filter_name, frame.gain or 0, exposure)

    lines = []
    for (kind, name, gain, exposure), members in groupby(sorted(frames, key=key), key=key):
        parts = [
            f"{len(list(members))} x {kind}",
            name,
            f"gain {gain:g}" if gain else "",
            f"{exposure:g} s" if exposure else "",
        ]
        lines.append(", ".join(part for part in parts if part))
    return lines


def shortened(lines: Sequence[str], most: int = _MOST) -> tuple[str, ...]:
    """Return lines, no more than some, and then how many are not shown."""
    rest = len(lines) - most
    return (*lines[:most], f"... and {rest} more") if rest > 0 else tuple(lines)


def _moment_text(moment: datetime, place: Place | None) -> str:
    zone = ZoneInfo(place.time_zone) if place is not None and place.time_zone else UTC
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"
