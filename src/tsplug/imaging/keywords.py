"""Cards of values under the keywords that a rig likes; see `tsplug.model.keywords`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
_COUNTS = frozenset({"star_count", "saturated_pixels", "solver_error"})


def keyword_of(name: str, preferences: PipelinePreferences) -> str:
    """Return the keyword of a value as a rig likes it; empty where it is not to be written."""
    own = preferences.keyword_names.get(name)
    if own is not None:
        return own
    every = {**QUALITY_KEYWORDS, **RECORD_KEYWORDS, **SOLUTION_KEYWORDS, **DIALECTS[preferences.keywords]}
    return every.get(name, "")


def cards_of(
    values: Mapping[str, CardValue], preferences: PipelinePreferences, *, detector: str = ""
) -> Iterator[HeaderCard]:
    """Yield the cards of values by name; numbers are rounded to four decimals, counts to whole ones.

    Args:
        values: what is to be written, in this order.
        preferences: the dialect, and keywords of the rig's own.
        detector: who measured; named in the comments of metrics.
    """
    for name, value in values.items():
        keyword = keyword_of(name, preferences)
        if keyword:
            yield HeaderCard(keyword, _rounded(name, value), _comment(name, detector))


def _rounded(name: str, value: CardValue) -> CardValue:
    if isinstance(value, str | bool):
        return value
    return round(value) if name in _COUNTS else round(float(value), _DIGITS)


def _comment(name: str, detector: str) -> str:
    if name in _COMMENTS:
        return _COMMENTS[name]
    metric = METRICS[name]
    unit = f"[{metric.unit}] " if metric.unit else ""
    return f"{unit}{detector}".strip()
