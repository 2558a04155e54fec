"""When flats are due: the golden tables of the cadence, completion, and what hinders."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.flats.due import JudgedSession, TargetStanding, judge_sessions
from tsplug.flats.history import TakenFlats
from tsplug.flats.rules import RULES, cadence_rules, rule_for
from tsplug.flats.sessions import SiteMoment
from tsplug.model import (
    FLATS_CADENCES,
    FlatHistory,
    FlatSpec,
    FlatsPreferences,
    LightSession,
    Project,
    ProjectState,
    Site,
)

SITE = Site(name="Greenwich", latitude_deg=51.5, longitude_deg=0.0, time_zone="UTC")
SPEC = FlatSpec(filter_name="L", gain=100, offset=30, binning=1, readout_mode=0, roi_percent=100.0, rotation_deg=None)


def day(number: int) -> date:
    """Return a day of December 2023."""
    return date(2023, 12, number)


def session(number: int, *, target_id: int = 1, rotation_deg: float | None = None) -> LightSession:
    """Return the session of a night in December."""
    return LightSession(
        profile_id=1,
        project_id=1,
        project_name="P",
        target_id=target_id,
        target_name=f"T{target_id}",
        session_date=day(number),
        session_id=1,
        spec=SPEC.model_copy(update={"rotation_deg": rotation_deg}),
        lights_rotation_deg=rotation_deg,
    )


def row(of: LightSession) -> FlatHistory:
    """Return the history row of a session that has its flats."""
    return FlatHistory(
        profile_id=1,
        target_id=of.target_id,
        target_name=of.target_name,
        project_name="P",
        session_date=of.session_date,
        session_id=1,
        **of.spec.model_dump(),
        flat_set_id=5,
        taken_at=datetime(2023, 12, 2, 6, tzinfo=UTC),
    )


def judge(
    sessions: list[LightSession],
    run: int,
    *,
    handling: int = 3,
    state: ProjectState = ProjectState.ACTIVE,
    **options: object,
) -> tuple[JudgedSession, ...]:
    """Judge sessions of two targets on a morning of December."""
    project = Project(id=1, profile_id=1, name="P", created_at=datetime(2023, 6, 1, tzinfo=UTC), state=state)
    project.flats_handling = handling
    standing = TargetStanding(project, bool(options.get("enabled", True)), float(str(options.get("progress", 0.0))))
    history: list[FlatHistory] = options.get("history", [])  # type: ignore[assignment]
    preferences = FlatsPreferences(project_scope=bool(options.get("project_scope", False)))
    return judge_sessions(
        sessions,
        {1: standing, 2: standing},
        taken=TakenFlats(history, preferences=preferences),
        moment=SiteMoment(datetime.combine(day(run), time(6), UTC), SITE),
        preferences=preferences,
    )


def due_days(judged: tuple[JudgedSession, ...]) -> list[int]:
    """Return the days of December whose sessions are due."""
    return [item.verdict.session_date.day for item in judged if item.verdict.due]


@pytest.mark.parametrize(
    ("cadence", "nights", "run", "expected"),
    [
        (1, [1], 2, [1]),
        (3, [1], 2, []),
        (3, [1, 2], 3, []),
        (3, [1, 2, 3], 4, [1, 2, 3]),
        (3, [1, 2, 3, 6], 7, [1, 2, 3, 6]),
        (1, [2], 2, []),
        (7, [1, 5], 7, []),
        (7, [1, 5], 8, [1, 5]),
    ],
)
def test_golden_cadences(cadence: int, nights: list[int], run: int, expected: list[int]) -> None:
    """The document rule takes all outstanding nights once the oldest is as many calendar days old as the cadence."""
    assert due_days(judge([session(night) for night in nights], run, handling=cadence)) == expected


def test_the_verdict_explains_itself() -> None:
    """A verdict names rule, reason and the day on which the flats will be due."""
    waiting, _ = judge([session(1), session(2)], 3)
    assert (waiting.verdict.rule, waiting.verdict.due_on) == ("document", day(4))
    assert waiting.verdict.reason == "oldest outstanding session 2023-12-01 is 2 of 3 days old"
    oldest, younger = judge([session(1), session(2)], 4)
    assert oldest.verdict.reason == "session 2023-12-01 is 3 days old, cadence 3 days"
    assert younger.verdict.reason == "due together with session 2023-12-01, which is 3 days old, cadence 3 days"


def test_served_sessions_do_not_count() -> None:
    """A session that has its flats is not due and does not make others due."""
    sessions = [session(1), session(3)]
    judged = judge(sessions, 4, history=[row(sessions[0])])
    assert due_days(judged) == []
    assert judged[0].verdict.reason == "has flats: set 5, 2023-12-02 06:00 UTC"
    assert judged[1].verdict.due_on == day(6)


def test_revoked_and_dark_flats_serve_nobody() -> None:
    """A session whose flats were revoked, or that has dark flats alone, is outstanding."""
    revoked, dark = row(session(1)), row(session(1))
    revoked.revoked_at = datetime(2023, 12, 3, tzinfo=UTC)
    dark.flats_type = "dark"
    assert due_days(judge([session(1)], 4, history=[revoked, dark])) == [1]
    assert due_days(judge([session(1)], 4, history=[revoked, row(session(1))])) == []


def test_flats_of_another_program_are_called_so() -> None:
    """A session whose flats were imported tells that they were taken elsewhere, and when."""
    imported = row(session(1))
    imported.flat_set_id = None
    assert judge([session(1)], 4, history=[imported])[0].verdict.reason == "has flats taken elsewhere, 2023-12-02"


def test_history_knows_angles_within_the_tolerance() -> None:
    """Flats at an angle within the tolerance serve a session; at another angle, or none, they do not."""
    taken = [row(session(1, rotation_deg=359.8))]
    assert due_days(judge([session(1, rotation_deg=0.4)], 4, history=taken)) == []
    assert due_days(judge([session(1, rotation_deg=2.0)], 4, history=taken)) == [1]
    assert due_days(judge([session(1)], 4, history=taken)) == [1]


def test_the_scope_is_the_target_or_the_project() -> None:
    """An old session makes those of its target due, and by option those of the whole project."""
    sessions = [session(1, target_id=1), session(3, target_id=2)]
    assert due_days(judge(sessions, 4)) == [1]
    assert due_days(judge(sessions, 4, project_scope=True)) == [1, 3]


def test_completion_waits_for_the_plans() -> None:
    """Flats on completion are due as soon as the target is complete, also of a project closed meanwhile."""
    (waiting,) = judge([session(1)], 30, handling=100, progress=0.9999)
    assert (waiting.verdict.due, waiting.verdict.due_on) == (False, None)
    assert (
        waiting.verdict.reason
        == "target 'T1' is 99.9 % complete; its flats follow at 100 %; the session expires on 2024-01-16"
    )
    for state in (ProjectState.ACTIVE, ProjectState.CLOSED):
        assert due_days(judge([session(1)], 2, handling=100, state=state, progress=1.0)) == [1]


@pytest.mark.parametrize(("handling", "text"), [(0, "flats are off"), (200, "right after each target")])
def test_some_projects_take_none_at_dawn(handling: int, text: str) -> None:
    """Projects with flats off, and with immediate flats, have nothing due at dawn, and the reason says so."""
    (judged,) = judge([session(1)], 30, handling=handling, progress=1.0)
    assert not judged.verdict.due
    assert text in judged.verdict.reason


def test_disabled_and_inactive_are_not_served() -> None:
    """Disabled targets and projects that are not active get no flats, and the reason says so."""
    (disabled,) = judge([session(1)], 9, enabled=False)
    assert disabled.verdict.reason == "target 'T1' is disabled"
    (inactive,) = judge([session(1)], 9, state=ProjectState.INACTIVE)
    assert inactive.verdict.reason == "project 'P' is inactive"


def test_targets_that_are_gone_are_left_out() -> None:
    """A session whose target is no longer in the catalogue is not judged."""
    assert judge([session(1, target_id=3)], 9) == ()


@given(st.sets(st.integers(1, 20), min_size=1), st.integers(1, 31), st.sampled_from(FLATS_CADENCES))
def test_all_or_nothing(nights: set[int], run: int, cadence: int) -> None:
    """By the document rule either all outstanding sessions of a target are due, from due_on on, or none."""
    judged = judge([session(night) for night in sorted(nights)], run, handling=cadence)
    verdicts = {(item.verdict.due, item.verdict.due_on) for item in judged}
    assert len(verdicts) == 1
    ((due, due_on),) = verdicts
    assert due == (due_on is not None and day(run) >= due_on)


def test_every_setting_has_its_rules() -> None:
    """Every flats handling of a project is served, a cadence by the rule that the profile names."""
    assert set(RULES) == {"off", "document", "sliding", "session-id", "completion", "immediate"}
    assert cadence_rules() == ("document", "session-id", "sliding")
    found = {handling: rule_for(handling, cadence_rule="sliding").name for handling in (0, *FLATS_CADENCES, 100, 200)}
    assert found == dict.fromkeys(FLATS_CADENCES, "sliding") | {0: "off", 100: "completion", 200: "immediate"}
