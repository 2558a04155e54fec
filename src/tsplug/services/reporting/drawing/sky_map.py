"""The whole sky with targets in it, in the equal-area projection of Hammer, east to the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, pi, radians, sin, sqrt

WIDTH, HEIGHT = 960, 500
MOST_TARGETS = 400
"""How many targets are drawn; of more, the first."""

_SCALE = 164.0
_RING = 7.0
_LETTER, _LINE = 6.6, 13.0
_ROOM = 2.0
_FULL = 0.999_999


@dataclass(frozen=True)
class SkyTarget:
    """A target: place in hours and degrees, progress from 0 to 1, and whether it stands out."""

    name: str
    ra_hours: float
    dec_deg: float
    progress: float
    main: bool = False


@dataclass(frozen=True)
class SkyMark:
    """A target in its place: the arc of its progress, and its name where that has room."""

    x: float
    y: float
    label: str
    label_x: float
    anchor: str
    arc: str
    complete: bool
    target: SkyTarget


@dataclass(frozen=True)
class SkyMap:
    """Marks over meridians and parallels, with hours along the equator; ``total`` targets were given."""

    marks: tuple[SkyMark, ...]
    grid: tuple[str, ...]
    hours: tuple[tuple[float, float, str], ...]
    parallels: tuple[tuple[float, float, str], ...]
    total: int


def hammer(ra_deg: float, dec_deg: float, *, centre_deg: float) -> tuple[float, float]:
    """Return x and y of a place: x within +-2 sqrt 2, growing to the west, y within +-sqrt 2, growing to the north.

    Hammer (1892), as in Snyder, Map Projections: A Working Manual (1987), 182:
    ``k = sqrt(2 / (1 + cos d cos(l/2)))``, ``x = 2 k cos d sin(l/2)``, ``y = k sin d``, with l the longitude from the
    centre, here mirrored as seen from inside.
    """
    longitude = radians((ra_deg - centre_deg + 180.0) % 360.0 - 180.0)
    dec = radians(dec_deg)
    factor = sqrt(2.0 / (1.0 + cos(dec) * cos(longitude / 2.0)))
    return -2.0 * factor * cos(dec) * sin(longitude / 2.0), factor * sin(dec)


def sky_map(targets: Sequence[SkyTarget]) -> SkyMap | None:
    """Return the map of targets, centred at the hour where most of them are, or None without any."""
    if not targets:
        return None
    drawn = sorted(targets, key=lambda target: not target.main)[:MOST_TARGETS]
    centre_deg = _centre(drawn)
    taken: list[tuple[float, float, float, float]] = []
    places = [_place(15.0 * target.ra_hours, target.dec_deg, centre_deg=centre_deg) for target in drawn]
    taken += [(x - _RING, y - _RING, x + _RING, y + _RING) for x, y in places]
    marks = tuple(_mark(target, place, taken=taken) for target, place in zip(drawn, places, strict=True))
    return SkyMap(marks, _grid(centre_deg), _hours(centre_deg), _parallels(centre_deg), len(targets))


def _centre(targets: Sequence[SkyTarget]) -> float:
    x = sum(cos(radians(15.0 * target.ra_hours)) for target in targets)
    y = sum(sin(radians(15.0 * target.ra_hours)) for target in targets)
    return round(degrees(atan2(y, x)) / 15.0) % 24 * 15.0


def _place(ra_deg: float, dec_deg: float, *, centre_deg: float) -> tuple[float, float]:
    x, y = hammer(ra_deg, dec_deg, centre_deg=centre_deg)
    return round(WIDTH / 2 + _SCALE * x, 1), round(HEIGHT / 2 - _SCALE * y, 1)


def _mark(target: SkyTarget, place: tuple[float, float], *, taken: list[tuple[float, float, float, float]]) -> SkyMark:
    x, y = place
    width = len(target.name) * _LETTER
    label, label_x, anchor = "", x, "start"
    for side, tried, left in (("start", x + _RING + 4, x + _RING + 2), ("end", x - _RING - 4, x - _RING - 4 - width)):
        box = (left, y - _LINE / 2, left + width, y + _LINE / 2)
        if box[0] >= 0 and box[2] <= WIDTH and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            label, label_x, anchor = target.name, round(tried, 1), side
            break
    complete = target.progress >= _FULL
    return SkyMark(x, y, label, label_x, anchor, "" if complete else _arc(place, target.progress), complete, target)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return (
        one[0] < other[2] + _ROOM
        and other[0] < one[2] + _ROOM
        and one[1] < other[3] + _ROOM
        and other[1] < one[3] + _ROOM
    )


def _arc(place: tuple[float, float], progress: float) -> str:
    """Return the ring's part that is done, clockwise from the top."""
    if progress <= 0:
        return ""
    x, y = place
    angle = 2.0 * pi * progress
    end_x, end_y = round(x + _RING * sin(angle), 2), round(y - _RING * cos(angle), 2)
    return f"M{x} {y - _RING} A{_RING:g} {_RING:g} 0 {int(progress > 0.5)} 1 {end_x} {end_y}"


def _grid(centre_deg: float) -> tuple[str, ...]:
    meridians = [
        [_place(centre_deg + offset, dec, centre_deg=centre_deg) for dec in range(-90, 91, 6)]
        for offset in (-179.99, -120, -60, 0, 60, 120, 179.99)
    ]
    parallels = [
        [_place(centre_deg + offset, dec, centre_deg=centre_deg) for offset in (-179.99, *range(-174, 175, 6), 179.99)]
        for dec in (-60, -30, 0, 30, 60)
    ]
    return tuple(" ".join(f"{x},{y}" for x, y in line) for line in (*meridians, *parallels))


def _hours(centre_deg: float) -> tuple[tuple[float, float, str], ...]:
    offsets = (-120, -60, 0, 60, 120)
    places = [_place(centre_deg + offset, 0.0, centre_deg=centre_deg) for offset in offsets]
    names = [f"{round((centre_deg + offset) / 15.0) % 24} h" for offset in offsets]
    return tuple((x, y, name) for (x, y), name in zip(places, names, strict=True))


def _parallels(centre_deg: float) -> tuple[tuple[float, float, str], ...]:
    degrees_shown = (-60, -30, 30, 60)
    places = [_place(centre_deg, dec, centre_deg=centre_deg) for dec in degrees_shown]
    return tuple((x, y, f"{dec:+d}°") for (x, y), dec in zip(places, degrees_shown, strict=True))
