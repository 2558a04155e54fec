from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imports import everything, export_file, import_file
from scheduler_databases import OTHER, PROFILE, make_database, small_rows

from tsplug.app import open_scheduler_database
from tsplug.model import (
    FLATS_CADENCES,
    AcquiredImage,
    CadenceItem,
    CountAdjustment,
    Counter,
    ExposurePlan,
    ExposureTemplate,
    FlatHistory,
    GraderMode,
    GraderPreferences,
    GradingStatus,
    NinaPreferences,
    OrderAction,
    OrderItem,
    PierSide,
    PlannerPreferences,
    Priority,
    Profile,
    Project,
    ProjectState,
    Site,
    StatusChange,
    Target,
    Thumbnail,
    Twilight,
)
from tsplug.ports import Store, Unit
from tsplug.testing import ManualClock, memory_store, stocked_store

START = datetime(2025, 1, 1, tzinfo=UTC)

texts = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=("Cs",)), max_size=12
)
names = texts.filter(lambda text: bool(text.strip()))
moments = st.integers(0, 86_400 * 500).map(lambda seconds: START + timedelta(seconds=seconds))


def reals(low: float, high: float) -> st.SearchStrategy[float]:
    """Return finite numbers within bounds."""
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


settings_of_cameras = st.none() | st.integers(0, 500)
graders = st.builds(
    GraderPreferences,
    mode=st.just(GraderMode.TARGET_SCHEDULER),
    grade_fwhm=st.booleans(),
    delay_percent=st.integers(0, 100),
    max_samples=st.integers(3, 100),
    rms_threshold_px=reals(0, 500),
    hfr_sigma=reals(0, 10),
    fwhm_sigma=st.integers(0, 10).map(float),
    auto_accept_hfr=reals(0, 10),
)
profiles = st.builds(
    Profile,
    name=st.just("x"),
    grader=graders,
    planner=st.builds(PlannerPreferences, exposure_throttle_percent=st.integers(1, 1000), park_on_wait=st.booleans()),
    nina=st.builds(NinaPreferences, log_level=st.integers(0, 5), api_port=st.integers(1024, 49_151)),
)
projects = st.fixed_dictionaries(
    {
        "name": names,
        "description": texts,
        "state": st.sampled_from(ProjectState),
        "priority": st.sampled_from(Priority),
        "created_at": moments,
        "active_at": st.none() | moments,
        "is_mosaic": st.booleans(),
        "flats_handling": st.sampled_from((0, *FLATS_CADENCES, 100, 200)),
        "minimum_time_min": st.integers(0, 1440),
        "maximum_altitude_deg": reals(0, 90),
        "filter_switch_frequency": st.integers(0, 999),
        "grading_enabled": st.booleans(),
        "rule_weights": st.dictionaries(names, reals(0, 100), max_size=3),
    }
)
targets = st.fixed_dictionaries(
    {
        "name": names,
        "enabled": st.booleans(),
        "ra_hours": reals(0, 23.999),
        "dec_deg": reals(-90, 90),
        "rotation_deg": reals(0, 359.999),
        "roi_percent": reals(1, 100),
    }
)
templates = st.fixed_dictionaries(
    {
        "name": names,
        "filter_name": names,
        "default_exposure_s": reals(0.001, 32_767),
        "gain": settings_of_cameras,
        "offset": settings_of_cameras,
        "binning": st.integers(1, 16),
        "readout_mode": settings_of_cameras,
        "twilight": st.sampled_from(Twilight),
        "twilight_offset_min": st.integers(-999, 999),
        "dither_every": settings_of_cameras,
        "moon_width_days": st.integers(1, 14),
        "moon_relax_minimum_altitude_deg": reals(-90, 0),
    }
)
plans = st.fixed_dictionaries(
    {
        "exposure_s": st.none() | reals(0.001, 32_767),
        "desired": st.integers(0, 99_999),
        "enabled": st.booleans(),
    }
)
images = st.fixed_dictionaries(
    {
        "filter_name": names,
        "file": texts,
        "started": moments,
        "exposure_s": st.integers(0, 3600).map(float),
        "gain": settings_of_cameras,
        "readout_mode": settings_of_cameras,
        "binning": st.integers(1, 16),
        "rotation_deg": st.none() | reals(0, 359.9),
        "roi_percent": reals(1, 100),
        "session_id": st.integers(-5, 5000),
        "pier_side": st.sampled_from(PierSide),
        "focuser_position": st.none() | st.integers(0, 100_000),
        "camera_temperature_c": st.none() | reals(-50, 50),
        "status": st.sampled_from(GradingStatus),
        "reject_reason": texts,
        "metrics": st.fixed_dictionaries(
            {},
            optional={
                "hfr": reals(0, 20),
                "star_count": st.integers(0, 100_000).map(float),
                "fwhm": reals(0.1, 20),
                "eccentricity": reals(0, 1),
                "adu_mean": reals(0, 65_535),
                "adu_max": st.integers(0, 65_535).map(float),
                "airmass": reals(1, 10),
                "sky_quality": reals(10, 22),
            },
        ),
        "extra": st.dictionaries(names.map(lambda name: f"x{name}"), st.integers() | texts, max_size=2),
    }
)


