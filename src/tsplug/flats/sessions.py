"""Light sessions: the lights of one target, one night and one flat spec, which one flat set serves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tsplug.flats.rotation import mean_deg, rotation_classes
from tsplug.flats.temperature import temperature_classes, temperature_of
from tsplug.model import AcquiredImage, FlatSpec, FlatsPreferences, LightSession, Project, Site
from tsplug.model.night import night_starting, session_date, session_id

_Key = tuple[int, date, FlatSpec]
_FARTHEST_ZONE = timedelta(hours=26)


@dataclass(frozen=True)
class SiteMoment:
    """A moment at a site, and the dates that it has there."""

    now: datetime
    site: Site

    @property
    def run_date(self) -> date:
        """Return the calendar date."""
        return self.now.astimezone(self.site.night_zone).date()

    @property
    def tonight(self) -> date:
        """Return the date of the noon that the present night began at."""
        return session_date(self.now, self.site)


def window_begins(moment: SiteMoment, *, days: int) -> date:
    """Return the oldest session date that still gets flats: so many nights before the present one."""
    return moment.tonight - timedelta(days=days)


def earliest_start(first: date, site: Site) -> datetime:
    """Return a moment before which no light of a session began, wherever the telescope stood in that night."""
    return night_starting(first, site).start - _FARTHEST_ZONE


def latest_start(last: date, site: Site) -> datetime:
    """Return a moment from which on no light of a session begins, wherever the telescope stood in that night."""
    return night_starting(last, site).end + _FARTHEST_ZONE


def session_date_of(image: AcquiredImage, site: Site) -> date:
    """Return the session date that a light was recorded with, or that of its start at a site where none was."""
    return image.session_date or session_date(image.started, site)


def light_sessions(
    images: Iterable[AcquiredImage], projects: Mapping[int, Project], *, site: Site, preferences: FlatsPreferences
) -> tuple[LightSession, ...]:
    """Return the light sessions of stored lights, oldest first.

    Rejected lights count as accepted ones do; lights recorded for no plan, or whose project is gone, do not. Angles are
    put into rotation classes over all of these lights, and temperatures where the profile minds them, so equal specs
    are equal values.

    Args:
        images: the lights of one profile within the window.
        projects: projects by id.
        site: the profile's site, whose noon divides nights that were recorded without a date.
        preferences: the profile's, with the tolerances within which lights share flats.
    """
    lights = sorted((image for image in images if serves(image, projects)), key=lambda image: (image.started, image.id))
    specs = _specs(lights, preferences)
    groups: dict[_Key, list[AcquiredImage]] = {}
    for image, spec in zip(lights, specs, strict=True):
        groups.setdefault((image.target_id or 0, session_date_of(image, site), spec), []).append(image)
    sessions = [_session(key, members, projects=projects, site=site) for key, members in groups.items()]
    return tuple(sorted(sessions, key=lambda session: session.session_date))


def serves(image: AcquiredImage, projects: Mapping[int, Project]) -> bool:
    """Return whether a light asks for flats: it is stored, for a plan, and its project is there."""
    return (
        image.id is not None
        and image.plan_id is not None
        and image.target_id is not None
        and image.project_id in projects
    )


def _specs(lights: list[AcquiredImage], preferences: FlatsPreferences) -> list[FlatSpec]:
    angles = rotation_classes(
        (image.rotation_deg for image in lights), tolerance_deg=preferences.rotation_tolerance_deg
    )
    temperatures = temperature_classes(map(temperature_of, lights), tolerance_c=preferences.temperature_tolerance_c)
    return [
        FlatSpec(
            filter_name=image.filter_name,
            gain=image.gain,
            offset=image.offset,
            binning=image.binning,
            readout_mode=image.readout_mode,
            roi_percent=image.roi_percent,
            rotation_deg=angles[image.rotation_deg],
            temperature_c=temperatures[temperature_of(image)],
        )
        for image in lights
    ]


def _session(key: _Key, members: list[AcquiredImage], *, projects: Mapping[int, Project], site: Site) -> LightSession:
    target_id, night, spec = key
    first = members[0]
    project = projects[first.project_id or 0]
    angles = [image.rotation_deg for image in members if image.rotation_deg is not None]
    temperatures = [value for value in map(temperature_of, members) if value is not None]
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
        lights_temperature_c=round(sum(temperatures) / len(temperatures), 2) if temperatures else None,
        image_ids=tuple(image.id for image in members if image.id is not None),
    )
