"""The page of a profile."""

from __future__ import annotations

from datetime import datetime

from tsplug.model import GradingStatus
from tsplug.services.reporting.colours import filter_colours
from tsplug.services.reporting.figures import by_filter, by_night, time_text, total
from tsplug.services.reporting.flat_tables import coverage_section
from tsplug.services.reporting.integration import integration_section
from tsplug.services.reporting.page import Page, render, rig_line
from tsplug.services.reporting.profile_data import ProfileData
from tsplug.services.reporting.series import plots_section
from tsplug.services.reporting.sky import sky_section
from tsplug.services.reporting.tables import plans_section, sums_section, targets_section

MOST_PLANS = 400
"""How many plans a page lists; of more, the first."""


def profile_page(data: ProfileData, *, generated: datetime) -> str:
    """Return the page of a profile as HTML."""
    plans = [plan for standing in data.standings for plan in standing.plans]
    sums = by_filter(data.tallies)
    colours = filter_colours([*data.profile.filters, *sums, *(each.template.filter_name for each in plans)])
    days = data.profile.flats.window_days
    listed = plans[:MOST_PLANS]
    sections = [
        targets_section(data.standings, data.tallies, colours=colours, others=data.others),
        sums_section(data.tallies, colours),
        integration_section(data.tallies, colours),
        sky_section(data.standings, main={each.target.id for each in data.standings if each.project.state == "active"}),
        plots_section(data.newest, colours, site=data.site, title="Lately", note=_newest(data)),
        coverage_section(data.coverage, colours, reach=f"The last {days} days"),
        plans_section(listed, data.newest, colours=colours, taken="Lately"),
    ]
    page = Page(
        title=f"Profile {data.profile.name}",
        above=rig_line(data.profile, data.site),
        heading=f"Profile {data.profile.name}",
        facts=_facts(data),
        colours={name: colours[name] for name in sums},
        sections=sections,
    )
    return render(page, site=data.site, generated=generated)


def _newest(data: ProfileData) -> str:
    count = total(data.tallies).exposures.total()
    return f"The newest {len(data.newest)} of {count} lights." if len(data.newest) < count else ""


def _facts(data: ProfileData) -> list[tuple[str, str]]:
    whole = total(data.tallies)
    complete = sum(1 for standing in data.standings if standing.document()["complete"])
    statuses = (GradingStatus.ACCEPTED, GradingStatus.REJECTED, GradingStatus.PENDING)
    return [
        ("targets", str(len(data.standings))),
        ("complete", str(complete)),
        ("nights", str(len(by_night(data.tallies)))),
        ("lights", str(whole.exposures.total())),
        *((str(status), str(whole.exposures[status])) for status in statuses),
        ("accepted exposure", time_text(whole.seconds[GradingStatus.ACCEPTED])),
    ]