@st.composite
def stores(draw: st.DrawFn) -> Store:
    """Return a store with a catalogue, images, thumbnails and flat history, as Target Scheduler could hold them."""
    store = memory_store()
    with store.write() as unit:
        for profile in draw(st.lists(profiles, min_size=1, max_size=2)):
            _fill(draw, unit, unit.add(profile))
    with store.write() as unit:
        for plan in unit.list(ExposurePlan):
            unit.recount(plan.id or 0)
            delta = draw(st.integers(0, 5))
            unit.adjust_counter(plan.id or 0, Counter.ACQUIRED, delta=delta, why="edited", at=START)
    return store


def _fill(draw: st.DrawFn, unit: Unit, profile: Profile) -> None:
    made = [unit.add(ExposureTemplate(profile_id=profile.id, **draw(templates))) for _ in range(2)]
    for _ in range(draw(st.integers(0, 2))):
        project = unit.add(Project(profile_id=profile.id, **draw(projects)))
        # Weights of rules that a row does not name are the defaults.
        project.rule_weights = {**Project.model_fields["rule_weights"].default_factory(), **project.rule_weights}
        unit.update(project)
        target = unit.add(Target(project_id=project.id, **draw(targets)))
        own = [unit.add(ExposurePlan(target_id=target.id, template_id=each.id, **draw(plans))) for each in made]
        target.override_order = [
            OrderItem(action=OrderAction.EXPOSURE, plan_guid=own[draw(st.integers(0, 1))].guid),
            OrderItem(action=OrderAction.DITHER),
        ]
        target.filter_cadence = [
            CadenceItem(action=OrderAction.EXPOSURE, plan_guid=own[1].guid, next=draw(st.booleans()))
        ]
        unit.update(target)
        plan = own[draw(st.integers(0, 1))]
        template = next(each for each in made if each.id == plan.template_id)
        owner = {"profile_id": profile.id, "profile_name": "x", "project_id": project.id, "project_name": project.name}
        aim = {"target_id": target.id, "target_name": target.name, "plan_id": plan.id, "template_name": template.name}
        for values in draw(st.lists(images, max_size=3)):
            _light(draw, unit, {**owner, **aim, **values})
        if draw(st.booleans()):
            unit.add(_flats(draw, profile, target=target, project=project))


def _light(draw: st.DrawFn, unit: Unit, values: dict[str, Any]) -> None:
    end = values["started"] + timedelta(seconds=values["exposure_s"])
    reason = values["reject_reason"] if values["status"] is GradingStatus.REJECTED else ""
    image = unit.add_many([AcquiredImage(**{**values, "acquired": end, "reject_reason": reason})])[0]
    unit.add(StatusChange(image_id=image.id, from_status=None, to_status=image.status, by="tsplug", at=START))
    if draw(st.booleans()):
        unit.add(Thumbnail(image_id=image.id, width_px=9, height_px=7, data=b"\xff\xd8" + draw(st.binary(max_size=7))))


def _flats(draw: st.DrawFn, profile: Profile, *, target: Target, project: Project) -> FlatHistory:
    return FlatHistory(
        profile_id=profile.id,
        target_id=target.id,
        target_name=target.name,
        project_name=project.name,
        session_date=date(2025, 1, 1) + timedelta(days=draw(st.integers(0, 500))),
        session_id=draw(st.integers(0, 500)),
        filter_name=draw(names),
        gain=draw(settings_of_cameras),
        rotation_deg=draw(reals(0.1, 359)),
        taken_at=draw(moments),
    )


