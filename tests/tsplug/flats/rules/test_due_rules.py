"""Every due rule against its worked examples, and a rule that is added as one file."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module, invalidate_caches
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.errors import InputError
from tsplug.flats import SiteMoment, TakenFlats, TargetStanding, judge_sessions, rules
from tsplug.model import (
    FLATS_CADENCES,
    FlatHistory,
    FlatSpec,
    FlatsPreferences,
    LightSession,
    Project,
    SessionDue,
    Site,
)

UTC_SITE = Site(name="Greenwich", latitude_deg=51.5, longitude_deg=0.0, time_zone="UTC")
SPEC = FlatSpec(filter_name="L", gain=100, offset=30, binning=1, readout_mode=0, roi_percent=100.0, rotation_deg=None)
FIRST = date(2023, 12, 1)
CADENCE_RULES = ("document", "session-id", "sliding")


def session(night: date) -> LightSession:
    """Return the session of a night."""
    return LightSession(
        profile_id=1,
        project_id=1,
        project_name="P",
        target_id=1,
        target_name="T",
        session_date=night,
        session_id=1,
        spec=SPEC,
    )


def judged(
    rule: str,
    cadence: int,
    *,
    nights: list[date],
    run: date,
    created: date = FIRST,
    taken: tuple[date, ...] = (),
) -> list[SessionDue]:
    """Judge nights at six in the morning of a run date; some have their flats already."""
    moment = datetime.combine(created, time(20), UTC)
    project = Project(id=1, profile_id=1, name="P", created_at=moment, state="active", flats_handling=cadence)
    preferences = FlatsPreferences(due_rule=rule, window_days=365)
    history = [
        FlatHistory(
            profile_id=1,
            target_id=1,
            target_name="T",
            project_name="P",
            session_date=night,
            session_id=1,
            **SPEC.model_dump(),
            taken_at=moment,
        )
        for night in taken
    ]
    found = judge_sessions(
        [session(night) for night in nights],
        {1: TargetStanding(project, enabled=True, progress=0.0)},
        taken=TakenFlats(history, preferences=preferences),
        moment=SiteMoment(datetime.combine(run, time(6), UTC), UTC_SITE),
        preferences=preferences,
    )
    return [each.verdict for each in found]


def day(number: int) -> date:
    """Return a day of December 2023."""
    return date(2023, 12, number)


GOLDEN = [
    # Domain 3.5 and peers a3, f: N = 1, night of 1-2 December, run that very morning.
    ("document", 1, [1], 2, [1]),
    ("sliding", 1, [1], 2, [1]),
    ("session-id", 1, [1], 2, [1]),
    # N = 3, nights 1-2, 2-3, 3-4: mornings of the 2nd and 3rd none, of the 4th all.
    ("document", 3, [1], 2, []),
    ("document", 3, [1, 2], 3, []),
    ("document", 3, [1, 2, 3], 4, [1, 2, 3]),
    # The weather variant: the next run is on the 7th, after more lights on 6-7.
    ("document", 3, [1, 2, 3, 6], 7, [1, 2, 3, 6]),
    # Sliding counts from noon to noon: the 1st is due from the noon of the 4th on, alone.
    ("sliding", 3, [1, 2, 3], 4, []),
    ("sliding", 3, [1, 2, 3, 4], 5, [1]),
    ("sliding", 3, [1, 2, 3, 6], 7, [1, 2, 3]),
    # Created on the 1st: the period of 1 to 3 closes at the noon of the 4th, a night after its last dawn.
    ("session-id", 3, [1, 2, 3], 4, []),
    ("session-id", 3, [1, 2, 3, 4], 5, [1, 2, 3]),
    ("session-id", 3, [1, 2, 3, 6], 7, [1, 2, 3]),
]


@pytest.mark.parametrize(("rule", "cadence", "nights", "run", "expected"), GOLDEN)
def test_worked_examples(rule: str, cadence: int, nights: list[int], run: int, expected: list[int]) -> None:
    """The documented examples come out as the rule of that name has them."""
    verdicts = judged(rule, cadence, nights=[day(night) for night in nights], run=day(run))
    assert [verdict.session_date.day for verdict in verdicts if verdict.due] == expected
    assert {verdict.rule for verdict in verdicts} == {rule}


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        (date(2023, 11, 28), []),
        (date(2023, 11, 29), [1]),
        (date(2023, 11, 30), [1, 2]),
        (date(2023, 12, 1), []),
    ],
)
def test_a_fixed_period_depends_on_the_creation(created: date, expected: list[int]) -> None:
    """On the 4th fixed periods give none, one or two of three nights (domain 3.5); the document rule gives all."""
    nights = [day(1), day(2), day(3)]
    verdicts = judged("session-id", 3, nights=nights, run=day(4), created=created)
    assert [verdict.session_date.day for verdict in verdicts if verdict.due] == expected
    assert all(verdict.due for verdict in judged("document", 3, nights=nights, run=day(4), created=created))


def test_the_counts_of_the_original() -> None:
    """Three sessions in each of three periods of three nights fall due three by three, on days 0 to 9 (domain 3.5)."""
    nights = [FIRST + timedelta(days=3 * period) for period in range(3) for _ in range(3)]
    counts = []
    for offset in range(10):
        evening = FIRST + timedelta(days=offset)
        lit = [night for night in nights if night <= evening]
        verdicts = judged("session-id", 3, nights=lit, run=evening + timedelta(days=1))
        counts.append(sum(verdict.due for verdict in verdicts))
    assert counts == [0, 0, 0, 3, 3, 3, 6, 6, 6, 9]


@given(
    st.sampled_from(CADENCE_RULES),
    st.sampled_from(FLATS_CADENCES),
    st.lists(st.integers(0, 30), min_size=1, unique=True),
    st.integers(0, 60),
)
def test_due_on_is_when_it_is_due(rule: str, cadence: int, offsets: list[int], run: int) -> None:
    """A session is due on no morning before the date it is announced for, and on every one after it."""
    nights = [FIRST + timedelta(days=offset) for offset in sorted(offsets)]
    morning = FIRST + timedelta(days=run)
    for verdict in judged(rule, cadence, nights=[night for night in nights if night < morning], run=morning):
        assert verdict.due_on is not None
        if verdict.due:
            assert verdict.due_on <= morning
        else:
            assert morning <= verdict.due_on
            assert (
                str(verdict.session_date) in verdict.reason or "oldest" in verdict.reason or "period" in verdict.reason
            )


@given(
    st.sampled_from(CADENCE_RULES),
    st.lists(st.sampled_from(FLATS_CADENCES), min_size=40, max_size=40),
    st.sets(st.integers(0, 24), min_size=1),
)
def test_whatever_the_cadence_becomes_each_night_has_flats_once(rule: str, cadences: list[int], lit: set[int]) -> None:
    """Changing the cadence from day to day neither takes a night's flats twice nor forgets one."""
    taken: list[date] = []
    for offset, cadence in enumerate(cadences):
        run = FIRST + timedelta(days=offset)
        nights = [FIRST + timedelta(days=night) for night in sorted(lit) if night < offset]
        verdicts = judged(rule, cadence, nights=nights, run=run, taken=tuple(taken))
        taken += [verdict.session_date for verdict in verdicts if verdict.due]
    end = FIRST + timedelta(days=60)
    nights = [FIRST + timedelta(days=night) for night in sorted(lit)]
    taken += [each.session_date for each in judged(rule, 14, nights=nights, run=end, taken=tuple(taken)) if each.due]
    assert sorted(taken) == nights


