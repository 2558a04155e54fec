"""By how many spreads a value lies to the bad side of what is usual, counted as it was judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tsplug.grading.checks import METRIC_CHECKS, OWN_CHECKS
from tsplug.grading.harm import CountAtSize, Harm
from tsplug.grading.spread import SpreadCheck
from tsplug.metrics import METRICS
from tsplug.model import AcquiredImage, GraderPreferences

_DIGITS = 6


class Contribution(NamedTuple):
    """Spreads beyond the centre (negative: better than it), how many were allowed, and what values were set right for.

    What was granted beside the spread is taken off the excess first.
    """

    spreads: float
    allowed: float | None
    set_right_for: tuple[str, ...] = ()


def contribution_of(check: Mapping[str, Any], image: AcquiredImage, *, by_hfr: bool) -> Contribution | None:
    """Return what a stored check of the statistical grader says in spreads, None where it has no spread.

    The robust mode counts on the scale of the metric (`tsplug.grading.harm`), where ratios are even steps. ``by_hfr``
    is whether HFR was tested too, so that numbers of stars were set right for it.
    """
    value, centre, spread = check.get("value"), check.get("centre"), check.get("spread")
    if value is None or centre is None or not spread:
        return None
    scale = _scale_of(str(check.get("metric")), image, by_hfr=by_hfr)
    if check.get("about") and scale is not None:
        return _on_scale(check, image, scale=scale)
    metric = METRICS.get(str(check.get("metric")))
    better = metric is not None and metric.better is not None and (value > centre) == (metric.better == "higher")
    return Contribution(abs(value - centre) / spread * (-1 if better else 1), check.get("sigma"))


def _scale_of(key: str, image: AcquiredImage, *, by_hfr: bool) -> Harm | None:
    known = {**METRIC_CHECKS, **{check.metric: check for check in OWN_CHECKS}}.get(key)
    return known.scale(image, GraderPreferences(grade_hfr=by_hfr)) if isinstance(known, SpreadCheck) else None


def _on_scale(check: Mapping[str, Any], image: AcquiredImage, *, scale: Harm) -> Contribution | None:
    value, centre = check["value"], check["centre"]
    harm, level = scale.harm(image, value), scale.harm(image, centre)
    # Stored spreads are those to the bad side of the centre, in the metric's unit.
    spread = _step(check["spread"], centre, on=(scale, image))
    if harm is None or level is None or not spread:
        return None
    granted = _step(check["about"].get("slack") or 0.0, centre, on=(scale, image))
    over = harm - level
    spreads = max(over - granted, 0.0) if over > 0 else over
    ends = [scale.harm(image, end) for end in (check.get("lower"), check.get("upper")) if end is not None]
    reach = max((end - level for end in ends if end is not None), default=None)
    allowed = check.get("sigma") if reach is None else round((reach - granted) / spread, _DIGITS)
    return Contribution(round(spreads / spread, _DIGITS), allowed, _set_right_for(check, scale))


def _step(width: float, centre: float, *, on: tuple[Harm, AcquiredImage]) -> float:
    """Return how far the worse of the two values lies that are so far from the centre."""
    scale, image = on
    level = scale.harm(image, centre)
    ends = [scale.harm(image, centre + width), scale.harm(image, centre - width)]
    return 0.0 if level is None else max((end - level for end in ends if end is not None), default=0.0)


def _set_right_for(check: Mapping[str, Any], scale: Harm) -> tuple[str, ...]:
    size = ("the size of stars",) if isinstance(scale, CountAtSize) else ()
    return (*size, "air") if check["about"].get("air") else size
