"""Metrics that a frame has only beside another one of its plan: transparency and the rise of the background."""

from __future__ import annotations

from dataclasses import replace

from tsplug.errors import FileError
from tsplug.imaging.among_peers import Peer, beside
from tsplug.imaging.measure import FrameMeasurement
from tsplug.model import AcquiredImage, frame_place
from tsplug.ports import CameraSetting, FrameFiles, ImageQuery, Store
from tsplug.services.frame_measuring import measure_pixels
from tsplug.services.peer_references import references_of

# Of the clearest frames of a plan so many are tried; some of them may be gone.
_TRIED = 3
_FEWEST_STARS = 5

_Key = tuple[object, ...]


class PeerMeasuring:
    """Holds frames against the clearest one of their plan, which is kept while the store is in use.

    The first frame of a plan that shows stars begins both scales, at 100 % and at no rise of the sky. The reference's
    own values are worked in, so that values stay comparable when a clearer frame takes its place.
    """

    def __init__(self, store: Store, files: FrameFiles) -> None:
        """Take where records are kept, and what reads frames."""
        self._store, self._files = store, files
        self._references: dict[_Key, Peer | None] = {}
        self._kept = references_of(store)

    def completed(self, image: AcquiredImage, measurement: FrameMeasurement) -> FrameMeasurement:
        """Return a measurement with what its peers tell; as it was for a frame without a plan or without stars."""
        stars = measurement.stars.stars
        if image.plan_id is None or stars is None or stars.x.size < _FEWEST_STARS:
            return measurement
        rows, columns = measurement.frame.pixels.shape
        own = Peer(stars, (rows, columns), image.exposure_s, measurement.stars.background)
        key = (image.plan_id, image.binning, image.gain, image.offset, measurement.detector)
        if key not in self._references:
            self._references[key] = self._reference(image, measurement.detector)
        reference = self._references[key]
        found = {"transparency": 100.0, "background_rise": 0.0} if reference is None else beside(own, reference)
        clearness = found.get("transparency", 0.0)
        metrics = {**measurement.metrics, **found}
        if reference is None or clearness > reference.transparency:
            own = replace(own, transparency=clearness, background_rise=found.get("background_rise", 0.0))
            self._references[key] = own
            self._kept.keep(image, own, detector=measurement.detector, metrics=metrics)
        return replace(measurement, metrics=metrics)

    def _reference(self, image: AcquiredImage, detector: str) -> Peer | None:
        """Return the clearest frame of the image's plan that can still be read; None where there is none."""
        for peer in self._peers(image, detector):
            reference = self._kept.of(peer, detector) or self._measured(peer, detector)
            if reference is not None:
                return reference
        return None

    def _measured(self, peer: AcquiredImage, detector: str) -> Peer | None:
        """Measure a frame again, as records hold no stars; None where it cannot be read or shows none."""
        try:
            measurement = measure_pixels(self._files.read(frame_place(peer.file), to_measure=True))
        except (FileError, ValueError):
            return None
        stars = measurement.stars.stars
        if stars is None or measurement.detector != detector:
            return None
        rows, columns = measurement.frame.pixels.shape
        found = Peer(
            stars,
            (rows, columns),
            peer.exposure_s,
            measurement.stars.background,
            transparency=peer.metrics["transparency"],
            background_rise=peer.metrics.get("background_rise", 0.0),
        )
        self._kept.keep(peer, found, detector=detector, metrics=peer.metrics)
        return found

    def _peers(self, image: AcquiredImage, detector: str) -> list[AcquiredImage]:
        """Return the clearest measured frames of the plan that were taken alike, the clearest first."""
        query = ImageQuery(
            plan_id=image.plan_id,
            measured_by=detector,
            setting=CameraSetting(binning=image.binning, gain=image.gain, offset=image.offset),
            unrejected=True,
            sort="transparency",
            limit=_TRIED + 1,
        )
        with self._store.read() as unit:
            found = unit.images(query)
        others = [peer for peer in found if peer.id != image.id and peer.metrics.get("transparency", 0.0) > 0.0]
        return others[:_TRIED]
