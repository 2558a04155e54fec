"""Which values of a frame stand under which keywords of its header.

Sources: peers d-1 for the standard dialect (Science Scheduler's keywords and more in their manner); the L1 keywords
of BANZAI (Las Cumbres Observatory) for the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tsplug.metrics import METRICS
from tsplug.model import CardValue, HeaderCard, PipelinePreferences

QUALITY_KEYWORDS: Mapping[str, str] = {
    "fwhm": "FWHM",
    "fwhm_arcsec": "FWHMARC",
    "hfr": "HFR",
    "hfr_stdev": "HFRSTD",
    "star_count": "NSTARS",
    "snr": "IMGSNR",
    "eccentricity": "ECCENT",
    "ellipticity": "ELLIPT",
    "background": "BGLEVEL",
    "noise": "BGNOISE",
    "adu_mean": "IMGMEAN",
    "adu_median": "IMGMED",
    "adu_stdev": "IMGSTDEV",
    "saturated_pixels": "NSATUR",
    "pixel_scale": "PXSCALE",
}
"""Keyword by key of a metric, or by the name of a value that is none."""

RECORD_KEYWORDS: Mapping[str, str] = {
    "observer": "OBSERVER",
    "project": "PROJECT",
    "target": "OBJECT",
    "plan": "TSPLAN",
    "session": "TSSESSID",
    "identifier": "TSUID",
    "grade": "GRADE",
    "grade_score": "GRADESCR",
    "grade_reason": "GRADERSN",
}
"""Keyword by what a record says of its frame."""

SOLUTION_KEYWORDS: Mapping[str, str] = {"offset": "PNTOFST", "solver_error": "WCSERR"}
"""Keyword by what is known of a frame's position, beside the coordinates themselves."""

_DIALECTS: Mapping[str, Mapping[str, str]] = {
    "standard": {"solver_error": ""},
    "banzai": {
        "fwhm_arcsec": "L1FWHM",
        "ellipticity": "L1ELLIP",
        "adu_mean": "L1MEAN",
        "adu_median": "L1MEDIAN",
        "adu_stdev": "L1SIGMA",
    },
}
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
    every = {**QUALITY_KEYWORDS, **RECORD_KEYWORDS, **SOLUTION_KEYWORDS, **_DIALECTS[preferences.keywords]}
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
