"""The page of a target."""

from __future__ import annotations

from datetime import datetime

from tsplug.model.coordinates import shown_dec, shown_ra
from tsplug.services.reporting.colours import filter_colours
from tsplug.services.reporting.figures import by_night, tallies_of
from tsplug.services.reporting.flat_tables import coverage_section
from tsplug.services.reporting.frame_table import frames_section
from tsplug.services.reporting.integration import integration_section
from tsplug.services.reporting.night_page import light_facts
from tsplug.services.reporting.page import Page, render, rig_line
from tsplug.services.reporting.series import plots_section
from tsplug.services.reporting.sky import sky_section
from tsplug.services.reporting.tables import plans_section, ranges_section, sums_section
from tsplug.services.reporting.target_data import TargetData


def target_page(data: TargetData, *, generated: datetime) -> str:
    """Return the page of a target as HTML."""
    plans, target = data.standing.plans, data.standing.target
    names = [image.filter_name for image in data.images] + [each.template.filter_name for each in plans]
    colours, tallies = filter_colours(names), tallies_of(data.images, data.site)
    sections = (
        plans_section(plans, data.images, colours=colours, taken="On record"),
        sums_section(tallies, colours),
        integration_section(tallies, colours),
        ranges_section(data.images, colours),
        plots_section(data.images, colours, site=data.site, title="Over time"),
        sky_section([data.standing, *data.neighbours], main={target.id}),
        coverage_section(data.coverage, colours, reach="All nights"),
        frames_section(data.frames, colours, site=data.site, dated=True),
    )
    place = f"RA {shown_ra(target.ra_hours)}, Dec {shown_dec(target.dec_deg)}"
    progress = f"{data.standing.document()['progress_percent']} %"
    page = Page(
        title=f"{target.name}, {data.standing.project.name}",
        above=f"{data.standing.project.name} · {rig_line(data.profile, data.site)} · {place}",
        heading=target.name,
        facts=[("progress", progress), *light_facts(data.images), ("nights", str(len(by_night(tallies))))],
        colours={name: colours[name] for name in dict.fromkeys(image.filter_name for image in data.images)},
        sections=[section for section in sections if section is not None],
    )
    return render(page, site=data.site, generated=generated)
