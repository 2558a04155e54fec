"""The decision: golden cases, whole nights, and what must hold everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import astropy.units as u
import pytest
from astroplan import Observer
from astropy.coordinates import AltAz, EarthLocation, SkyCoord, get_sun
from astropy.time import Time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tsplug.model import (
    Dither,
    Expose,
    NothingLeft,
    Priority,
    SlewCenter,
    SwitchFilter,
    TakeExposure,
    Twilight,
    WaitUntil,
)
from tsplug.planning import Candidate, Situation
from tsplug.planning.decide import decide
from tsplug.planning.exposures import after_exposure, recorded, state_of
from tsplug.planning.twilight import SUN_LIMIT_DEG

NIGHT = date(2026, 11, 15)


def ask(make: Any, now: datetime, *candidates: Candidate, **fields: Any) -> Any:
    return decide(make.situation(now, candidates, **fields), candidates)


def crab(make: Any, **fields: Any) -> Candidate:
    plans = fields.pop("plans", (make.plan("Ha"),))
    return make.candidate(*plans, guid="m1", name="M 1", ra_hours=5.5755, dec_deg=22.0145, **fields)


def night(make: Any, start: datetime, *candidates: Candidate, **fields: Any) -> list[Any]:
    """Return the decisions of a night in which every exposure succeeds, doing what host and store would do."""
    situation = make.situation(start, candidates, **fields)
    decisions: list[Any] = []
    now, asked = start, situation.request
    while not decisions or not isinstance(decisions[-1], NothingLeft):
        decision = decide(Situation(now, situation.site, situation.profile, situation.outlook, asked), candidates)
        decisions.append(decision)
        if isinstance(decision, WaitUntil):
            now, asked = decision.until, situation.request
        elif isinstance(decision, TakeExposure):
            candidates = tuple(expose(each, decision) for each in candidates)
            now += timedelta(seconds=decision.steps[-1].exposure_s)
            fresh = any(isinstance(step, Dither | SlewCenter) for step in decision.steps)
            update = {
                "current_target_guid": decision.target_guid,
                "current_filter": decision.filter_name,
                "stays_until": decision.stays_until,
                "since_dither": (*(() if fresh else asked.since_dither), decision.filter_name),
            }
            asked = asked.model_copy(update=update)
    return decisions


def expose(candidate: Candidate, decision: TakeExposure) -> Candidate:
    """Return a target as it is when an exposure of it is recorded."""
    if candidate.target.guid != decision.target_guid:
        return candidate
    [item] = [each for each in candidate.plans if each.plan.guid == decision.plan_guid]
    item.plan.acquired += 1
    state = state_of(candidate.project, candidate.target, plan_guids=candidate.plan_guids, night=NIGHT)
    return replace(candidate, target=recorded(candidate, after_exposure(candidate, item, state=state), night=NIGHT))


@pytest.mark.parametrize(("weight", "said"), [(0.0, True), (20.0, False)])
def test_weights_that_add_up_to_much_more_are_noted(make: Any, weight: float, said: bool) -> None:
    """A project whose weights sum to more than twice another's wins whatever the sky is like."""
    heavy = make.candidate(guid="m1", name="M 1", project=make.project(name="Heavy"))
    low = dict.fromkeys(heavy.project.rule_weights, weight)
    light = make.candidate(project=make.project(name="Light", rule_weights=low))
    notes = ask(make, make.utc(20), heavy, light).notes
    assert [note.partition(":")[0] for note in notes] == (
        ["the rule weights of project Heavy add up to 292, those of Light to 0"] if said else []
    )


@pytest.mark.usefixtures("offline_astropy")
def test_by_day_the_first_target_of_the_night_is_waited_for(make: Any) -> None:
    """In the afternoon of 15 November the wait ends in the minute after astroplan's end of astronomical twilight."""
    decision = ask(make, make.utc(14), make.candidate())
    assert isinstance(decision, WaitUntil)
    observer = Observer(EarthLocation(lat=47 * u.deg, lon=8 * u.deg))
    dark = observer.twilight_evening_astronomical(Time(make.utc(14)), which="next", n_grid_points=20)
    assert timedelta(0) <= decision.until - dark.to_datetime(UTC) < timedelta(seconds=65)
    assert decision.target_name == "M 31"
    assert decision.reason.startswith("twilight: ")


