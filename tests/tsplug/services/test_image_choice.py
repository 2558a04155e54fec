"""Which images are meant by what a user asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tsplug.errors import AmbiguousNameError, InputError, NotFoundError
from tsplug.metrics import METRICS
from tsplug.model import AcquiredImage, GradingStatus, Profile, Project, Site, StatusChange, Target
from tsplug.ports import Store
from tsplug.services.image_choice import SORTS, ImageChoice, image_query
from tsplug.services.image_list import list_images
from tsplug.testing import ManualClock, stocked_store, store_light

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


@pytest.fixture
def store() -> Store:
    return stocked_store(ManualClock(NOW))


def light(store: Store, started: datetime, *, target: str = "M 42", filter_name: str = "L", **fields: Any) -> int:
    return store_light(store, target, filter_name=filter_name, started=started, **fields).id or 0


def chosen(store: Store, **choice: Any) -> list[int]:
    with store.read() as unit:
        query = image_query(unit, ImageChoice(**choice), now=NOW)
    return [row["id"] for row in list_images(store, query)]


def test_days_are_inclusive_and_the_sites(store: Store) -> None:
    """The day of 23 hours at the site holds its first and its last second and no other, as UTC has them."""
    moments = [
        datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 28, 23, 0, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 21, 59, 59, 700_000, tzinfo=UTC),
        datetime(2026, 3, 29, 22, 0, 0, tzinfo=UTC),
    ]
    _, first, last, _ = (light(store, moment) for moment in moments)
    day = date(2026, 3, 29)
    assert chosen(store, first=day, last=day) == [last, first]


@pytest.mark.parametrize(("word", "days"), [("today", 1), ("2", 2), ("7", 7), ("365", 365)])
def test_ranges_count_today(store: Store, word: str, days: int) -> None:
    """A range holds the first moment of its first day, not the one before, and all of today."""
    first = datetime(2026, 3, 30, tzinfo=UTC).date() - timedelta(days=days - 1)
    moment = datetime(first.year, first.month, first.day, 3, tzinfo=UTC)
    inside, late = light(store, moment), light(store, datetime(2026, 3, 30, 21, 59, tzinfo=UTC))
    light(store, moment - timedelta(days=1))
    light(store, datetime(2026, 3, 30, 22, 0, tzinfo=UTC))
    assert chosen(store, range=word) == [late, inside]


def test_moments_bound_exactly(store: Store) -> None:
    """A moment instead of a day: from it on, and before it."""
    keys = [light(store, NOW - timedelta(minutes=minutes)) for minutes in (30, 20, 10)]
    assert chosen(store, first=NOW - timedelta(minutes=20), last=NOW - timedelta(minutes=10)) == [keys[1]]


def test_since_tells_what_was_recorded_or_graded(store: Store) -> None:
    """An old image comes again once its status changed, one that did not change stays away."""
    old, other = light(store, NOW - timedelta(days=9)), light(store, NOW - timedelta(days=8))
    with store.write() as unit:
        for key in (old, other):
            image = unit.get(AcquiredImage, key)
            at = image.acquired
            unit.add(StatusChange(image_id=key, from_status=None, to_status=image.status, by="tsplug", at=at))
        line = StatusChange(image_id=0, from_status="pending", to_status="accepted", by="user", at=NOW)
        unit.set_status(unit.get(AcquiredImage, old), line)
    assert chosen(store, since=NOW) == [old]
    assert chosen(store, since=NOW - timedelta(days=8, hours=1), status=GradingStatus.PENDING) == [other]


def test_sorted_both_ways_with_the_unmeasured_last(store: Store) -> None:
    """By a metric or a field; whichever way, images without the value come at the end."""
    values = (2.5, None, 10.0)
    a, b, c = (
        light(store, NOW + timedelta(minutes=place), metrics={} if hfr is None else {"hfr": hfr}, gain=place)
        for place, hfr in enumerate(values)
    )
    assert chosen(store, sort="hfr") == [a, c, b]
    assert chosen(store, sort="-hfr") == [c, a, b]
    assert chosen(store, sort="-hfr", limit=1) == [c]
    assert (chosen(store, sort="gain"), chosen(store, sort="-gain")) == ([a, b, c], [c, b, a])
    assert (chosen(store, sort="started"), chosen(store)) == ([a, b, c], [c, b, a])


def test_every_field_and_metric_sorts(store: Store) -> None:
    """Nothing that a list shows is refused as its order."""
    key = light(store, NOW)
    assert [
        sort for sort in SORTS if chosen(store, sort=sort) != [key] or chosen(store, sort=f"-{sort}") != [key]
    ] == []
    assert set(METRICS) < set(SORTS)
    assert len(SORTS) >= 60


def test_pages_join(store: Store) -> None:
    """Each page goes on behind the last image of the one before, also where starts are equal."""
    keys = [light(store, NOW + timedelta(minutes=place // 3)) for place in range(8)]
    for sort in ("", "started"):
        assert in_pages(store, sort) == (keys if sort else keys[::-1])


def in_pages(store: Store, sort: str) -> list[int]:
    """Return the images as pages of three show them."""
    seen: list[int] = []
    while page := chosen(store, limit=3, sort=sort, after=str(seen[-1]) if seen else ""):
        seen += page
    return seen


@pytest.mark.parametrize("sort", ["hfr", "-hfr", "filter", "-filter", "status", "-score", "camera_temperature_c"])
def test_pages_join_in_any_order(store: Store, sort: str) -> None:
    """By a metric or field, with equal values and with none: pages show what the whole list shows."""
    for place, hfr in enumerate((2.0, None, 1.9, 2.0, 2.1 + 1e-9, None, 2.1)):
        metrics = {} if hfr is None else {"hfr": hfr}
        light(store, NOW + timedelta(minutes=place // 3), metrics=metrics, camera_temperature_c=hfr)
    assert in_pages(store, sort) == chosen(store, sort=sort)
    assert len(chosen(store, sort=sort)) == 7


def test_names_are_looked_up_within_the_cascade(store: Store) -> None:
    """A target's name that two projects have is clear once the project is chosen."""
    with store.write() as unit:
        first = unit.list(Target, name="M 42")[0]
        other = unit.list(Project, name="Galaxies")[0]
        unit.add(first.model_copy(update={"id": None, "guid": "twin", "project_id": other.id}))
    key = light(store, NOW)
    with pytest.raises(AmbiguousNameError):
        chosen(store, target="M 42")
    assert (chosen(store, target="M 42", project="Nebulae"), chosen(store, target="M 42", project="Galaxies")) == (
        [key],
        [],
    )


