"""Measuring frames on disk, one after the other, and the records of those that have some."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tsplug.astrobin.aliases import WANTED
from tsplug.astrobin.configuration import Configuration
from tsplug.astrobin.frames import Frame, FrameKind, LeftOut
from tsplug.astrobin.normalise import Normalised, normalised
from tsplug.errors import FileError, NotFoundError
from tsplug.imaging.encoding import Preview
from tsplug.imaging.measure import FrameMeasurement
from tsplug.imaging.preview import PreviewSettings
from tsplug.imaging.stars import StarMeasurement
from tsplug.model import AcquiredImage, BadFile, FrameHeader, FramePlace, Profile, frame_place
from tsplug.ports import FrameFiles, FrameHeaders, FramePixels, Store
from tsplug.services.disk_frames import record_of
from tsplug.services.frame_measuring import field_rows, measure_pixels, preview_of, thumbnail_of_measured
from tsplug.services.measuring import MeasuredImage, store_measured
from tsplug.services.peer_measuring import PeerMeasuring
from tsplug.services.record_claims import Witnesses, is_of_record

_SETTINGS = Configuration()
# With fewer stars their own statistics allow no more than rough values (spec/image-performance 3).
_FEW_STARS = 20
_RECORD_GONE = "its record was deleted while it was measured; measure it again for the numbers alone"

TakePreview = Callable[[FramePlace, Preview], None]
"""Is given the frame and its picture, as soon as that is made."""


@dataclass(frozen=True)
class MeasureRequest:
    """What is done with frames.

    ``again`` replaces what records hold of measurements before, ``over_host`` what their hosts reported. ``preview``
    says how a picture of each frame is made for ``take_preview``; ``annotated`` draws stars and field onto it.
    """

    again: bool = False
    over_host: bool = False
    preview: PreviewSettings | None = None
    annotated: bool = False
    take_preview: TakePreview | None = None


@dataclass(frozen=True)
class MeasuredFile:
    """What came of one frame: its numbers, or the problem that kept it from being measured.

    ``record`` is the record as it is now, None where there is none; ``updated`` says whether it was written.
    """

    file: FramePlace
    kind: str = ""
    detector: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    field_map: list[list[dict[str, float | int | None]]] = field(default_factory=list)
    warnings: tuple[str, ...] = ()
    problem: str = ""
    record: AcquiredImage | None = None
    updated: bool = False

    def row(self) -> dict[str, Any]:
        """Return it as JSON has it; a frame that could not be measured has ``problem`` and no metrics."""
        row: dict[str, Any] = {
            "file": str(self.file),
            "kind": self.kind or None,
            "detector": self.detector or None,
            "metrics": self.metrics,
            "field": self.field_map,
            "warnings": list(self.warnings),
            "image": None if self.record is None else self.record.id,
            "updated": self.updated,
        }
        return row | {"problem": self.problem} if self.problem else row


def measure_places(
    places: Sequence[FramePlace],
    files: FrameFiles,
    *,
    headers: FrameHeaders,
    store: Store | None,
    request: MeasureRequest,
) -> Iterator[MeasuredFile]:
    """Measure the frames in and below folders, one at a time, in order of path; nothing of one is kept for the next.

    A light on record that was not measured yet gets its numbers and its thumbnail; one that was is only written where
    the request says so. Frames are recognised by the identifier in their header, else by where they lie.

    Raises:
        InputError: a place does not exist; before anything is read.
    """
    work = _Work(files, headers, store=store, request=request)
    for header in headers.scan(places, wanted=WANTED):
        if isinstance(header, BadFile):
            yield MeasuredFile(header.file, problem=f"{header.file}: {header.reason}")
        else:
            yield work.measure(header)


def measure_records(
    images: Sequence[AcquiredImage],
    files: FrameFiles,
    *,
    headers: FrameHeaders,
    store: Store,
    request: MeasureRequest,
) -> Iterator[MeasuredFile]:
    """Measure the frames of records where they lie, as `measure_places` does."""
    work = _Work(files, headers, store=store, request=request)
    for image in images:
        header = headers.read(frame_place(image.file), wanted=WANTED)
        if isinstance(header, BadFile):
            yield work.failed(frame_place(image.file), f"{image.file}: {header.reason}", record=image)
        else:
            yield work.measure(header, image)


def count_frames(places: Sequence[FramePlace], headers: FrameHeaders) -> int:
    """Return how many files `measure_places` comes by."""
    counted = _Total()
    next(headers.scan(places, wanted=(), progress=counted), None)
    return counted.total


class _Total:
    total = 0

    def __call__(self, done: int, total: int) -> None:
        self.total = total


class _Work:
    """Measures frames for one request."""

    def __init__(
        self, files: FrameFiles, headers: FrameHeaders, *, store: Store | None, request: MeasureRequest
    ) -> None:
        self._files = files
        self._headers = headers
        self._store = store
        self._request = request
        self._known = Witnesses(files, headers, store)
        self._peers = None if store is None else PeerMeasuring(store, files)

    def measure(self, header: FrameHeader, image: AcquiredImage | None = None) -> MeasuredFile:
        told = normalised(header, _SETTINGS)
        frame = None if isinstance(told.frame, LeftOut) else told.frame
        record, profile = self._record(header, told.guid, image=image)
        scale = _scale(frame, record, profile=profile)
        try:
            pixels = self._files.read(header.file, to_measure=True)
            measurement = measure_pixels(pixels, scale_arcsec=scale, light=_is_light(told))
        except FileError as error:
            return self.failed(header.file, str(error), record=record)
        except ValueError as error:
            return self.failed(header.file, f"{header.file}: {error}", record=record)
        if self._peers is not None and record is not None:
            measurement = self._peers.completed(record, measurement)
        self._give_preview(header.file, pixels, measurement=measurement)
        try:
            stored = self._stored(record, pixels, measurement=measurement)
        except NotFoundError:
            return MeasuredFile(header.file, problem=f"{header.file}: {_RECORD_GONE}")
        return MeasuredFile(
            header.file,
            kind="" if told.kind is None else str(told.kind),
            detector=measurement.detector,
            metrics=measurement.metrics,
            field_map=field_rows(measurement, pixels.header),
            warnings=tuple(_warnings(measurement, pixels, told=told, scale=scale)),
            record=stored or record,
            updated=stored is not None,
        )

    def failed(self, file: FramePlace, problem: str, *, record: AcquiredImage | None) -> MeasuredFile:
        """Return a frame that could not be measured; a record that was never measured notes why."""
        if record is not None and self._store is not None and record.detector is None:
            try:
                record = store_measured(MeasuredImage(record, problem=problem), self._store)
            except NotFoundError:
                record = None
        return MeasuredFile(file, problem=problem, record=record)

    def _record(
        self, header: FrameHeader, guid: str, *, image: AcquiredImage | None
    ) -> tuple[AcquiredImage | None, Profile | None]:
        if self._store is None:
            return None, None
        if image is None:
            with self._store.read() as unit:
                image = record_of(unit, header.file, guid=guid)
            # A calibrated copy or a stack says its light's identifier too, and has numbers of its own.
            if image is not None and not is_of_record(header.file, image, known=self._known):
                image = None
        elif self._known.is_other(header.file, image):
            # Its name is another frame's by now.
            image = None
        if image is None or image.profile_id is None:
            return image, None
        with self._store.read() as unit:
            return image, unit.find(Profile, id=image.profile_id)

    def _stored(
        self, record: AcquiredImage | None, pixels: FramePixels, *, measurement: FrameMeasurement
    ) -> AcquiredImage | None:
        wanted = record is not None and (record.detector is None or self._request.again)
        if record is None or self._store is None or not wanted:
            return None
        made = MeasuredImage(record, measurement, thumbnail_of_measured(pixels, measurement))
        return store_measured(made, self._store, over_host=self._request.over_host)

    def _give_preview(self, file: FramePlace, pixels: FramePixels, *, measurement: FrameMeasurement) -> None:
        request = self._request
        if request.preview is None or request.take_preview is None:
            return
        made = preview_of(pixels, request.preview, measurement=measurement, annotated=request.annotated)
        request.take_preview(file, made)


def _is_light(told: Normalised) -> bool:
    return told.kind in (None, FrameKind.LIGHT)


def _scale(frame: Frame | None, record: AcquiredImage | None, *, profile: Profile | None) -> float | None:
    """Return arcseconds per pixel: by the rig of the record, else by what the header says of camera and optics."""
    if record is not None and profile is not None:
        return profile.frame_scale_arcsec(record.binning)
    return None if frame is None else frame.scale_arcsec


def _warnings(
    measurement: FrameMeasurement, pixels: FramePixels, *, told: Normalised, scale: float | None
) -> Iterator[str]:
    """Yield what somebody who reads the numbers must know."""
    if isinstance(told.frame, LeftOut):
        yield f"{told.frame.reason}; measured as a {told.kind or FrameKind.LIGHT}"
    if pixels.pixels.ndim == 3:
        yield "colour planes: the green one is measured"
    if not _is_light(told):
        return
    if scale is None:
        yield "no pixel size and focal length in the header: no fwhm_arcsec"
    if "EGAIN" not in pixels.header:
        yield "no EGAIN in the header: snr counts one electron per ADU"
    yield from _of_few_stars(measurement.stars)


def _of_few_stars(stars: StarMeasurement) -> Iterator[str]:
    known = stars.eccentricity is not None or not stars.measured
    if stars.measured < _FEW_STARS:
        told = "hfr, fwhm and eccentricity are uncertain" if known else "hfr and fwhm are uncertain, eccentricity open"
        yield f"{stars.measured} stars measured: {told}"
    elif not known:
        yield f"{stars.measured} stars measured: too few and faint to tell how round they are, no eccentricity"
