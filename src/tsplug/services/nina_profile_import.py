"""Import of a N.I.N.A. profile: the rig, its site and its trained flats; again, it updates what changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tsplug.model import FlatsPreferences, Profile, Site, TrainedFlat, Value
from tsplug.model.naming import free_name
from tsplug.nina.database.building import built, values_of
from tsplug.nina.profile import NinaFlat, NinaProfile
from tsplug.ports import Clock, Store, Unit
from tsplug.services.catalogue_checks import changes_between
from tsplug.services.catalogue_drafts import in_one_unit
from tsplug.services.nina_profile_site import SiteHints, settle_site

_SAID = ("telescope", "focal_length_mm", "aperture_mm", "camera", "pixel_size_um", "has_rotator", "light_pattern")
_SPEC = ("filter_name", "gain", "offset", "binning", "readout_mode")


class FieldChange(Value):
    """A field that an import changed; ``before`` is None on a new record."""

    field: str
    before: Any
    after: Any


class ProfileImport(Value):
    """What an import of a N.I.N.A. profile did; counts are of trained flats."""

    file: str
    guid: str
    profile: str
    site: str
    made: bool
    dry_run: bool
    changes: tuple[FieldChange, ...] = ()
    flats_added: int = 0
    flats_updated: int = 0
    flats_unchanged: int = 0
    notes: tuple[str, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Return whether profile and trained flats were here already, as they are."""
        return not (self.made or self.changes or self.flats_added or self.flats_updated)


@dataclass
class _Run:
    """One import: what was found, where it is written, and what is told."""

    found: NinaProfile
    unit: Unit
    now: datetime
    notes: list[str] = field(default_factory=list)

    def complain(self, what: str, why: str) -> None:
        """Note what the model refuses."""
        self.notes.append(f"{what}: {why}")


def import_profile(
    found: NinaProfile, store: Store, *, clock: Clock, hints: SiteHints, dry_run: bool = False
) -> ProfileImport:
    """Bring a N.I.N.A. profile into the store and report what changed.

    The profile is found again by its guid, which a Target Scheduler database names too. What the file says wins; what
    it does not say stays. Nothing is ever removed: a trained flat that N.I.N.A. forgot stays.

    Args:
        found: what the file says.
        store: where to.
        clock: when flats were trained that were not known.
        hints: what the file does not say of the site: its time zone, its horizon.
        dry_run: do everything, then undo it.

    Raises:
        StoreError: the store refused a change; nothing is changed.
    """
    return in_one_unit(
        store,
        lambda unit: _imported(_Run(found, unit, clock.now(), list(found.complaints)), hints, dry_run=dry_run),
        dry_run=dry_run,
    )


def _imported(run: _Run, hints: SiteHints, *, dry_run: bool) -> ProfileImport:
    before = run.unit.find(Profile, guid=run.found.guid)
    profile = _saved(run, before)
    place = _site_of(run.unit, profile)
    if run.found.site is not None:
        settle_site(run.unit, profile, found=run.found.site, hints=hints, notes=run.notes)
    elif place is None:
        run.notes.append("the profile names no site; give it one with: tsplug site add, tsplug profile edit")
    after = run.unit.get(Profile, profile.id or 0)
    site = _site_of(run.unit, after)
    counts = _save_flats(run, after)
    return ProfileImport(
        file=hints.file,
        guid=after.guid,
        profile=after.name,
        site=site.name if site is not None else "",
        made=before is None,
        dry_run=dry_run,
        changes=_changes(before, after) + _moves(place, site),
        notes=tuple(run.notes),
        **counts,
    )


def _saved(run: _Run, before: Profile | None) -> Profile:
    base = {"guid": run.found.guid} if before is None else values_of(before)
    given = {"name": _name(run, before), **_given(run.found, before)}
    made = built(Profile, base, given=given, complain=run.complain)
    profile = made or Profile(guid=run.found.guid, name=given["name"])
    if before is None:
        return run.unit.add(profile)
    if profile != before:
        run.unit.update(profile)
    return profile


def _name(run: _Run, before: Profile | None) -> str:
    others = [each.name for each in run.unit.list(Profile) if before is None or each.id != before.id]
    name = free_name(run.found.name, others)
    if name != run.found.name:
        run.notes.append(f"there is another profile {run.found.name!r}, so this one is called {name!r}")
    return name


