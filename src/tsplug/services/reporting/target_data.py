"""Everything that the report of a target tells, read from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tsplug.model import AcquiredImage, Profile, Project, Site, Target
from tsplug.ports import Context, ImageQuery, Unit
from tsplug.services.flats_coverage import Reach, flats_coverage
from tsplug.services.lookup import find_named
from tsplug.services.reporting.frames import MOST_FRAMES, Frames, load_frames
from tsplug.services.reporting.standings import TargetStanding, standings_of_profile
from tsplug.services.rigs import site_of

NO_SITE = Site(name="site unknown", latitude_deg=0.0, longitude_deg=0.0)
"""What stands in where nobody said where a telescope stands: its nights are counted in UTC."""


@dataclass(frozen=True)
class TargetData:
    """A target: all its lights by start, whoever took them, those shown, its own standing and those of its neighbours.

    ``coverage`` holds the light sessions of all profiles that imaged it, as `flats_coverage` tells them.
    """

    profile: Profile
    site: Site
    standing: TargetStanding
    images: Sequence[AcquiredImage]
    frames: Frames
    neighbours: Sequence[TargetStanding]
    coverage: Sequence[dict[str, Any]]


def load_target(name: str, context: Context, *, most_frames: int = MOST_FRAMES) -> TargetData:
    """Return what is known of a target, by its name, id or guid.

    Raises:
        NotFoundError: there is none.
        AmbiguousNameError: several are called so.
    """
    with context.store.read() as unit:
        target = find_named(unit, Target, name=name)
        profile = unit.get(Profile, unit.get(Project, target.project_id).profile_id)
        images = unit.images(ImageQuery(target_id=target.id, newest_first=False))
        frames = load_frames(unit, images, most=most_frames)
        standings = standings_of_profile(unit, profile)
        rigs = unit.list(Profile, id=sorted({image.profile_id for image in images if image.profile_id is not None}))
        site = known_site(unit, profile)
    coverage = [
        row
        for rig in rigs
        if rig.site_id is not None
        for row in flats_coverage(rig, context, reach=Reach(target=target.guid))
    ]
    own = next(standing for standing in standings if standing.target.id == target.id)
    others = [standing for standing in standings if standing is not own]
    return TargetData(profile, site, own, images, frames, others, coverage)


def known_site(unit: Unit, profile: Profile) -> Site:
    """Return the site of a profile, or `NO_SITE`."""
    return NO_SITE if profile.site_id is None else site_of(unit, profile)
