"""The test that a metric brings with it: against comparable frames, as the metric's own file says."""

from __future__ import annotations

import math

from tsplug.grading.harm import Difference, Harm, Ratio
from tsplug.grading.night_levels import Yardstick
from tsplug.grading.spread import Limits, SpreadCheck
from tsplug.metrics import Metric
from tsplug.model import AcquiredImage, GraderMode, GraderPreferences, MetricPreferences

_LEAST, _LARGEST, _SWING = 0.05, 0.15, 0.3
_HAIR = 1e-9
_MAJORITY = 0.6
_UNSAID = MetricPreferences()


def metric_check(metric: Metric, *, order: int) -> SpreadCheck:
    """Return the test of a metric that has no file of its own among the tests."""

    def limits(preferences: GraderPreferences) -> Limits:
        own = preferences.metrics.get(metric.key, _UNSAID)
        # Who asks for the reference's grades gets no others unasked.
        unasked = metric.among_peers.graded and preferences.mode is GraderMode.ROBUST
        wanted = unasked if own.grade is None else own.grade
        return Limits(wanted, own.sigma, own.auto_accept, own.auto_reject)

    scale = _scale(metric)

    def scale_of(image: AcquiredImage, preferences: GraderPreferences) -> Harm:
        return scale

    return SpreadCheck(
        title=metric.title,
        metric=metric.key,
        order=order,
        limits=limits,
        scale=scale_of,
        yardstick=_yardstick(metric),
        zero_fails=metric.zero_is_failure,
        counts=not metric.zero_is_failure,
        of_reference=False,
    )


def _scale(metric: Metric) -> Harm:
    kind = Ratio if metric.among_peers.scale == "ratio" else Difference
    return kind(-1.0 if metric.better == "higher" else 1.0)


def _yardstick(metric: Metric) -> Yardstick:
    said, whole = metric.among_peers, _good_to_bad(metric)
    least = _or_share(said.least_spread, _LEAST, whole=whole)
    largest = _or_share(said.largest_spread, _LARGEST, whole=whole)
    swing = _or_share(said.swing, _SWING, whole=whole)
    # A spread of nothing at all would make equal frames differ.
    return Yardstick(
        floor=_HAIR if least is None else least,
        ceiling=math.inf if largest is None else largest,
        swing=math.inf if swing is None else swing,
        young=0.0 if swing is None else swing,
        steepest=said.by_air,
        majority=0.0 if said.unsurpassed else _MAJORITY,
        better=0.25 if said.unsurpassed else 0.5,
    )


def _or_share(said: float | None, share: float, *, whole: float | None) -> float | None:
    return said if said is not None or whole is None else share * whole


def _good_to_bad(metric: Metric) -> float | None:
    """Return how far the metric's bad value lies from its good one, on its scale; None where it has none."""
    if metric.good is None or metric.bad is None or metric.good == metric.bad:
        return None
    if metric.among_peers.scale == "difference":
        return abs(metric.bad - metric.good)
    return abs(math.log(metric.bad / metric.good)) if metric.good > 0 and metric.bad > 0 else None
