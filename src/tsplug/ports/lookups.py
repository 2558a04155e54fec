"""What the network knows of a place."""

from __future__ import annotations

from typing import Protocol


class PlaceLookups(Protocol):
    """Answers questions about places over the network; nothing is asked unless the user wants it."""

    def sky_brightness(self, latitude_deg: float, longitude_deg: float) -> float:
        """Return the artificial brightness of the night sky at a place in mcd/m2.

        Raises:
            NetworkError: there was no answer, or none that can be used.
        """
        ...

    def address(self, latitude_deg: float, longitude_deg: float) -> str:
        """Return what a place is called.

        Raises:
            NetworkError: there was no answer, or the place has no name.
        """
        ...
