from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imports import everything, import_file
from scheduler_databases import JPEG, NOON, OTHER, PROFILE, START, guid, make_database, small_rows

from tsplug.model import (
    AcquiredImage,
    CountAdjustment,
    Counter,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    GraderMode,
    GradingStatus,
    OrderAction,
    Priority,
    Profile,
    Project,
    ProjectState,
    Record,
    StatusChange,
    Target,
    Thumbnail,
    Twilight,
)
from tsplug.ports import Store
from tsplug.services.catalogue_delete import delete_record
from tsplug.services.catalogue_drafts import Request
from tsplug.testing import ManualClock, memory_store

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


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read(tmp_path: Path, store: Store, version: int) -> None:
    """A database of any version brings its catalogue and images, and brings nothing when it comes again."""
    file = make_database(tmp_path / "old.sqlite", version, small_rows(version))
    first = import_file(file, store)
    assert (first.version, len(first.profiles)) == (version, 2)
    held = {name: len(rows) for name, rows in everything(store).items()}
    assert held == {
        "Profile": 2,
        "Project": 2,
        "Target": 3,
        "ExposureTemplate": 3,
        "ExposurePlan": 3,
        "AcquiredImage": 5,
        "Thumbnail": 3,
        "FlatHistory": 2 if version >= 11 else 0,
    }
    assert counters(store) == [(7, 5), (0, 0), (1, 0)]
    before = everything(store)
    assert import_file(file, store).changes == 0
    assert everything(store) == before


@pytest.mark.parametrize(("version", "rotation_deg"), [(5, 330.0), (6, 30.0), (23, 30.0)])
def test_rotations_before_version_6_turned_the_other_way(
    tmp_path: Path, store: Store, version: int, rotation_deg: float
) -> None:
    """Rotations of version 5 are turned as Target Scheduler turns them; 0 stays 0."""
    import_file(make_database(tmp_path / "old.sqlite", version, small_rows(version)), store)
    assert [target.rotation_deg for target in records(store, Target)] == [rotation_deg, 0.0, rotation_deg]


@pytest.mark.parametrize(("version", "statuses"), [(16, "arraa"), (17, "arpaa")])
def test_before_version_17_nothing_is_pending(tmp_path: Path, store: Store, version: int, statuses: str) -> None:
    """What was not accepted was rejected, until there were three states."""
    import_file(make_database(tmp_path / "old.sqlite", version, small_rows(version)), store)
    assert "".join(image.status.value[0] for image in records(store, AcquiredImage)) == statuses


@pytest.mark.parametrize(("version", "order"), [(8, ""), (9, "Ha - L"), (16, "Ha - L"), (17, "Ha - L")])
def test_override_orders_are_kept_from_version_9(tmp_path: Path, store: Store, version: int, order: str) -> None:
    """The text of a version before 17 and the items of one after mean the same; a fault cleared those before 9."""
    import_file(make_database(tmp_path / "old.sqlite", version, small_rows(version)), store)
    names = {plan.guid: plan.template_id for plan in records(store, ExposurePlan)}
    filters = {template.id: template.filter_name for template in records(store, ExposureTemplate)}
    target = records(store, Target)[0]
    words = [
        "-" if item.action is OrderAction.DITHER else filters[names[item.plan_guid]] for item in target.override_order
    ]
    assert " ".join(words) == order
    assert [item.next for item in target.filter_cadence] == ([False, False, True] if version >= 17 else [])


def test_a_catalogue_comes_with_every_field(file: Path, store: Store) -> None:
    """States, limits, weights, settings and names are those of the database, under the names of the model."""
    import_file(file, store)
    first, second = records(store, Project)
    assert (first.state, second.state, first.priority) == (ProjectState.ACTIVE, ProjectState.CLOSED, Priority.HIGH)
    assert second.name == 'Müller\'s "Galaxien" 🌌'
    assert (first.flats_handling, first.maximum_altitude_deg, first.minimum_time_min) == (7, 80.0, 60)
    assert first.created_at == datetime.fromtimestamp(NOON - 864_000, UTC)
    assert first.inactive_at is None
    assert (first.rule_weights["Percent Complete"], first.rule_weights["Project Priority"]) == (12.5, 50.0)
    lum, ha, _ = records(store, ExposureTemplate)
    assert (lum.gain, ha.gain, lum.readout_mode, lum.dither_every) == (100, None, None, 4)
    assert (ha.twilight, ha.twilight_offset_min, ha.moon_width_days) == (Twilight.NAUTICAL, -15, 9)
    assert [plan.exposure_s for plan in records(store, ExposurePlan)] == [None, 300.0, None]
    assert [plan.enabled for plan in records(store, ExposurePlan)] == [True, True, False]


