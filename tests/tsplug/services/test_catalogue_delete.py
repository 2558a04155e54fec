from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tsplug.errors import InputError
from tsplug.model import (
    AcquiredImage,
    ChangedReadoutMode,
    Contribution,
    ExposurePlan,
    FlatHistory,
    FlatSet,
    GradingStatus,
    Job,
    JobStep,
    Lease,
    OrderItem,
    Profile,
    Project,
    Record,
    StatusChange,
    Target,
    Thumbnail,
    TrainedFlat,
)
from tsplug.ports import Store
from tsplug.services.catalogue_delete import delete_record, preview_deletion
from tsplug.services.catalogue_drafts import Request
from tsplug.services.catalogue_edit import edit_record
from tsplug.testing import ManualClock, stocked_store, store_light

pytestmark = pytest.mark.both_databases

NIGHT = datetime(2026, 1, 15, 20, tzinfo=UTC)


@pytest.fixture
def store() -> Store:
    """Return the small catalogue with three lights of M 42 and one of M 81, thumbnails, flats and a lease."""
    stocked = stocked_store()
    lights = [
        store_light(stocked, "M 42", filter_name="L", started=NIGHT.replace(minute=minute)) for minute in range(3)
    ]
    lights.append(store_light(stocked, "M 81", filter_name="L", started=NIGHT, status=GradingStatus.ACCEPTED))
    with stocked.write() as unit:
        for light in lights:
            unit.add(Thumbnail(image_id=light.id or 0, width_px=1, height_px=1, data=b"x"))
            unit.add(
                StatusChange(image_id=light.id or 0, from_status=None, to_status=light.status, by="test", at=NIGHT)
            )
        settings = {"filter_name": "L", "brightness": 9, "exposure_s": 1, "wanted": 1, "started": NIGHT}
        flats = unit.add(FlatSet(profile_id=1, night=NIGHT.date(), **settings))
        history = {"session_date": NIGHT.date(), "session_id": 1, "filter_name": "L", "taken_at": NIGHT}
        names = {"target_name": "M 42", "project_name": "Nebulae"}
        unit.add(FlatHistory(profile_id=1, target_id=1, flat_set_id=flats.id, **names, **history))
        unit.add(Lease(plan_id=lights[0].plan_id or 0, profile_id=1, until=NIGHT))
        target = unit.get(Target, 1)
        target.override_order = [OrderItem(action="dither")]
        unit.update(target)
    return stocked


def left(store: Store, kind: type[Record]) -> int:
    """Return how many records of a kind there are."""
    with store.read() as unit:
        return unit.count(kind)


@pytest.mark.parametrize(
    ("kind", "name", "goes", "stays"),
    [
        (
            "target",
            "M 42",
            {"leases": 1, "plans": 2, "images": 3, "thumbnails": 3, "status changes": 3, "flat history entries": 1},
            {"image files": 3},
        ),
        (
            "project",
            "Nebulae",
            {"leases": 1, "plans": 3, "images": 3, "thumbnails": 3, "flat history entries": 1, "targets": 2},
            {"image files": 3},
        ),
        ("plan", "M 42/L", {"leases": 1, "plans": 1}, {"images": 3, "image files": 3}),
        (
            "profile",
            "Refractor",
            {"projects": 2, "plans": 7, "images": 4, "templates": 5, "trained flats": 5, "flat sets": 1},
            {"image files": 4},
        ),
    ],
)
def test_the_preview_says_what_goes(
    store: Store, kind: str, name: str, *, goes: dict[str, int], stays: dict[str, int]
) -> None:
    """The preview counts what goes and what stays, changes nothing, and deleting does the same."""
    request = Request(kind, name)
    preview = preview_deletion(request, store)
    assert goes.items() <= preview.goes.items()
    assert preview.stays == stays
    assert left(store, AcquiredImage) == 4
    done = delete_record(request, store)
    assert done == preview.model_copy(update={"deleted": True})
    assert left(store, AcquiredImage) == 4 - preview.goes.get("images", 0)
    assert left(store, Thumbnail) == left(store, AcquiredImage)


