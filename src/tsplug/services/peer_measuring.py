"""Metrics that a frame has only beside another one of its plan: transparency and the rise of the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tsplug.errors import FileError
from tsplug.imaging.among_peers import Peer, beside
from tsplug.imaging.measure import FrameMeasurement
from tsplug.model import AcquiredImage, frame_place
from tsplug.ports import CameraSetting, FrameFiles, ImageQuery, Store
from tsplug.services.frame_measuring import measure_pixels
from tsplug.services.peer_references import references_of

# Of the frames that may be a plan's reference so many are tried; some of them may be gone.
_TRIED = 3
# So much clearer is more than what the noise of matched stars makes of two frames alike (about 1 %). If any excess
# would do, each reference would be one that noise favours, and a night as clear as ever would seem to clear up.
_CLEARER = 1.05
# A frame whose own numbers are these still is the frame that was measured.
_OWN = ("adu_mean", "background", "noise")
_FEWEST_STARS = 5

_Key = tuple[object, ...]


class PeerMeasuring:
    """Holds frames against the clearest one of their plan, which is kept while the store is in use.

    The first frame of a plan that shows stars begins both scales, at 100 % and at no rise of the sky. The reference's
    own values are worked in, so that values stay comparable when a clearer frame takes its place. What a frame told
    beside its peers stands when it is measured again by the same detector and is as it was.
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
        if (told := _told(image, measurement)) is not None:
            return replace(measurement, metrics={**measurement.metrics, **told})
        key = (image.plan_id, image.binning, image.gain, image.offset, measurement.detector)
        if key not in self._references:
            self._references[key] = self._reference(image, measurement.detector)
        reference = self._references[key]
        found = {"transparency": 100.0, "background_rise": 0.0} if reference is None else beside(own, reference)
        clearness = found.get("transparency", 0.0)
        metrics = {**measurement.metrics, **found}
        if reference is None or clearness > reference.transparency * _CLEARER:
            own = replace(own, transparency=clearness, background_rise=found.get("background_rise", 0.0))
            self._references[key] = own
            self._kept.keep(image, own, detector=measurement.detector, metrics=metrics)
        return replace(measurement, metrics=metrics)

    def _reference(self, image: AcquiredImage, detector: str) -> Peer | None:
        """Return the first of the clearest frames of the image's plan that can be read; None where there is none."""
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
        """Return frames of the plan taken and measured alike: those that none is clearer than, then the clearest."""
        query = ImageQuery(
            plan_id=image.plan_id,
            measured_by=detector,
            setting=CameraSetting(binning=image.binning, gain=image.gain, offset=image.offset),
            unrejected=True,
            sort="transparency",
            limit=_TRIED + 1,
        )
        with self._store.read() as unit:
            clearest = _others(image, unit.images(query))
            if not clearest:
                return []
            enough = clearest[0].metrics["transparency"] / _CLEARER
            changes = {"sort": "", "newest_first": False, "at_least": ("transparency", enough)}
            first = _others(image, unit.images(query.model_copy(update=changes)))
        return first + [peer for peer in clearest if peer.id not in {other.id for other in first}]


def _others(image: AcquiredImage, found: Sequence[AcquiredImage]) -> list[AcquiredImage]:
    return [peer for peer in found if peer.id != image.id and peer.metrics.get("transparency", 0.0) > 0.0][:_TRIED]


def _told(image: AcquiredImage, measurement: FrameMeasurement) -> dict[str, float] | None:
    """Return what a frame told beside its peers when this detector measured these pixels; None where it did not."""
    if image.detector is None or not image.detector.endswith(measurement.detector):
        return None
    if any(image.metrics.get(name) != measurement.metrics.get(name) for name in _OWN):
        return None
    return {name: image.metrics[name] for name in ("transparency", "background_rise") if name in image.metrics} or None
