"""Half an hour of a night in a store: too short to tell what the night is like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tsplug.model import AcquiredImage, ExposurePlan, GradePlan, GraderPreferences, GradingStatus, PlanGrades, Profile
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.testing import FakeContext, ManualClock, first_catalogue, recording_devices
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.lights import store_light

BEGUN = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)
HFRS = (2.0, 2.02, 1.98, 2.0, 2.6, 4.5)
WIDTH_OF_HFR = 1.7


class ShortNight:
    """Frames of one plan, the last two of which have much larger stars though nothing shook the mount.

    ``zone`` is that of the site, None where the rig has none.
    """

    def __init__(
        self, zone: str | None = "Europe/Zurich", *, longitude_deg: float = 8.5, begun: datetime = BEGUN
    ) -> None:
        self.clock = ManualClock(begun)
        document = first_catalogue()
        document["site"] |= {"time_zone": zone or "UTC", "longitude_deg": longitude_deg}
        self.store = stocked_store(self.clock, document)
        self.context = FakeContext(self.store, self.clock, recording_devices(self.clock, Path("unused")))
        with self.store.write() as unit:
            [profile] = unit.list(Profile)
            profile.grader = GraderPreferences(delay_percent=0)
            profile.site_id = None if zone is None else profile.site_id
            unit.update(profile)
        self.profile = profile
        for number, hfr in enumerate(HFRS):
            self.take(hfr, begun + timedelta(minutes=6 * number))

    def take(self, hfr: float, started: datetime) -> None:
        """Store a frame."""
        metrics = {"hfr": hfr, "fwhm": hfr * WIDTH_OF_HFR, "star_count": 300.0, "guiding_rms": 0.6, "eccentricity": 0.2}
        changes = {"metrics": metrics, "detector": "d", "status": GradingStatus.PENDING}
        store_light(self.store, "M 42", filter_name="L", started=started, **changes)

    def change(self, kind: type[Any], **values: Any) -> None:
        """Change every record of a kind."""
        with self.store.write() as unit:
            for record in unit.list(kind):
                unit.update(kind(**record.model_dump() | values))

    def plan(self) -> ExposurePlan:
        """Return the plan."""
        with self.store.read() as unit:
            return unit.get(ExposurePlan, unit.list(AcquiredImage)[0].plan_id or 0)

    def grade(self, at: datetime) -> PlanGrades:
        """Grade the plan as hosts do after an exposure."""
        self.clock.set(at)
        return apply_grades(judge_plan(GradePlan(plan_guid=self.plan().guid), self.context), self.context)

    def statuses(self) -> str:
        """Return the first letter of each frame's status."""
        with self.store.read() as unit:
            return "".join(image.status.value[0] for image in unit.list(AcquiredImage))
