"""How large stars are in the sharp frames of nights."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from tsplug.grading.nights import night_of
from tsplug.metrics import is_measured
from tsplug.model import AcquiredImage

_SHARP_SHARE = 4
"""One frame of so many sets the size: the standard of numbers is that of the best quarter, too."""


class SharpSizes(NamedTuple):
    """The HFR in px that a quarter of a night's frames do not exceed, by night, or of one night another.

    ``changed`` tells such sizes of the same frames apart.
    """

    of_nights: Mapping[date, float]
    changed: tuple[date, float] | None = None

    def of(self, image: AcquiredImage) -> float:
        """Return that of a frame's night; 0 where no frame of it has an HFR."""
        night = night_of(image)
        if self.changed is not None and self.changed[0] == night:
            return self.changed[1]
        return self.of_nights.get(night, 0.0)


class NightSizes:
    """The sizes of stars in frames, by night."""

    def __init__(self, frames: Iterable[AcquiredImage]) -> None:
        self._sizes: dict[date, list[float]] = {}
        for frame in frames:
            if (size := hfr_of(frame)) is not None:
                self._sizes.setdefault(night_of(frame), []).append(size)
        for sizes in self._sizes.values():
            sizes.sort()
        self.sharp = SharpSizes({night: _quarter(sizes) for night, sizes in self._sizes.items()})

    def sharp_with(self, image: AcquiredImage) -> SharpSizes:
        """Return what they are with a frame that is none of these: the same as if it were one."""
        night, size = night_of(image), hfr_of(image)
        if size is None:
            return self.sharp
        sizes = list(self._sizes.get(night, ()))
        insort(sizes, size)
        found = _quarter(sizes)
        return self.sharp if found == self.sharp.of(image) else self.sharp._replace(changed=(night, found))


def hfr_of(image: AcquiredImage) -> float | None:
    """Return a frame's HFR in px, None where it was not measured."""
    hfr = image.metrics.get("hfr")
    return hfr if is_measured(hfr) and hfr > 0 else None


def _quarter(ordered: list[float]) -> float:
    return ordered[(len(ordered) - 1) // _SHARP_SHARE]