def test_a_profile_is_made_where_only_its_guid_is_known(file: Path, store: Store) -> None:
    """Optics and site stay unknown, grading goes on as Target Scheduler did it, preferences come along."""
    report = import_file(file, store)
    named = {each.guid: each for each in records(store, Profile)}
    assert set(report.profiles) == {"N.I.N.A. 1f9a6b1c", "N.I.N.A. 7c8d9e0f"}
    assert (named[PROFILE].site_id, named[PROFILE].focal_length_mm) == (None, None)
    grader = named[PROFILE].grader
    assert (grader.mode, grader.delay_percent, grader.grade_hfr) == (GraderMode.TARGET_SCHEDULER, 60, False)
    assert named[PROFILE].planner.exposure_throttle_percent == 150
    assert (named[PROFILE].nina.sync_wait_timeout_s, named[PROFILE].nina.api_port) == (400, 9000)
    assert named[OTHER].grader.mode is GraderMode.TARGET_SCHEDULER


def test_a_profile_that_is_known_is_found_by_its_guid(file: Path, store: Store) -> None:
    """A rig that came from N.I.N.A.'s own profile keeps its name and optics and gets its preferences."""
    with store.write() as unit:
        unit.add(Profile(guid=PROFILE, name="Refractor", focal_length_mm=550))
    report = import_file(file, store)
    profile = records(store, Profile, guid=PROFILE)[0]
    assert len(report.profiles) == 1
    assert (profile.name, profile.focal_length_mm, profile.grader.max_samples) == ("Refractor", 550, 12)
    assert profile.grader.mode is GraderMode.TARGET_SCHEDULER


def test_an_image_comes_with_all_its_metadata(file: Path, store: Store) -> None:
    """The start of the exposure, its settings, angles and metrics are where the model has them, the rest in extra."""
    import_file(file, store)
    image, *_, still = records(store, AcquiredImage)
    assert image.started == datetime.fromtimestamp(START, UTC)
    assert image.acquired - image.started == timedelta(seconds=120)
    assert image.file == "C:\\Astro\\Müller\\0001.fits"
    assert (image.rotation_deg, still.rotation_deg, still.position_angle_deg) == (121.0, None, None)
    assert (image.metrics["hfr"], image.metrics["star_count"], image.metrics["guiding_rms"]) == (2.31, 812, 0.6)
    assert image.metrics.keys().isdisjoint({"fwhm", "eccentricity"})
    assert (image.template_name, image.target_name, image.session_id) == ("L template", "M 42", 3)
    assert image.extra["GuidingRMSScale"] == 1.5
    trail = records(store, StatusChange, image_id=image.id)
    assert [(line.by, line.from_status, line.to_status) for line in trail] == [("import", None, GradingStatus.ACCEPTED)]


def test_images_outlive_what_they_belonged_to(file: Path, store: Store) -> None:
    """An image of a deleted target is carried under a name that says so, and the report tells."""
    report = import_file(file, store)
    orphan = records(store, AcquiredImage)[3]
    assert (orphan.target_id, orphan.plan_id) == (None, None)
    assert (orphan.target_name, orphan.project_name) == ("(deleted target 12)", "(deleted project 9)")
    told = [loss.what for loss in report.not_carried if loss.id == 4]
    assert told == ["project 9 of an image", "target 12 of an image", "plan 99 of an image"]


def test_thumbnails_come_with_their_size(tmp_path: Path, store: Store) -> None:
    """Before version 17 nobody wrote the size down: the picture tells it."""
    import_file(make_database(tmp_path / "old.sqlite", 16, small_rows(16)), store)
    thumbnail = records(store, Thumbnail)[0]
    assert (thumbnail.width_px, thumbnail.height_px, thumbnail.data) == (120, 80, JPEG)


