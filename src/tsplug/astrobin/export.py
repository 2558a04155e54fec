"""Frames to everything that an export holds: rows, the calibration behind them, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tsplug.astrobin.acquisitions import AcquisitionRow, LightGroup, acquisition_row, light_groups
from tsplug.astrobin.configuration import Choices, Configuration, Dates
from tsplug.astrobin.copies import without_copies
from tsplug.astrobin.filter_names import FilterTable, unmapped_notes
from tsplug.astrobin.frames import Frame, FrameKind, LeftOut, Place
from tsplug.astrobin.matching import Matcher
from tsplug.astrobin.nights import is_guessed, night_of, utc_date_of
from tsplug.astrobin.objects import panel_of, title_of
from tsplug.astrobin.places import places_of
from tsplug.astrobin.published import PublishedMatcher


@dataclass(frozen=True)
class Exported:
    """What frames come to: rows, the lights and calibration behind each, calibration nobody needs, and notes.

    ``frames`` are all that count, with place, night and filter number.
    ``notes`` tell what is missing in the rows: filters without a number, masters that do not tell what they hold.
    ``hints`` tell what the user may want to know, though nothing is missing.
    """

    rows: tuple[AcquisitionRow, ...]
    groups: tuple[LightGroup, ...]
    frames: tuple[Frame, ...] = ()
    unused: tuple[Frame, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def lights(self) -> tuple[Frame, ...]:
        """Return the lights that count, row by row."""
        return tuple(light for group in self.groups for light in group.lights)


def exported(frames: Sequence[Frame], configuration: Configuration, *, choices: Choices) -> Exported:
    """Return what frames come to.

    Copies of one exposure count once. Frames of a place, night or filter number of their own keep it; the others get
    theirs by distance, by local noon (or UTC date) and from the settings.
    """
    kept, copies = without_copies(frames)
    complete = _completed(kept, configuration, choices=choices)
    lights = [frame for frame in complete if frame.kind is FrameKind.LIGHT]
    others = [frame for frame in complete if frame.kind is not FrameKind.LIGHT]
    matcher: Matcher | PublishedMatcher
    if choices.compatible:
        matcher = PublishedMatcher(others, configuration, lights=lights)
    else:
        matcher = Matcher(others, configuration)
    groups = light_groups(lights, choices, calibration_of=matcher.of)
    return Exported(
        rows=tuple(acquisition_row(group, configuration, choices=choices) for group in groups),
        groups=groups,
        frames=tuple(complete),
        unused=tuple(matcher.unused()),
        left_out=tuple(copies),
        notes=_notes(lights, groups, configuration=configuration),
        hints=_hints(lights, choices),
    )


def _completed(frames: Sequence[Frame], configuration: Configuration, *, choices: Choices) -> list[Frame]:
    """Return frames with place, night, filter name as the settings spell it, and AstroBin's number of it."""
    table = FilterTable(configuration.filters)
    known = {name: (table.known_as(name), table.number_of(name)) for name in {frame.filter_name for frame in frames}}
    complete = []
    for frame, place in zip(frames, places_of(frames, configuration), strict=True):
        name, number = frame.filter_name, frame.filter_id
        if number is None and name:
            name, number = known[name]
        night = _day_of(frame, place, choices=choices)
        complete.append(replace(frame, place=place, night=night, filter_name=name, filter_id=number))
    return complete


def _day_of(frame: Frame, place: Place | None, *, choices: Choices) -> date | None:
    if choices.compatible or choices.dates is Dates.UTC:
        return utc_date_of(frame)
    return night_of(frame, place) if frame.night is None else frame.night


def _notes(lights: Sequence[Frame], groups: Sequence[LightGroup], *, configuration: Configuration) -> tuple[str, ...]:
    unmapped = {light.filter_name for light in lights if light.filter_id is None and light.filter_name}
    undated = sum(1 for light in lights if light.night is None)
    notes = list(unmapped_notes(unmapped, FilterTable(configuration.filters)))
    notes += [f"{undated} lights do not tell when they were taken, their date cells are empty"] if undated else []
    silent = dict.fromkeys(m.how for group in groups for m in group.calibration.values() if m.sets and m.count is None)
    notes += [f"{how}, its cells are empty: tell it in the settings, masters" for how in silent]
    return tuple(notes)


def _hints(lights: Sequence[Frame], choices: Choices) -> tuple[str, ...]:
    hints = []
    bare = sum(1 for light in lights if not light.filter_name)
    if bare:
        said = "1 light names no filter" if bare == 1 else f"{bare} lights name no filter"
        hints.append(f"{said}, the filter cell is empty: name yours in the settings, [defaults] FILTER")
    names = dict.fromkeys(light.target_name for light in lights)
    count = len({panel_of(name).target.casefold() for name in names} - {""})
    if count > 1:
        hints.append(f"lights of {count} targets are in one CSV: {title_of(names)}")
    guessed = sum(1 for light in lights if is_guessed(light, light.place))
    if guessed and not (choices.compatible or choices.dates is Dates.UTC):
        hints.append(f"{guessed} lights tell neither local time nor site: their nights are taken from noon to noon UTC")
    return tuple(hints)


def calibration_of_kind(groups: Sequence[LightGroup], kind: FrameKind) -> list[Frame]:
    """Return every frame of a kind that belongs to lights, each once, in order of appearance."""
    found: dict[str, Frame] = {}
    for group in groups:
        matched = group.calibration.get(kind)
        for each in matched.sets if matched is not None else ():
            found |= {frame.name: frame for frame in each.frames}
    return list(found.values())
