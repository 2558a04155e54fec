"""What is to be said of the time zone of a site, which decides where its nights begin and end."""

from __future__ import annotations

from tsplug.model import Site
from tsplug.model.zones import is_near, zone_of_longitude


def far_zone_words(site: Site) -> str:
    """Return what is wrong with a zone whose noon is not by day at the site; empty where it may be that of the site."""
    if is_near(site.time_zone, site.longitude_deg):
        return ""
    hour = zone_of_longitude(site.longitude_deg)
    return f"{site.time_zone} is no zone of longitude {site.longitude_deg:g}: nights are counted by {hour} instead"


def guessed_zone_words(site: Site) -> str:
    """Return what is to be said of a zone that was made from the longitude; empty where somebody named it."""
    if site.time_zone != zone_of_longitude(site.longitude_deg) or not site.time_zone.startswith("Etc/"):
        return ""
    return f"{site.time_zone}, the full hour of the longitude, knows no summer time"


def zone_command(site: Site) -> str:
    """Return the command that gives a site its time zone."""
    return f"tsplug site edit {site.name!r} time_zone=NAME"
