"""Frames of a kind that an instruction takes so many of."""

from __future__ import annotations

from typing import Protocol


class Series(Protocol):
    """Equal frames: how they are exposed, and how many."""

    @property
    def exposure_s(self) -> float:
        """Return seconds per frame."""
        ...

    @property
    def count(self) -> int:
        """Return how many frames."""
        ...

    @property
    def gain(self) -> int | None:
        """Return the gain, None for the camera's."""
        ...

    @property
    def offset(self) -> int | None:
        """Return the offset, None for the camera's."""
        ...

    @property
    def binning(self) -> int:
        """Return the binning of both axes."""
        ...


class Snapshots(Series, Protocol):
    """Frames that belong to no plan, and the name they go by."""

    @property
    def target(self) -> str:
        """Return the name for header and file."""
        ...


class Darks(Series, Protocol):
    """Frames of the dark: what they are, and how their files are called."""

    @property
    def kind(self) -> str:
        """Return DARK or BIAS."""
        ...

    @property
    def folder(self) -> str:
        """Return the folder for them in the night's output."""
        ...

    @property
    def file_pattern(self) -> str:
        """Return the pattern of their files' names."""
        ...
