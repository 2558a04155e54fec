"""Stars as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

_MAS_PER_DEGREE = 3.6e6


@dataclass(frozen=True)
class StarTable:
    """Stars as columns of equal length: ICRS degrees, V magnitude, colour index B-V, motion, and name.

    Proper motions are milliarcseconds a year, that in right ascension times cos dec. ``hip`` is the number in the
    Hipparcos catalogue, 0 for a star that is made up.
    """

    ra_deg: NDArray[np.float64]
    dec_deg: NDArray[np.float64]
    magnitude: NDArray[np.float64]
    colour: NDArray[np.float64]
    pm_ra_mas: NDArray[np.float64]
    pm_dec_mas: NDArray[np.float64]
    hip: NDArray[np.int64]

    @classmethod
    def joined(cls, tables: Sequence[StarTable]) -> StarTable:
        """Return the stars of one or more tables in one."""
        return cls(
            **{each.name: np.concatenate([getattr(table, each.name) for table in tables]) for each in fields(cls)}
        )

    @classmethod
    def unmoving(
        cls,
        position: tuple[NDArray[np.float64], NDArray[np.float64]],
        *,
        magnitude: NDArray[np.float64],
        colour: NDArray[np.float64],
    ) -> StarTable:
        """Return stars without name and motion; ``position`` is right ascension and declination."""
        nothing = np.broadcast_to(0.0, magnitude.shape)
        return cls(*position, magnitude, colour, nothing, nothing, np.broadcast_to(np.int64(0), magnitude.shape))

    def keep(self, chosen: NDArray[np.bool_] | slice | NDArray[np.int64]) -> StarTable:
        """Return only the chosen stars."""
        return StarTable(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})

    def moved(self, years: float) -> StarTable:
        """Return the stars where their proper motion has brought them after ``years``."""
        along = self.pm_ra_mas * years / _MAS_PER_DEGREE / np.maximum(np.cos(np.radians(self.dec_deg)), 1e-6)
        return StarTable(
            (self.ra_deg + along) % 360.0,
            self.dec_deg + self.pm_dec_mas * years / _MAS_PER_DEGREE,
            self.magnitude,
            self.colour,
            self.pm_ra_mas,
            self.pm_dec_mas,
            self.hip,
        )
