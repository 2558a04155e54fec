"""Which lights have flats and dark flats, and which lack them: by target, night and camera setting."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tsplug.flats import SiteMoment, earliest_start, latest_start, session_date_of, window_begins
from tsplug.flats.temperature import same_temperature
from tsplug.model import AcquiredImage, FlatSet, FlatSetState, FlatsPreferences, FlatsType, Profile, Target
from tsplug.ports import Context, ImageQuery, Unit
from tsplug.services.flats_links import SessionFlats, sessions_with_flats
from tsplug.services.flats_on_disk import FlatsOnDisk
from tsplug.services.lookup import find_named
from tsplug.services.rigs import Rig, rig_of


@dataclass(frozen=True)
class Reach:
    """Which lights are looked at: those of a target, of a night, or of the nights from a date on.

    Without any of these they are those of the profile's flats window.
    """

    target: str = ""
    night: date | None = None
    since: date | None = None


def flats_coverage(profile: Profile, context: Context, *, reach: Reach, on_disk: bool = False) -> list[dict[str, Any]]:
    """Return the light sessions of a profile, each with its numbers of lights, flats and dark flats, oldest first.

    ``state`` is "covered", "elsewhere" where another program took the flats, "missing", or "no plan" for lights that
    were recorded for none and so are owed no flats. ``lacks`` names what is missing: "flats", "a plan", or "dark
    flats", which are wanted for panel flats of a profile that takes any. ``files`` are the flats, ``warning`` tells
    where they fit badly.

    Args:
        profile: whose lights.
        context: where lights and flats are recorded, and the files of the flats.
        reach: which lights.
        on_disk: whether the files are looked for. ``files`` are then those that are there, ``on_disk`` and
            ``dark_flats_on_disk`` their numbers; ``files_missing`` are the flats and dark flats that are not. A session
            whose flats are not all there is "incomplete"; one that has flats lacks "frames" if any of them or of its
            dark flats is gone.

    Raises:
        NotFoundError: no such target.
        InputError: nobody said where the profile stands.
    """
    with context.store.read() as unit:
        rig = rig_of(unit, profile)
        images = _lights(unit, rig, reach=reach, moment=SiteMoment(context.clock.now(), rig.site))
        linked = sessions_with_flats(unit, images)
        dark = {"flats_type": FlatsType.DARK, "state": FlatSetState.COMPLETE}
        takes_dark = unit.count(FlatSet, profile_id=profile.id, **dark) > 0
    by_id = {image.id or 0: image for image in images}
    planned = {key for item in linked for key in item.session.image_ids}
    rows = [_row(item, [by_id[key] for key in item.session.image_ids], profile=profile) for item in linked]
    for row in rows:
        row["lacks"] = _lacks(row, takes_dark=takes_dark)
    unplanned = _unplanned([image for key, image in by_id.items() if key not in planned], rig=rig)
    if on_disk:
        look = FlatsOnDisk(context.files)
        rows = [row | _on_disk(row, item, look=look) for row, item in zip(rows, linked, strict=True)]
        unplanned = [row | {"on_disk": 0, "dark_flats_on_disk": 0, "files_missing": []} for row in unplanned]
    rows += unplanned
    return sorted(rows, key=lambda row: (row["session_date"], row["target"], row["filter"], row["rotation_deg"] or 0.0))


def coverage_totals(rows: Iterable[dict[str, Any]], *, by: str) -> list[dict[str, Any]]:
    """Return for every value of a key of coverage rows ("target", "session_date") how many lights have flats."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        sums[row[by]][row["state"]] += row["lights"]
        sums[row[by]]["without dark flats"] += row["lights"] if not row["dark_flats"] else 0
    return [
        {
            by: value,
            "lights": sum(count for state, count in found.items() if state != "without dark flats"),
            "covered": found["covered"] + found["elsewhere"],
            "incomplete": found["incomplete"],
            "missing": found["missing"],
            "no_plan": found["no plan"],
            "without_dark_flats": found["without dark flats"],
        }
        for value, found in sums.items()
    ]


def _lights(unit: Unit, rig: Rig, *, reach: Reach, moment: SiteMoment) -> Sequence[AcquiredImage]:
    target = find_named(unit, Target, name=reach.target) if reach.target else None
    first, last = reach.night or reach.since, reach.night
    if first is None and target is None:
        first = window_begins(moment, days=rig.profile.flats.window_days)
    found = unit.images(
        ImageQuery(
            profile_id=rig.profile.id,
            target_id=None if target is None else target.id,
            started_from=None if first is None else earliest_start(first, rig.site),
            started_before=None if last is None else latest_start(last, rig.site),
            newest_first=False,
        )
    )
    low, high = first or date.min, last or moment.tonight + timedelta(days=1)
    return [image for image in found if low <= session_date_of(image, rig.site) <= high]


