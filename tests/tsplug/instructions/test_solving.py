"""Solving a frame in memory for a host."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.instructions import Look, solve_pixels
from tsplug.model import PipelinePreferences, SkyStars
from tsplug.ports import SolveState

EMPTY = np.full((200, 300), 500, np.uint16)


class NoStars:
    """A catalogue of an empty sky."""

    def near(self, ra_deg: float, dec_deg: float, *, radius_deg: float) -> SkyStars:
        """Return no stars."""
        return SkyStars(np.zeros(0), np.zeros(0), np.zeros(0))


@pytest.mark.parametrize(
    ("pixels", "solvers", "state", "told"),
    [
        (np.zeros(5, np.uint16), ["matcher"], SolveState.FAILED, "frame"),
        (EMPTY, ["matcher"], SolveState.NOT_SOLVED, "matcher: 0 stars, and 6 are needed"),
        (
            EMPTY,
            ["matcher", "other"],
            SolveState.NOT_SOLVED,
            "there is no solver 'other'",
        ),
        (EMPTY, [], SolveState.UNAVAILABLE, "names no solver"),
    ],
    ids=["no picture", "no stars", "a solver that is not there", "no solver"],
)
def test_what_cannot_be_solved_is_told(pixels: np.ndarray, solvers: list[str], state: SolveState, told: str) -> None:
    """What looked and did not find counts more than what is not there."""
    look = Look(10.0, 20.0, 1.5, preferences=PipelinePreferences(solvers=solvers))
    said, middle = solve_pixels(pixels, look, catalogue=NoStars())
    assert (said.state, middle) == (state, None)
    assert told in said.message
