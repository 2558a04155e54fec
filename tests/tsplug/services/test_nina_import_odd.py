from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from imports import everything, import_file
from scheduler_databases import OTHER, PROFILE, make_database, metadata, small_rows

from tsplug.errors import InputError
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    ExposureTemplate,
    Priority,
    Profile,
    Project,
    Record,
    Target,
)
from tsplug.ports import Store
from tsplug.testing import memory_store

VERSIONS = range(5, 26)


@pytest.fixture
def store() -> Store:
    """Return an empty store."""
    return memory_store()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a small database of version 23."""
    return make_database(tmp_path / "schedulerdb.sqlite", 23, small_rows(23))


def records(store: Store, kind: type[Record], **equals: Any) -> list[Any]:
    """Return all records of a kind."""
    with store.read() as unit:
        return unit.list(kind, **equals)


def change(file: Path, *statements: str) -> None:
    """Change a database as its owner would."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def counters(store: Store) -> list[tuple[int, int]]:
    """Return acquired and accepted of every plan."""
    return [(plan.acquired, plan.accepted) for plan in records(store, ExposurePlan)]


WRONG = [
    ("project", "state = 9", "state 9", "none of the known numbers"),
    ("project", "flatsHandling = 4", "flats_handling 4", "is none of"),
    ("project", "meridianwindow = -5", "meridian_window_min -5", "greater than or equal to 0"),
    ("project", "name = ''", "the name", "it is empty"),
    ("project", "createdate = 'yesterday'", "createdate 'yesterday'", "Unix seconds"),
    ("project", "createdate = NULL", "createdate", "2025-11-20 21:00:00 UTC stands in"),
    ("target", "ra = 25.0", "ra 25.0", "is not within 0 to 24 hours; the target is left out"),
    ("target", "dec = NULL", "dec", "it is missing; the target is left out"),
    ("target", "dec = 95", "dec 95", "not within -90 to 90 degrees; the target is left out"),
    ("target", "epochcode = 0", "epoch 0", "precessed to J2000 from 2025-11"),
    ("target", "epochcode = 1", "epoch 1", "taken as J2000"),
    ("target", "projectid = 77", "target 'M 42'", "project 77"),
    ("exposureplan", "exposureTemplateId = 77", "plan 1", "template 77"),
    ("exposureplan", "desired = 1000000", "desired 1000000", "99999"),
    ("exposuretemplate", "twilightlevel = 8", "twilightlevel 8", "none of the known numbers"),
    ("exposuretemplate", "filtername = ''", "filtername", "it is empty; '(none)' stands in"),
    ("acquiredimage", "filtername = ''", "filtername", "it is empty; '(none)' stands in"),
    ("acquiredimage", "gradingStatus = 7", "gradingStatus 7", "none of the known numbers"),
    ("acquiredimage", "metadata = '{broken'", "metadata", "not a JSON object"),
    ("acquiredimage", "acquireddate = NULL", "acquireddate None", "stands in"),
    ("imagedata", "acquiredimageid = 77", "thumbnail of image 77", "not there"),
    ("imagedata", "imagedata = NULL", "thumbnail of image 1", "empty"),
    ("flathistory", "targetId = 77", "flats of target 77", "not there"),
    ("flathistory", "lightSessionDate = NULL", "lightSessionDate None", "cannot be carried"),
    ("overrideexposureorderitem", "referenceIdx = 5", "plan place 5", "no plan"),
    ("profilepreference", "delayGrading = 180", "delay_percent 180", "less than or equal to 100"),
    ("profilepreference", "exposurethrottle = 125.5", "exposurethrottle 125.5", "it is rounded to 126"),
    ("ruleweight", "weight = 101", "weight 101", "0..100"),
]


@pytest.mark.parametrize(("table", "what", "told", "why"), WRONG, ids=[f"{table} {what}" for table, what, *_ in WRONG])
def test_what_has_no_place_is_told(file: Path, store: Store, *, table: str, what: str, told: str, why: str) -> None:
    """A value that the model refuses is reported with its row and reason, and all else is carried, twice alike."""
    change(file, f"UPDATE {table} SET {what} WHERE Id = 1")
    report = import_file(file, store)
    assert [loss for loss in report.not_carried if told in loss.what and why in loss.why and loss.id is not None]
    again = import_file(file, store)
    assert (again.changes, again.not_carried) == (0, report.not_carried)


@pytest.mark.parametrize("what", ["ra = 25.0", "dec = NULL", "ra = 'x', dec = 12.0"])
def test_a_target_without_a_place_is_told_once(file: Path, store: Store, *, what: str) -> None:
    """A target whose coordinates are none is left out, and only one line about its own row says so."""
    change(file, f"UPDATE target SET {what} WHERE Id = 2")
    report = import_file(file, store)
    told = [(loss.table, loss.id) for loss in report.not_carried if loss.table != "acquiredimage"]
    assert told == [("target", 2)]
    assert [target.name for target in records(store, Target)] == ["M 42", "M 81"]


def test_projects_without_a_date_are_as_old_as_their_images(file: Path, store: Store) -> None:
    """A project that does not tell when it was made was made with its first light, else in 2000."""
    change(file, "UPDATE project SET createdate = NULL", "UPDATE acquiredimage SET projectId = 1, acquireddate = 90.5")
    import_file(file, store)
    moments = [project.created_at for project in records(store, Project)]
    assert moments == [datetime.fromtimestamp(90, UTC), datetime(2000, 1, 1, tzinfo=UTC)]


