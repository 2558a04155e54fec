"""The numbers of a report: exposures and seconds by filter and by night, ranges of metrics, bands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from tsplug.flats import session_date_of
from tsplug.model import AcquiredImage, GradingStatus, Site
from tsplug.ports import ExposureTally


@dataclass
class Sums:
    """Exposures of each status, and their seconds, each duration truncated to whole seconds (domain 4)."""

    exposures: Counter[GradingStatus] = field(default_factory=Counter)
    seconds: Counter[GradingStatus] = field(default_factory=Counter)

    def add(self, tally: ExposureTally) -> None:
        """Count exposures in."""
        self.exposures[tally.status] += tally.count
        self.seconds[tally.status] += int(tally.exposure_s) * tally.count

    def document(self) -> dict[str, int]:
        """Return the numbers by name."""
        counts = {str(status): self.exposures[status] for status in GradingStatus}
        seconds = {f"{status}_s": self.seconds[status] for status in GradingStatus}
        return {"exposures": self.exposures.total(), **counts, "total_s": self.seconds.total(), **seconds}


@dataclass(frozen=True)
class Range:
    """The least, middle and greatest value of a metric, and how many lights have it."""

    least: float
    middle: float
    greatest: float
    count: int

    def document(self) -> dict[str, float]:
        """Return the numbers by name."""
        return {"min": self.least, "median": self.middle, "max": self.greatest, "count": self.count}


def time_text(seconds: int) -> str:
    """Return whole seconds as hours, minutes and seconds, without parts that are zero but for zero itself."""
    hours, rest = divmod(seconds, 3600)
    parts = ((hours, "h"), (rest // 60, "min"), (rest % 60, "s"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value) or "0 s"


def tallies_of(images: Iterable[AcquiredImage], site: Site) -> list[ExposureTally]:
    """Return images as tallies of one each, in their order; a night that was not recorded is that of the site."""
    return [
        ExposureTally(
            target_id=image.target_id,
            filter_name=image.filter_name,
            night=session_date_of(image, site),
            status=image.status,
            exposure_s=image.exposure_s,
            count=1,
            first=image.started,
        )
        for image in images
    ]


def by_filter(tallies: Iterable[ExposureTally]) -> dict[str, Sums]:
    """Return the sums of each filter, in the order in which filters first appear."""
    found: dict[str, Sums] = {}
    for tally in tallies:
        found.setdefault(tally.filter_name, Sums()).add(tally)
    return found


def total(tallies: Iterable[ExposureTally]) -> Sums:
    """Return the sums of everything."""
    sums = Sums()
    for tally in tallies:
        sums.add(tally)
    return sums


def by_night(tallies: Sequence[ExposureTally]) -> dict[date | None, list[ExposureTally]]:
    """Return the tallies of each night, the nights in order and those of no known night last."""
    found: dict[date | None, list[ExposureTally]] = {}
    for tally in tallies:
        found.setdefault(tally.night, []).append(tally)
    return {night: found[night] for night in sorted(found, key=lambda night: (night is None, night or date.min))}


def metric_ranges(images: Iterable[AcquiredImage]) -> dict[str, Range]:
    """Return the range of every metric that any of the images has, by its key."""
    values: dict[str, list[float]] = {}
    for image in images:
        for key, value in image.metrics.items():
            values.setdefault(key, []).append(value)
    return {key: Range(min(own), median(own), max(own), len(own)) for key, own in sorted(values.items())}


def bands(images: Iterable[AcquiredImage]) -> dict[str, int]:
    """Return how many images have each band, A first; bands that none has are left out."""
    counted = Counter(str(image.band) for image in images if image.band is not None)
    return dict(sorted(counted.items()))


def figures_document(
    tallies: Sequence[ExposureTally], images: Mapping[str, Sequence[AcquiredImage]] | None = None
) -> dict[str, Any]:
    """Return the numbers by filter and in total, and by night.

    Args:
        tallies: what is summed, by time.
        images: the images of each filter, whose ranges of metrics and bands are told too.
    """
    everything = None if images is None else [image for own in images.values() for image in own]
    filters = [
        {"filter": name, **sums.document(), **_measured(None if images is None else images[name])}
        for name, sums in by_filter(tallies).items()
    ]
    whole = {"filter": None, **total(tallies).document(), **_measured(everything)}
    nights = [
        {
            "night": night,
            **total(own).document(),
            "accepted_s_by_filter": {
                name: sums.seconds[GradingStatus.ACCEPTED] for name, sums in by_filter(own).items()
            },
        }
        for night, own in by_night(tallies).items()
    ]
    return {"filters": filters, "total": whole, "nights": nights}


def _measured(images: Sequence[AcquiredImage] | None) -> dict[str, Any]:
    if images is None:
        return {}
    ranges = {key: found.document() for key, found in metric_ranges(images).items()}
    return {"metrics": ranges, "bands": bands(images)}
