"""Measuring saved frames: numbers and thumbnail into the record of each image."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from tsplug.errors import FileError, NotFoundError
from tsplug.imaging.encoding import Preview
from tsplug.imaging.measure import STAR_METRICS, FrameMeasurement
from tsplug.model import AcquiredImage, ExposurePlan, GradePlan, GradingStatus, Profile, Thumbnail, frame_place
from tsplug.ports import Context, FrameFiles, ImageQuery, Store, Unit
from tsplug.services.frame_measuring import measure_pixels, thumbnail_of_measured
from tsplug.services.peer_measuring import PeerMeasuring

_SHARED_SET = re.compile(r".* (?P<keys>[a-z_]+(?:,[a-z_]+)*) \+ .*")
"""Who measured a set that is partly the host's: the host, its metrics, and what measured the others."""


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
    peers = PeerMeasuring(context.store, context.files)
    for place, image in enumerate(waiting):
        context.cancellation.check()
        context.progress.report(f"measuring {frame_place(image.file).name}", done=place, total=len(waiting))
        with context.store.read() as unit:
            profile = _profile(image, unit)
        measured = measure_image(image, context.files, profile=profile)
        if measured.measurement is not None:
            measured = replace(measured, measurement=peers.completed(image, measured.measurement))
        # A record that was deleted meanwhile needs no numbers.
        with suppress(NotFoundError):
            store_measured(measured, context.store)


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
        frame = files.read(frame_place(image.file), to_measure=True)
        scale_arcsec = None if profile is None else profile.frame_scale_arcsec(image.binning)
        measurement = measure_pixels(frame, scale_arcsec=scale_arcsec)
        return MeasuredImage(image, measurement, thumbnail_of_measured(frame, measurement))
    except FileError as error:
        return MeasuredImage(image, problem=str(error))
    except ValueError as error:
        return MeasuredImage(image, problem=f"{image.file}: {error}")


def store_measured(measured: MeasuredImage, store: Store, *, over_host: bool = False) -> AcquiredImage:
    """Write what was measured, in one transaction, and return the image as it is now.

    Values that the host reported stay, unless ``over_host`` puts ours in their place. What was measured before is
    replaced by what was measured now. Of an image that could not be measured only the problem is noted.

    Raises:
        NotFoundError: the image is not stored.
    """
    if measured.image.id is None:
        raise NotFoundError(f"image {measured.image.guid} is not stored")
    with store.write() as unit:
        image = unit.get(AcquiredImage, measured.image.id)
        if measured.measurement is None:
            image.measure_error = measured.problem
        else:
            ours = measured.measurement.metrics
            of_host = _host_values(image)
            if over_host:
                of_host = {key: value for key, value in of_host.items() if key not in ours and key not in STAR_METRICS}
            image.detector = _detector(image, measured.measurement, of_host=of_host)
            image.metrics = _merged(image, ours, of_host=of_host)
            image.host_metrics = sorted(of_host)
            image.measure_error = ""
        unit.update(image)
        if measured.preview is not None:
            _store_thumbnail(measured.image.id, measured.preview, unit=unit)
    return image


def _profile(image: AcquiredImage, unit: Unit) -> Profile | None:
    return None if image.profile_id is None else unit.find(Profile, id=image.profile_id)


def _reported(metrics: Mapping[str, float]) -> dict[str, float]:
    return {key: value for key, value in metrics.items() if math.isfinite(value)}


def _host_values(image: AcquiredImage) -> dict[str, float]:
    """Return the metrics that the host reported: all that an image has which was never measured, else those noted.

    Of images that were measured before it was noted, who measured tells which star metrics are the host's; a host that
    reported some of those is taken to have reported the levels too.
    """
    reported = _reported(image.metrics)
    if image.host_metrics is not None:
        return {key: value for key, value in reported.items() if key in image.host_metrics}
    if image.detector is None:
        return reported
    shared = _SHARED_SET.fullmatch(image.detector)
    if shared is None:
        return {}
    keys = shared["keys"].split(",")
    return {key: value for key, value in reported.items() if key in keys or key not in STAR_METRICS}


def _detector(image: AcquiredImage, measurement: FrameMeasurement, *, of_host: Collection[str]) -> str:
    """Return who measured the stars; a set that is partly the host's has an identity of its own."""
    host, stars = image.host_detector or "host", sorted(STAR_METRICS.intersection(of_host))
    return f"{host} {','.join(stars)} + {measurement.detector}" if stars else measurement.detector


def _merged(image: AcquiredImage, measured: Mapping[str, float], *, of_host: Mapping[str, float]) -> dict[str, float]:
    """Return what was measured, under it what nothing here measures, over it the host's values.

    Both forms of the FWHM follow one source.
    """
    others = {key: value for key, value in _reported(image.metrics).items() if key not in STAR_METRICS}
    merged = {**others, **measured, **of_host}
    if "fwhm" in of_host and "fwhm_arcsec" not in of_host and {"fwhm", "fwhm_arcsec"} <= measured.keys():
        merged["fwhm_arcsec"] = of_host["fwhm"] * measured["fwhm_arcsec"] / measured["fwhm"]
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