def test_a_template_of_another_profile_is_copied(file: Path, store: Store) -> None:
    """A plan gets a copy of a foreign template in its own profile, once, and the copy follows what changes there."""
    change(file, "UPDATE exposureplan SET exposureTemplateId = 2 WHERE Id = 3")
    report = import_file(file, store)
    assert [loss.why for loss in report.not_carried if "another profile" in loss.what]
    copy = records(store, ExposureTemplate)[3]
    owner = records(store, Profile, guid=OTHER)[0]
    assert (copy.profile_id, copy.name, copy.filter_name) == (owner.id, "Ha template", "Ha")
    assert records(store, ExposurePlan)[2].template_id == copy.id
    assert import_file(file, store).changes == 0
    change(file, "UPDATE exposuretemplate SET gain = 55 WHERE Id = 2")
    import_file(file, store)
    assert [template.gain for template in records(store, ExposureTemplate)] == [100, 55, 100, 55]


def test_an_equal_template_serves_instead_of_a_foreign_one(file: Path, store: Store) -> None:
    """Where the plan's own profile has an equal template, the plan uses that."""
    change(
        file,
        "UPDATE exposuretemplate SET twilightlevel = 0 WHERE Id = 3",
        "UPDATE exposureplan SET exposureTemplateId = 1 WHERE Id = 3",
    )
    import_file(file, store)
    assert records(store, ExposurePlan)[2].template_id == records(store, ExposureTemplate)[2].id
    assert (len(records(store, ExposureTemplate)), import_file(file, store).changes) == (3, 0)


def test_columns_and_tables_that_nobody_knows_are_told(file: Path, store: Store) -> None:
    """What a later Target Scheduler added, and what an upgrade failed to add, is named."""
    change(file, "ALTER TABLE target ADD COLUMN moonPhase REAL DEFAULT 0.5", "DROP TABLE flathistory")
    report = import_file(file, store)
    assert {(loss.table, loss.what) for loss in report.not_carried if loss.id is None} == {
        ("target", "column moonphase"),
        ("flathistory", "the table"),
    }


def test_text_of_other_programs_is_read(file: Path, store: Store) -> None:
    """Marks of byte order, UTF-16 in a blob and bytes of an old Windows become plain text."""
    change(
        file,
        "UPDATE project SET name = char(65279) || 'Nebel' WHERE Id = 1",
        "UPDATE target SET name = x'fffe4d00200034003200' WHERE Id = 1",
        "UPDATE target SET name = CAST(x'4dfc6c6c6572' AS TEXT) WHERE Id = 2",
    )
    import_file(file, store)
    assert records(store, Project)[0].name == "Nebel"
    assert [target.name for target in records(store, Target)][:2] == ["M 42", "Müller"]


def test_columns_of_later_versions_are_read(tmp_path: Path, store: Store) -> None:
    """Priorities of targets and what else versions 24 and 25 added is carried."""
    rows = small_rows(25)
    rows["target"][0]["priority"], rows["profilepreference"][0]["enableSyncedAutoFocus"] = 2, 1
    import_file(make_database(tmp_path / "nightly.sqlite", 25, rows), store)
    assert [target.priority for target in records(store, Target)] == [Priority.HIGH, None, None]
    assert records(store, Profile, guid=PROFILE)[0].nina.synced_autofocus


def test_damage_found_half_way_changes_nothing(tmp_path: Path, store: Store) -> None:
    """When reading fails in the middle, what was stored already is undone."""
    rows = small_rows(23)
    rows["acquiredimage"] = [{**rows["acquiredimage"][0], "Id": key, "guid": None} for key in range(1, 2000)]
    file = make_database(tmp_path / "damaged.sqlite", 23, rows)
    data = bytearray(file.read_bytes())
    data[-400_000:-200_000] = b"\xaa" * 200_000
    file.write_bytes(bytes(data))
    with pytest.raises(InputError, match="is damaged"):
        import_file(file, store)
    assert all(rows == [] for rows in everything(store).values())


def test_unknown_metadata_is_kept(file: Path, store: Store) -> None:
    """Keys that no field holds are kept under their own names."""
    with closing(sqlite3.connect(file)) as connection:
        text = metadata(SkyBrightness=21.3, FilterName="Lum", Weird=["a", {"b": 1}])
        connection.execute("UPDATE acquiredimage SET metadata = ? WHERE Id = 1", (text,))
        connection.commit()
    import_file(file, store)
    extra = records(store, AcquiredImage)[0].extra
    assert (extra["SkyBrightness"], extra["FilterName"], extra["Weird"]) == (21.3, "Lum", ["a", {"b": 1}])


def test_numbers_that_are_none_change_nothing_twice(file: Path, store: Store) -> None:
    """A bare NaN in the metadata, of a known key or another's, is nothing known, at every import."""
    text = metadata(HFR=float("nan"), SkyBrightness=float("nan"), Weird=[float("inf"), 1])
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE acquiredimage SET metadata = ? WHERE Id = 1", (text,))
        connection.commit()
    import_file(file, store)
    image = records(store, AcquiredImage)[0]
    assert ("hfr" in image.metrics, "SkyBrightness" in image.extra, image.extra["Weird"]) == (False, False, [None, 1])
    assert import_file(file, store).changes == 0
