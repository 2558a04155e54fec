"""What is usual for one metric of one frame, in the metric's own unit, and how that came about."""

from __future__ import annotations

from collections.abc import Callable

from tsplug.grading.finding import Case
from tsplug.grading.harm import Harm
from tsplug.grading.levels import Cause, Usual
from tsplug.grading.night_levels import Yardstick
from tsplug.model import AcquiredImage, GraderPreferences

_CAUSES = {
    Cause.SHAKEN: "badly guided, so nothing is granted for the air",
    Cause.DEFOCUSED: "its stars are discs, so it is out of focus",
}
ScaleOf = Callable[[AcquiredImage, GraderPreferences], Harm]


class MetricUsual:
    """The levels of one metric for one frame.

    Attributes:
        image: the frame.
        scale: turns harms into values.
        samples: how many values the population has.
        usual: the levels as harms.
        centre: the level that the frame is held against, in the metric's unit.
        spread: one standard deviation to the bad side of the centre, in the metric's unit.
    """

    __slots__ = ("centre", "image", "samples", "scale", "spread", "usual")

    def __init__(self, image: AcquiredImage, scale: Harm, *, samples: int, usual: Usual) -> None:
        self.image, self.scale, self.samples, self.usual = image, scale, samples, usual
        self.centre = scale.value(image, usual.level)
        self.spread = abs(scale.value(image, usual.level + usual.spread) - self.centre)

    @property
    def about(self) -> dict[str, float | int | None]:
        """Return how the centre came about, as JSON values in the metric's unit."""
        level, slack, _, used, nights, night, plan, air, _, _, by_guiding, lasting, sampled = self.usual
        value, image, centre = self.scale.value, self.image, self.centre

        def of(harm: float) -> float:
            # It often is the level, of which the value is known.
            return centre if harm == level else value(image, harm)

        return {
            "used": used,
            "nights": nights,
            "night_level": None if night is None else of(night),
            "plan_level": of(plan),
            "slack": abs(of(level + slack) - centre),
            "by_guiding": abs(of(level + by_guiding) - centre),
            "lasting_before": None if lasting is None else value(image, lasting.before),
            "lasting_most": None if lasting is None else value(image, lasting.most + slack),
            "sampled": centre if sampled else None,
            "air": abs(centre - of(level - air)),
        }

    def bounds(self, sigma: float) -> tuple[float, float]:
        """Return the smallest and the largest value within so many standard deviations, slack included."""
        reach = self.usual.reach(sigma)
        ends = self._value(self.usual.level - reach), self._value(self.usual.level + reach)
        return min(ends), max(ends)

    def bad_end(self, sigma: float) -> float:
        """Return that of the `bounds` which lies to the bad side."""
        return self._value(self.usual.level + self.usual.reach(sigma))

    def without_doubt(self) -> MetricUsual:
        """Return the same without what is granted because little is known of the night."""
        return MetricUsual(self.image, self.scale, samples=self.samples, usual=self.usual.without_doubt())

    def told(self, sigma: float) -> str:
        """Return in few words what the bound rests on."""
        usual = self.usual
        whose = f"{usual.used} frames" if usual.nights < 2 else f"{usual.used} frames of {usual.nights} nights"
        how = f"{usual.factor(sigma):g} x {self.spread:.3g}"
        if usual.lasting is not None:
            how += f" but no further than {self._value(usual.lasting_end(sigma)):.4g}"
        return f"{how}, {whose}{self._why()}"

    def _why(self) -> str:
        usual = self.usual
        if usual.cause in _CAUSES:
            return f"; {_CAUSES[usual.cause]}"
        if not (usual.sampled or usual.slack or usual.by_guiding or usual.lasting):
            return ""
        whys = {
            "narrower stars are no better, since pixels cannot show them": usual.sampled,
            "what lasts so long is usual within limits": usual.lasting is not None,
            "its night is little known": usual.night is None and usual.slack > usual.by_guiding,
            "guided a little worse": usual.by_guiding > 0,
            "seen through more air": usual.night is not None and usual.slack > usual.by_guiding,
        }
        return "".join(f"; {why}" for why, holds in whys.items() if holds)

    def _value(self, harm: float) -> float:
        return self.scale.value(self.image, harm)


def usual_of(case: Case, metric: str, *, scale: ScaleOf, yardstick: Yardstick) -> MetricUsual | None:
    """Return what is usual for a frame, None where no comparable frame has the metric."""
    population, image = case.population, case.image
    on = population.crowd.on(scale(image, case.preferences), image)
    found = population.crowd.usual_for(image, metric, scale=on, yardstick=yardstick, pixel_arcsec=case.scale_arcsec)
    return None if found is None else MetricUsual(image, on, samples=found[0], usual=found[1])
