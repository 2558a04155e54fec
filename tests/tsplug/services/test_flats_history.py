"""Flat history, as scripts read it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tsplug.model import FlatHistory, FlatInstruction, Profile, Target
from tsplug.services.flats_history import flat_history
from tsplug.services.flats_run import run_flats
from tsplug.testing import FakeContext, ManualClock, recording_devices, stocked_store, store_light

pytestmark = pytest.mark.both_databases

EVENING = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)


def test_history_names_sets_files_and_sessions(tmp_path: Path) -> None:
    """Each set comes with its spec, the files that are on disk and the sessions it serves, newest set first."""
    clock = ManualClock(EVENING)
    store = stocked_store(clock)
    for target, name in (("M 42", "L"), ("M 81", "L"), ("M 42", "Ha")):
        store_light(store, target, filter_name=name, started=EVENING)
    clock.set(EVENING + timedelta(hours=10))
    devices = recording_devices(clock, tmp_path)
    devices.frames.level = lambda request, brightness: 25_000.0
    with store.read() as unit:
        guid = unit.list(Profile)[0].guid
    context = FakeContext(store, clock, devices)
    run_flats(FlatInstruction(profile_guid=guid, count=2), context)
    rows = json.loads(json.dumps(flat_history(context)))
    assert [(row["filter"], row["state"], row["on_disk"], row["wanted"]) for row in rows] == [
        ("Ha", "complete", 2, 2),
        ("L", "complete", 2, 2),
    ]
    assert [(item["target"], item["session_date"]) for item in rows[1]["sessions"]] == [
        ("M 42", "2026-01-15"),
        ("M 81", "2026-01-15"),
    ]
    assert {Path(file["file"]) for row in rows for file in row["files"]} == set(tmp_path.iterdir())
    assert datetime.fromisoformat(rows[0]["taken_at"]).tzinfo is not None
    assert flat_history(context, guid) == flat_history(context)
    assert flat_history(context, "nobody") == []
    Path(rows[0]["files"][1]["file"]).unlink()
    row = flat_history(context)[0]
    assert (row["recorded"], row["on_disk"]) == (2, 1)
    assert [file["on_disk"] for file in row["files"]] == [True, False]


def test_imported_history_is_listed_as_sets_without_frames() -> None:
    """What another program took is told in the same list by its moment, one entry for the sessions it serves."""
    store = stocked_store(ManualClock(EVENING))
    with store.write() as unit:
        profile, targets = unit.list(Profile)[0], unit.list(Target)
        for target, name in ((targets[0], "L"), (targets[1], "L"), (targets[0], "Ha")):
            imported = FlatHistory(
                profile_id=profile.id or 0,
                target_id=target.id or 0,
                target_name=target.name,
                project_name="Nebulae",
                session_date=date(2023, 11, 14),
                session_id=0,
                filter_name=name,
                gain=100,
                taken_at=datetime(2023, 11, 15 if name == "L" else 16, 6, tzinfo=UTC),
            )
            unit.add(imported)
    context = FakeContext(store, ManualClock(EVENING), recording_devices(ManualClock(EVENING), Path()))
    rows = json.loads(json.dumps(flat_history(context, profile.guid)))
    assert [(row["id"], row["state"], row["filter"], row["gain"], row["files"], row["on_disk"]) for row in rows] == [
        (None, "imported", "Ha", 100, [], 0),
        (None, "imported", "L", 100, [], 0),
    ]
    assert [session["target"] for session in rows[1]["sessions"]] == [target.name for target in targets[:2]]
    assert (rows[1]["night"], rows[1]["taken_at"][:10]) == ("2023-11-14", "2023-11-15")
    assert flat_history(context, "nobody") == []
