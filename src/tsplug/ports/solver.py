"""Plate solving as services see it: stars and what is known go in, coordinates come out, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tsplug.model import PipelinePreferences, SkyStars

if TYPE_CHECKING:
    from tsplug.imaging.astrometry.matcher import FrameStars, Matched


SOLVERS = ("matcher", "solve-field", "astap")
"""The names of the plate solvers there are: our own, and programs of others."""


class SolveState(StrEnum):
    """How an attempt ended: unavailable means that the solver lacks its program, its catalogue or the hint it needs."""

    SOLVED = "solved"
    NOT_SOLVED = "not solved"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"


@dataclass(frozen=True)
class SolveRequest:
    """What is known of a frame: its stars, the file, where it may look (degrees) and how large its pixels are.

    ``place`` and ``scale_arcsec`` are None where nothing is known; ``preferences`` name programs, time and radius.
    ``other_place`` is where it may look if not at ``place``.
    """

    stars: FrameStars
    file: Path
    place: tuple[float, float] | None = None
    scale_arcsec: float | None = None
    preferences: PipelinePreferences = field(default_factory=PipelinePreferences)
    other_place: tuple[float, float] | None = None


@dataclass(frozen=True)
class SolveOutcome:
    """How an attempt ended, and the coordinates of a frame that was solved."""

    solver: str
    state: SolveState
    message: str = ""
    found: Matched | None = None


class PlateSolver(Protocol):
    """Finds where a frame looks."""

    @property
    def name(self) -> str:
        """Return its name, as preferences and reports have it."""
        ...

    def longest_s(self, request: SolveRequest) -> float:
        """Return how long programs that it runs for a frame may take at most until they are stopped, in seconds."""
        ...

    def solve(self, request: SolveRequest) -> SolveOutcome:
        """Return where a frame looks, or why that is not known; raises nothing that a user can cause."""
        ...


class StarCatalogue(Protocol):
    """Stars of the whole sky."""

    def near(self, ra_deg: float, dec_deg: float, *, radius_deg: float) -> SkyStars:
        """Return the stars within a radius of a place, brightest first.

        Raises:
            FileError: the catalogue cannot be read.
        """
        ...
