"""What is usual for one metric of one frame, in the metric's own unit, and how that came about."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tsplug.grading.finding import Case
from tsplug.grading.harm import Harm
from tsplug.grading.levels import Levels, Samples, Usual, Yardstick
from tsplug.grading.population import MINIMUM_PEERS, night_of
from tsplug.model import AcquiredImage, GraderPreferences

UNSTEADY = 1.75
"""Guiding errors so many times larger than usual make a frame no standard for the sizes of stars: wind shakes it."""

ScaleOf = Callable[[AcquiredImage, GraderPreferences], Harm]


@dataclass(frozen=True)
class MetricUsual:
    """The levels of one metric for one frame.

    ``samples`` counts the population's values.
    """

    image: AcquiredImage
    scale: Harm
    samples: int
    usual: Usual

    @property
    def centre(self) -> float:
        """Return the level that the frame is held against, in the metric's unit."""
        return self._value(self.usual.level)

    @property
    def spread(self) -> float:
        """Return one standard deviation to the bad side of the centre, in the metric's unit."""
        return abs(self._value(self.usual.level + self.usual.spread) - self.centre)

    @property
    def about(self) -> dict[str, float | int | None]:
        """Return how the centre came about, as JSON values in the metric's unit."""
        usual = self.usual
        return {
            "used": usual.used,
            "nights": usual.nights,
            "night_level": None if usual.night is None else self._value(usual.night),
            "plan_level": self._value(usual.plan),
            "slack": abs(self._value(usual.level + usual.slack) - self.centre),
            "air": abs(self._value(usual.level) - self._value(usual.level - usual.air)),
        }

    def bounds(self, sigma: float) -> tuple[float, float]:
        """Return the smallest and the largest value within so many standard deviations, slack included."""
        reach = sigma * self.usual.spread + self.usual.slack
        ends = (self._value(self.usual.level - reach), self._value(self.usual.level + reach))
        return min(ends), max(ends)

    def told(self, sigma: float) -> str:
        """Return in few words what the bound rests on."""
        usual = self.usual
        whose = f"{usual.used} frames" if usual.nights < 2 else f"{usual.used} frames of {usual.nights} nights"
        slack = "; its night is little known" if usual.slack else ""
        return f"{sigma:g} x {self.spread:.3g}, {whose}{slack}"

    def _value(self, harm: float) -> float:
        return self.scale.value(self.image, harm)


def usual_of(case: Case, metric: str, *, scale: ScaleOf, yardstick: Yardstick) -> MetricUsual | None:
    """Return what is usual for a frame, None where no comparable frame has the metric."""
    values, harms, frames = [], [], []
    on = scale(case.image, case.preferences)
    population = case.population
    peers = population.frames + population.earlier
    for frame in well_guided(peers) if yardstick.guided else peers:
        value = frame.metrics.get(metric)
        harm = None if value is None or not math.isfinite(value) else on.harm(frame, value)
        if value is not None and harm is not None:
            values.append(value)
            harms.append(harm)
            frames.append(frame)
    if not frames:
        return None
    newest = {frame.guid for frame in population.frames}
    samples = Samples(
        nights=[night_of(frame) for frame in frames],
        hours=np.array([frame.started.timestamp() / 3600.0 for frame in frames]),
        harms=np.array(harms),
        air=np.array([_air(frame, on) for frame in frames]),
        spreads=np.array([frame.guid in newest for frame in frames]),
    )
    noise = on.noise(values)
    yardstick = replace(yardstick, floor=max(yardstick.floor, noise), ceiling=max(yardstick.ceiling, noise))
    usual = Levels(samples, yardstick).usual(night_of(case.image), air=_air(case.image, on))
    return MetricUsual(case.image, on, len(frames), usual)


def well_guided(frames: Sequence[AcquiredImage]) -> Sequence[AcquiredImage]:
    """Return the frames that may set a standard for sizes: those whose guiding was not far worse than usual.

    Usual is the median of the better half; frames without guiding stay. Where hardly any would be left, all stay.
    """
    errors = sorted(error for error in map(_guiding, frames) if error is not None)
    if not errors:
        return frames
    limit = UNSTEADY * statistics.median(errors[: (len(errors) + 1) // 2])
    steady = [frame for frame in frames if (error := _guiding(frame)) is None or error <= limit]
    return steady if len(steady) >= MINIMUM_PEERS else frames


def _guiding(image: AcquiredImage) -> float | None:
    error = image.metrics.get("guiding_rms")
    return error if error is not None and math.isfinite(error) and error > 0 else None


def _air(image: AcquiredImage, scale: Harm) -> float:
    airmass = image.metrics.get("airmass")
    return scale.air(airmass) if airmass is not None and math.isfinite(airmass) and airmass >= 1.0 else math.nan
