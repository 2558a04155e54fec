"""Everything that the report of a profile tells, read from the store: sums over all its lights, and its newest ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tsplug.model import AcquiredImage, Profile, Site, Target
from tsplug.ports import Context, ExposureTally, ImageQuery
from tsplug.services.flats_coverage import Reach, flats_coverage
from tsplug.services.reporting.standings import TargetStanding, standings_of_profile
from tsplug.services.reporting.target_data import known_site

MOST_LIGHTS = 1000
"""How many lights, the newest, the plots of a profile are made of."""


@dataclass(frozen=True)
class ProfileData:
    """A profile: its targets, what all its lights sum up to, its newest lights by start, and the coverage of late ones.

    ``others`` are the names of targets of other profiles that its lights count for, by id.
    """

    profile: Profile
    site: Site
    standings: Sequence[TargetStanding]
    tallies: Sequence[ExposureTally]
    newest: Sequence[AcquiredImage]
    others: Mapping[int | None, str]
    coverage: Sequence[dict[str, Any]]


def load_profile(profile: Profile, context: Context) -> ProfileData:
    """Return what is known of a stored profile; coverage is that of its flats window, as `flats_coverage` has it."""
    with context.store.read() as unit:
        site = known_site(unit, profile)
        standings = standings_of_profile(unit, profile)
        tallies = unit.exposure_tallies(ImageQuery(profile_id=profile.id))
        newest = unit.images(ImageQuery(profile_id=profile.id, limit=MOST_LIGHTS))
        own = {standing.target.id for standing in standings}
        foreign = sorted({tally.target_id for tally in tallies if tally.target_id is not None} - own)
        others = {target.id: target.name for target in unit.list(Target, id=foreign)}
    coverage = [] if profile.site_id is None else flats_coverage(profile, context, reach=Reach())
    return ProfileData(profile, site, standings, tallies, newest[::-1], others, coverage)
