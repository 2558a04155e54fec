"""Horizon files as N.I.N.A. reads them (spec/target-scheduler-planner a.8)."""

from __future__ import annotations

import json
import math
import re

from tsplug.errors import InputError

_SEPARATORS = re.compile(r"[\s,;]+")


def horizon_points(text: str) -> list[tuple[float, float]]:
    """Return azimuth and altitude in degrees by rising azimuth, of lines "azimuth altitude" with ``#`` comments.

    A list of ``[altitude, azimuth]`` in JSON, as MountWizzard4 keeps it, is read too.

    Raises:
        InputError: a line has another form, or there are fewer than two points.
    """
    pairs = _listed(text) if text.lstrip().startswith("[") else _lines(text)
    points: dict[float, float] = {}
    for place, azimuth, altitude in pairs:
        if not (0 <= azimuth <= 360 and -90 <= altitude <= 90):
            raise InputError(f"{place}: azimuth must lie within 0..360 and altitude within -90..90 degrees")
        points.setdefault(azimuth, altitude)
    if len(points) < 2:
        raise InputError("a horizon needs two points or more, one line each: azimuth altitude")
    return sorted(points.items())


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
