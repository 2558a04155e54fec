"""Draws a previewed night: curves coloured where their target is imaged, bands of twilight, Moon, waits and flips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image

from tsplug.model import PreviewSpan
from tsplug.planning import Candidate
from tsplug.planning.arrays import FloatArray
from tsplug.planning.horizon import AltitudeLimits
from tsplug.services.night_ahead import NightAhead
from tsplug.services.night_picture.canvas import (
    BOTTOM,
    FAINT,
    GRID,
    HEIGHT,
    INK,
    LEFT,
    PAPER,
    RIGHT,
    TOP,
    WIDTH,
    Canvas,
    Colour,
    Frame,
    hours_between,
    mixed,
)

_TWILIGHTS: tuple[tuple[float, Colour], ...] = (
    (-0.833, (74, 62, 48)),
    (-6.0, (50, 46, 46)),
    (-12.0, (34, 34, 40)),
    (-18.0, (22, 24, 31)),
)
# The sky above each of the Sun's altitudes; below the last it is as dark as the sheet.

_PALETTE: tuple[Colour, ...] = (
    (232, 156, 68), (104, 176, 196), (206, 104, 112), (150, 188, 98), (176, 138, 206), (222, 196, 104), (120, 152, 220),
    (214, 132, 172), (112, 190, 158), (196, 152, 118),
)  # fmt: skip
_FILTERS: dict[str, Colour] = {
    "L": (196, 192, 184), "R": (206, 88, 80), "G": (96, 168, 92), "B": (92, 124, 214), "Ha": (168, 50, 50),
    "OIII": (60, 168, 168), "SII": (186, 112, 52), "Lum": (196, 192, 184), "Clear": (196, 192, 184),
    "Hb": (84, 148, 196), "NII": (196, 84, 104), "Red": (206, 88, 80), "Green": (96, 168, 92), "Blue": (92, 124, 214),
}  # fmt: skip
_MOON: Colour = (186, 184, 150)
_OTHERS: Colour = (96, 94, 98)
_MOST_OTHERS = 24
# More grey curves than these hide each other and what is imaged.
_MOST_NAMES = 13
_BAR_TOP, _BAR_BOTTOM = 742, 782


def draw_night(night: NightAhead) -> Image.Image:
    """Return the picture of a previewed night, 1600 x 900 pixels.

    Times are those of the site. Targets that are imaged have colours, others are grey; the bar below shows filters,
    dithers and flips.
    """
    return _Picture(night).drawn()


class _Picture:
    def __init__(self, night: NightAhead) -> None:
        self._night = night
        self._tables = night.outlook.tables
        self._canvas = Canvas()
        self._zone = ZoneInfo(night.rig.site.time_zone)
        self._samples = self._shown_samples()
        first, last = (self._tables.moment(int(each)).astimezone(self._zone) for each in self._samples[[0, -1]])
        self._frame = Frame(first, last)
        imaged = dict.fromkeys(span.target_guid for span in night.preview.spans if span.kind == "target")
        self._colours = {guid: _PALETTE[place % len(_PALETTE)] for place, guid in enumerate(imaged)}

    def drawn(self) -> Image.Image:
        self._sky()
        self._axes()
        self._moon()
        self._curves()
        self._waits()
        self._bar()
        self._names()
        self._title()
        return self._canvas.finished()

    def _shown_samples(self) -> np.ndarray:
        """Return the samples from an hour before the Sun sets, or the first exposure, to an hour after it rises."""
        wanted = self._tables.sun_altitude_deg < 0
        for span in self._night.preview.spans:
            if span.kind == "target":
                wanted[self._tables.sample_before(span.start) : self._tables.sample_before(span.end) + 1] = True
        found = np.flatnonzero(wanted)
        last = self._tables.samples - 1
        if not len(found):
            return np.arange(last + 1)
        return np.arange(max(0, int(found[0]) - 40), min(last, int(found[-1]) + 40) + 1)

    def _points(self, altitudes: FloatArray, samples: np.ndarray) -> list[tuple[float, float]]:
        return [(self._x(int(each)), self._frame.y(float(altitudes[each]))) for each in samples]

    def _x(self, sample: int) -> float:
        return self._frame.x(self._tables.moment(sample))

    def _sky(self) -> None:
        levels = [limit for limit, _ in _TWILIGHTS]
        kinds = np.searchsorted(-np.array(levels), -self._tables.sun_altitude_deg[self._samples])
        for kind, group in groupby(zip(kinds.tolist(), self._samples.tolist(), strict=True), key=lambda pair: pair[0]):
            samples = [sample for _, sample in group]
            colour = (96, 80, 58) if kind == 0 else _TWILIGHTS[kind - 1][1]
            if kind == len(_TWILIGHTS):
                colour = mixed(PAPER, (20, 24, 36), share=0.6)
            right = min(self._x(samples[-1] + 1), RIGHT)
            self._canvas.box((self._x(samples[0]), TOP, right, BOTTOM), colour)

    def _axes(self) -> None:
        frame, canvas = self._frame, self._canvas
        for altitude in range(0, 91, 15):
            y = frame.y(altitude)
            canvas.line(((LEFT, y), (RIGHT, y)), FAINT if altitude == 0 else GRID, width=1.2 if altitude == 0 else 0.8)
            canvas.text((LEFT - 10, y), f"{altitude}\N{DEGREE SIGN}", style=("rm", FAINT))
        for hour in hours_between(frame.first, frame.last):
            x = frame.x(hour)
            canvas.line(((x, TOP), (x, BOTTOM)), GRID, width=0.8)
            canvas.text((x, BOTTOM + 18), f"{hour:%H}", style=("mm", FAINT))

    def _moon(self) -> None:
        altitudes = self._tables.moon_altitude_deg
        up = self._samples[altitudes[self._samples] > self._frame.lowest_deg]
        for piece in _unbroken(up):
            points = self._points(altitudes, piece[::6])
            self._canvas.dashes(points, _MOON, width=1.6)
        if len(up):
            top = int(up[int(np.argmax(altitudes[up]))])
            lit = float(self._tables.moon_illumination[top])
            at = (min(self._x(top) + 8, RIGHT - 90), self._frame.y(float(altitudes[top])) - 12)
            self._canvas.text(at, f"Moon {lit:.0%}", size=14, style=("lm", _MOON))

    def _curves(self) -> None:
        for candidate in self._drawn_candidates():
            guid = candidate.target.guid
            row = self._tables.rows[guid]
            altitudes = self._tables.altitude_deg[row]
            colour = self._colours.get(guid)
            thin = _OTHERS if colour is None else mixed(colour, PAPER, share=0.35)
            visible = self._samples[altitudes[self._samples] > self._frame.lowest_deg]
            for piece in _unbroken(visible):
                self._canvas.line(self._points(altitudes, piece), thin, width=1.0 if colour is None else 1.4)
            if colour is not None:
                self._limit(row, AltitudeLimits.of(candidate.project), colour=colour)
        for span in self._imaged():
            row = self._tables.rows[span.target_guid]
            samples = np.arange(self._tables.sample_before(span.start), self._tables.sample_before(span.end) + 1)
            points = self._points(self._tables.altitude_deg[row], samples)
            self._canvas.line(points, self._colours[span.target_guid], width=4.5)

    def _drawn_candidates(self) -> list[Candidate]:
        """Return the targets with curves, what is imaged last and so on top: of the others those that climb highest."""
        imaged = [each for each in self._night.candidates if each.target.guid in self._colours]
        others = [each for each in self._night.candidates if each.target.guid not in self._colours]
        tables = self._tables
        others.sort(key=lambda each: -float(tables.altitude_deg[tables.rows[each.target.guid], self._samples].max()))
        return [*others[:_MOST_OTHERS], *imaged]

    def _limit(self, row: int, limits: AltitudeLimits, *, colour: Colour) -> None:
        """Draw how high a target must be: its project's minimum, or the horizon below it."""
        lowest = self._night.outlook.lowest_deg(row, limits)
        if float(lowest.max()) > 0:
            points = self._points(lowest, self._samples[::8])
            self._canvas.dashes(points, mixed(colour, PAPER, share=0.45), width=1.0)

    def _imaged(self) -> Iterator[PreviewSpan]:
        return (span for span in self._night.preview.spans if span.kind == "target")

    def _waits(self) -> None:
        for span in self._night.preview.spans:
            left, right = (max(LEFT, min(RIGHT, self._frame.x(each))) for each in (span.start, span.end))
            if span.kind == "wait" and right - left > 1:
                y = (_BAR_TOP + _BAR_BOTTOM) / 2
                self._canvas.dashes([(x, y) for x in np.arange(left, right, 6.0)], FAINT, width=1.2)
                if right - left > 110:
                    words = f" wait for {span.target} "
                    middle = (left + right) / 2
                    half = self._canvas.width_of(words, size=13) / 2
                    if 2 * half < right - left:
                        self._canvas.box((middle - half, y - 9, middle + half, y + 9), PAPER)
                        self._canvas.text((middle, y), words, size=13, style=("mm", FAINT))

    def _bar(self) -> None:
        canvas, frame = self._canvas, self._frame
        for span in self._imaged():
            left, right = frame.x(span.start), frame.x(span.end)
            canvas.box((left, _BAR_TOP - 8, right, _BAR_TOP - 3), self._colours[span.target_guid])
            for each in span.exposures:
                ends = each.start + timedelta(seconds=each.exposure_s)
                canvas.box(
                    (frame.x(each.start), _BAR_TOP, frame.x(ends) - 0.4, _BAR_BOTTOM), _filter_colour(each.filter)
                )
                if each.dither:
                    x = frame.x(each.start)
                    canvas.line(((x, _BAR_BOTTOM + 3), (x, _BAR_BOTTOM + 8)), FAINT, width=1.0)
                if each.flip:
                    self._flip(frame.x(each.start))
            words = span.target
            if canvas.width_of(words, size=14) < right - left - 6:
                canvas.text(((left + right) / 2, _BAR_BOTTOM + 22), words, size=14, style=("mm", INK))

    def _flip(self, x: float) -> None:
        self._canvas.line(((x, TOP), (x, _BAR_BOTTOM)), INK, width=1.0)
        self._canvas.text((x + 4, TOP + 12), "flip", size=13, style=("lm", INK))

    def _names(self) -> None:
        """List what is imaged, with what it gets, and the filters; below it how many others there are."""
        canvas, x, y = self._canvas, RIGHT + 28, TOP + 6
        rows = _totals(self._imaged())
        for guid, name, hours, filters in rows[:_MOST_NAMES]:
            canvas.box((x, y - 7, x + 14, y + 7), self._colours[guid])
            canvas.text((x + 24, y), _short(name, 28), size=16)
            canvas.text((x + 24, y + 18), f"{hours:.1f} h   {filters}", size=13, style=("lm", FAINT))
            y += 44
        others = len(self._night.candidates) - len(rows)
        more = f"and {len(rows) - _MOST_NAMES} more; " if len(rows) > _MOST_NAMES else ""
        highest = f", the {_MOST_OTHERS} highest" if others > _MOST_OTHERS else ""
        if others or more:
            canvas.text((x, y + 6), f"{more}{others} not imaged (grey{highest})", size=13, style=("lm", FAINT))
        used = dict.fromkeys(each.filter for span in self._imaged() for each in span.exposures)
        left = float(LEFT)
        for name in used:
            canvas.box((left, HEIGHT - 54, left + 14, HEIGHT - 40), _filter_colour(name))
            canvas.text((left + 20, HEIGHT - 47), name, size=13, style=("lm", FAINT))
            left += 34 + canvas.width_of(name, size=13)
        notes = "dashed: Moon, and how high a target must be;  ticks below the bar: dithers"
        canvas.text((RIGHT, HEIGHT - 47), notes, size=13, style=("rm", FAINT))

    def _title(self) -> None:
        preview, site = self._night.preview, self._night.rig.site
        exposed = sum(each.exposure_s for span in self._imaged() for each in span.exposures) / 3600
        self._canvas.text((LEFT, 34), f"Night of {preview.date:%A, %-d %B %Y}", size=26)
        offset = self._frame.first.utcoffset() or timedelta(0)
        zone = f"UTC{offset.total_seconds() / 3600:+g}" if offset else "UTC"
        told = f"{preview.profile} at {site.name}, times {zone};  {exposed:.1f} h of exposures;  {preview.ends_because}"
        self._canvas.text((LEFT, 66), told, size=15, style=("lm", FAINT))
        dark = self._dark_hours()
        self._canvas.text((WIDTH - 40, 34), f"{dark:.1f} h of astronomical night", size=15, style=("rm", FAINT))

    def _dark_hours(self) -> float:
        return float((self._tables.sun_altitude_deg < -18).sum()) / 60.0


def _unbroken(samples: np.ndarray) -> list[np.ndarray]:
    if not len(samples):
        return []
    return [piece for piece in np.split(samples, np.flatnonzero(np.diff(samples) > 1) + 1) if len(piece) > 1]


def _totals(spans: Iterator[PreviewSpan]) -> list[tuple[str, str, float, str]]:
    """Return guid, name, hours and filters with their counts of every imaged target, in order of first imaging."""
    by_guid: dict[str, tuple[str, list[tuple[str, float]]]] = {}
    for span in spans:
        held = by_guid.setdefault(span.target_guid, (span.target, []))[1]
        held.extend((each.filter, each.exposure_s) for each in span.exposures)
    return [
        (guid, name, sum(seconds for _, seconds in taken) / 3600, _counts([filter_name for filter_name, _ in taken]))
        for guid, (name, taken) in by_guid.items()
    ]


def _counts(filters: Sequence[str]) -> str:
    return "  ".join(f"{filters.count(name)} {name}" for name in dict.fromkeys(filters))


def _filter_colour(name: str) -> Colour:
    if name in _FILTERS:
        return _FILTERS[name]
    return mixed(_PALETTE[sum(map(ord, name)) % len(_PALETTE)], PAPER, share=0.15)


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"