def _row(item: SessionFlats, lights: Sequence[AcquiredImage], *, profile: Profile) -> dict[str, Any]:
    session, flat_set = item.session, item.flat_set
    state = "missing" if item.row is None else ("elsewhere" if flat_set is None else "covered")
    return {
        "project": session.project_name,
        "target": session.target_name,
        "session_date": session.session_date.isoformat(),
        "session_id": session.session_id,
        **_settings(lights[0], session.lights_rotation_deg),
        "temperature_c": session.lights_temperature_c,
        **_counts(lights),
        "state": state,
        "set": None if flat_set is None else flat_set.id,
        "flats_type": None if flat_set is None else flat_set.flats_type.value,
        "flats": len(item.files),
        "dark_flats": len(item.dark_files),
        "flats_taken_at": None if item.row is None else item.row.taken_at.isoformat(),
        "files": [file.file for file in item.files],
        "warning": _warning(item, preferences=profile.flats),
    }


def _on_disk(row: Mapping[str, Any], item: SessionFlats, *, look: FlatsOnDisk) -> dict[str, Any]:
    """Return what a row tells otherwise once the files of its flats and dark flats were looked for."""
    flats, dark = look.of(item.files), look.of(item.dark_files)
    told = [found.told(due="its sessions") for found in (flats, dark)]
    lacks_frames = bool(flats.gone or dark.gone) and row["lacks"] != "flats"
    return {
        "state": "incomplete" if flats.gone else row["state"],
        "lacks": "frames" if lacks_frames else row["lacks"],
        "on_disk": len(flats.there),
        "dark_flats_on_disk": len(dark.there),
        "files": list(flats.there),
        "files_missing": [*flats.gone, *dark.gone],
        "warning": "; ".join(filter(None, (*told, row["warning"]))),
    }


def _lacks(row: Mapping[str, Any], *, takes_dark: bool) -> str:
    if row["state"] == "missing":
        return "flats"
    owed = takes_dark and row["flats_type"] == FlatsType.PANEL.value and not row["dark_flats"]
    return "dark flats" if owed else ""


def _unplanned(images: Sequence[AcquiredImage], *, rig: Rig) -> list[dict[str, Any]]:
    groups: dict[tuple[object, ...], list[AcquiredImage]] = defaultdict(list)
    for image in images:
        angle = None if image.rotation_deg is None else round(image.rotation_deg)
        night = session_date_of(image, rig.site)
        groups[(night, image.target_name, *_settings(image, angle).values())].append(image)
    return [
        {
            "project": members[0].project_name,
            "target": members[0].target_name,
            "session_date": session_date_of(members[0], rig.site).isoformat(),
            "session_id": members[0].session_id,
            **_settings(members[0], members[0].rotation_deg),
            "temperature_c": None,
            **_counts(members),
            "state": "no plan",
            "lacks": "a plan",
            "set": None,
            "flats_type": None,
            "flats": 0,
            "dark_flats": 0,
            "flats_taken_at": None,
            "files": [],
            "warning": "recorded for no plan of this store: nothing takes flats for them",
        }
        for members in groups.values()
    ]


def _settings(image: AcquiredImage, rotation_deg: float | None) -> dict[str, Any]:
    return {
        "filter": image.filter_name,
        "gain": image.gain,
        "offset": image.offset,
        "binning": image.binning,
        "readout_mode": image.readout_mode,
        "rotation_deg": rotation_deg,
        "roi_percent": image.roi_percent,
    }


def _counts(lights: Sequence[AcquiredImage]) -> dict[str, int]:
    statuses = Counter(image.status.value for image in lights)
    return {"lights": len(lights)} | {name: statuses[name] for name in ("accepted", "rejected", "pending")}


def _warning(item: SessionFlats, *, preferences: FlatsPreferences) -> str:
    flat_set, row = item.flat_set, item.row
    if row is None or flat_set is None:
        return ""
    if len(item.files) < flat_set.wanted:
        return f"set {flat_set.id} has {len(item.files)} of {flat_set.wanted} flats"
    taken_c, own_c = flat_set.temperature_c, item.session.lights_temperature_c
    if not same_temperature(taken_c, own_c, tolerance_c=preferences.temperature_tolerance_c):
        return f"the flats were taken at {taken_c:g} C, the lights at {own_c:g} C"
    return ""
