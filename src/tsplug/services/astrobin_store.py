"""Records of a target as frames to export: its lights, and the flats linked to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tsplug.astrobin.frames import Frame, FrameKind, Gear, Place
from tsplug.model import (
    AcquiredImage,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    FlatSetState,
    FlatsType,
    GradingStatus,
    Profile,
    Project,
    Site,
    Target,
)
from tsplug.ports import ImageQuery, Unit
from tsplug.services.flats_links import sessions_with_flats
from tsplug.services.rigs import Rig, rig_of

_METRICS = {"hfr_px": "hfr", "fwhm_arcsec": "fwhm_arcsec", "ambient_c": "temperature", "sky_quality": "sky_quality"}


@dataclass(frozen=True)
class StoredFrames:
    """Frames of a target that count, and how many lights of each other status do not."""

    frames: tuple[Frame, ...]
    left_out: Mapping[GradingStatus, int]


def frames_of_target(unit: Unit, target: Target, *, statuses: Collection[GradingStatus]) -> StoredFrames:
    """Return a target's lights of some statuses and the flats linked to their sessions.

    Args:
        unit: the store.
        target: a stored target.
        statuses: which lights count.
    """
    images = unit.images(ImageQuery(target_id=target.id, newest_first=False))
    owner = unit.get(Profile, unit.get(Project, target.project_id).profile_id)
    frames: list[Frame] = []
    for rig, members in by_rig(unit, images, owner=owner):
        linked = linked_flats(unit, members, rig=rig)
        for image in members:
            if image.status in statuses:
                flats = linked.get(image.id or 0, ())
                frames.append(frame_of_image(image, rig, flats=tuple(flat.name for flat in flats)))
                frames += flats
        frames += dark_flats(unit, members, rig=rig)
    unique = {frame.name: frame for frame in frames}
    others = [status for status in GradingStatus if status not in statuses]
    counts = {status: sum(1 for image in images if image.status is status) for status in others}
    return StoredFrames(tuple(unique.values()), {status: count for status, count in counts.items() if count})


def by_rig(
    unit: Unit, images: Sequence[AcquiredImage], *, owner: Profile | None = None
) -> list[tuple[Rig, list[AcquiredImage]]]:
    """Return images by the rig that took them; those of a rig that is gone are told with the owner's equipment."""
    groups: dict[int | None, list[AcquiredImage]] = defaultdict(list)
    for image in images:
        groups[image.profile_id].append(image)
    found: dict[int | None, tuple[Rig, list[AcquiredImage]]] = {}
    for profile_id, members in groups.items():
        profile = (None if profile_id is None else unit.find(Profile, id=profile_id)) or owner
        if profile is not None:
            found.setdefault(profile.id, (rig_of(unit, profile), []))[1].extend(members)
    return list(found.values())


def place_of(site: Site) -> Place:
    """Return what a stored site tells."""
    return Place(
        name=site.name,
        latitude_deg=site.latitude_deg,
        longitude_deg=site.longitude_deg,
        elevation_m=site.elevation_m,
        time_zone=site.time_zone,
        bortle=site.bortle,
        sky_quality=site.sky_quality,
    )


def frame_of_image(image: AcquiredImage, rig: Rig, *, flats: tuple[str, ...] = ()) -> Frame:
    """Return a recorded light as a frame of the rig that took it.

    Args:
        image: the record.
        rig: its optics, camera and site; it knows the AstroBin ids of its filters.
        flats: the names of the flats linked to the image's session.
    """
    profile = rig.profile
    focal_length, aperture = profile.focal_length_mm, profile.aperture_mm
    return Frame(
        name=image.file,
        kind=FrameKind.LIGHT,
        target_name=image.target_name,
        started=image.started,
        night=image.session_date,
        filter_name=image.filter_name,
        filter_id=profile.astrobin_filters.get(image.filter_name),
        exposure_s=image.exposure_s,
        **_camera_settings(image),
        rotation_deg=image.rotation_deg,
        set_point_c=image.camera_set_temperature_c,
        sensor_c=image.camera_temperature_c,
        focal_length_mm=focal_length,
        f_number=focal_length / aperture if focal_length and aperture else None,
        pixel_um=None if profile.pixel_size_um is None else profile.pixel_size_um * image.binning,
        focuser_c=image.focuser_temperature_c,
        **measured_values(image),
        place=place_of(rig.site),
        gear=gear_of(profile),
        flats=flats,
        sources=_SOURCES,
    )


