"""What flats were taken: sets with their files and the light sessions they serve."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tsplug.model import FlatHistory, FlatSet, FlatSetFile, Profile
from tsplug.ports import Store


def flat_history(store: Store, profile_guid: str | None = None) -> list[dict[str, Any]]:
    """Return every flat set, newest first, as JSON-ready dictionaries with its files and the sessions it serves.

    Args:
        store: where sets are kept.
        profile_guid: the profile whose sets are listed; all profiles' if None.
    """
    with store.read() as unit:
        profiles = {profile.id: profile for profile in unit.list(Profile)}
        files: dict[int, list[FlatSetFile]] = defaultdict(list)
        for file in unit.list(FlatSetFile):
            files[file.flat_set_id].append(file)
        sessions: dict[int, list[FlatHistory]] = defaultdict(list)
        for row in unit.list(FlatHistory):
            if row.flat_set_id is not None:
                sessions[row.flat_set_id].append(row)
        sets = [
            (flat_set, profiles.get(flat_set.profile_id))
            for flat_set in unit.list(FlatSet)
            if profile_guid is None or getattr(profiles.get(flat_set.profile_id), "guid", None) == profile_guid
        ]
    sets.sort(key=lambda pair: (pair[0].started, pair[0].id), reverse=True)
    return [
        _set_row(flat_set, profile)
        | {
            "files": [_file_row(file) for file in sorted(files[flat_set.id or 0], key=lambda file: file.number)],
            "on_disk": len(files[flat_set.id or 0]),
            "sessions": [_session_row(row) for row in sessions[flat_set.id or 0]],
        }
        for flat_set, profile in sets
    ]


def _set_row(flat_set: FlatSet, profile: Profile | None) -> dict[str, Any]:
    return {
        "id": flat_set.id,
        "guid": flat_set.guid,
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
        "roi_percent": flat_set.roi_percent,
        "brightness": flat_set.brightness,
        "exposure_s": flat_set.exposure_s,
        "adu_median": flat_set.adu_median,
        "wanted": flat_set.wanted,
        "started": flat_set.started.isoformat(),
        "taken_at": None if flat_set.finished is None else flat_set.finished.isoformat(),
    }


def _file_row(file: FlatSetFile) -> dict[str, Any]:
    return {
        "number": file.number,
        "file": file.file,
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
    }