@pytest.mark.parametrize("explained", [True, False])
def test_a_wait_names_the_target_that_is_taken_after_it(explained: bool, make: Any) -> None:
    """Of two that become possible when it gets dark, the wait is for the one that is chosen then."""
    urgent = make.candidate(
        name="Z",
        guid="z",
        project=make.project(priority=Priority.LOW, rule_weights={"Project Priority": 0, "Percent Complete": 100}),
        ra_hours=0.8,
    )
    urgent = replace(urgent, plans=(make.plan(desired=10, acquired=9),))
    plain = make.candidate(project=make.project(priority=Priority.HIGH, rule_weights={"Project Priority": 0}))
    wait = ask(make, make.utc(14), urgent, plain, explain=explained)
    assert isinstance(wait, WaitUntil)
    then = ask(make, wait.until, urgent, plain)
    assert isinstance(then, TakeExposure)
    assert wait.target_name == then.target_name == "Z"


def test_a_wait_is_told_by_what_ends_last(make: Any) -> None:
    """At noon Orion is below the horizon and the Sun is up; who waits for it waits for the altitude, in the end."""
    orion = make.candidate(name="M 42", guid="m42", ra_hours=5.588, dec_deg=-5.39)
    for explained in (True, False):
        decision = ask(make, make.utc(12), orion, explain=explained)
        assert isinstance(decision, WaitUntil)
        assert decision.reason.startswith("minimum altitude: altitude ")
        assert abs(float(decision.reason.split()[3])) < 0.3


def test_the_evening_takes_the_target_that_is_up(make: Any) -> None:
    """At 19:00 UTC M 31 is high and M 1 below 20 degrees: one is taken, the other's rejection says when."""
    low = make.project(minimum_altitude_deg=40)
    decision = ask(make, make.utc(19), crab(make, project=low), make.candidate())
    assert isinstance(decision, TakeExposure)
    assert (decision.target_name, decision.filter_name, decision.session_id) == ("M 31", "L", 319)
    assert isinstance(decision.steps[0], SlewCenter)
    [rejection] = decision.rejected
    assert (rejection.target_name, rejection.rule) == ("M 1", "minimum altitude")
    assert make.utc(19) < rejection.again_at < make.utc(23)


def test_a_session_id_counts_cadences(make: Any) -> None:
    """With a flats cadence of 7 days the session of 15 November is the 46th since 1 January."""
    decision = ask(make, make.utc(20), make.candidate(project=make.project(flats_handling=7)))
    assert decision.session_id == 46


def test_the_higher_score_wins_and_the_other_is_told(make: Any) -> None:
    """A project of high priority goes before one of normal priority; the loser hears both scores."""
    urgent = crab(make, project=make.project(priority=Priority.HIGH))
    decision = ask(make, make.utc(23), make.candidate(), urgent)
    assert decision.target_name == "M 1"
    [loser] = decision.rejected
    assert (loser.target_name, loser.rule) == ("M 31", "lower score")
    assert f"the best has {decision.score:.4f}" in loser.detail


def test_the_present_target_is_kept_against_small_advantages(make: Any) -> None:
    """The switch penalty outweighs a priority step, so the rig does not hop."""
    urgent = crab(make, project=make.project(priority=Priority.HIGH))
    decision = ask(make, make.utc(23), make.candidate(), urgent, current_target_guid="m31")
    assert decision.target_name == "M 31"
    assert not any(isinstance(step, SlewCenter) for step in decision.steps)


def test_equals_are_decided_by_priority_then_name_then_guid(make: Any) -> None:
    """Of equal scores the higher priority, then the first name, then the first guid is taken, in any order given."""
    off = {"Project Priority": 0}
    twins = [
        make.candidate(make.plan(), guid=guid, name=name, project=make.project(rule_weights=off, priority=priority))
        for guid, name, priority in [("c", "B", 1), ("b", "A", 1), ("a", "A", 1), ("d", "Z", 2)]
    ]
    chosen = []
    while twins:
        forwards, backwards = ask(make, make.utc(20), *twins), ask(make, make.utc(20), *reversed(twins))
        assert forwards == backwards
        chosen.append(forwards.target_guid)
        twins = [twin for twin in twins if twin.target.guid != forwards.target_guid]
    assert chosen == ["d", "a", "b", "c"]


