"""Draws a previewed night: curves coloured where their target is imaged, bands of twilight, Moon, waits and flips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image

from tsplug.model import PreviewExposure, PreviewSpan
from tsplug.planning import Board, Candidate
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
from tsplug.services.night_picture.gap_list import LIST_TOP, list_gaps, write_gaps
from tsplug.services.night_picture.gaps import gaps_of

_TWILIGHTS: tuple[tuple[float, Colour], ...] = (
    (-0.833, (52, 45, 38)),
    (-6.0, (40, 37, 37)),
    (-12.0, (29, 30, 36)),
    (-18.0, (20, 23, 31)),
)
_DAY: Colour = (66, 55, 41)
# The sky above each of the Sun's altitudes; below the last it is as dark as the sheet.

_PALETTE: tuple[Colour, ...] = (
    (232, 156, 68), (104, 176, 196), (206, 104, 112), (150, 188, 98), (176, 138, 206), (222, 196, 104), (120, 152, 220),
    (214, 132, 172), (112, 190, 158), (196, 152, 118), (236, 196, 176), (126, 128, 196), (190, 204, 136),
    (168, 92, 128), (84, 144, 148), (204, 124, 84), (160, 196, 220), (196, 172, 220),
)  # fmt: skip
_FILTERS: dict[str, Colour] = {
    "L": (196, 192, 184), "R": (206, 88, 80), "G": (96, 168, 92), "B": (92, 124, 214), "Ha": (168, 50, 50),
    "OIII": (60, 168, 168), "SII": (186, 112, 52), "Lum": (196, 192, 184), "Clear": (196, 192, 184),
    "Hb": (84, 148, 196), "NII": (196, 84, 104), "Red": (206, 88, 80), "Green": (96, 168, 92), "Blue": (92, 124, 214),
}  # fmt: skip
_MOON: Colour = (186, 184, 150)
_OTHERS: Colour = (116, 113, 116)
_MOST_OTHERS = 24
_FEW_OTHERS = 8
# More grey curves than these hide each other and what is imaged.
_MOST_NAMES = 13
_BAR_TOP, _BAR_BOTTOM = 742, 782
_GAPLESS_PX = 3.0


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
        # In UTC: differences of local times leave out the hour by which clocks are changed.
        first, last = (self._tables.moment(int(each)) for each in self._samples[[0, -1]])
        self._frame = Frame(first, last)
        imaged = dict.fromkeys(span.target_guid for span in night.preview.spans if span.kind == "target")
        self._gaps = gaps_of(night)
        self._colours = {guid: _PALETTE[place % len(_PALETTE)] for place, guid in enumerate(imaged)}

    def drawn(self) -> Image.Image:
        self._sky()
        self._axes()
        self._moon()
        self._curves()
        self._waits()
        write_gaps(self._canvas, self._gaps, frame=self._frame, y=_BAR_BOTTOM + 22)
        list_gaps(self._canvas, self._gaps, zone=self._zone)
        self._bar()
        self._names()
        self._legend()
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
            colour = _DAY if kind == 0 else _TWILIGHTS[kind - 1][1]
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
        for hour in hours_between(frame.first, frame.last, zone=self._zone):
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
            self._canvas.label(at, f"Moon {lit:.0%}", colour=_MOON)

    def _curves(self) -> None:
        # Many of them must not hide what is imaged.
        many = len(self._night.candidates) - len(self._colours) > _FEW_OTHERS
        others = mixed(_OTHERS, PAPER, share=0.4) if many else _OTHERS
        for candidate in self._drawn_candidates():
            guid = candidate.target.guid
            row = self._tables.rows[guid]
            altitudes = self._tables.altitude_deg[row]
            colour = self._colours.get(guid)
            thin = others if colour is None else mixed(colour, PAPER, share=0.35)
            visible = self._samples[altitudes[self._samples] > self._frame.lowest_deg]
            if colour is None:
                for piece in _unbroken(visible):
                    self._canvas.line(self._points(altitudes, piece), thin, width=1.0)
            else:
                self._possible(candidate, visible, colour=thin)
                self._limit(row, AltitudeLimits.of(candidate.project), colour=colour)
        for span in self._imaged():
            row = self._tables.rows[span.target_guid]
            samples = np.arange(self._tables.sample_before(span.start), self._tables.sample_before(span.end) + 1)
            points = self._points(self._tables.altitude_deg[row], samples)
            self._canvas.line(points, self._colours[span.target_guid], width=4.5)

    def _possible(self, candidate: Candidate, samples: np.ndarray, *, colour: Colour) -> None:
        """Draw the curve of a target: through where it can be imaged, dotted where something forbids that."""
        board = Board(self._night.outlook, [candidate], profile=self._night.rig.profile)
        visit, altitudes = board.entries[0].visit, self._tables.altitude_deg[self._tables.rows[candidate.target.guid]]
        possible = np.zeros(self._tables.samples, dtype=np.bool_) if visit is None else visit.ends >= 0
        for piece in _unbroken(samples):
            self._canvas.dashes(self._points(altitudes, piece[::2]), colour, width=1.2)
        for piece in _unbroken(samples[possible[samples]]):
            self._canvas.line(self._points(altitudes, piece), colour, width=1.4)

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
        y = (_BAR_TOP + _BAR_BOTTOM) / 2
        before: PreviewSpan | None = None
        for span in self._night.preview.spans:
            interrupted, before = before is not None and before.target_guid == span.target_guid, span
            left, right = (max(LEFT, min(RIGHT, self._frame.x(each))) for each in (span.start, span.end))
            if span.kind != "wait" or right - left <= 1:
                continue
            self._canvas.dashes([(x, y) for x in np.arange(left, right, 6.0)], FAINT, width=1.2)
            for words in (f" wait for {span.target} ", " wait "):
                half = self._canvas.width_of(words, size=13) / 2
                if 2 * half + 4 < right - left:
                    middle = (left + right) / 2
                    self._canvas.box((middle - half, y - 9, middle + half, y + 9), PAPER)
                    self._canvas.text((middle, y), words, size=13, style=("mm", FAINT))
                    break
            if interrupted and self._culminates_in(span):
                self._flip(right)

    def _culminates_in(self, span: PreviewSpan) -> bool:
        """Return whether a target culminates in a wait for it: the mount comes back to it on its other side."""
        altitudes = self._tables.altitude_deg[self._tables.rows[span.target_guid]]
        first, last = (self._tables.sample_before(each) for each in (span.start, span.end))
        top = first + int(np.argmax(altitudes[first : last + 1]))
        return first < top < last

    def _bar(self) -> None:
        canvas, frame = self._canvas, self._frame
        for span in self._imaged():
            left, right = frame.x(span.start), frame.x(span.end)
            canvas.box((left, _BAR_TOP - 8, right, _BAR_TOP - 3), self._colours[span.target_guid])
            for each in span.exposures:
                self._exposure(each)
            words = span.target
            if canvas.width_of(words, size=14) < right - left - 6:
                canvas.text(((left + right) / 2, _BAR_BOTTOM + 22), words, size=14, style=("mm", INK))

    def _exposure(self, exposure: PreviewExposure) -> None:
        ends = exposure.start + timedelta(seconds=exposure.exposure_s)
        # On half pixels, so that the gaps between exposures are all alike.
        left, right = (round(2 * self._frame.x(each)) / 2 for each in (exposure.start, ends))
        gap = 1.0 if right - left > _GAPLESS_PX else 0.0
        self._canvas.box((left, _BAR_TOP, right - gap, _BAR_BOTTOM), _filter_colour(exposure.filter))
        if exposure.dither:
            self._canvas.line(((left, _BAR_BOTTOM + 3), (left, _BAR_BOTTOM + 8)), FAINT, width=1.0)
        if exposure.flip:
            self._flip(left)

    def _flip(self, x: float) -> None:
        self._canvas.line(((x, TOP), (x, _BAR_BOTTOM)), INK, width=1.0)
        self._canvas.label((x + 5, TOP + 14), "flip")

    def _names(self) -> None:
        """List what is imaged, with what it gets, and below it what is not."""
        canvas, x, y = self._canvas, RIGHT + 28, TOP + 6
        rows = _totals(self._imaged())
        # Where there is nothing to be told below them there is room for some more.
        most = _MOST_NAMES if len(self._night.candidates) > len(self._colours) else _MOST_NAMES + 3
        for guid, name, hours, filters in rows[:most]:
            canvas.box((x, y - 7, x + 14, y + 7), self._colours[guid])
            canvas.text((x + 24, y), _short(name, 28), size=16)
            canvas.text((x + 24, y + 18), _short(f"{hours:.1f} h   {filters}", 42), size=13, style=("lm", FAINT))
            y += 44
        if len(rows) > most:
            canvas.text((x, y), f"and {len(rows) - most} more", size=13, style=("lm", FAINT))
            y += 26
        self._others(x, y + 8)

    def _others(self, x: float, y: float) -> None:
        """Name the targets that are not imaged, as far as there is room."""
        names = [_short(each.target.name, 28) for each in self._drawn_candidates() if not self._is_imaged(each)]
        others = len(self._night.candidates) - len(self._colours)
        if not others:
            return
        highest = f" ({_MOST_OTHERS} highest in grey):" if others > _MOST_OTHERS else " (grey):"
        self._canvas.text((x, y), f"{others} not imaged{highest}", size=14, style=("lm", INK))
        lines = self._canvas.wrapped(names, size=13, width=WIDTH - 20 - x)
        room = max(1, int(((LIST_TOP - 36 if self._gaps else HEIGHT - 60) - y) // 19))
        if len(lines) > room or others > len(names):
            lines[room - 1 :] = [f"{lines[min(room, len(lines)) - 1].rstrip(',')} \N{HORIZONTAL ELLIPSIS}"]
        for number, line in enumerate(lines, start=1):
            self._canvas.text((x, y + 19 * number + 2), line, size=13, style=("lm", FAINT))

    def _is_imaged(self, candidate: Candidate) -> bool:
        return candidate.target.guid in self._colours

    def _legend(self) -> None:
        canvas = self._canvas
        exposures = [each for span in self._imaged() for each in span.exposures]
        left = float(LEFT)
        for name in dict.fromkeys(each.filter for each in exposures):
            canvas.box((left, HEIGHT - 54, left + 14, HEIGHT - 40), _filter_colour(name))
            canvas.text((left + 20, HEIGHT - 47), name, size=13, style=("lm", FAINT))
            left += 34 + canvas.width_of(name, size=13)
        notes = ["dotted: something forbids the target;  dashed: Moon, and how high a target must be"]
        notes += ["ticks below the bar: dithers"] if any(each.dither for each in exposures) else []
        canvas.text((RIGHT, HEIGHT - 47), ";  ".join(notes), size=13, style=("rm", FAINT))

    def _title(self) -> None:
        preview, site = self._night.preview, self._night.rig.site
        exposed = sum(each.exposure_s for span in self._imaged() for each in span.exposures) / 3600
        self._canvas.text((LEFT, 34), f"Night of {preview.date:%A, %-d %B %Y}", size=26)
        zones = dict.fromkeys(
            _zone_words(each.astimezone(self._zone)) for each in (self._frame.first, self._frame.last)
        )
        told = f"{preview.profile} at {site.name}, times {', then '.join(zones)};  {exposed:.1f} h of exposures"
        self._canvas.text((LEFT, 66), f"{told};  {preview.ends_because}", size=15, style=("lm", FAINT))
        dark = self._dark_hours()
        said = f"{dark:.1f} h of astronomical night" if dark else "no astronomical night"
        self._canvas.text((WIDTH - 40, 34), said, size=15, style=("rm", FAINT))

    def _dark_hours(self) -> float:
        return float((self._tables.sun_altitude_deg < -18).sum()) / 60.0


def _zone_words(moment: datetime) -> str:
    """Return how far a moment's clock is from UTC, as people write it."""
    minutes = round((moment.utcoffset() or timedelta(0)).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


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
