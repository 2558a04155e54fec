"""Horizon files as N.I.N.A. and Stellarium read them: lines of azimuth and altitude, in degrees or as said."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise

from tsplug.errors import InputError

_SEPARATORS = re.compile(r"[\s,;]+")
_WALL_DEG = 0.001
_DEGREES = {"deg": 1.0, "grad": 0.9, "rad": 180.0 / math.pi}

DEGREES = "azDeg_altDeg"
"""The form of N.I.N.A.'s files, and of most of Stellarium's."""

FORMS = tuple(f"az{unit}_{angle}{unit}" for unit in ("Deg", "Rad", "Grad") for angle in ("alt", "zd"))
"""What the two numbers of a line are, in the words of a Stellarium landscape (``polygonal_horizon_list_mode``)."""


def horizon_points(text: str, *, form: str = DEGREES) -> list[tuple[float, float]]:
    """Return azimuth and altitude in degrees by rising azimuth, of lines "azimuth altitude" with ``#`` comments.

    A list of ``[altitude, azimuth]`` in JSON, as MountWizzard4 keeps it, is read too. Where lines give an azimuth two
    altitudes, as at the edge of a wall, the first one ends a thousandth of a degree before it.

    Args:
        text: the content of the file.
        form: one of `FORMS`; ``zd`` stands for zenith distance instead of altitude.

    Raises:
        InputError: a line or the form is another, or there are fewer than two points.
    """
    if form not in FORMS:
        raise InputError(f"no horizon has the form {form!r}; there are {', '.join(FORMS)}")
    pairs = _listed(text) if text.lstrip().startswith("[") else _lines(text)
    found: list[tuple[float, float]] = []
    for place, first, second in pairs:
        azimuth, altitude = _in_degrees(first, second, form=form)
        if not (0 <= azimuth <= 360 and -90 <= altitude <= 90):
            raise InputError(f"{place}: azimuth must lie within 0..360 and altitude within -90..90 degrees")
        found.append((azimuth, altitude))
    points = _with_walls(found)
    if len(points) < 2:
        raise InputError("a horizon needs two points or more, one line each: azimuth altitude")
    return sorted(points.items())


def _with_walls(found: list[tuple[float, float]]) -> dict[float, float]:
    """Return altitudes by azimuth; of two at one azimuth each stays on the side on which its neighbour lies."""
    rising = sum(after >= before for (before, _), (after, _) in pairwise(found)) * 2 >= len(found) - 1
    points: dict[float, float] = {}
    for azimuth, altitude in found if rising else reversed(found):
        before = points.get(azimuth, altitude)
        if before != altitude and azimuth == 0.0:
            # Nothing comes before north.
            points[_WALL_DEG] = altitude
            continue
        if before != altitude:
            points.setdefault(azimuth - _WALL_DEG, before)
        points[azimuth] = altitude
    return points


def _in_degrees(first: float, second: float, *, form: str) -> tuple[float, float]:
    degrees = _DEGREES[form.partition("_")[0].removeprefix("az").lower()]
    azimuth, angle = first * degrees, second * degrees
    # A circle closed at 2 pi must not fall out of range by a rounding.
    azimuth = round(azimuth, 9)
    return azimuth, 90.0 - angle if "_zd" in form else angle


def _lines(text: str) -> list[tuple[str, float, float]]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = [word for word in _SEPARATORS.split(line.partition("#")[0].strip()) if word]
        if not words:
            continue
        try:
            azimuth, altitude = (float(word) for word in words)
        except ValueError as error:
            raise InputError(f"line {number}: {line.strip()[:60]!r} is not: azimuth altitude") from error
        if not (math.isfinite(azimuth) and math.isfinite(altitude)):
            raise InputError(f"line {number}: {line.strip()[:60]!r} is not: azimuth altitude")
        found.append((f"line {number}", azimuth, altitude))
    return found


def _listed(text: str) -> list[tuple[str, float, float]]:
    try:
        return [
            (f"point {number}", float(azimuth), float(altitude))
            for number, (altitude, azimuth) in enumerate(json.loads(text), start=1)
        ]
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("it is not a JSON list of [altitude, azimuth]") from error