_SOURCES = {
    "started": "store: started",
    "filter_name": "store: filter, profile: astrobin_filters",
    "exposure_s": "store: exposure_s",
    "gain": "store: gain",
    "binning": "store: binning",
    "sensor_c": "store: camera_temperature_c",
    "set_point_c": "store: camera_set_temperature_c",
    "f_number": "profile: focal length / aperture",
    "focuser_c": "store: focuser_temperature_c",
} | {meaning: f"store: metrics {key}" for meaning, key in _METRICS.items()}
STORE_SOURCES: Mapping[str, str] = _SOURCES
"""Where the values of a recorded light come from, by meaning."""


def measured_values(image: AcquiredImage) -> dict[str, Any]:
    """Return what was measured of a light, by meaning; None where it was not."""
    return {meaning: image.metrics.get(key) for meaning, key in _METRICS.items()}


def gear_of(profile: Profile) -> Gear:
    """Return what a stored profile tells of its equipment."""
    return Gear(rig=profile.name, telescope=profile.telescope, camera=profile.camera, observer=profile.observer)


def linked_flats(unit: Unit, images: Iterable[AcquiredImage], *, rig: Rig) -> dict[int, tuple[Frame, ...]]:
    """Return for each image, by id, the flats linked to its light session, as frames named after their files."""
    return {
        key: tuple(_flat(linked.flat_set, file, rig=rig) for file in linked.files)
        for linked in sessions_with_flats(unit, images)
        if linked.flat_set is not None
        for key in linked.session.image_ids
    }


def dark_flats(unit: Unit, images: Iterable[AcquiredImage], *, rig: Rig) -> list[Frame]:
    """Return the dark flats recorded for the targets of images; which flats they darken is told by their exposure."""
    targets = sorted({image.target_id for image in images if image.target_id is not None})
    history = unit.list(FlatHistory, profile_id=rig.profile.id, target_id=targets, flats_type=FlatsType.DARK)
    sets = _flats_of_sets(unit, sorted({row.flat_set_id for row in history if row.flat_set_id is not None}), rig=rig)
    return [frame for frames in sets.values() for frame in frames]


def _flats_of_sets(unit: Unit, set_ids: list[int], *, rig: Rig) -> dict[int, tuple[Frame, ...]]:
    sets = {item.id: item for item in unit.list(FlatSet, id=set_ids) if item.state is not FlatSetState.REVOKED}
    files: dict[int, list[Frame]] = {key: [] for key in sets if key is not None}
    for file in unit.list(FlatSetFile, flat_set_id=sorted(files)):
        files[file.flat_set_id].append(_flat(sets[file.flat_set_id], file, rig=rig))
    return {key: tuple(members) for key, members in files.items()}


def _flat(flat_set: FlatSet, file: FlatSetFile, *, rig: Rig) -> Frame:
    return Frame(
        name=file.file,
        kind=FrameKind.FLAT_DARK if flat_set.flats_type is FlatsType.DARK else FrameKind.FLAT,
        started=file.taken_at,
        night=flat_set.night,
        filter_name=flat_set.filter_name,
        exposure_s=flat_set.exposure_s,
        gain=flat_set.gain,
        offset=flat_set.offset,
        binning=flat_set.binning,
        roi_percent=flat_set.roi_percent,
        rotation_deg=flat_set.rotation_deg,
        place=place_of(rig.site),
        gear=gear_of(rig.profile),
    )


def _camera_settings(image: AcquiredImage) -> dict[str, Any]:
    mode = "" if image.readout_mode is None else str(image.readout_mode)
    return {
        "gain": image.gain,
        "offset": image.offset,
        "binning": image.binning,
        "readout_mode": image.readout_mode_name or mode,
        "roi_percent": image.roi_percent,
    }
