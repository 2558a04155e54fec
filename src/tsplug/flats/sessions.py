"""Light sessions: the lights of one target, one night and one flat spec, which one flat set serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from tsplug.flats.rotation import mean_deg, rotation_classes
from tsplug.model import AcquiredImage, FlatSpec, LightSession, Project, Site
from tsplug.model.night import night_starting, session_date, session_id

_Key = tuple[int, date, FlatSpec]


def window_start(now: datetime, site: Site, *, days: int) -> datetime:
    """Return the moment before which lights are forgotten: the noon that begins the first night of the window."""
    return night_starting(session_date(now, site) - timedelta(days=days), site).start


def light_sessions(
    images: Iterable[AcquiredImage], projects: Mapping[int, Project], *, site: Site, tolerance_deg: float
) -> tuple[LightSession, ...]:
    """Return the light sessions of stored lights, oldest first.

    Rejected lights count as accepted ones do; lights recorded for no plan, or whose project is gone, do not. Angles are
    put into rotation classes over all of these lights, so equal specs are equal values.

    Args:
        images: the lights of one profile within the window.
        projects: projects by id.
        site: the profile's site, whose noon divides nights.
        tolerance_deg: how far mechanical angles of one class may lie from its first.
    """
    lights = sorted(
        (image for image in images if _serves(image, projects)), key=lambda image: (image.started, image.id)
    )
    classes = rotation_classes((image.rotation_deg for image in lights), tolerance_deg=tolerance_deg)
    groups: dict[_Key, list[AcquiredImage]] = {}
    for image in lights:
        key = (image.target_id or 0, session_date(image.started, site), _spec(image, classes[image.rotation_deg]))
        groups.setdefault(key, []).append(image)
    sessions = [_session(key, members, projects=projects, site=site) for key, members in groups.items()]
    return tuple(sorted(sessions, key=lambda session: session.session_date))


def _serves(image: AcquiredImage, projects: Mapping[int, Project]) -> bool:
    return (
        image.id is not None
        and image.plan_id is not None
        and image.target_id is not None
        and image.project_id in projects
    )


def _spec(image: AcquiredImage, rotation_deg: float | None) -> FlatSpec:
    return FlatSpec(
        filter_name=image.filter_name,
        gain=image.gain,
        offset=image.offset,
        binning=image.binning,
        readout_mode=image.readout_mode,
        roi_percent=image.roi_percent,
        rotation_deg=rotation_deg,
    )


def _session(key: _Key, members: list[AcquiredImage], *, projects: Mapping[int, Project], site: Site) -> LightSession:
    target_id, night, spec = key
    first = members[0]
    project = projects[first.project_id or 0]
    angles = [image.rotation_deg for image in members if image.rotation_deg is not None]
    # The number the lights were saved under names their files; it is computed only where none was recorded.
    number = first.session_id or session_id(project.created_at, night, flats_handling=project.flats_handling, site=site)
    return LightSession(
        profile_id=first.profile_id or 0,
        project_id=first.project_id or 0,
        project_name=first.project_name,
        target_id=target_id,
        target_name=first.target_name,
        session_date=night,
        session_id=number,
        spec=spec,
        lights_rotation_deg=mean_deg(angles) if angles else None,
        image_ids=tuple(image.id for image in members if image.id is not None),
    )