def test_after_dawn_the_night_is_over(make: Any) -> None:
    """In the morning nothing is left until the next noon begins a new night."""
    decision = ask(make, make.utc(8, day=16), make.candidate())
    assert isinstance(decision, NothingLeft)
    assert decision.reason == "no target can be imaged any more in this night"


def test_finished_work_and_no_work_say_so(make: Any) -> None:
    """The reasons of an end differ: all done, nothing to do."""
    assert ask(make, make.utc(20), make.candidate(make.plan(acquired=10))).reason == (
        "no enabled target wants more exposures"
    )
    assert ask(make, make.utc(20)).reason == "no active project has a target"


@pytest.mark.parametrize("latitude_deg", [70.0, 90.0])
def test_a_summer_without_night_is_an_answer(latitude_deg: float, make: Any) -> None:
    """Where the Sun does not set nothing is left, and no error is raised."""
    decision = ask(make, make.utc(20, month=6), make.candidate(), site=make.site(latitude_deg))
    assert isinstance(decision, NothingLeft)
    assert decision.reason == "the Sun does not set in this night"


@pytest.mark.parametrize(("latitude_deg", "month", "dec_deg"), [(90.0, 12, 60.0), (-90.0, 6, -60.0), (85.0, 12, 60.0)])
def test_a_polar_night_has_no_noon(latitude_deg: float, month: int, dec_deg: float, make: Any) -> None:
    """At the poles in winter it is dark at noon too, and one images."""
    decision = ask(make, make.utc(12, month=month), make.candidate(dec_deg=dec_deg), site=make.site(latitude_deg))
    assert isinstance(decision, TakeExposure)


def test_a_southern_site_images_the_southern_sky(make: Any) -> None:
    """From Chile the Large Magellanic Cloud is imaged through a November night."""
    chile = make.site(-30.2, -70.8, time_zone="America/Santiago")
    cloud = make.candidate(ra_hours=5.39, dec_deg=-69.75, project=make.project(minimum_altitude_deg=30))
    assert isinstance(ask(make, make.utc(4), cloud, site=chile), TakeExposure)


def test_a_night_finishes_plans_in_turn_and_dithers(make: Any) -> None:
    """With turns of two and a dither every three of a filter, a dither comes before the fourth light of the first."""
    project = make.project(filter_switch_frequency=2, dither_every=3)
    plans = (make.plan("L", desired=4), make.plan("R", desired=4))
    decisions = night(make, make.utc(18), make.candidate(*plans, project=project))
    taken = [each for each in decisions if isinstance(each, TakeExposure)]
    assert "".join(each.filter_name for each in taken) == "LLRRLLRR"
    dithered = [place for place, each in enumerate(taken) if any(isinstance(step, Dither) for step in each.steps)]
    assert dithered == [5]
    assert sum(isinstance(step, SwitchFilter) for each in taken for step in each.steps) == 4


def test_other_tables_than_those_of_the_night_are_refused(make: Any) -> None:
    """Deciding with yesterday's sky is a mistake of the caller."""
    situation = make.situation(make.utc(20), ())
    with pytest.raises(ValueError, match="not in the night"):
        Situation(make.utc(20, day=16), situation.site, situation.profile, situation.outlook, situation.request)


