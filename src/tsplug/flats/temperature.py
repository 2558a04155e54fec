"""Temperature classes: which sensor temperatures may share flats, where a profile asks for that."""

from __future__ import annotations

from collections.abc import Iterable

from tsplug.model import AcquiredImage

_HAIR_C = 1e-9


def temperature_of(image: AcquiredImage) -> float | None:
    """Return the sensor temperature of a light in Celsius: the set point, or what was measured where there is none."""
    return image.camera_temperature_c if image.camera_set_temperature_c is None else image.camera_set_temperature_c


def same_temperature(one_c: float | None, other_c: float | None, *, tolerance_c: float | None) -> bool:
    """Return whether two temperatures lie within a tolerance; unknown ones, and no tolerance, contradict nothing."""
    if tolerance_c is None or one_c is None or other_c is None:
        return True
    return abs(one_c - other_c) <= tolerance_c + _HAIR_C


def temperature_classes(
    temperatures_c: Iterable[float | None], *, tolerance_c: float | None
) -> dict[float | None, float | None]:
    """Return for every temperature that of its class, to a tenth of a degree; None for all without a tolerance.

    From the coldest on, a class ends where a temperature lies more than the tolerance from the class's first, as
    rotation classes do; the class stands at the mean of its different temperatures. Unknown ones are a class.
    """
    given = set(temperatures_c)
    if tolerance_c is None:
        return dict.fromkeys(given)
    classes: list[list[float]] = []
    for value in sorted(value for value in given if value is not None):
        if not classes or value - classes[-1][0] > tolerance_c + _HAIR_C:
            classes.append([])
        classes[-1].append(value)
    means = {value: round(sum(members) / len(members), 1) for members in classes for value in members}
    return {value: None if value is None else means[value] for value in given}
