"""Light sessions from stored lights."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.flats.sessions import SiteMoment, earliest_start, light_sessions, window_begins
from tsplug.model import AcquiredImage, FlatsPreferences, GradingStatus, LightSession, Project, Site
from tsplug.model.angles import same_rotation
from tsplug.model.night import night_starting

SITE = Site(name="Hawaii", latitude_deg=19.8, longitude_deg=-155.5, time_zone="Pacific/Honolulu")
CREATED = datetime(2023, 11, 2, 6, tzinfo=UTC)
"""The evening of 1 November in Hawaii."""
PROJECT = Project(id=1, profile_id=1, name="P", created_at=CREATED, flats_handling=3)
NIGHT = datetime(2023, 11, 7, 12, tzinfo=UTC)
"""Two in the morning of 7 November in Hawaii."""


def light(number: int, **changes: Any) -> AcquiredImage:
    """Return a stored light of target 1."""
    fields: dict[str, Any] = {
        "id": number,
        "profile_id": 1,
        "profile_name": "rig",
        "project_id": 1,
        "project_name": "P",
        "target_id": 1,
        "target_name": "T1",
        "plan_id": 1,
        "filter_name": "L",
        "file": f"{number}.fits",
        "started": NIGHT,
        "acquired": NIGHT,
        "exposure_s": 60.0,
    }
    return AcquiredImage(**(fields | changes))


def sessions(*images: AcquiredImage, **preferences: Any) -> tuple[LightSession, ...]:
    """Return the sessions of lights with a tolerance of one degree."""
    return light_sessions(images, {1: PROJECT}, site=SITE, preferences=FlatsPreferences(**preferences))


def test_golden_session() -> None:
    """A light before dawn belongs to the noon before at the site; its session id counts from the project's creation."""
    (session,) = sessions(light(1), light(2))
    assert (session.session_date, session.session_id) == (date(2023, 11, 6), 2)
    assert session.image_ids == (1, 2)
    assert (session.project_name, session.target_name, session.spec.rotation_deg) == ("P", "T1", None)


def test_a_recorded_session_id_stays() -> None:
    """The id a light was saved under is kept, since its file is named by it."""
    assert sessions(light(1, session_id=9))[0].session_id == 9


def test_every_setting_divides() -> None:
    """Lights that differ in target, night or any setting that flats must share are different sessions."""
    changes: list[dict[str, Any]] = [
        {},
        {"target_id": 2},
        {"started": datetime(2023, 11, 8, 12, tzinfo=UTC)},
        {"filter_name": "R"},
        {"gain": 0},
        {"offset": 0},
        {"binning": 2},
        {"readout_mode": 0},
        {"roi_percent": 50.0},
        {"rotation_deg": 0.0},
    ]
    images = [light(number, **change) for number, change in enumerate(changes)]
    assert len(sessions(*images)) == len(changes)


def test_rejected_lights_need_flats_too() -> None:
    """Grading does not matter."""
    assert len(sessions(light(1, status=GradingStatus.REJECTED))) == 1


@pytest.mark.parametrize("change", [{"plan_id": None}, {"target_id": None}, {"project_id": 8}])
def test_only_lights_of_a_plan_count(change: dict[str, Any]) -> None:
    """Lights recorded for no plan, and those of a project that is gone, ask for no flats."""
    assert sessions(light(1, **change)) == ()


def test_rotation_classes_divide_a_target() -> None:
    """Angles further apart than the tolerance are sessions of their own; near ones share the class's mean."""
    images = [light(n, rotation_deg=angle) for n, angle in enumerate((359.8, 0.2, 30.0))]
    found = {session.image_ids: session for session in sessions(*images)}
    assert set(found) == {(0, 1), (2,)}
    assert found[(0, 1)].spec.rotation_deg == pytest.approx(0.0, abs=1e-9)


def test_two_targets_of_a_class_have_equal_specs() -> None:
    """Sessions of one class have equal specs, and each keeps the mean of its own lights."""
    one, two = sessions(light(1, rotation_deg=10.0), light(2, rotation_deg=10.6, target_id=2))
    assert one.spec == two.spec
    assert (one.lights_rotation_deg, two.lights_rotation_deg) == (10.0, 10.6)


def test_the_window_begins_with_a_session() -> None:
    """The window holds whole nights of the site; wherever a light of its first night began, the search finds it."""
    moment = SiteMoment(NIGHT, SITE)
    assert (moment.tonight, moment.run_date) == (date(2023, 11, 6), date(2023, 11, 7))
    first = window_begins(moment, days=45)
    assert first == date(2023, 9, 22)
    kiribati = Site(name="Kiritimati", latitude_deg=1.9, longitude_deg=-157.4, time_zone="Pacific/Kiritimati")
    assert earliest_start(first, SITE) <= night_starting(first, kiribati).start


