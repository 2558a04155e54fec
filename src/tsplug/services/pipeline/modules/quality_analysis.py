"""The numbers of the frame, and their place in its record."""

from __future__ import annotations

from tsplug.imaging.measure import is_in_adu
from tsplug.imaging.stars import SMALLEST_FRAME_PX, is_large_enough
from tsplug.ports import FrameAtWork, ModuleOutcome, completed
from tsplug.services.frame_measuring import is_light
from tsplug.services.measuring import MeasuredImage, store_measured
from tsplug.services.peer_measuring import PeerMeasuring


class QualityAnalysisModule:
    """Measures levels and stars; needs no solution."""

    name = "quality_analysis"
    title = "Measure levels, stars, sharpness and roundness, and keep them in the record."
    needs: tuple[str, ...] = ()
    gives = ("measurement",)

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Measure; a record that has its numbers keeps them."""
        measurement = frame.measurement()
        image, store = frame.image, frame.tools.store
        if image is not None and store is not None and image.detector is None:
            measurement = PeerMeasuring(store, frame.tools.files).completed(image, measurement)
            store_measured(MeasuredImage(image, measurement), store)
        words = _words(measurement.metrics)
        if is_light(frame.pixels().header) and not is_large_enough(measurement.frame.pixels.shape):
            words += f" (stars are sought on frames of at least {SMALLEST_FRAME_PX} pixels a side)"
        return completed(words, measurement=measurement)


def _words(metrics: dict[str, float]) -> str:
    told = [
        f"{name} {metrics[key]:.{digits}f}{unit}"
        for key, name, unit, digits in (
            ("star_count", "stars", "", 0),
            ("hfr", "HFR", " px", 2),
            ("fwhm", "FWHM", " px", 2),
            ("eccentricity", "eccentricity", "", 2),
        )
        if key in metrics
    ]
    if "background" in metrics:
        level = metrics["background"]
        told.append(f"background {level:.0f} ADU" if is_in_adu(metrics) else f"background {level:.4g}")
    return ", ".join(told)


MODULE = QualityAnalysisModule()
