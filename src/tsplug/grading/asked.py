"""Frames whose levels are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

from tsplug.grading.levels import Place
from tsplug.grading.night_levels import Night, Sample, Yardstick


class Asked(NamedTuple):
    """A frame whose levels are wanted, and what counts as newest where it is left out; None takes all."""

    night: date
    sample: Sample
    newest: int | None


class Holding(Protocol):
    """Frames that are held against each other by one yardstick."""

    @property
    def yardstick(self) -> Yardstick:
        """Return the yardstick."""
        ...

    @property
    def samples(self) -> Sequence[tuple[date, Sample]]:
        """Return the frames as samples, each with its night; no two of them have one rank."""
        ...

    def night(self, night: date) -> Night:
        """Return the samples of one night."""
        ...


class Question(NamedTuple):
    """What is usual for one of the frames that are held against each other, all others being known."""

    held: Holding
    asked: Asked
    place: Place
