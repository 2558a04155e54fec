"""Cards of values under the keywords that a rig likes; see `tsplug.model.keywords`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tsplug.imaging.settings import NAME
from tsplug.metrics import METRICS
from tsplug.model import CardValue, HeaderCard, PipelinePreferences
from tsplug.model.keywords import DIALECTS, QUALITY_KEYWORDS, RECORD_KEYWORDS, SOLUTION_KEYWORDS

__all__ = ["QUALITY_KEYWORDS", "RECORD_KEYWORDS", "SOLUTION_KEYWORDS", "cards_of", "keyword_of"]

_COMMENTS: Mapping[str, str] = {
    "observer": "Observer",
    "project": "Project",
    "target": "Name of the object of interest",
    "plan": "Exposure template of the plan",
    "session": "Flats session",
    "identifier": "Frame identifier",
    "grade": "Grade of the frame",
    "grade_score": "Score of the grade",
    "grade_reason": "Why the frame is rejected",
    "pixel_scale": "[arcsec] per pixel",
    "saturated_pixels": "pixels at full scale",
    "offset": "[arcsec] centre from the wished position",
    "solver_error": "0: solved, 1: not solved",
}
_DIGITS = 4
_LEVEL = "ADU"
_COUNTS = frozenset({"star_count", "saturated_pixels", "solver_error"})


def keyword_of(name: str, preferences: PipelinePreferences) -> str:
    """Return the keyword of a value as a rig likes it; empty where it is not to be written."""
    own = preferences.keyword_names.get(name)
    if own is not None:
        return own
    every = {**QUALITY_KEYWORDS, **RECORD_KEYWORDS, **SOLUTION_KEYWORDS, **DIALECTS[preferences.keywords]}
    return every.get(name, "")


def cards_of(
    values: Mapping[str, CardValue], preferences: PipelinePreferences, *, detector: str = "", adu: bool = True
) -> Iterator[HeaderCard]:
    """Yield the cards of values by name; numbers are rounded to four decimals, counts to whole ones.

    Levels below one have four significant digits.

    Args:
        values: what is to be written, in this order.
        preferences: the dialect, and keywords of the rig's own.
        detector: who measured; named in the comments of metrics.
        adu: whether levels are ADU; else they have no unit.
    """
    for name, value in values.items():
        keyword = keyword_of(name, preferences)
        if keyword:
            yield HeaderCard(keyword, _rounded(name, value), _comment(name, detector, adu=adu))


def _rounded(name: str, value: CardValue) -> CardValue:
    if isinstance(value, str | bool):
        return value
    if name in METRICS and METRICS[name].unit == _LEVEL and 0.0 < abs(value) < 1.0:
        return float(f"{value:.{_DIGITS}g}")
    return round(value) if name in _COUNTS else round(float(value), _DIGITS)


def _comment(name: str, detector: str, *, adu: bool) -> str:
    if name in _COMMENTS:
        return _COMMENTS[name]
    metric = METRICS[name]
    unit = f"[{metric.unit}] " if metric.unit and (adu or metric.unit != _LEVEL) else ""
    return f"{unit}{detector}".strip()


def _fitting(*names: str) -> str:
    return "|".join(re.escape(_COMMENTS[name]) for name in names)


STALE_QUALITY = rf"(\[[^]]*\] )?{NAME}( \S+)+|{_fitting('pixel_scale', 'saturated_pixels')}"
"""A pattern of the comments of what was measured, by which it is known under a keyword that it has no more."""

STALE_SOLUTION = _fitting("offset", "solver_error")
"""The same of what a solution says beside coordinates."""