def comparable(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return what a store holds but for the names of profiles, which N.I.N.A. keeps elsewhere.

    Whether eccentricity is graded is yes or no there: what a profile leaves to its mode is compared by what it means.
    """
    held = everything(store)
    for kind, rows in held.items():
        for row in rows:
            row.pop("profile_name", None)
            if kind == "Profile":
                row.pop("name")
                graded = row["grader"].grades_eccentricity
                row["grader"] = row["grader"].model_copy(update={"grade_eccentricity": graded})
        rows.sort(key=lambda row: (str(row.get("guid")), repr(row)))
    return held


def differences(one: dict[str, list[dict[str, Any]]], other: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return where two stores differ, in a line each."""
    lines = [f"{len(one[kind])} {kind}, not {len(other[kind])}" for kind in one if len(one[kind]) != len(other[kind])]
    return lines + [
        f"{kind}.{name}: {left[name]!r}, not {right[name]!r}"
        for kind in one
        for left, right in zip(one[kind], other[kind], strict=False)
        for name in left
        if left[name] != right[name]
    ]


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(store=stores())
def test_an_export_comes_back_as_it_was(store: Store) -> None:
    """Exported and imported into an empty store, a catalogue with its images and history is the same."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "out.sqlite"
        export_file(file, store)
        other = memory_store()
        report = import_file(file, other)
        assert report.not_carried == ()
        assert differences(comparable(other), comparable(store)) == []
        assert import_file(file, other).changes == 0
        assert sum(table.updated for table in import_file(file, store).tables if table.table != "counters") == 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a database is exported to."""
    return tmp_path / "out.sqlite"


def test_a_database_of_target_scheduler_goes_back_as_it_came(tmp_path: Path, file: Path) -> None:
    """Rows that were imported are exported with the same values, metadata included."""
    original = make_database(tmp_path / "in.sqlite", 23, small_rows(23))
    store = memory_store()
    with store.write() as unit:
        site = unit.add(Site(name="Home", latitude_deg=48, longitude_deg=11, time_zone="Europe/Berlin"))
        for guid in (PROFILE, OTHER):
            unit.add(Profile(guid=guid, name=guid, site_id=site.id))
    import_file(original, store)
    export_file(file, store)
    with open_scheduler_database(original) as old, open_scheduler_database(file) as new:
        for table in (
            "project",
            "target",
            "exposuretemplate",
            "exposureplan",
            "flathistory",
            "overrideexposureorderitem",
        ):
            assert [_without_ids(row) for row in new.rows(table)] == [_without_ids(row) for row in old.rows(table)], (
                table
            )
        for there, back in zip(old.rows("acquiredimage"), new.rows("acquiredimage"), strict=True):
            assert _numbers(back["metadata"]) == _numbers(there["metadata"])
            assert (back["acquireddate"], back["gradingstatus"]) == (there["acquireddate"], there["gradingstatus"])


def _without_ids(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("id", "unusedoeo")}


def _numbers(text: str) -> dict[str, Any]:
    values = json.loads(text)
    return {name: round(value, 9) if isinstance(value, float) else value for name, value in values.items()}


def test_every_key_of_the_metadata_is_written(file: Path) -> None:
    """A measured and guided light has every key that Target Scheduler knows."""
    store = memory_store()
    rows = small_rows(23)
    import_file(make_database(file.with_name("in.sqlite"), 23, rows), store)
    export_file(file, store)
    known = json.loads(rows["acquiredimage"][0]["metadata"]).keys()
    with open_scheduler_database(file) as source:
        written = json.loads(next(source.rows("acquiredimage"))["metadata"])
    assert written.keys() == known
    assert (written["Binning"], written["FWHM"]) == ("1x1", "NaN")


def test_without_a_rotator_the_sentinel_is_written(file: Path) -> None:
    """Target Scheduler knows the absence of a rotator by the most negative number."""
    store = memory_store()
    import_file(make_database(file.with_name("in.sqlite"), 23, small_rows(23)), store)
    export_file(file, store)
    with open_scheduler_database(file) as source:
        angles = [json.loads(row["metadata"])["RotatorMechanicalPosition"] for row in source.rows("acquiredimage")]
    assert angles[0] == 121.0
    assert angles[-1] == -math.nextafter(math.inf, 0)


def test_one_profile_takes_only_what_is_its_own(tmp_path: Path, file: Path) -> None:
    """With a profile, other profiles' projects and images stay behind."""
    store = memory_store()
    import_file(make_database(tmp_path / "in.sqlite", 23, small_rows(23)), store)
    with store.read() as unit:
        profile = unit.find(Profile, guid=PROFILE)
    assert profile is not None
    report = export_file(file, store, profile_id=profile.id)
    assert (report.tables["project"], report.tables["target"], report.tables["acquiredimage"]) == (1, 2, 3)
    with open_scheduler_database(file) as source:
        assert source.distinct("project", "profileId") == [PROFILE]


def test_what_stays_behind_is_told(file: Path) -> None:
    """What only tsplug knows is named with the reason."""
    store = stocked_store()
    with store.write() as unit:
        plan, template = unit.list(ExposurePlan)[0], unit.list(ExposureTemplate)[0]
        unit.add(CountAdjustment(plan_id=plan.id, counter=Counter.ACQUIRED, delta=1, why="edited", at=START))
        unit.update(template.model_copy(update={"minimum_grade": "B"}))
        unit.add(Site(name="Second", latitude_deg=0, longitude_deg=0))
    told = {loss.table for loss in export_file(file, store).not_carried}
    assert told == {"Site", "TrainedFlat", "CountAdjustment", "Profile", "ExposureTemplate"}


def test_images_of_one_moment_are_all_written(file: Path) -> None:
    """More images than a page that began at once are neither lost nor doubled."""
    store = memory_store()
    base = {"profile_name": "", "project_name": "", "target_name": "", "filter_name": "L", "file": ""}
    rows = [AcquiredImage(**base, started=START, acquired=START, exposure_s=0) for _ in range(1201)]
    with store.write() as unit:
        unit.add_many(rows)
    assert export_file(file, store).tables["acquiredimage"] == 1201
    assert import_file(file, memory_store(ManualClock())).tables[-1].table