def test_an_unknown_rule_is_one_clear_error() -> None:
    """A profile whose rule does not exist is told so, with the rules that do."""
    with pytest.raises(InputError, match="'weekly', and no rule of that name serves a cadence; there are document"):
        judged("weekly", 3, nights=[day(1)], run=day(4))


RULE_FILE = '''"""Weekend: flats of the week are due on Sundays."""

from tsplug.flats.scope import Due, DueRule, Scope
from tsplug.model import FLATS_CADENCES, LightSession


def _judge(scope: Scope, session: LightSession) -> Due:
    return Due(scope.run_date.weekday() == 6, "flats are taken on Sundays")


RULE = DueRule(name="weekend", handlings=frozenset(FLATS_CADENCES), judge=_judge)
'''


def test_a_rule_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the package is found by its name, judges, gives its reasons, and has its row in the reference."""
    (tmp_path / "weekend.py").write_text(RULE_FILE, encoding="utf-8")
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    invalidate_caches()
    found = rules.collect()
    assert list(found) == ["completion", "document", "immediate", "off", "session-id", "sliding", "weekend"]
    monkeypatch.setitem(rules.RULES, "weekend", found["weekend"])
    assert rules.cadence_rules()[-1] == "weekend"
    sunday, monday = date(2023, 12, 3), date(2023, 12, 4)
    (verdict,) = judged("weekend", 7, nights=[day(1)], run=sunday)
    assert (verdict.rule, verdict.due, verdict.reason) == ("weekend", True, "flats are taken on Sundays")
    assert not judged("weekend", 7, nights=[day(1)], run=monday)[0].due
    monkeypatch.syspath_prepend(str(Path(__file__).parents[4] / "docs"))
    row = next(line for line in import_module("generate").BLOCKS["flat-rules"]().splitlines() if "weekend" in line)
    assert row.endswith("| flats of the week are due on Sundays. |")
    sys.modules.pop("tsplug.flats.rules.weekend")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "defines no RULE"),
        (RULE_FILE.replace('"weekend"', '"document"'), "'document' is defined twice"),
        (
            RULE_FILE.replace("frozenset(FLATS_CADENCES)", "frozenset({0})"),
            "flats handling 0 is served by off and weekend",
        ),
    ],
)
def test_a_wrong_rule_file_is_an_error_at_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, wrong: str
) -> None:
    """A file without a rule, a name used twice and a setting served twice are refused, not passed over."""
    (tmp_path / "wrong_rule.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    invalidate_caches()
    with pytest.raises((TypeError, ValueError), match=wrong):
        rules.collect()
    sys.modules.pop("tsplug.flats.rules.wrong_rule")
