"""The map of targets."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tsplug.services.reporting.drawing.sky_map import MOST_TARGETS, SkyTarget, sky_map
from tsplug.services.reporting.page import Section
from tsplug.services.reporting.standings import TargetStanding


def sky_section(standings: Sequence[TargetStanding], *, main: Collection[int | None]) -> Section:
    """Return the map of targets; those of the ids given stand out."""
    drawn = sky_map(
        [
            SkyTarget(
                name=standing.target.name,
                ra_hours=standing.target.ra_hours,
                dec_deg=standing.target.dec_deg,
                progress=standing.progress,
                main=standing.target.id in main,
            )
            for standing in standings
        ]
    )
    note = ""
    if len(standings) > MOST_TARGETS:
        note = f"{MOST_TARGETS} of {len(standings)} targets are drawn."
    return Section("sky", "In the sky", drawn, note, nothing="There is no target.")
