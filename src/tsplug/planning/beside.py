"""What a second camera on the mount can take beside an exposure: how many of its own, within which limits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tsplug.model import ExposureTemplate, MoonAge, Profile
from tsplug.planning.candidates import Candidate, CandidatePlan
from tsplug.planning.outlook import NightOutlook, PlanLimits
from tsplug.planning.runs import run_ends


def permitted_until(
    outlook: NightOutlook, template: ExposureTemplate, *, target_guid: str, now: datetime, age: MoonAge
) -> datetime | None:
    """Return until when Sun and Moon permit exposures of a template of a target from a moment on; None if not now.

    Args:
        outlook: the night with the target.
        template: what is exposed.
        target_guid: the target.
        now: the moment, in that night.
        age: how the Moon's age is counted.
    """
    tables, limits = outlook.tables, PlanLimits.of_template(template, seconds=template.default_exposure_s, age=age)
    mask = outlook.dark(limits)
    if limits.moon is not None:
        mask = mask & outlook.moon(np.array([tables.rows[target_guid]]), limits.moon)[0]
    end = int(run_ends(mask)[tables.sample_before(now)])
    return None if end < 0 else tables.moment(end)


def fitting(first_s: float, own_s: float, *, between_s: float, room_s: float) -> int:
    """Return how many exposures fit beside one of another camera: wholly, but at least one; none beyond the room.

    Args:
        first_s: the other camera's exposure.
        own_s: each of them.
        between_s: what passes between two of them, such as the download.
        room_s: how long their limits hold.
    """
    most = max(own_s, min(first_s, room_s))
    count = 1 + int((most - own_s) // (own_s + between_s))
    return count if own_s <= room_s else 0


@dataclass(frozen=True)
class SecondCamera:
    """A second camera on the mount, as a previewed night sees it.

    Attributes:
        profile: its profile.
        templates: its templates by name; each is used with the first camera's template of its name.
        projects: the guids of the projects to which it contributes.
    """

    profile: Profile
    templates: Mapping[str, ExposureTemplate]
    projects: Collection[str]

    def template_for(self, candidate: Candidate, item: CandidatePlan) -> ExposureTemplate | None:
        """Return the template that it uses beside exposures of a plan, None where it takes nothing."""
        template = self.templates.get(item.template.name)
        if template is None or candidate.project.guid not in self.projects:
            return None
        return None if self.profile.filters and template.filter_name not in self.profile.filters else template

    def count(
        self, outlook: NightOutlook, template: ExposureTemplate, *, target_guid: str, start: datetime, exposure: Room
    ) -> int:
        """Return how many exposures of a template it takes beside one of the first camera that begins at a moment."""
        planner, own_s = self.profile.planner, template.default_exposure_s
        permitted = permitted_until(outlook, template, target_guid=target_guid, now=start, age=planner.moon_age)
        if permitted is None:
            return 0
        room_s = min(exposure.room_s, (permitted - start) / timedelta(seconds=1))
        fits = fitting(exposure.first_s, own_s, between_s=planner.overheads.download_s, room_s=room_s)
        return max(0, min(fits, exposure.left))


@dataclass(frozen=True)
class Room:
    """What an exposure of the first camera leaves: its seconds, how long its plan holds, and what that still wants."""

    first_s: float
    room_s: float
    left: int
