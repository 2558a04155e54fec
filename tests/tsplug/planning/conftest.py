"""Builders of planner inputs: everything has a default, so that a test names only what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from astropy.utils import iers

from tsplug.model import (
    DecisionRequest,
    ExposurePlan,
    ExposureTemplate,
    Overheads,
    PlannerPreferences,
    Profile,
    Project,
    ProjectState,
    Site,
    Target,
)
from tsplug.model.night import night_of
from tsplug.planning import (
    Candidate,
    CandidatePlan,
    NightOutlook,
    NightTables,
    Place,
    Situation,
    SkyTarget,
    night_tables,
)
from tsplug.planning.ephemeris import SIDEREAL_DEG_PER_MINUTE

CREATED = datetime(2026, 1, 1, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Make:
    """Makes sites, candidates and situations."""

    def site(self, latitude_deg: float = 47.0, longitude_deg: float = 8.0, **fields: Any) -> Site:
        return Site(name="Garden", latitude_deg=latitude_deg, longitude_deg=longitude_deg, **fields)

    def profile(self, throttle: int = 100, **fields: Any) -> Profile:
        planner = PlannerPreferences(exposure_throttle_percent=throttle)
        return Profile(
            guid="rig", name="Rig", site_id=1, focal_length_mm=500, aperture_mm=80, pixel_size_um=3.8, planner=planner,
            **fields,
        )  # fmt: skip

    def rig(self, overheads: Overheads, throttle: int = 100, **planned: float) -> Profile:
        planner = PlannerPreferences(exposure_throttle_percent=throttle, overheads=overheads, **planned)
        return self.profile().model_copy(update={"planner": planner})

    def project(self, **fields: Any) -> Project:
        named = {"profile_id": 1, "name": "Project", "state": ProjectState.ACTIVE, "created_at": CREATED}
        return Project(**{**named, "grading_enabled": False, **fields})

    def plan(self, filter_name: str = "L", template: dict[str, Any] | None = None, **fields: Any) -> CandidatePlan:
        made = ExposureTemplate(profile_id=1, **{"name": filter_name, "filter_name": filter_name, **(template or {})})
        return CandidatePlan(ExposurePlan(target_id=1, template_id=1, **{"desired": 10, **fields}), made)

    def candidate(self, *plans: CandidatePlan, project: Project | None = None, **target: Any) -> Candidate:
        fields = {"project_id": 1, "name": "M 31", "guid": "m31", "ra_hours": 0.712, "dec_deg": 41.27, **target}
        return Candidate(project or self.project(), Target(**fields), plans or (self.plan(),))

    def situation(self, now: datetime, candidates: tuple[Candidate, ...], **fields: Any) -> Situation:
        site, profile = fields.pop("site", self.site()), fields.pop("profile", self.profile())
        targets = [SkyTarget(each.target.guid, each.target.ra_hours, each.target.dec_deg) for each in candidates]
        outlook = NightOutlook(night_tables(Place.of(site), night_of(now, site), targets=targets))
        return Situation(now, site, profile, outlook, DecisionRequest(profile_guid=profile.guid, **fields))

    def past_min(self, tables: NightTables, guid: str, moment: datetime) -> float:
        """Return the minutes since the upper transit, or below zero until it, by the sample before."""
        sample = tables.sample_before(moment)
        turned = (moment - tables.moment(sample)).total_seconds() / 60 * SIDEREAL_DEG_PER_MINUTE
        angle = float(tables.hour_angle_of(tables.rows[guid], slice(sample, sample + 1))[0]) + turned
        return float((angle + 180) % 360 - 180) / SIDEREAL_DEG_PER_MINUTE

    def utc(self, hour: int, minute: int = 0, day: int = 15, *, month: int = 11) -> datetime:
        return datetime(2026, month, day, hour, minute, tzinfo=UTC)

    def date(self, month: int, day: int) -> date:
        return date(2026, month, day)


@pytest.fixture(scope="session")
def make() -> Make:
    """Return the builders."""
    return Make()


@pytest.fixture(scope="session")
def offline_astropy() -> Iterator[None]:
    """Keep the oracle from the network."""
    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("auto_max_age", None):
        yield
