"""What a decision starts from beside the candidates: when, where, for which rig, and what the host said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tsplug.model import DecisionRequest, Profile, Site
from tsplug.planning.outlook import NightOutlook


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