def test_flat_history_says_which_sessions_have_flats(file: Path, store: Store) -> None:
    """A noon becomes a date; angle 0 means no rotator where no light of the profile knew an angle."""
    import_file(file, store)
    first, second = records(store, FlatHistory)
    assert (first.session_date, first.session_id, first.target_name) == (date(2025, 11, 20), 3, "M 42")
    assert (first.rotation_deg, second.rotation_deg, first.flat_set_id) == (121.0, None, None)


def test_edited_counters_become_adjustments(file: Path, store: Store) -> None:
    """A plan counts what it counted; what its images do not account for is an adjustment of the import."""
    import_file(file, store)
    plan = records(store, ExposurePlan)[0]
    lines = records(store, CountAdjustment, plan_id=plan.id)
    assert {(line.counter, line.delta) for line in lines} == {(Counter.ACQUIRED, 4), (Counter.ACCEPTED, 4)}


def test_our_own_images_keep_counting(file: Path, store: Store) -> None:
    """What was recorded here since counts on top of what the database counts, now and after another import."""
    import_file(file, store)
    image = records(store, AcquiredImage)[0]
    with store.write() as unit:
        own = image.model_copy(update={"id": None, "guid": "ours", "status": GradingStatus.ACCEPTED})
        unit.add_image(own)
    assert import_file(file, store).changes == 0
    assert counters(store)[0] == (8, 6)
    change(file, "UPDATE exposureplan SET acquired = 20, accepted = 6 WHERE Id = 1")
    import_file(file, store)
    assert counters(store)[0] == (21, 7)


def test_what_changed_there_changes_here(file: Path, store: Store) -> None:
    """New rows are added and changed ones updated, each once."""
    import_file(file, store)
    change(
        file,
        "UPDATE target SET name = 'Orion', ra = 5.6 WHERE Id = 1",
        "UPDATE exposureplan SET desired = 40 WHERE Id = 1",
        "INSERT INTO ruleweight VALUES (9, 'Mosaic Completion', 80.0, 1)",
    )
    report = {table.table: table for table in import_file(file, store).tables}
    assert (report["target"].updated, report["exposureplan"].updated, report["project"].updated) == (1, 1, 1)
    assert records(store, Target)[0].name == "Orion"
    assert records(store, AcquiredImage)[0].target_name == "Orion"


def test_grades_given_here_stay(file: Path, store: Store) -> None:
    """A status that was changed here is kept until the database itself says something new."""
    import_file(file, store)
    pending = records(store, AcquiredImage)[2]
    with store.write() as unit:
        line = StatusChange(
            image_id=pending.id,
            from_status=GradingStatus.PENDING,
            to_status=GradingStatus.ACCEPTED,
            by="grader",
            at=ManualClock().now(),
        )
        unit.set_status(pending, line)
    assert import_file(file, store).changes == 0
    assert counters(store)[0] == (7, 6)
    change(file, "UPDATE acquiredimage SET gradingStatus = 2, rejectreason = 'Manual' WHERE Id = 3")
    assert import_file(file, store).changes > 0
    image = records(store, AcquiredImage)[2]
    assert (image.status, image.reject_reason) == (GradingStatus.REJECTED, "Manual")
    assert counters(store)[0] == (7, 5)
    assert import_file(file, store).changes == 0


@pytest.mark.parametrize("version", [16, 23])
def test_what_was_purged_here_stays_away(tmp_path: Path, store: Store, version: int) -> None:
    """Images that were purged do not come back, their plan counts them once, and nothing changes, twice."""
    file = make_database(tmp_path / "old.sqlite", version, small_rows(version))
    import_file(file, store)
    with store.write() as unit:
        unit.delete(unit.list(AcquiredImage)[0])
        unit.delete_all(AcquiredImage)
    for _ in range(2):
        report = import_file(file, store)
        assert (report.changes, counters(store)) == (0, [(7, 5), (0, 0), (1, 0)])
        assert [loss.what for loss in report.not_carried if loss.id is None] == ["5 images that were purged here"]
    assert records(store, AcquiredImage) == records(store, Thumbnail) == []
    assert len(records(store, FlatHistory)) == 2


