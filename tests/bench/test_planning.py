"""What a night of planning costs beside astroplan: its constraints, its scheduler, and what an added target adds."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import process_time

import astropy.units as u
import numpy as np
from astroplan import (
    AltitudeConstraint,
    AtNightConstraint,
    FixedTarget,
    MoonSeparationConstraint,
    Observer,
    ObservingBlock,
    PriorityScheduler,
    Schedule,
    Transitioner,
)
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers
from stopwatch import line

from tsplug.app import open_store
from tsplug.model import (
    Decision,
    DecisionRequest,
    ExposurePlan,
    ExposureSaved,
    ExposureTemplate,
    Priority,
    Profile,
    Project,
    ProjectState,
    Site,
    TakeExposure,
    Target,
)
from tsplug.model.night import night_starting
from tsplug.planning import (
    Board,
    Candidate,
    CandidatePlan,
    NightOutlook,
    Place,
    Situation,
    SkyTarget,
    decide,
    night_tables,
)
from tsplug.planning.choosing import choose, look
from tsplug.planning.outlook import PlanLimits, TargetLimits, Wanted
from tsplug.planning.preview import preview
from tsplug.ports import Store
from tsplug.services import kept_nights
from tsplug.services.deciding import decide as decide_live
from tsplug.services.recording import record_exposure
from tsplug.testing import FakeContext, ManualClock, recording_devices

SITE = Site(name="Garden", latitude_deg=35.0, longitude_deg=0.0, elevation_m=500.0)
NIGHT = night_starting(date(2026, 3, 15), SITE)
MIDNIGHT = datetime(2026, 3, 16, tzinfo=UTC)
PROFILE = Profile(guid="rig", name="Rig", site_id=1, filters=["L", "R", "G", "Ha"])
TEMPLATES = {
    name: ExposureTemplate(
        profile_id=1, name=name, filter_name=name, default_exposure_s=seconds, moon_avoidance=name != "Ha",
        moon_separation_deg=45,
    )
    for name, seconds in (("L", 180.0), ("R", 180.0), ("G", 180.0), ("Ha", 300.0))
}  # fmt: skip


def catalogue(count: int) -> tuple[Candidate, ...]:
    """Return targets all over the sky, each of a project of its own with four plans of ten exposures."""
    drawn = random.Random(count)
    made = []
    for number in range(count):
        project = Project(
            profile_id=1, name=f"P{number}", state=ProjectState.ACTIVE, created_at=MIDNIGHT, minimum_altitude_deg=30,
            priority=drawn.choice(list(Priority)), filter_switch_frequency=drawn.choice((0, 2)), dither_every=3,
            grading_enabled=False,
        )  # fmt: skip
        target = Target(
            project_id=1, name=f"T{number}", ra_hours=drawn.uniform(0, 23.99), dec_deg=drawn.uniform(-30, 80)
        )
        plans = (ExposurePlan(target_id=1, template_id=1, desired=10) for _ in TEMPLATES)
        items = tuple(CandidatePlan(plan, each) for plan, each in zip(plans, TEMPLATES.values(), strict=True))
        made.append(Candidate(project, target, items))
    return tuple(made)


def situation(candidates: tuple[Candidate, ...], now: datetime = NIGHT.start, *, explain: bool = False) -> Situation:
    """Return the beginning of the night, or another moment, with fresh tables: nothing is remembered from before."""
    targets = [SkyTarget(each.target.guid, each.target.ra_hours, each.target.dec_deg) for each in candidates]
    outlook = NightOutlook(night_tables(Place.of(SITE), NIGHT, targets=targets))
    return Situation(now, SITE, PROFILE, outlook, DecisionRequest(profile_guid="rig", explain=explain))


def cpu_s(action: Callable[[], object], *, runs: int = 5, before: Callable[[], object] = lambda: None) -> float:
    """Return the median of the processor time of several runs; the first warms up and is not counted.

    What is done ``before`` each run is not counted either.
    """
    spent = []
    for _ in range(runs + 1):
        before()
        begun = process_time()
        action()
        spent.append(process_time() - begun)
    return median(spent[1:])


def test_a_night_beside_astroplans_constraints_and_scheduler() -> None:
    """Tables, masks and the whole previewed night of 100 targets against three constraints and PriorityScheduler."""
    candidates = catalogue(100)
    ours_masks = cpu_s(lambda: _masks(candidates))
    ours_night = cpu_s(lambda: preview(situation(candidates), candidates))
    with (
        iers.conf.set_temp("auto_download", False),
        iers.conf.set_temp("auto_max_age", None),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        masks, schedule = (
            cpu_s(lambda: _constraints(candidates), runs=2),
            cpu_s(lambda: _scheduled(candidates), runs=1),
        )
    print()
    print(line("tables and masks, 100 targets", ours_s=ours_masks, peer="astroplan 3 constraints", peer_s=masks))
    print(line("a night, 100 targets", ours_s=ours_night, peer="astroplan 3 constraints", peer_s=masks))
    print(line("a night, 100 targets", ours_s=ours_night, peer="PriorityScheduler, 100 blocks", peer_s=schedule))


def test_what_an_added_target_costs() -> None:
    """Previews of growing catalogues: seconds, and microseconds for each target added since the smaller one."""
    print()
    before = (0, 0.0)
    for count in (1, 250, 500, 1000, 2000):
        candidates = catalogue(count)
        spent = cpu_s(lambda kept=candidates: preview(situation(kept), kept), runs=3)  # type: ignore[misc]
        added = (spent - before[1]) / (count - before[0]) * 1e6
        print(f"preview of {count:5d} targets, tables included {spent * 1e3:9.1f} ms, {added:8.1f} us a target added")
        before = (count, spent)


def test_one_decision() -> None:
    """A decision among 100 targets: on a board that is laid out, from records, and with every reason in words."""
    candidates = catalogue(100)
    plain = situation(candidates, MIDNIGHT)
    board = Board(plain.outlook, candidates, profile=PROFILE)
    chosen = cpu_s(lambda: choose(board, look(board, MIDNIGHT, request=plain.request)), runs=50)
    asked = replace(plain, request=plain.request.model_copy(update={"explain": True}))
    whole, told = cpu_s(lambda: decide(plain, candidates), runs=20), cpu_s(lambda: decide(asked, candidates), runs=20)
    print()
    print(line("choose among 100 targets", ours_s=chosen, peer="from records", peer_s=whole))
    print(line("the same with all reasons in words", ours_s=told, peer="from records", peer_s=whole))


def test_a_live_decision_from_the_store(tmp_path: Path) -> None:
    """A host's question over a store of 100 targets: nothing changed, a light was recorded, nothing is kept."""
    clock = ManualClock(MIDNIGHT)
    store = open_store(str(tmp_path / "store.sqlite"), clock)
    _store(store, catalogue(100))
    context = FakeContext(store, clock, recording_devices(clock, tmp_path))
    numbers = iter(range(1_000_000))

    def asked(*, explain: bool = False) -> Decision:
        return decide_live(DecisionRequest(profile_guid="rig", explain=explain), context)

    def recorded() -> None:
        decision, now, number = asked(), clock.now(), next(numbers)
        assert isinstance(decision, TakeExposure)
        said = {"profile_guid": "rig", "plan_guid": decision.plan_guid, "filter_name": decision.filter_name}
        times = {"started": now, "ended": now, "exposure_s": 180.0}
        file, measured = tmp_path / f"{number}.fits", {"hfr": 2.0, "star_count": 300.0}
        record_exposure(ExposureSaved(guid=f"light-{number}", file=file, metrics=measured, **said, **times), context)

    still, told = cpu_s(asked, runs=50), cpu_s(lambda: asked(explain=True), runs=30)
    after, both = cpu_s(asked, runs=50, before=recorded), cpu_s(recorded, runs=50)
    anew = cpu_s(asked, runs=20, before=kept_nights.forget)
    print()
    print(line("live decision, nothing changed", ours_s=still, peer="read from nothing", peer_s=anew))
    print(line("live decision after a light", ours_s=after, peer="read from nothing", peer_s=anew))
    print(line("the same, and recording the next", ours_s=both, peer="read from nothing", peer_s=anew))
    print(line("with all reasons in words, nothing changed", ours_s=told, peer="read from nothing", peer_s=anew))


