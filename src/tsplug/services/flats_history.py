"""What flats were taken: sets with their files and the light sessions they serve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tsplug.model import FlatHistory, FlatSet, FlatSetFile, Profile, frame_place
from tsplug.ports import Context, FrameFiles

ELSEWHERE = "elsewhere-"
"""What the names of flats begin with that another program took."""


def flat_history(context: Context, profile_guid: str | None = None) -> list[dict[str, Any]]:
    """Return every flat set, newest first, as JSON-ready dictionaries with its files and the sessions it serves.

    Flats that were imported, of which no frames are known, are sets of the state "imported" without an id. ``key`` is
    what commands call a set, ``recorded`` how many frames were saved, ``on_disk`` how many of them are there now.

    Args:
        context: where sets are kept, and their files.
        profile_guid: the profile whose sets are listed; all profiles' if None.
    """
    with context.store.read() as unit:
        profiles = {profile.id: profile for profile in unit.list(Profile)}
        files: dict[int, list[FlatSetFile]] = defaultdict(list)
        for file in unit.list(FlatSetFile):
            files[file.flat_set_id].append(file)
        sessions: dict[int, list[FlatHistory]] = defaultdict(list)
        imported: dict[tuple[Any, ...], list[FlatHistory]] = defaultdict(list)
        for row in unit.list(FlatHistory):
            if row.flat_set_id is not None:
                sessions[row.flat_set_id].append(row)
            else:
                imported[_taken_together(row)].append(row)
        sets = unit.list(FlatSet)
    wanted = {key for key, profile in profiles.items() if profile_guid in (None, profile.guid)}
    listed = [
        (
            (flat_set.started, flat_set.id or 0),
            _set_row(flat_set, profiles.get(flat_set.profile_id))
            | _frames_of(files[flat_set.id or 0], context.files)
            | {"sessions": [_session_row(row) for row in sessions[flat_set.id or 0]]},
        )
        for flat_set in sets
        if profile_guid is None or flat_set.profile_id in wanted
    ]
    listed += [
        ((rows[0].taken_at, 0), _imported_row(rows, profiles.get(rows[0].profile_id)))
        for rows in imported.values()
        if profile_guid is None or rows[0].profile_id in wanted
    ]
    return [row for _, row in sorted(listed, key=lambda pair: pair[0], reverse=True)]


def set_key(flat_set: FlatSet | None, rows: Sequence[FlatHistory]) -> str:
    """Return what commands call a set: its id, or for flats of another program the lowest id of their history rows."""
    return f"{ELSEWHERE}{min(row.id or 0 for row in rows)}" if flat_set is None else str(flat_set.id)


def _taken_together(row: FlatHistory) -> tuple[Any, ...]:
    """Return what imported rows share that one set of flats serves."""
    spec = (row.filter_name, row.gain, row.offset, row.binning, row.readout_mode, row.roi_percent, row.rotation_deg)
    return (row.profile_id, row.taken_at, row.flats_type, *spec)


def _imported_row(rows: Sequence[FlatHistory], profile: Profile | None) -> dict[str, Any]:
    """Return what is known of flats that another program took; ``night`` is that of the newest lights they serve."""
    first = rows[0]
    return {
        "id": None,
        "guid": None,
        "key": set_key(None, rows),
        "profile": "" if profile is None else profile.name,
        "state": "revoked" if first.revoked_at is not None else "imported",
        "message": first.revoked_why,
        "night": max(row.session_date for row in rows).isoformat(),
        "filter": first.filter_name,
        "gain": first.gain,
        "offset": first.offset,
        "binning": first.binning,
        "readout_mode": first.readout_mode,
        "rotation_deg": first.rotation_deg,
        "temperature_c": first.temperature_c,
        "flats_type": first.flats_type,
        "roi_percent": first.roi_percent,
        "brightness": None,
        "exposure_s": None,
        "adu_median": None,
        "wanted": 0,
        "started": None,
        "taken_at": first.taken_at.isoformat(),
        "files": [],
        "recorded": 0,
        "on_disk": 0,
        "sessions": [_session_row(row) for row in rows],
    }


def _set_row(flat_set: FlatSet, profile: Profile | None) -> dict[str, Any]:
    return {
        "id": flat_set.id,
        "guid": flat_set.guid,
        "key": set_key(flat_set, ()),
        "profile": "" if profile is None else profile.name,
        "state": flat_set.state.value,
        "message": flat_set.message,
        "night": flat_set.night.isoformat(),
        "filter": flat_set.filter_name,
        "gain": flat_set.gain,
        "offset": flat_set.offset,
        "binning": flat_set.binning,
        "readout_mode": flat_set.readout_mode,
        "rotation_deg": flat_set.rotation_deg,
        "temperature_c": flat_set.temperature_c,
        "flats_type": flat_set.flats_type.value,
        "roi_percent": flat_set.roi_percent,
        "brightness": flat_set.brightness,
        "exposure_s": flat_set.exposure_s,
        "adu_median": flat_set.adu_median,
        "wanted": flat_set.wanted,
        "started": flat_set.started.isoformat(),
        "taken_at": None if flat_set.finished is None else flat_set.finished.isoformat(),
    }


def _frames_of(recorded: Sequence[FlatSetFile], files: FrameFiles) -> dict[str, Any]:
    rows = [_file_row(file, files) for file in sorted(recorded, key=lambda file: file.number)]
    return {"files": rows, "recorded": len(rows), "on_disk": sum(row["on_disk"] for row in rows)}


def _file_row(file: FlatSetFile, files: FrameFiles) -> dict[str, Any]:
    return {
        "number": file.number,
        "file": file.file,
        "on_disk": files.status(frame_place(file.file)).exists,
        "adu_median": file.adu_median,
        "taken_at": file.taken_at.isoformat(),
    }


def _session_row(row: FlatHistory) -> dict[str, Any]:
    return {
        "project": row.project_name,
        "target": row.target_name,
        "session_date": row.session_date.isoformat(),
        "session_id": row.session_id,
        "filter": row.filter_name,
        "rotation_deg": row.rotation_deg,
        "taken_at": row.taken_at.isoformat(),
        "revoked_at": None if row.revoked_at is None else row.revoked_at.isoformat(),
    }
