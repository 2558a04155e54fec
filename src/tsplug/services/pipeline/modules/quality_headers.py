"""The numbers of the frame, in its header."""

from __future__ import annotations

from typing import cast

from tsplug.imaging.keywords import STALE_QUALITY, cards_of
from tsplug.imaging.measure import FrameMeasurement, is_in_adu
from tsplug.model import CardValue, HeaderEdit
from tsplug.model.keywords import QUALITY_KEYWORDS
from tsplug.ports import FrameAtWork, ModuleOutcome
from tsplug.services.pipeline.header_cards import write_cards


class QualityHeadersModule:
    """Writes what was measured; a solution gives the scale, if there is one, and its lack keeps nothing back."""

    name = "quality_headers"
    title = "Write what was measured into the header."
    needs = ("measurement",)
    gives: tuple[str, ...] = ()

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Write what was measured in this run."""
        measurement = cast(FrameMeasurement, frame.outputs["measurement"])
        values = _values(measurement, frame.scale_arcsec())
        adu = is_in_adu(measurement.metrics)
        cards = cards_of(values, frame.preferences, detector=measurement.detector, adu=adu)
        return write_cards(frame, HeaderEdit(tuple(cards), stale=STALE_QUALITY))


def _values(measurement: FrameMeasurement, scale_arcsec: float | None) -> dict[str, CardValue]:
    metrics = dict(measurement.metrics)
    if "saturated_share" in metrics:
        metrics["saturated_pixels"] = metrics["saturated_share"] / 100.0 * measurement.frame.pixels.size
    if scale_arcsec is not None:
        metrics["pixel_scale"] = scale_arcsec
        if "fwhm" in metrics:
            metrics["fwhm_arcsec"] = metrics["fwhm"] * scale_arcsec
    return {name: metrics[name] for name in QUALITY_KEYWORDS if name in metrics}


MODULE = QualityHeadersModule()