def test_a_promised_minimum_time_is_kept(make: Any) -> None:
    """Handed back, the promise keeps a target against a far better one until it ends, and the other is told so."""
    urgent = crab(make, project=make.project(priority=Priority.HIGH, rule_weights={"Target Switch Penalty": 0}))
    dull = make.candidate(project=make.project(rule_weights={"Target Switch Penalty": 0}))
    promised = {"current_target_guid": "m31", "stays_until": make.utc(23, 5)}
    kept = ask(make, make.utc(23), dull, urgent, site=make.site(time_zone="Europe/Zurich"), **promised)
    assert (kept.target_name, kept.stays_until, kept.scores) == ("M 31", make.utc(23, 5), ())
    assert [(each.target_name, each.rule) for each in kept.rejected] == [("M 1", "current target kept")]
    assert kept.rejected[0].detail == "the current target has its minimum time until 00:05:00 Europe/Zurich"
    after = ask(make, make.utc(23, 4).replace(second=1), dull, urgent, **promised)
    assert after.target_name == "M 1"


def test_a_rest_too_short_for_another_visit_is_promised_too(make: Any) -> None:
    """When less than a minimum time would be left after the promise, it lasts to the end."""
    project = make.project(minimum_altitude_deg=30, minimum_time_min=60)
    candidate = make.candidate(ra_hours=20.0, dec_deg=40.0, project=project)
    ends = ask(make, make.utc(18), candidate).until
    for minutes, promised in ((130, ends - timedelta(minutes=70)), (110, ends)):
        decision = ask(make, ends - timedelta(minutes=minutes), candidate)
        assert decision.stays_until == promised


def test_an_exposure_tells_until_when_its_own_plan_is_wanted(make: Any) -> None:
    """A plan for the dark ends with it, though its target may go on through twilight with another; both are told."""
    plans = make.plan("L"), make.plan("Ha", {"twilight": "nautical"})
    early, late = (ask(make, make.utc(hour), make.candidate(*plans)) for hour in (17, 19))
    assert (early.filter_name, late.filter_name) == ("Ha", "L")
    assert early.plan_until == early.until == late.until
    assert timedelta(minutes=65) < late.until - late.plan_until < timedelta(minutes=80)
    with_limit = ask(make, make.utc(19), make.candidate(*plans), until=make.utc(20))
    assert with_limit.plan_until == with_limit.until == make.utc(20)


def test_scores_are_told_by_rule_best_first(make: Any) -> None:
    """Every target that could be imaged has its score with the shares that make it up."""
    decision = ask(make, make.utc(23), make.candidate(), crab(make))
    assert decision.scores[0].target_guid == decision.target_guid
    for each in decision.scores:
        assert each.score == pytest.approx(sum(share.product for share in each.shares))
    plain = ask(make, make.utc(23), make.candidate(), crab(make), explain=False)
    assert (plain.target_guid, plain.scores, plain.rejected) == (decision.target_guid, (), ())


def test_panels_of_a_mosaic_grow_evenly(make: Any) -> None:
    """With the rule weighed, the panel that lags behind goes first, and finished panels count as others."""
    project = make.project(is_mosaic=True, rule_weights={"Mosaic Completion": 100, "Percent Complete": 0})
    panels = [
        make.candidate(make.plan(acquired=done), guid=name, name=name, project=project)
        for name, done in (("A", 10), ("B", 6), ("C", 2))
    ]
    decision = ask(make, make.utc(20), *panels)
    shares = {each.target_name: {share.rule: share.value for share in each.shares} for each in decision.scores}
    assert decision.target_name == "C"
    assert shares["C"]["Mosaic Completion"] == pytest.approx((1.0 + 0.6) / 2 - 0.2)


def test_the_promised_time_of_a_target_does_not_outlast_dry_air(make: Any) -> None:
    """Of the target that is kept only the plans are taken that the humidity permits."""
    plans = [make.plan(name, {"maximum_humidity_percent": most}, guid=name) for name, most in (("L", 80), ("R", 0))]
    asked = {"current_target_guid": "m31", "stays_until": make.utc(21)}
    for humidity, plan in ((70.0, "L"), (95.0, "R")):
        decision = ask(make, make.utc(20), make.candidate(*plans), weather={"humidity": humidity}, **asked)
        assert (decision.plan_guid, decision.stays_until) == (plan, make.utc(21))