def _store(store: Store, candidates: tuple[Candidate, ...]) -> None:
    """Store candidates."""
    with store.write() as unit:
        site = unit.add(SITE)
        rig = unit.add(PROFILE.model_copy(update={"site_id": site.id}))
        templates = {name: unit.add(each.model_copy(update={"profile_id": rig.id})) for name, each in TEMPLATES.items()}
        for each in candidates:
            project = unit.add(each.project.model_copy(update={"profile_id": rig.id}))
            target = unit.add(each.target.model_copy(update={"project_id": project.id}))
            for item in each.plans:
                owners = {"target_id": target.id, "template_id": templates[item.template.name].id}
                unit.add(item.plan.model_copy(update=owners))


def _masks(candidates: tuple[Candidate, ...]) -> object:
    """Return what astroplan is asked for below, from nothing: altitude, darkness and Moon by target and minute."""
    limits = TargetLimits.of(candidates[0].project, PROFILE.planner)
    plans = (PlanLimits.of(candidates[0].plans[0]),)
    return situation(candidates).outlook.visits([Wanted(row, limits, plans, 30) for row in range(len(candidates))])


def _constraints(candidates: tuple[Candidate, ...]) -> np.ndarray:
    minutes = Time(NIGHT.start) + np.arange(0, 24 * 60 + 1) * u.min
    rules = (
        AltitudeConstraint(30 * u.deg, boolean_constraint=True),
        AtNightConstraint.twilight_astronomical(),
        MoonSeparationConstraint(min=45 * u.deg),
    )
    stars, observer = _stars(candidates), _observer()
    return np.logical_and.reduce([rule(observer, stars, times=minutes, grid_times_targets=True) for rule in rules])


def _scheduled(candidates: tuple[Candidate, ...]) -> object:
    observer, transitioner = _observer(), Transitioner(1 * u.deg / u.second)
    blocks = [
        ObservingBlock.from_exposures(FixedTarget(star, name=str(number)), number, 180 * u.second, 10, 5 * u.second)
        for number, star in enumerate(_stars(candidates))
    ]
    rules = [AltitudeConstraint(30 * u.deg), AtNightConstraint.twilight_astronomical()]
    scheduler = PriorityScheduler(
        constraints=rules, observer=observer, transitioner=transitioner, time_resolution=60 * u.second
    )
    return scheduler(blocks, Schedule(Time(NIGHT.start), Time(NIGHT.end)))


def _observer() -> Observer:
    return Observer(EarthLocation(SITE.longitude_deg * u.deg, SITE.latitude_deg * u.deg, SITE.elevation_m * u.m))


def _stars(candidates: tuple[Candidate, ...]) -> SkyCoord:
    return SkyCoord(
        [each.target.ra_hours for each in candidates] * u.hourangle,
        [each.target.dec_deg for each in candidates] * u.deg,
    )
