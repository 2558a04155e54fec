"""The page of a night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Any

from tsplug.model import AcquiredImage, GradingStatus
from tsplug.services.reporting.colours import filter_colours
from tsplug.services.reporting.figures import tallies_of, time_text
from tsplug.services.reporting.flat_tables import coverage_section, flats_section
from tsplug.services.reporting.frame_table import frames_section
from tsplug.services.reporting.night_data import NightData
from tsplug.services.reporting.page import Page, render, rig_line
from tsplug.services.reporting.series import plots_section
from tsplug.services.reporting.sky import sky_section
from tsplug.services.reporting.tables import plans_section, ranges_section, sums_section


def night_page(data: NightData, *, generated: datetime, coverage: Sequence[dict[str, Any]] = ()) -> str:
    """Return the page of a night as HTML.

    Args:
        data: what the night holds.
        generated: when the page is made.
        coverage: the light sessions of the night, as `flats_coverage` tells them.
    """
    names = [image.filter_name for image in data.images] + [each.template.filter_name for each in data.plans]
    colours, tallies = filter_colours(names), tallies_of(data.images, data.site)
    sections = (
        plots_section(data.images, colours, site=data.site, title="The night"),
        plans_section(data.plans, data.images, colours=colours, taken="Tonight"),
        sums_section(tallies, colours),
        ranges_section(data.images, colours),
        sky_section(data.standings, main={image.target_id for image in data.images}),
        flats_section(data.flats, colours),
        coverage_section(coverage, colours, reach="Lights of this night"),
        frames_section(data.frames, colours, site=data.site, dated=False),
    )
    day = data.night.date
    page = Page(
        title=f"{data.profile.name}, night of {day}",
        above=rig_line(data.profile, data.site),
        heading=f"Night of {day:%A}, {day.day} {day:%B %Y}",
        facts=[*light_facts(data.images), ("flats", str(sum(taken.frames for taken in data.flats)))],
        colours={name: colours[name] for name in dict.fromkeys(image.filter_name for image in data.images)},
        sections=[section for section in sections if section is not None],
    )
    return render(page, site=data.site, generated=generated)


def light_facts(images: Sequence[AcquiredImage]) -> list[tuple[str, str]]:
    """Return what lights come to at a glance, by name."""
    counted = [int(image.exposure_s) for image in images if image.status is GradingStatus.ACCEPTED]
    sizes = [image.metrics["hfr"] for image in images if "hfr" in image.metrics]
    facts = [
        ("lights", str(len(images))),
        *((str(status), str(sum(1 for image in images if image.status is status))) for status in _ORDER),
        ("accepted exposure", time_text(sum(counted))),
    ]
    return [*facts, ("median HFR", f"{median(sizes):.2f} px")] if sizes else facts


_ORDER = (GradingStatus.ACCEPTED, GradingStatus.REJECTED, GradingStatus.PENDING)
