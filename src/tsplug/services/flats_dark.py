"""Which dark flats the flats of a night still lack, as the store has it."""

from __future__ import annotations

from datetime import date

from tsplug.flats.dark import DarkNeed, dark_key
from tsplug.model import FlatHistory, FlatSet, FlatSetState, FlatSpec, FlatsType, LightSession
from tsplug.ports import Unit
from tsplug.services.flats_records import frames_of


def dark_needs(unit: Unit, *, profile_id: int, night: date) -> tuple[DarkNeed, ...]:
    """Return the panel flats of a night whose sessions are linked to no dark flats of their settings and exposure."""
    sets = unit.list(FlatSet, profile_id=profile_id, night=night)
    links: dict[int, list[FlatHistory]] = {}
    for row in unit.list(FlatHistory, flat_set_id=[item.id for item in sets], revoked_at=None):
        links.setdefault(row.flat_set_id or 0, []).append(row)
    dark = [item for item in sets if item.flats_type is FlatsType.DARK]
    have = {
        (dark_key(item), _served(row))
        for item in dark
        if item.state is FlatSetState.COMPLETE
        for row in links.get(item.id or 0, ())
    }
    begun = {dark_key(item): item for item in dark if item.state in (FlatSetState.RUNNING, FlatSetState.INTERRUPTED)}
    needs = []
    for item in sets:
        if item.state is not FlatSetState.COMPLETE or item.flats_type is not FlatsType.PANEL:
            continue
        lacking = [row for row in links.get(item.id or 0, ()) if (dark_key(item), _served(row)) not in have]
        if lacking:
            started = begun.get(dark_key(item))
            numbers = () if started is None else (frame.number for frame in frames_of(unit, started))
            sessions = tuple(_session(row) for row in lacking)
            needs.append(DarkNeed(item, sessions, started, frozenset(numbers)))
    return tuple(needs)


def _served(row: FlatHistory) -> tuple[object, ...]:
    return (row.target_id, row.session_date, row.filter_name, row.rotation_deg)


def _session(row: FlatHistory) -> LightSession:
    """Return the light session that a history row stands for, as far as the row knows it."""
    return LightSession(
        profile_id=row.profile_id,
        project_id=0,
        project_name=row.project_name,
        target_id=row.target_id,
        target_name=row.target_name,
        session_date=row.session_date,
        session_id=row.session_id,
        spec=FlatSpec(**{name: getattr(row, name) for name in FlatSpec.model_fields}),
        lights_rotation_deg=row.rotation_deg,
        lights_temperature_c=row.temperature_c,
    )
