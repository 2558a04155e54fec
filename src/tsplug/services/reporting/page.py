"""One HTML page that needs nothing else: sections one below the other, styles, drawings and pictures in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from tsplug.model import Profile, Site
from tsplug.services.reporting.drawing import night_bars, sky_map, time_plot


@dataclass(frozen=True)
class Section:
    """One part of a page: which macro of the template draws it, its heading, what it shows, and a remark below.

    ``value`` is empty where there is nothing to show; then ``nothing`` says so.
    """

    kind: str
    title: str
    value: object
    note: str = ""
    nothing: str = ""


@dataclass(frozen=True)
class Page:
    """What a page says: a line above its heading, the heading, facts by name, filters by colour, and its sections."""

    title: str
    above: str
    heading: str
    facts: Sequence[tuple[str, str]]
    colours: Mapping[str, str]
    sections: Sequence[Section]


def rig_line(profile: Profile, site: Site) -> str:
    """Return the equipment in one line, of what is known."""
    parts = (profile.name, profile.telescope, profile.camera, site.name)
    return " · ".join(part for part in parts if part)


def render(page: Page, *, site: Site, generated: datetime) -> str:
    """Return a page as HTML; times are those of the site."""
    zone = ZoneInfo(site.time_zone)
    return _template().render(
        page=page,
        generated=f"{generated.astimezone(zone):%Y-%m-%d %H:%M %Z}",
        time_zone=site.time_zone,
        plots=time_plot,
        bars=night_bars,
        sky=sky_map,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("tsplug.services.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.jinja")
