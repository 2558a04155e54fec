"""Measuring saved frames: numbers and thumbnail into the record of each image."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tsplug.errors import FileError, NotFoundError
from tsplug.imaging.measure import STAR_METRICS, FrameMeasurement, measure_frame
from tsplug.imaging.preview import Preview, thumbnail
from tsplug.imaging.settings import StarSettings
from tsplug.model import AcquiredImage, ExposurePlan, GradePlan, GradingStatus, Profile, Thumbnail
from tsplug.ports import Context, FrameFiles, ImageQuery, Store, Unit


@dataclass(frozen=True)
class MeasuredImage:
    """What came of measuring one image: numbers and picture, or the problem that kept it from being measured."""

    image: AcquiredImage
    measurement: FrameMeasurement | None = None
    preview: Preview | None = None
    problem: str = ""


def measure_before_grading(event: GradePlan, context: Context) -> None:
    """Measure the plan's images that were not measured yet, so that there is something to grade by.

    What could not be measured before is tried again, except after an exposure: a file that stays unreadable must not be
    read again and again while the night goes on.

    Raises:
        NotFoundError: there is no such plan.
        Cancelled: a stop was asked for; what is measured so far is stored.
    """
    again = event.trigger != "exposure"
    measure_images(unmeasured_images(event.plan_guid, context.store, again=again), context)


def unmeasured_images(plan_guid: str, store: Store, *, again: bool = False) -> tuple[AcquiredImage, ...]:
    """Return the plan's images that nobody measured or tried to measure, oldest first.

    ``again`` adds pending ones that could not be measured.

    Raises:
        NotFoundError: there is no such plan.
    """
    with store.read() as unit:
        plan = unit.find(ExposurePlan, guid=plan_guid)
        if plan is None:
            raise NotFoundError(f"no exposure plan with guid {plan_guid!r} is stored")
        images = unit.images(ImageQuery(plan_id=plan.id, unmeasured=True, newest_first=False))
    return tuple(
        image for image in images if not image.measure_error or (again and image.status is GradingStatus.PENDING)
    )


def measure_images(images: Iterable[AcquiredImage], context: Context) -> None:
    """Measure images one by one; each is stored before the next is read.

    Raises:
        Cancelled: a stop was asked for; what is measured so far is stored.
    """
    waiting = tuple(images)
    for place, image in enumerate(waiting):
        context.cancellation.check()
        context.progress.report(f"measuring {Path(image.file).name}", done=place, total=len(waiting))
        with context.store.read() as unit:
            profile = _profile(image, unit)
        store_measured(measure_image(image, context.files, profile=profile), context.store)


def measure_image(image: AcquiredImage, files: FrameFiles, *, profile: Profile | None = None) -> MeasuredImage:
    """Measure one image's file; nothing is stored.

    Args:
        image: the record of the image.
        files: what reads frames.
        profile: the rig that took it, for ``fwhm_arcsec``.

    Returns:
        The numbers and the picture; a file that cannot be read or measured is told in ``problem``, not raised.
    """
    try:
        frame = files.read(Path(image.file))
        settings = replace(StarSettings(), electrons_per_adu=_electrons_per_adu(frame.header))
        scale_arcsec = None if profile is None else profile.frame_scale_arcsec(image.binning)
        measurement = measure_frame(frame.pixels, settings, scale_arcsec=scale_arcsec)
        return MeasuredImage(image, measurement, thumbnail(frame.pixels))
    except FileError as error:
        return MeasuredImage(image, problem=str(error))
    except ValueError as error:
        return MeasuredImage(image, problem=f"{image.file}: {error}")


def store_measured(measured: MeasuredImage, store: Store) -> None:
    """Write what was measured, in one transaction; values that the host reported stay."""
    if measured.image.id is None:
        raise NotFoundError(f"image {measured.image.guid} is not stored")
    with store.write() as unit:
        image = unit.get(AcquiredImage, measured.image.id)
        if measured.measurement is None:
            image.measure_error = measured.problem
        else:
            image.detector = _detector(image, measured.measurement)
            image.metrics = _merged(image.metrics, measured.measurement.metrics)
            image.measure_error = ""
        unit.update(image)
        if measured.preview is not None:
            _store_thumbnail(measured.image.id, measured.preview, unit=unit)


def _profile(image: AcquiredImage, unit: Unit) -> Profile | None:
    return None if image.profile_id is None else unit.find(Profile, id=image.profile_id)


def _electrons_per_adu(header: Mapping[str, Any]) -> float:
    value = header.get("EGAIN")
    usable = isinstance(value, (int, float)) and math.isfinite(value) and value > 0
    return float(value) if usable and value is not None else StarSettings.electrons_per_adu


def _reported(metrics: Mapping[str, float]) -> dict[str, float]:
    return {key: value for key, value in metrics.items() if math.isfinite(value)}


def _detector(image: AcquiredImage, measurement: FrameMeasurement) -> str:
    """Return who measured the stars; a set that is partly the host's has an identity of its own."""
    from_host = sorted(STAR_METRICS & set(_reported(image.metrics)))
    host = image.host_detector or "host"
    return f"{host} {','.join(from_host)} + {measurement.detector}" if from_host else measurement.detector


def _merged(host: Mapping[str, float], measured: Mapping[str, float]) -> dict[str, float]:
    """Return the host's values, and ours where the host gave none; both forms of the FWHM follow one source."""
    kept = _reported(host)
    merged = {**measured, **kept}
    if "fwhm" in kept and "fwhm_arcsec" not in kept and {"fwhm", "fwhm_arcsec"} <= measured.keys():
        merged["fwhm_arcsec"] = kept["fwhm"] * measured["fwhm_arcsec"] / measured["fwhm"]
    return merged


def _store_thumbnail(image_id: int, preview: Preview, *, unit: Unit) -> None:
    picture = Thumbnail(
        image_id=image_id,
        media_type=preview.media_type,
        width_px=preview.width_px,
        height_px=preview.height_px,
        data=preview.data,
    )
    # What a host or an import brought along stays.
    if unit.find(Thumbnail, image_id=image_id, tag="") is None:
        unit.add(picture)