def _given(found: NinaProfile, before: Profile | None) -> dict[str, Any]:
    """Return the fields of a profile that the file states."""
    given: dict[str, Any] = {name: getattr(found, name) for name in _SAID}
    given["flat_pattern"] = found.flat_pattern
    if found.filters is not None:
        given["filters"] = [each.name for each in found.filters]
        given["filter_offsets"] = [each.focus_offset for each in found.filters]
    if before is None or not before.sensor_width_px:
        # These are of the framing assistant, which the user may have set to another camera.
        given |= {"sensor_width_px": found.sensor_width_px, "sensor_height_px": found.sensor_height_px}
    flats = before.flats if before is not None else FlatsPreferences()
    tolerance = None if found.flat_tolerance is None else round(found.flat_tolerance * 100, 6)
    changed = {"count": found.flat_count, "adu_tolerance_percent": tolerance}
    given["flats"] = flats.model_copy(update={name: value for name, value in changed.items() if value is not None})
    return {name: value for name, value in given.items() if value is not None}


def _changes(before: Profile | None, after: Profile) -> tuple[FieldChange, ...]:
    start = before or Profile(guid=after.guid, name=after.name, site_id=after.site_id)
    pairs = changes_between(start, after)
    return tuple(
        FieldChange(field=name, before=None if before is None else old, after=new)
        for name, (old, new) in pairs.items()
        if name != "site_id"
    )


def _moves(before: Site | None, after: Site | None) -> tuple[FieldChange, ...]:
    """Return what changed of a site; another site is one change."""
    if before is None or after is None or before.id != after.id:
        names = [None if each is None else each.name for each in (before, after)]
        return () if before is after else (FieldChange(field="site", before=names[0], after=names[1]),)
    pairs = changes_between(before, after)
    return tuple(FieldChange(field=f"site.{name}", before=old, after=new) for name, (old, new) in pairs.items())


def _site_of(unit: Unit, profile: Profile) -> Site | None:
    return None if profile.site_id is None else unit.find(Site, id=profile.site_id)


def _save_flats(run: _Run, profile: Profile) -> dict[str, int]:
    counts = {"flats_added": 0, "flats_updated": 0, "flats_unchanged": 0}
    stored = {_spec(each): each for each in run.unit.list(TrainedFlat, profile_id=profile.id)}
    seen: set[tuple[Any, ...]] = set()
    for found in run.found.flats:
        flat = _flat(run, profile, found=found)
        if flat is None or _spec(flat) in seen:
            continue
        seen.add(_spec(flat))
        before = stored.get(_spec(flat))
        if before is None:
            run.unit.add(flat)
            counts["flats_added"] += 1
        elif _values(before) == _values(flat):
            counts["flats_unchanged"] += 1
        else:
            # What the camera shows without light is known here alone.
            run.unit.update(flat.model_copy(update={"id": before.id, "bias_adu": before.bias_adu}))
            counts["flats_updated"] += 1
    return counts


def _flat(run: _Run, profile: Profile, *, found: NinaFlat) -> TrainedFlat | None:
    wheel = run.found.filter_at(found.position) if found.position is not None else None
    if wheel is None:
        where = "without a filter" if found.position is None else f"for position {found.position}, which has no filter"
        run.notes.append(f"a trained flat {where} is left out (brightness {found.brightness}, {found.exposure_s:g} s)")
        return None
    level = wheel.target_level or run.found.flat_level
    return TrainedFlat(
        profile_id=profile.id or 0,
        filter_name=wheel.name,
        gain=found.gain,
        offset=found.offset,
        binning=found.binning,
        brightness=found.brightness,
        exposure_s=found.exposure_s,
        target_adu=None if level is None else round(level * run.found.full_scale_adu, 1),
        trained_at=run.now,
    )


def _spec(flat: TrainedFlat) -> tuple[Any, ...]:
    return tuple(getattr(flat, name) for name in _SPEC)


def _values(flat: TrainedFlat) -> tuple[int, float, float | None]:
    return flat.brightness, flat.exposure_s, flat.target_adu
