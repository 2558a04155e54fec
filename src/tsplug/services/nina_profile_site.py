"""The site of an imported N.I.N.A. profile: the one it has, one that is there already, or a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tsplug.model import Profile, Site
from tsplug.model.naming import free_name
from tsplug.nina.profile import NinaSite
from tsplug.nina.profile.zones import guessed_zone
from tsplug.ports import Unit

_NEAR_DEG = 1e-3
# A hundred metres: what one observatory's profiles differ by.


@dataclass(frozen=True)
class SiteHints:
    """What surrounds a profile's file: its name, the horizon that was read, zones, and what is to be said of them.

    ``time_zone`` is the user's word, ``system_zone`` that of this machine; ``horizon`` is None where none was read.
    """

    file: str
    now: datetime
    time_zone: str = ""
    system_zone: str | None = None
    horizon: list[tuple[float, float]] | None = None
    horizon_note: str = ""


def settle_site(unit: Unit, profile: Profile, *, found: NinaSite, hints: SiteHints, notes: list[str]) -> Site:
    """Store the site a profile stands at and return it.

    A site that other profiles stand at too is not moved: the profile gets another one.
    """
    if hints.horizon_note:
        notes.append(hints.horizon_note)
    current = unit.find(Site, id=profile.site_id) if profile.site_id is not None else None
    shared = current is not None and unit.count(Profile, site_id=current.id) > 1
    if current is not None and (not shared or _fits(current, found, hints=hints)):
        return _updated(unit, current, given=_given(found, hints, shared=shared))
    site = next((each for each in unit.list(Site) if _fits(each, found, hints=hints)), None)
    if site is None:
        site = _made(unit, found, hints=hints, notes=notes)
    else:
        notes.append(f"the rig stands at site {site.name!r}, which was here already")
        site = _updated(unit, site, given=_zone(hints))
    unit.update(profile.model_copy(update={"site_id": site.id}))
    return site


def _fits(site: Site, found: NinaSite, *, hints: SiteHints) -> bool:
    near = max(abs(site.latitude_deg - found.latitude_deg), abs(site.longitude_deg - found.longitude_deg)) < _NEAR_DEG
    return near and (hints.horizon is None or hints.horizon == site.horizon)


def _given(found: NinaSite, hints: SiteHints, *, shared: bool) -> dict[str, Any]:
    if shared:
        return _zone(hints)
    place = {name: getattr(found, name) for name in ("latitude_deg", "longitude_deg", "elevation_m")}
    return _zone(hints) | place | ({} if hints.horizon is None else {"horizon": hints.horizon})


def _zone(hints: SiteHints) -> dict[str, Any]:
    return {"time_zone": hints.time_zone} if hints.time_zone else {}


def _updated(unit: Unit, site: Site, *, given: dict[str, Any]) -> Site:
    changed = Site.model_validate(site.model_dump() | given)
    if changed != site:
        unit.update(changed)
    return changed


def _made(unit: Unit, found: NinaSite, *, hints: SiteHints, notes: list[str]) -> Site:
    zone, why = hints.time_zone, ""
    if not zone:
        zone, why = guessed_zone(found.longitude_deg, hints.system_zone, now=hints.now)
    name = free_name(_called(found), [each.name for each in unit.list(Site)])
    site = unit.add(
        Site(
            name=name,
            latitude_deg=found.latitude_deg,
            longitude_deg=found.longitude_deg,
            elevation_m=found.elevation_m,
            time_zone=zone,
            horizon=hints.horizon or [],
        )
    )
    notes.append(f"site {name!r} was made")
    if why:
        notes.append(
            f"a N.I.N.A. profile has no time zone: {zone} is {why};"
            f" give the right one with: tsplug site edit {name!r} time_zone=NAME"
        )
    return site


def _called(found: NinaSite) -> str:
    north, east = "NS"[found.latitude_deg < 0], "EW"[found.longitude_deg < 0]
    return f"{abs(found.latitude_deg):.3f} {north}, {abs(found.longitude_deg):.3f} {east}"
