"""The reference's rule with its faults, as its account tells it (spec/target-scheduler-domain 2.2 to 2.7).

Written apart from tsplug's own grading, so that the two can be compared. Its defaults: RMS, stars and HFR on, sigma
factor 4, improvements accepted, threshold 8.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from tsplug.model import AcquiredImage

SIGMA = 4.0
RMS_THRESHOLD = 8.0


def reference_accepts(image: AcquiredImage, matching: Sequence[AcquiredImage], *, scale_arcsec: float) -> bool:
    """Return the reference's decision; ``matching`` are all frames of equal settings, the image left out already."""
    metrics = image.metrics
    # Arcseconds times arcseconds per pixel: the fault of its RMS.
    if metrics.get("guiding_rms", 0.0) * scale_arcsec > RMS_THRESHOLD:
        return False
    if len(matching) < 3:
        return True
    stars, hfr = metrics.get("star_count", 0.0), metrics.get("hfr", 0.0)
    counts = [each.metrics.get("star_count", 0.0) for each in matching]
    sizes = [each.metrics.get("hfr", 0.0) for each in matching]
    if stars == 0 or not _within(stars, counts, more_is_better=True):
        return False
    return abs(hfr) > 0.001 and _within(hfr, sizes, more_is_better=False)


def _within(value: float, samples: Sequence[float], *, more_is_better: bool) -> bool:
    mean, deviation = statistics.fmean(samples), statistics.stdev(samples)
    if value > mean if more_is_better else value < mean:
        return True
    return not math.isnan(value) and abs(mean - value) <= SIGMA * deviation
