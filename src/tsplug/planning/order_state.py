"""How far the order of a target's exposures came: a place in its cadence, turns in its rotation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """One place of an order: a plan by its guid, or None for a dither."""

    plan_guid: str | None


@dataclass(frozen=True)
class OrderState:
    """How far the order of a target's exposures came.

    Attributes:
        position: the place in its cadence at which to go on.
        turns: the exposures that plans had in the present rotation of the smart order, by guid.
        places: the cadence where it was worked out already; None where it was not.
    """

    position: int = 0
    turns: Mapping[str, int] | None = None
    places: tuple[Place, ...] | None = field(default=None, compare=False)
