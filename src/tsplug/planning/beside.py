"""What a second camera on the mount can take beside an exposure: how many of its own, within which limits."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from tsplug.model import ExposureTemplate, MoonAge
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
