"""Everything that a night report tells, read from the store in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tsplug.model import (
    AcquiredImage,
    FlatHistory,
    FlatSet,
    FlatSetFile,
    Profile,
    Project,
    ProjectState,
    Site,
    Target,
)
from tsplug.model.night import Night, night_of, night_starting
from tsplug.ports import ImageQuery, Store, Unit
from tsplug.services.reporting.frames import MOST_FRAMES, Frames, load_frames
from tsplug.services.reporting.standings import PlanStanding, TargetStanding, standings_of_targets
from tsplug.services.rigs import load_rig


@dataclass(frozen=True)
class FlatsTaken:
    """A flat set with how many of its frames are recorded, and the light sessions it serves."""

    flat_set: FlatSet
    frames: int
    sessions: tuple[FlatHistory, ...]


@dataclass(frozen=True)
class NightData:
    """One night of one rig: lights by start, those shown with what hangs on them, targets and plans, flats."""

    profile: Profile
    site: Site
    night: Night
    images: Sequence[AcquiredImage]
    frames: Frames
    standings: Sequence[TargetStanding]
    flats: Sequence[FlatsTaken]

    @property
    def plans(self) -> Sequence[PlanStanding]:
        """Return the plans of the targets, target by target."""
        return [plan for standing in self.standings for plan in standing.plans]

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the targets imaged in this night that are still stored, by id."""
        imaged = {image.target_id for image in self.images}
        found = [standing.target for standing in self.standings if standing.target.id in imaged and standing.plans]
        return tuple(sorted(found, key=lambda target: target.id or 0))


def load_night(store: Store, profile_guid: str, *, day: date, most_frames: int = MOST_FRAMES) -> NightData:
    """Return the night of a rig that began on a date, with pictures and verdicts of no more than so many lights.

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
        return NightData(
            profile=profile,
            site=site,
            night=night,
            images=images,
            frames=load_frames(unit, images, most=most_frames),
            standings=_targets(unit, profile, images=images),
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


def _targets(unit: Unit, profile: Profile, *, images: Sequence[AcquiredImage]) -> list[TargetStanding]:
    """Return the targets of active projects, and whatever else was imaged."""
    imaged = {image.target_id for image in images if image.target_id is not None}
    own = unit.list(Project, profile_id=profile.id, state=ProjectState.ACTIVE)
    targets = unit.list(Target, project_id=[project.id for project in own])
    targets += unit.list(Target, id=sorted(imaged - {target.id for target in targets}))
    return standings_of_targets(unit, targets)


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