def test_images_stay_where_the_projects_profile_says_so(store: Store) -> None:
    """The preference of the project's own profile counts: records stay with their names and thumbnails."""
    edit = Request("profile", "Refractor", ["planner.delete_images_with_target=no"])
    edit_record(edit, store, clock=ManualClock())
    done = delete_record(Request("project", "Nebulae"), store)
    assert done.stays == {"image files": 3, "images": 3}
    with store.read() as unit:
        assert [image.target_name for image in unit.list(AcquiredImage)].count("M 42") == 3
        assert unit.dangling() == []
    assert left(store, Thumbnail) == 4


def test_jobs_go_with_their_images(store: Store) -> None:
    """Nobody works on a frame whose record is gone; jobs of other frames stay, and so do those of images that stay."""
    with store.write() as unit:
        for image in unit.list(AcquiredImage):
            job = unit.add(Job(image_id=image.id, file=image.file, created_at=NIGHT))
            unit.add(JobStep(job_id=job.id or 0, module="stars", state="completed", duration_s=1))
    done = delete_record(Request("target", "M 42"), store)
    assert (done.goes["jobs"], done.goes["job steps"]) == (3, 3)
    assert (left(store, Job), left(store, JobStep)) == (1, 1)


def test_a_deleted_plan_clears_the_order_of_its_target(store: Store) -> None:
    """The order of exposures that named the plan goes with it; the images stay."""
    done = delete_record(Request("plan", "M 42/L"), store)
    assert done.goes["places in orders of exposures"] == 1
    with store.read() as unit:
        assert unit.get(Target, 1).override_order == []
    assert left(store, AcquiredImage) == 4


def test_counters_of_plans_that_stay_do_not_move(store: Store) -> None:
    """Images that count for a plan of another target go with their project; an adjustment takes their place."""
    accepted = {"filter_name": "L", "status": GradingStatus.ACCEPTED}
    store_light(store, "M 81", started=NIGHT.replace(minute=9), **accepted)
    with store.write() as unit:
        image = unit.list(AcquiredImage, target_id=3)[0]
        unit.set_all(AcquiredImage, {"project_id": 1, "target_id": 1}, target_id=3)
    delete_record(Request("project", "Nebulae"), store)
    with store.write() as unit:
        plan = unit.get(ExposurePlan, image.plan_id or 0)
        unit.recount(plan.id or 0)
        assert unit.get(ExposurePlan, plan.id or 0) == plan
    assert (plan.acquired, plan.accepted) == (2, 2)


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("site", "Sternwarte", "profile 'Refractor' stands at site 'Sternwarte'"),
        ("template", "L", "template 'L' is needed by plans of 'M 42', 'M 81'"),
        ("target", "M 1", "no target 'M 1' is stored"),
    ],
)
def test_what_is_needed_stays(store: Store, kind: str, name: str, said: str) -> None:
    """What something else is made from is not deleted; the message says what to do first."""
    for call in (preview_deletion, delete_record):
        with pytest.raises(InputError, match=said):
            call(Request(kind, name), store)


def test_adjustments_are_counted_too(store: Store) -> None:
    """What was edited by hand goes with its plan, and the preview says so."""
    edit_record(Request("plan", "M 42/L", ["accepted=2"]), store, clock=ManualClock())
    assert preview_deletion(Request("target", "M 42"), store).goes["count adjustments"] == 1


def test_a_profile_goes_with_its_contributions(store: Store) -> None:
    """A contributing profile leaves the project of another, and takes its own leases along."""
    with store.write() as unit:
        other = unit.add(Profile(name="Newton"))
        unit.add(Contribution(project_id=1, profile_id=other.id or 0))
        unit.add(Lease(plan_id=1, profile_id=other.id or 0, until=NIGHT))
        unit.add(ChangedReadoutMode(profile_id=other.id or 0, mode_before=1, since=NIGHT))
    done = delete_record(Request("profile", "Newton"), store)
    assert left(store, ChangedReadoutMode) == 0
    assert done.goes == {"leases": 1, "contributions": 1, "profiles": 1}
    assert (left(store, Project), left(store, TrainedFlat), left(store, Lease)) == (2, 5, 1)