SITES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
MOMENTS = st.integers(0, 730 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
PLANS = st.tuples(
    st.integers(0, 12), st.integers(0, 12), st.sampled_from(Twilight), st.integers(-30, 30), st.floats(1, 900)
)
TARGETS = st.tuples(
    st.floats(0, 23.9),
    st.floats(-90, 90),
    st.floats(0, 60),
    st.integers(0, 60),
    st.lists(PLANS, min_size=1, max_size=3),
)


def build(make: Any, number: int, drawn: Any) -> Candidate:
    ra_hours, dec_deg, minimum, minutes, plans = drawn
    items = [
        make.plan(
            f"F{place}", {"twilight": level, "twilight_offset_min": offset}, desired=desired, acquired=acquired,
            exposure_s=seconds,
        )
        for place, (desired, acquired, level, offset, seconds) in enumerate(plans)
    ]  # fmt: skip
    project = make.project(minimum_altitude_deg=minimum, minimum_time_min=minutes)
    return make.candidate(*items, project=project, guid=f"t{number}", ra_hours=ra_hours, dec_deg=dec_deg)


@pytest.mark.usefixtures("offline_astropy")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=SITES, now=MOMENTS, drawn=st.lists(TARGETS, min_size=1, max_size=4))
def test_no_exposure_breaks_a_limit(where: Any, now: datetime, drawn: Any, make: Any) -> None:
    """Whatever is taken is incomplete, high enough and in the dark from beginning to end, as astropy sees it."""
    candidates = tuple(build(make, number, each) for number, each in enumerate(drawn))
    decision = ask(make, now, *candidates, site=make.site(*where))
    if isinstance(decision, WaitUntil):
        assert decision.until > now
        decision, now = ask(make, decision.until, *candidates, site=make.site(*where)), decision.until
        assert isinstance(decision, TakeExposure), "a wait must end in an exposure"
    if not isinstance(decision, TakeExposure):
        return
    [candidate] = [each for each in candidates if each.target.guid == decision.target_guid]
    [item] = [each for each in candidate.plans if each.plan.guid == decision.plan_guid]
    assert item.plan.acquired < item.plan.desired
    ends = now + timedelta(seconds=item.exposure_s)
    assert ends <= decision.until
    location = EarthLocation(lat=where[0] * u.deg, lon=where[1] * u.deg)
    frame = AltAz(obstime=Time([now, ends]), location=location)
    star = SkyCoord(candidate.target.ra_hours * u.hourangle, candidate.target.dec_deg * u.deg).transform_to(frame)
    assert star.alt.deg.min() > candidate.project.minimum_altitude_deg - 0.02
    if item.template.twilight_offset_min >= 0:
        limit = SUN_LIMIT_DEG[item.template.twilight]
        assert get_sun(frame.obstime).transform_to(frame).alt.deg.max() < limit + 0.05


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=SITES, now=MOMENTS, drawn=st.lists(TARGETS, min_size=1, max_size=4), order=st.randoms())
def test_the_same_question_has_the_same_answer(where: Any, now: datetime, drawn: Any, order: Any, make: Any) -> None:
    """Deciding twice, or with the candidates in another order, changes nothing."""
    candidates = [build(make, number, each) for number, each in enumerate(drawn)]
    situation = make.situation(now, tuple(candidates), site=make.site(*where))
    first = decide(situation, candidates)
    assert decide(situation, candidates) == first
    order.shuffle(candidates)
    assert decide(situation, candidates) == first


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=SITES, now=MOMENTS, drawn=st.lists(TARGETS, min_size=1, max_size=3))
def test_a_night_takes_no_more_than_desired(where: Any, now: datetime, drawn: Any, make: Any) -> None:
    """Without grading and at full throttle a whole night ends with no plan beyond what it desired."""
    candidates = [build(make, number, each) for number, each in enumerate(drawn)]
    plans = [item.plan for each in candidates for item in each.plans]
    before = {plan.guid: plan.acquired for plan in plans}
    decisions = night(make, now, *candidates, site=make.site(*where))
    assert isinstance(decisions[-1], NothingLeft)
    assert all(plan.acquired <= max(plan.desired, before[plan.guid]) for plan in plans)
    assert all(isinstance(each.steps[-1], Expose) for each in decisions if isinstance(each, TakeExposure))
