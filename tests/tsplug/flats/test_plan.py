"""The plan of a flats run: order, sharing, skipping, steps."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.flats.plan import FlatPlan, FlatRequest, FlatRig, plan_flats
from tsplug.flats.steps import RotateTo, SelectFilter
from tsplug.model import FlatInstruction, FlatSpec, FlatsPreferences, LightSession, TrainedFlat

FILTERS = ("L", "R", "Ha")
RIG = FlatRig(filters=FILTERS, has_rotator=True, max_brightness=100)
TRAINED = tuple(
    TrainedFlat(
        profile_id=1,
        filter_name=name,
        gain=100,
        offset=30,
        brightness=50,
        exposure_s=1.0,
        trained_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    for name in FILTERS
)


def session(number: int = 1, *, target_id: int = 1, **changes: Any) -> LightSession:
    """Return a light session of a day in January."""
    fields: dict[str, Any] = {
        "filter_name": "L",
        "gain": 100,
        "offset": 30,
        "binning": 1,
        "readout_mode": 0,
        "roi_percent": 100.0,
        "rotation_deg": None,
    }
    return LightSession(
        profile_id=1,
        project_id=1,
        project_name="P",
        target_id=target_id,
        target_name=f"T{target_id}",
        session_date=date(2026, 1, number),
        session_id=number,
        spec=FlatSpec(**(fields | changes)),
    )


def plan(*sessions: LightSession, rig: FlatRig = RIG, trained: Any = TRAINED, **instruction: Any) -> FlatPlan:
    """Return the plan of due sessions."""
    event = FlatInstruction(profile_guid="p", **instruction)
    return plan_flats(sessions, FlatRequest(event, FlatsPreferences(), tuple(trained)), rig=rig)


def words(of: FlatPlan) -> list[str]:
    """Return the steps in words."""
    return [step.describe() for step in of.steps]


def test_a_step_names_the_first_sessions_it_serves() -> None:
    """A line that named all sessions of a long run would not be read."""
    many = plan(*(session(number, filter_name="L", rotation_deg=30.0) for number in range(1, 6)), count=5)
    told = [line for line in words(many) if line.startswith("take")]
    assert told == ["take 5 of 5 flats of 1 s for T1 2026-01-01, T1 2026-01-02, T1 2026-01-03 and 2 more"]


def test_the_steps_of_a_run() -> None:
    """A run closes the cover, moves only what must move between its sets, and ends dark and as before."""
    planned = plan(
        session(1, filter_name="Ha", rotation_deg=30.0),
        session(1, filter_name="L", rotation_deg=30.0),
        session(1, filter_name="L", rotation_deg=120.0, readout_mode=1),
        count=5,
    )
    assert words(planned) == [
        "close the cover",
        "turn the rotator to 30.00 degrees (mechanical)",
        "set readout mode 0",
        "select filter L",
        "light the panel at 50",
        "take 5 of 5 flats of 1 s for T1 2026-01-01",
        "select filter Ha",
        "take 5 of 5 flats of 1 s for T1 2026-01-01",
        "turn the rotator to 120.00 degrees (mechanical)",
        "set readout mode 1",
        "select filter L",
        "take 5 of 5 flats of 1 s for T1 2026-01-01",
        "switch the panel off",
        "restore the readout mode",
    ]
    assert planned.frames == 15


def test_the_cover_opens_last_when_asked_for() -> None:
    """An instruction that wants the cover open ends with opening it."""
    assert words(plan(session(), cover_at_end="open"))[-1] == "open the cover"


def test_order_is_angle_then_filter_then_readout_mode() -> None:
    """Sets go by rotator angle, no rotator first, then by the wheel's order, then by readout mode, unknown first."""
    angles, names, modes = (None, 10.0, 350.0), ("Ha", "R", "L"), (1, None, 0)
    shuffled = [
        session(rotation_deg=angle, filter_name=name, readout_mode=mode)
        for mode in modes
        for name in names
        for angle in reversed(angles)
    ]
    found = [
        (item.take.spec.rotation_deg, item.take.spec.filter_name, item.take.spec.readout_mode)
        for item in plan(*shuffled).sets
    ]
    expected = [(angle, name, mode) for angle in angles for name in FILTERS for mode in (None, 0, 1)]
    assert found == expected


