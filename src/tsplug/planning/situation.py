"""What a decision starts from beside the candidates: when, where, for which rig, and what the host said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tsplug.model import DecisionRequest, Profile, Site
from tsplug.planning.outlook import NightOutlook, PlanOutlook


@dataclass(frozen=True)
class Situation:
    """A moment of a night at a site, as a rig finds it.

    Attributes:
        now: the moment, within the night of the outlook.
        site: where the rig stands.
        profile: the rig and its preferences.
        outlook: the night's tables and masks.
        request: what the host is doing and until when it may.
    """

    now: datetime
    site: Site
    profile: Profile
    outlook: NightOutlook
    request: DecisionRequest

    def __post_init__(self) -> None:
        """Refuse a moment outside the night.

        Raises:
            ValueError: the tables are those of another night.
        """
        if self.now not in self.outlook.tables.night:
            raise ValueError(f"{self.now.isoformat()} is not in the night of {self.outlook.tables.night.date}")

    @property
    def sample(self) -> int:
        """Return the sample whose minute the moment lies in."""
        return self.outlook.tables.sample_before(self.now)

    def end_of(self, sample: int) -> datetime:
        """Return the moment of a sample, or the host's limit if that comes first."""
        moment = self.outlook.tables.moment(sample)
        return moment if self.request.until is None else min(moment, self.request.until)

    def next_start(self, plan: PlanOutlook, needed: timedelta) -> datetime | None:
        """Return when a fresh visit can next start with a plan; None in this night no more.

        Args:
            plan: when the plan can be exposed.
            needed: how long the host must still let it run.
        """
        tables = self.outlook.tables
        sample = int(plan.next_start[tables.sample_after(self.now)])
        if sample >= tables.samples:
            return None
        start = tables.moment(sample)
        return start if self.request.until is None or start + needed <= self.request.until else None
