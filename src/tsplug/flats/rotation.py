"""Rotation classes: which mechanical angles may share flats (SEMANTICS, Flats)."""

from __future__ import annotations

from collections.abc import Iterable

from tsplug.model.angles import HAIR_DEG, TURN_DEG


def mean_deg(angles_deg: Iterable[float]) -> float:
    """Return the mean of angles that lie close together on the circle, 0 up to 360 degrees.

    Raises:
        ValueError: there are no angles.
    """
    first, *others = angles_deg
    # Signed offsets from one member: the mean on the arc, which does not depend on where zero degrees is.
    offsets = [(angle - first + 180.0) % TURN_DEG - 180.0 for angle in others]
    return _within_turn(first + sum(offsets) / (len(offsets) + 1))


def rotation_classes(angles_deg: Iterable[float | None], *, tolerance_deg: float) -> dict[float | None, float | None]:
    """Return for every angle the angle at which its class's flats are taken; None for None.

    The angles are sorted on the circle from behind the widest gap; a class ends where an angle lies more than the
    tolerance from the class's first; flats are taken at the mean of the class, equal angles weighing each.
    """
    given = list(angles_deg)
    rotations: dict[float | None, float | None] = {None: None} if None in given else {}
    remaining = sorted((angle for angle in given if angle is not None), key=_within_turn)
    while_open: list[float] = []
    for angle in _from_widest_gap(remaining):
        if while_open and (angle - while_open[0]) % TURN_DEG > tolerance_deg + HAIR_DEG:
            rotations.update(dict.fromkeys(while_open, mean_deg(while_open)))
            while_open = []
        while_open.append(angle)
    if while_open:
        rotations.update(dict.fromkeys(while_open, mean_deg(while_open)))
    return rotations


def _from_widest_gap(ordered: list[float]) -> list[float]:
    """Return angles in circular order, beginning behind the widest gap.

    Of equal gaps the one decides whose followers are wider, so that classes do not depend on where zero degrees is.
    """
    if not ordered:
        return []
    gaps = [_gap_before(ordered, index) for index in range(len(ordered))]
    widest = max(gaps)
    ties = [index for index, gap in enumerate(gaps) if gap >= widest - HAIR_DEG]
    start = ties[0] if len(ties) == 1 else max(ties, key=lambda index: _rounded(gaps[index:] + gaps[:index]))
    return ordered[start:] + ordered[:start]


def _gap_before(ordered: list[float], index: int) -> float:
    if index == 0:
        return TURN_DEG - (_within_turn(ordered[-1]) - _within_turn(ordered[0]))
    return _within_turn(ordered[index]) - _within_turn(ordered[index - 1])


def _rounded(gaps: list[float]) -> tuple[float, ...]:
    return tuple(round(gap, 9) for gap in gaps)


def _within_turn(angle_deg: float) -> float:
    turned = angle_deg % TURN_DEG
    return 0.0 if turned >= TURN_DEG else turned