ZONES = [
    # Site, moment in UTC, its session date: around noons, and where clocks change (New Zealand, California, Zurich).
    ("Pacific/Auckland", datetime(2026, 1, 15, 22, 59, tzinfo=UTC), date(2026, 1, 15)),
    ("Pacific/Auckland", datetime(2026, 1, 15, 23, 0, tzinfo=UTC), date(2026, 1, 16)),
    ("Pacific/Auckland", datetime(2026, 4, 4, 23, 30, tzinfo=UTC), date(2026, 4, 4)),
    ("Pacific/Auckland", datetime(2026, 4, 5, 0, 0, tzinfo=UTC), date(2026, 4, 5)),
    ("America/Los_Angeles", datetime(2026, 3, 8, 11, 30, tzinfo=UTC), date(2026, 3, 7)),
    ("America/Los_Angeles", datetime(2026, 3, 8, 18, 59, tzinfo=UTC), date(2026, 3, 7)),
    ("America/Los_Angeles", datetime(2026, 3, 8, 19, 0, tzinfo=UTC), date(2026, 3, 8)),
    ("America/Los_Angeles", datetime(2026, 11, 1, 19, 59, tzinfo=UTC), date(2026, 10, 31)),
    ("Europe/Zurich", datetime(2026, 3, 29, 9, 59, tzinfo=UTC), date(2026, 3, 28)),
    ("Europe/Zurich", datetime(2026, 3, 29, 10, 0, tzinfo=UTC), date(2026, 3, 29)),
]


@pytest.mark.parametrize(("zone", "started", "expected"), ZONES)
def test_nights_follow_the_clocks_of_the_site(zone: str, started: datetime, expected: date) -> None:
    """A night begins at noon on the site's clocks, far from Greenwich too, and on the days on which clocks change."""
    longitude = {"Pacific/Auckland": 174.8, "America/Los_Angeles": -118.2, "Europe/Zurich": 8.5}[zone]
    site = Site(name="Site", latitude_deg=0.0, longitude_deg=longitude, time_zone=zone)
    (session,) = light_sessions([light(1, started=started)], {1: PROJECT}, site=site, preferences=FlatsPreferences())
    assert session.session_date == expected
    assert SiteMoment(started, site).tonight == expected


def test_a_recorded_night_is_not_counted_anew() -> None:
    """A light that was taken elsewhere keeps its night, whatever noon is at the profile's site now."""
    abroad = light(1, session_date=date(2023, 11, 7))
    assert [item.session_date for item in sessions(abroad, light(2))] == [date(2023, 11, 6), date(2023, 11, 7)]


def test_temperature_divides_only_where_the_profile_minds() -> None:
    """Cooled and uncooled lights share flats by default; with a tolerance they are classes, as angles are."""
    cold = [light(1, camera_set_temperature_c=-10.0), light(2, camera_set_temperature_c=-10.5)]
    lights = [*cold, light(3, camera_temperature_c=8.0), light(4)]
    assert len(sessions(*lights)) == 1
    found = {item.image_ids: item for item in sessions(*lights, temperature_tolerance_c=1.0)}
    assert {ids: item.spec.temperature_c for ids, item in found.items()} == {(1, 2): -10.2, (3,): 8.0, (4,): None}
    assert found[(1, 2)].lights_temperature_c == -10.25


SETTINGS = st.fixed_dictionaries(
    {
        "filter_name": st.sampled_from(["L", "Ha"]),
        "gain": st.sampled_from([None, 100]),
        "rotation_deg": st.sampled_from([None, 0.0, 0.6, 1.2, 90.0, 359.5]),
        "camera_set_temperature_c": st.sampled_from([None, -10.0, -9.2, 5.0]),
        "target_id": st.sampled_from([1, 2]),
    }
)


@given(st.lists(SETTINGS, min_size=1, max_size=12), st.sampled_from([None, 1.0]))
def test_sharing_flats_is_an_equivalence(settings: list[dict[str, Any]], tolerance_c: float | None) -> None:
    """Every light is in one session, and lights share a spec or not: whoever shares with one shares with all of it."""
    images = [light(number, **each) for number, each in enumerate(settings, 1)]
    found = sessions(*images, temperature_tolerance_c=tolerance_c)
    keys = [key for item in found for key in item.image_ids]
    assert sorted(keys) == [image.id for image in images]
    spec_of = {key: item.spec for item in found for key in item.image_ids}
    for one in images:
        for other in images:
            if spec_of[one.id or 0] != spec_of[other.id or 0]:
                continue
            assert (one.filter_name, one.gain) == (other.filter_name, other.gain)
            assert same_rotation(one.rotation_deg, other.rotation_deg, tolerance_deg=1.0)


@given(st.lists(SETTINGS, min_size=2, max_size=8), st.randoms())
def test_the_order_of_lights_does_not_matter(settings: list[dict[str, Any]], random: Any) -> None:
    """Sessions are the same in whatever order the records are read."""
    images = [light(number, **each) for number, each in enumerate(settings, 1)]
    shuffled = list(images)
    random.shuffle(shuffled)
    assert {item.image_ids: item.spec for item in sessions(*images)} == {
        item.image_ids: item.spec for item in sessions(*shuffled)
    }