def test_what_was_purged_comes_back_with_its_deleted_target(file: Path, store: Store) -> None:
    """A target that was deleted here comes back with its images while it is in the database."""
    import_file(file, store)
    held = len(records(store, AcquiredImage, target_name="M 42"))
    with store.read() as unit:
        own = unit.list(Target)[0]
    delete_record(Request("target", str(own.id)), store)
    assert records(store, AcquiredImage, target_name="M 42") == []
    import_file(file, store)
    assert len(records(store, AcquiredImage, target_name="M 42")) == held > 0
    assert counters(store) == [(1, 0), (7, 5), (0, 0)]


def test_counters_that_shrink_there_take_nothing_of_ours(file: Path, store: Store) -> None:
    """After a reset here, a smaller counter there changes nothing twice, and what is recorded later counts."""
    import_file(file, store)
    image = records(store, AcquiredImage)[0]
    with store.write() as unit:
        for counter, number in ((Counter.ACQUIRED, 7), (Counter.ACCEPTED, 5)):
            unit.adjust_counter(image.plan_id, counter, delta=-number, why="reset", at=ManualClock().now())
    change(file, "UPDATE exposureplan SET acquired = 4, accepted = 2 WHERE Id = 1")
    import_file(file, store)
    with store.write() as unit:
        own = image.model_copy(update={"id": None, "guid": "ours", "status": GradingStatus.ACCEPTED})
        unit.add_image(own)
    assert import_file(file, store).changes == 0
    assert counters(store)[0] == (1, 1)


def test_coordinates_of_date_become_those_of_j2000(file: Path, store: Store) -> None:
    """A target entered for the equinox of date is precessed from the year in which its project was made."""
    import_file(file, store)
    before = records(store, Target)[0]
    change(file, "UPDATE target SET epochcode = 0 WHERE Id = 1")
    import_file(file, store)
    after = records(store, Target)[0]
    # 26 years at 3.07 s + 1.34 s sin(ra) tan(dec) a year in right ascension, and 20 arcsec cos(ra) in declination.
    assert before.ra_hours - after.ra_hours == pytest.approx(26 * 2.95 / 3600, rel=0.05)
    assert before.dec_deg - after.dec_deg == pytest.approx(26 * 20 / 3600 * 0.11, rel=0.3)
    assert import_file(file, store).changes == 0


def test_what_was_measured_here_stays(file: Path, store: Store) -> None:
    """Our own measurements win over those of N.I.N.A., and a file that was moved is not moved back."""
    import_file(file, store)
    image = records(store, AcquiredImage)[0]
    with store.write() as unit:
        unit.update(image.model_copy(update={"detector": "sep", "metrics": {"hfr": 9.0}, "file": "/moved/0001.fits"}))
    import_file(file, store)
    image = records(store, AcquiredImage)[0]
    assert (image.metrics["hfr"], image.metrics["star_count"], image.file) == (9.0, 812, "/moved/0001.fits")
    assert import_file(file, store).changes == 0


def test_a_database_that_learnt_guids_is_recognised(tmp_path: Path, store: Store) -> None:
    """Rows imported before their database had guids are found again after the upgrade that invents them."""
    rows = small_rows(23)
    older = {
        table: [{**row, "gradingStatus": row.get("gradingStatus")} for row in each] for table, each in rows.items()
    }
    import_file(make_database(tmp_path / "older.sqlite", 21, older), store)
    held = {name: len(each) for name, each in everything(store).items()}
    import_file(make_database(tmp_path / "newer.sqlite", 23, rows), store)
    assert {name: len(each) for name, each in everything(store).items()} == held
    assert records(store, Target)[0].guid == guid("target", 1)
    assert import_file(tmp_path / "newer.sqlite", store).changes == 0


def test_a_guid_that_occurs_twice_is_two_rows(file: Path, store: Store) -> None:
    """A copied guid counts for the first row; the second is known by where it stands."""
    change(file, "UPDATE target SET guid = (SELECT guid FROM target WHERE Id = 1)", "UPDATE project SET guid = ''")
    import_file(file, store)
    assert len({target.guid for target in records(store, Target)}) == 3
    assert import_file(file, store).changes == 0


def test_a_dry_run_changes_nothing(file: Path, store: Store) -> None:
    """A dry run reports what an import would, and leaves the store as it was."""
    report = import_file(file, store, dry_run=True)
    assert all(rows == [] for rows in everything(store).values())
    assert report.dry_run
    assert report.model_copy(update={"dry_run": False}) == import_file(file, store)