def test_equal_specs_are_one_set() -> None:
    """Equal specs over targets and nights are one set that serves them all, named after the oldest session."""
    (only,) = plan(session(2), session(1, target_id=2), session(1)).sets
    assert only.take.session_names == ("T1 2026-01-01", "T2 2026-01-01", "T1 2026-01-02")


def test_repeat_gives_each_session_a_set() -> None:
    """With repeat each session has a set of its own."""
    planned = plan(session(2), session(1, target_id=2), session(1), repeat=True)
    assert [item.take.session_names for item in planned.sets] == [
        ("T1 2026-01-01",),
        ("T2 2026-01-01",),
        ("T1 2026-01-02",),
    ]


@pytest.mark.parametrize(
    ("rig", "changes", "reason"),
    [
        (RIG, {"gain": 7}, "no training for filter L, gain 7, offset 30, binning 1x1, readout mode 0: train"),
        (FlatRig(None, True, 100), {}, "no filter wheel is connected to select L"),
        (FlatRig(("R",), True, 100), {}, "filter L is not in the wheel (R)"),
        (FlatRig(FILTERS, False, 100), {"rotation_deg": 0.0}, "taken at 0.00 degrees and no rotator is connected"),
        (FlatRig(FILTERS, True, 49), {}, "trained at brightness 50, the panel reaches 49"),
    ],
)
def test_what_cannot_be_taken_is_skipped(rig: FlatRig, changes: dict[str, Any], reason: str) -> None:
    """A session that this rig or training cannot serve is skipped with the reason, and alone it moves nothing."""
    planned = plan(session(**changes), rig=rig)
    assert reason in planned.skipped[0].reason
    assert planned.skipped[0].sessions == ("T1 2026-01-01",)
    assert planned.steps == ()


def test_no_rotator_no_turn() -> None:
    """Lights without a rotator get flats without a rotator step, with or without a rotator now."""
    for has_rotator in (True, False):
        planned = plan(session(), rig=FlatRig(FILTERS, has_rotator, 100))
        assert not [step for step in planned.steps if isinstance(step, RotateTo)]


def test_a_fallback_is_noted() -> None:
    """A set lit by a fallback training says so."""
    trained = [TRAINED[0].model_copy(update={"gain": None})]
    preferences = FlatsPreferences(trained_fallbacks=True)
    request = FlatRequest(FlatInstruction(profile_guid="p"), preferences, tuple(trained))
    (only,) = plan_flats([session()], request, rig=RIG).sets
    assert only.take.note == "trained with the camera's default gain"


SESSIONS = st.builds(
    session,
    st.integers(1, 28),
    target_id=st.integers(1, 3),
    filter_name=st.sampled_from(FILTERS),
    rotation_deg=st.sampled_from([None, 10.0, 200.0]),
    readout_mode=st.sampled_from([None, 0, 1]),
)


@given(st.lists(SESSIONS, max_size=20, unique=True), st.booleans(), st.randoms())
def test_every_session_is_served_once(sessions: list[LightSession], repeat: bool, random: Any) -> None:
    """Every due session is in exactly one set, sets of one run differ unless repeated, and input order is nothing."""
    planned = plan(*sessions, repeat=repeat)
    served = [item for one in planned.sets for item in one.take.sessions]
    assert sorted(map(repr, served)) == sorted(map(repr, sessions))
    specs = [item.take.spec for item in planned.sets]
    assert len(specs) == (len(sessions) if repeat else len(set(specs)))
    moves = [step for step in planned.steps if isinstance(step, SelectFilter | RotateTo)]
    assert all(one != other for one, other in pairwise(moves))
    random.shuffle(sessions)
    assert plan(*sessions, repeat=repeat) == planned