def test_filters_narrow_together(store: Store) -> None:
    """Profile, project, target, plan, filter and status each leave what fits all of them."""
    ha, lum = light(store, NOW, filter_name="Ha"), light(store, NOW, filter_name="L")
    light(store, NOW, target="M 81", profile_id=None)
    assert chosen(store, profile="Refractor", project="Nebulae") == [lum, ha]
    assert chosen(store, target="M 42", filter_name="Ha") == chosen(store, plan="M 42/Ha") == [ha]
    assert chosen(store, project="Galaxies", profile="Refractor") == []
    assert chosen(store, status=GradingStatus.ACCEPTED, target="M 42") == []


def test_what_is_gone_is_known_by_the_names_that_images_keep(store: Store) -> None:
    """A deleted target, or one that only a stranger's frames name, still chooses its images."""
    light(store, NOW)
    gone = light(store, NOW)
    with store.write() as unit:
        kept = {"target_id": 99, "target_name": "M 1", "project_id": 98, "project_name": "Old", "plan_id": None}
        unit.update(unit.get(AcquiredImage, gone).model_copy(update=kept))
    assert chosen(store, target="M 1") == chosen(store, project="Old") == chosen(store, plan="none") == [gone]
    assert chosen(store, target="M 1", project="Nebulae") == []


def test_an_image_whose_plan_is_gone_has_none(store: Store) -> None:
    """What no plan counts is found in one go, whether it never had a plan or its plan was deleted."""
    light(store, NOW)
    gone = light(store, NOW)
    with store.write() as unit:
        unit.update(unit.get(AcquiredImage, gone).model_copy(update={"plan_id": 4711}))
    assert chosen(store, plan="none") == [gone]


@pytest.mark.parametrize(
    ("choice", "error", "words"),
    [
        ({"range": "3"}, InputError, "no range '3'"),
        ({"range": "7", "first": date(2026, 1, 1)}, InputError, "exclude each other"),
        ({"first": date(2026, 1, 2), "last": date(2026, 1, 1)}, InputError, "nothing is between"),
        ({"sort": "beauty"}, InputError, "not sorted by 'beauty'"),
        ({"target": "M 99"}, NotFoundError, "no target 'M 99'"),
        ({"filter_name": "Hb"}, NotFoundError, "no filter 'Hb'"),
        ({"after": "77"}, NotFoundError, "no image '77'"),
    ],
)
def test_what_makes_no_sense_is_said(store: Store, choice: dict[str, Any], error: type[Exception], words: str) -> None:
    """One line names what is wrong."""
    with pytest.raises(error, match=words):
        chosen(store, **choice)


def test_dates_of_rigs_in_two_zones_need_a_profile(store: Store) -> None:
    """Whose midnight is meant must be said; a moment needs no zone."""
    with store.write() as unit:
        site = unit.list(Site)[0]
        far = unit.add(
            site.model_copy(update={"id": None, "guid": "far", "name": "Far", "time_zone": "America/Santiago"})
        )
        rig = unit.list(Profile)[0]
        unit.add(rig.model_copy(update={"id": None, "guid": "rig", "name": "Southern", "site_id": far.id}))
    with pytest.raises(InputError, match=r"several time zones.*--profile.*Refractor, Southern"):
        chosen(store, range="today")
    assert chosen(store, range="today", profile="Southern") == []
    assert chosen(store, first=NOW) == []


def test_records_outlive_what_they_name(store: Store) -> None:
    """Renaming, moving or deleting project, target, plan and rig leaves every image listed under its own names."""
    from tsplug.services.catalogue_delete import delete_record
    from tsplug.services.catalogue_drafts import Request

    key = light(store, NOW)
    with store.write() as unit:
        rig = unit.list(Profile)[0]
        unit.update(
            rig.model_copy(update={"planner": rig.planner.model_copy(update={"delete_images_with_target": False})})
        )
        project = unit.list(Project, name="Nebulae")[0]
        unit.update(project.model_copy(update={"name": "Renamed"}))
    for request in (Request("plan", "M 42/L"), Request("target", "M 42"), Request("project", "Renamed")):
        delete_record(request, store)
        (row,) = [row for row in list_images(store) if row["id"] == key]
        assert (row["project"], row["target"], row["profile"]) == ("Nebulae", "M 42", "Refractor")
        assert chosen(store, profile="Refractor") == [key]
    delete_record(Request("project", "Galaxies"), store)
    delete_record(Request("profile", "Refractor"), store)
    assert chosen(store, first=date(2026, 1, 1)) == [key]
