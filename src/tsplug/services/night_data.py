"""Everything that a night report tells, read from the store in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    Profile,
    Project,
    ProjectState,
    Site,
    Target,
    Thumbnail,
    Verdict,
)
from tsplug.model.night import Night, night_of, night_starting
from tsplug.ports import ImageQuery, Store, Unit
from tsplug.services.rigs import load_rig


@dataclass(frozen=True)
class PlanStanding:
    """One exposure plan with what names it."""

    project: Project
    target: Target
    plan: ExposurePlan
    template: ExposureTemplate


@dataclass(frozen=True)
class FlatsTaken:
    """A flat set with how many of its frames are recorded, and the light sessions it serves."""

    flat_set: FlatSet
    frames: int
    sessions: tuple[FlatHistory, ...]


@dataclass(frozen=True)
class NightData:
    """One night of one rig: lights by start, thumbnails and verdicts by image id, plans of its targets, flats."""

    profile: Profile
    site: Site
    night: Night
    images: Sequence[AcquiredImage]
    thumbnails: Mapping[int, Thumbnail]
    verdicts: Mapping[int, Sequence[Verdict]]
    plans: Sequence[PlanStanding]
    flats: Sequence[FlatsTaken]

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the targets imaged in this night that are still stored, by id."""
        imaged = {image.target_id for image in self.images}
        found = {standing.target.id: standing.target for standing in self.plans if standing.target.id in imaged}
        return tuple(found[key] for key in sorted(found, key=lambda key: key or 0))


def load_night(store: Store, profile_guid: str, *, day: date) -> NightData:
    """Return the night of a rig that began on a date.

    Raises:
        NotFoundError: no such profile.
    """
    with store.read() as unit:
        rig = load_rig(unit, profile_guid)
        profile, site = rig.profile, rig.site
        night = night_starting(day, site)
        query = ImageQuery(
            profile_id=profile.id, started_from=night.start, started_before=night.end, newest_first=False
        )
        images = unit.images(query)
        ids = [image.id for image in images if image.id is not None]
        return NightData(
            profile=profile,
            site=site,
            night=night,
            images=images,
            thumbnails={picture.image_id: picture for picture in unit.list(Thumbnail, image_id=ids, tag="")},
            verdicts=_verdicts(unit, ids),
            plans=_plans(unit, profile, images=images),
            flats=_flats(unit, profile, day=day),
        )


def latest_night(store: Store, profile_guid: str) -> date | None:
    """Return the date of the newest night with lights of a rig, or None where it has none.

    Raises:
        NotFoundError: no such profile.
    """
    with store.read() as unit:
        rig = load_rig(unit, profile_guid)
        newest = unit.images(ImageQuery(profile_id=rig.profile.id, limit=1))
    return night_of(newest[0].started, rig.site).date if newest else None


def nearest_nights(store: Store, profile_guid: str, *, day: date) -> tuple[date, ...]:
    """Return the night of a date where it has lights, else the nearest before and after that have, oldest first.

    Raises:
        NotFoundError: no such profile.
    """
    with store.read() as unit:
        rig = load_rig(unit, profile_guid)
        night, key = night_starting(day, rig.site), rig.profile.id
        earlier = unit.images(ImageQuery(profile_id=key, started_before=night.end, limit=1))
        later = unit.images(ImageQuery(profile_id=key, started_from=night.end, newest_first=False, limit=1))
    found = tuple(night_of(image.started, rig.site).date for image in (*earlier, *later))
    return (day,) if day in found else found


def _verdicts(unit: Unit, ids: list[int]) -> dict[int, list[Verdict]]:
    found: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in unit.list(Verdict, image_id=ids):
        found[verdict.image_id].append(verdict)
    return found


def _plans(unit: Unit, profile: Profile, *, images: Sequence[AcquiredImage]) -> list[PlanStanding]:
    """Return the plans of active projects, and of whatever else was imaged."""
    imaged = {image.target_id for image in images if image.target_id is not None}
    own = unit.list(Project, profile_id=profile.id, state=ProjectState.ACTIVE)
    targets = unit.list(Target, project_id=[project.id for project in own])
    targets += unit.list(Target, id=sorted(imaged - {target.id for target in targets}))
    by_id = {target.id: target for target in targets}
    projects = {project.id: project for project in unit.list(Project, id=[t.project_id for t in targets])}
    plans = unit.list(ExposurePlan, target_id=list(by_id))
    templates = {each.id: each for each in unit.list(ExposureTemplate, id=[plan.template_id for plan in plans])}
    standings = []
    for plan in plans:
        target = by_id[plan.target_id]
        standings.append(PlanStanding(projects[target.project_id], target, plan, templates[plan.template_id]))
    return sorted(standings, key=lambda each: (each.target.project_id, each.plan.target_id, each.plan.id))


def _flats(unit: Unit, profile: Profile, *, day: date) -> list[FlatsTaken]:
    sets = unit.list(FlatSet, profile_id=profile.id, night=day)
    keys = [flat_set.id for flat_set in sets]
    files, history = unit.list(FlatSetFile, flat_set_id=keys), unit.list(FlatHistory, flat_set_id=keys)
    return [
        FlatsTaken(
            flat_set,
            sum(1 for file in files if file.flat_set_id == flat_set.id),
            tuple(row for row in history if row.flat_set_id == flat_set.id),
        )
        for flat_set in sets
    ]
