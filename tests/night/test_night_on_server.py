"""A night whose store is on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import PostgresCluster
from nights import SHORT_NIGHT, Death, Night

pytestmark = pytest.mark.timeout(900)

DEATHS = (Death(writes=20), Death(text="take 4 of 4"))


def test_a_night_on_a_server_is_recorded_graded_and_flattened_though_it_is_killed(
    tmp_path: Path, postgres: PostgresCluster
) -> None:
    """Killed twice and begun again, it ends with a record of each light, grades, its flats, and a clean doctor."""
    night = Night(tmp_path / "out", db=postgres.empty())
    for death in DEATHS:
        night.run_until_killed(SHORT_NIGHT, death)
    night.run(SHORT_NIGHT)
    records = night.tsplug("images", "list")
    assert {Path(record["file"]) for record in records} == {file.resolve() for file in night.frames("lights")}
    assert len(records) == 11
    assert all(record["status"] != "pending" for record in records)
    kept = [Path(entry["file"]) for each in night.tsplug("flats", "history") for entry in each["files"]]
    assert sorted(kept) == [file.resolve() for file in night.frames("flats")]
    assert len(kept) == 8
    assert night.tsplug("doctor")["problems"] == []
    assert not (night.out / "store.sqlite").exists()
    postgres.drop(night.db)
