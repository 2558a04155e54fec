"""What the header of a frame says that the image pipeline made of it: for frames that no record tells of."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from tsplug.imaging.astrometry.wcs import WCS_KEYWORDS, Wcs
from tsplug.imaging.keywords import QUALITY_KEYWORDS, SOLUTION_KEYWORDS
from tsplug.metrics import METRICS
from tsplug.model import CardValue, FrameSolution

_METRICS = {keyword: name for name, keyword in QUALITY_KEYWORDS.items() if name in METRICS}
_SIZE = ("NAXIS1", "NAXIS2")
_PLANE = ("CRVAL1", "CRVAL2", "CRPIX1", "CRPIX2", "CD1_1", "CD1_2", "CD2_1", "CD2_2")
_OWN = "tsplug "
_OF_STORE = frozenset({"id", "image_id"})

RESULT_KEYWORDS = frozenset({*_METRICS, *WCS_KEYWORDS, *SOLUTION_KEYWORDS.values(), *_SIZE})
"""What is looked at."""


def metrics_in_header(cards: Mapping[str, CardValue]) -> dict[str, float]:
    """Return the metrics that stand in a header under the usual keywords, by their names."""
    told = {name: _number(cards.get(keyword)) for keyword, name in _METRICS.items()}
    return {name: value for name, value in told.items() if value is not None}


def solution_in_header(cards: Mapping[str, CardValue]) -> dict[str, Any] | None:
    """Return what a header says of the frame's coordinates, with the fields of a solution; None where it is silent.

    Centre, scale and angles are there where the coordinates are a tangent plane with a CD matrix.
    """
    solved = cards.get("PLTSOLVD")
    if not isinstance(solved, bool):
        return None
    row: dict[str, Any] = dict.fromkeys(name for name in FrameSolution.model_fields if name not in _OF_STORE)
    solver = str(cards.get("WCSSOLVR", ""))
    row |= {"solver": solver.removeprefix(_OWN), "solved": solved, "message": "", "cd": [], "stars": None}
    return row | _plane(cards) if solved else row


def _plane(cards: Mapping[str, CardValue]) -> dict[str, Any]:
    found = [_number(cards.get(keyword)) for keyword in (*_PLANE, *_SIZE)]
    values = [value for value in found if value is not None]
    if len(values) < len(found) or cards.get("CTYPE1") != "RA---TAN":
        return {}
    ra, dec, x, y, cd11, cd12, cd21, cd22, width, height = values
    if cd11 * cd22 == cd12 * cd21:
        return {}
    # FITS counts pixels from 1.
    wcs = Wcs(ra, dec, x - 1.0, y - 1.0, ((cd11, cd12), (cd21, cd22)))
    middle = wcs.at((width - 1.0) / 2.0, (height - 1.0) / 2.0)
    return {
        "ra_deg": middle[0],
        "dec_deg": middle[1],
        "scale_arcsec": wcs.scale_arcsec,
        "position_angle_deg": wcs.position_angle_deg,
        "mirrored": wcs.mirrored,
        "cd": [cd11, cd12, cd21, cd22],
        "offset_arcsec": _number(cards.get(SOLUTION_KEYWORDS["offset"])),
    }


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= sys.float_info.max else None
