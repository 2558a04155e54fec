"""What a decision starts from beside the candidates: when, where, for which rig, and what the host said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tsplug.model import DecisionRequest, Profile, Site
from tsplug.planning.outlook import NightOutlook


class Asked(Protocol):
    """What a host says when it asks, as a `DecisionRequest` holds it: of a live night, or of a previewed one."""

    @property
    def current_target_guid(self) -> str | None:
        """Return the target imaged last."""
        ...

    @property
    def stays_until(self) -> datetime | None:
        """Return until when that target was promised its place."""
        ...

    @property
    def current_filter(self) -> str | None:
        """Return the filter in the beam."""
        ...

    @property
    def until(self) -> datetime | None:
        """Return when the host ends."""
        ...

    @property
    def since_dither(self) -> tuple[str, ...]:
        """Return the filters exposed since the last dither."""
        ...

    @property
    def exposures_since_dither(self) -> int:
        """Return their number, of a host that does not tell filters apart."""
        ...

    @property
    def on_wrong_side(self) -> bool | None:
        """Return whether a slew to that target would end on the other side of the pier; None of who does not know."""
        ...

    @property
    def weather(self) -> Mapping[str, float]:
        """Return readings by metric key."""
        ...

    @property
    def explain(self) -> bool:
        """Return whether scores and rejections are told."""
        ...


@dataclass(frozen=True)
class AfterWait:
    """What a host says at the end of a wait: nobody was imaged last, and the weather permits everything."""

    current_filter: str | None
    until: datetime | None
    current_target_guid: str | None = None
    stays_until: datetime | None = None
    since_dither: tuple[str, ...] = ()
    exposures_since_dither: int = 0
    on_wrong_side: bool | None = None
    weather: Mapping[str, float] = field(default_factory=dict)
    explain: bool = False


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
