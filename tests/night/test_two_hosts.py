"""Two hosts with a rig each, at work at the same time on one store and the same plans."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from meeting import MeetingClock
from nights import Night

from hostsim.night import NightOptions, run_night
from tsplug import ExposurePlan, Profile, Project, Target, TargetStarted, hookimpl, load_catalogue, open_store
from tsplug.hookspecs import plugin_manager
from tsplug.model import Contribution, Lease
from tsplug.planning.progress import remaining
from tsplug.ports import Context

pytestmark = pytest.mark.timeout(600)

EVENING = datetime(2026, 1, 15, 19, tzinfo=UTC)
RIGS = ("First rig", "Second rig")
# Accepted ones count for the graded plan; without grading there are half as many again.
GRADED, UNGRADED, THROTTLE_PERCENT = 3, 2, 150
RUN = [
    {"type": "connect_equipment"},
    {"type": "unpark"},
    {"type": "open_cover"},
    {"type": "scheduler_container", "autofocus": False},
    {"type": "park"},
]


def project(name: str, *, desired: int, graded: bool) -> dict[str, Any]:
    """Return a project of one plan."""
    target = {"name": name, "ra_hours": 5.588, "dec_deg": -5.39, "plans": [{"template": "L", "desired": desired}]}
    return {"name": name, "state": "active", "grading_enabled": graded, "targets": [target]}


def sequence(rig: str, *, exposure_s: float) -> dict[str, Any]:
    """Return the night of a rig with a tiny sensor; the projects belong to the first one."""
    shared = [project("Graded", desired=GRADED, graded=True), project("Ungraded", desired=UNGRADED, graded=False)]
    catalogue = {
        "site": {"name": "Hill", "latitude_deg": 47.2, "longitude_deg": 8.6, "time_zone": "Europe/Zurich"},
        "profile": {
            **{"name": rig, "focal_length_mm": 300, "aperture_mm": 75, "pixel_size_um": 3.76, "filters": ["L"]},
            **{"sensor_width_px": 64, "sensor_height_px": 64, "grader": {"delay_percent": 0}},
            "planner": {"exposure_throttle_percent": THROTTLE_PERCENT},
        },
        "templates": [{"name": "L", "filter_name": "L", "default_exposure_s": exposure_s}],
        "projects": shared if rig == RIGS[0] else [],
    }
    return {"name": rig, "start": EVENING.isoformat(), "catalogue": catalogue, "run": RUN}


class Watch:
    """Looks at each decision whether what is given out and what is counted stay within what is wanted."""

    def __init__(self) -> None:
        self.started: Counter[str] = Counter()
        self.too_many: list[str] = []

    @hookimpl
    def on_target_started(self, event: TargetStarted, context: Context) -> None:
        self.started[event.profile_guid] += 1
        with context.store.read() as unit:
            for plan in unit.list(ExposurePlan):
                whose = unit.get(Project, unit.get(Target, plan.target_id).project_id)
                wanted = remaining(plan, whose, planner=unit.get(Profile, whose.profile_id).planner)
                if unit.count(Lease, plan_id=plan.id) > wanted:
                    self.too_many.append(f"{whose.name}: {plan}")


@pytest.fixture
def nights(tmp_path: Path) -> list[NightOptions]:
    """The nights of both rigs, with the second one a contributor to both projects."""
    db, made = tmp_path / "store.sqlite", []
    for rig, exposure_s in zip(RIGS, (120.0, 70.0), strict=True):
        file = tmp_path / f"{rig}.yaml"
        file.write_text(json.dumps(sequence(rig, exposure_s=exposure_s)), encoding="utf-8")
        made.append(NightOptions(file, tmp_path / rig, db=f"sqlite:///{db}"))
    clock = MeetingClock(EVENING, parties=1)
    with closing(open_store(f"sqlite:///{db}", clock)) as store:
        for rig in RIGS:
            load_catalogue(sequence(rig, exposure_s=120.0)["catalogue"], store, clock=clock)
        with store.write() as unit:
            second = unit.find(Profile, name=RIGS[1])
            assert second is not None
            for each in unit.list(Project):
                unit.add(Contribution(project_id=each.id or 0, profile_id=second.id or 0))
    return made


def test_two_hosts_never_take_more_than_is_wanted(nights: list[NightOptions], monkeypatch: pytest.MonkeyPatch) -> None:
    """At each decision leases and counts keep within what is desired, or without grading within the throttle."""
    clock, watch = MeetingClock(EVENING, parties=len(nights)), Watch()

    def one(options: NightOptions) -> None:
        with clock.attended():
            run_night(options)

    monkeypatch.setattr("hostsim.night.run._clock", lambda *given, **kept: clock)
    monkeypatch.setattr("hostsim.night.run.stopping_on_interrupt", lambda stop: nullcontext())
    monkeypatch.setattr("hostsim.night.run.plugin_manager", lambda: plugin_manager([("watch", watch)]))
    with ThreadPoolExecutor(len(nights)) as threads:
        list(threads.map(one, nights))
    night = Night(nights[0].out, db=nights[0].store_url)
    assert watch.too_many == []
    assert len(watch.started) == len(RIGS)
    assert night.tsplug("doctor")["problems"] == []
    plans = {plan["target"]: plan for name in RIGS for plan in night.tsplug("plan", "list", "--profile", name)}
    limit = UNGRADED * THROTTLE_PERCENT // 100
    assert (plans["Graded"]["accepted"], plans["Ungraded"]["acquired"]) == (GRADED, limit)
    images = [each for name in RIGS for each in night.tsplug("images", "list", "--profile", name)]
    assert Counter(each["target"] for each in images)["Ungraded"] == limit
