"""One of two hosts that share a project: asks what to take, records and grades it, until nothing is wanted any more.

Run as ``python contributor.py URL PROFILE``. Takes one exposure, prints a line, and waits for one: so both are at work
before either goes on. In the end prints how many exposures it took.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from tsplug.app import open_store
from tsplug.model import Contribution, DecisionRequest, ExposureSaved, GradePlan, Profile, Project, TakeExposure
from tsplug.ports import Context, Store, Unit
from tsplug.services.catalogue import load_catalogue
from tsplug.services.deciding import decide
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.recording import record_exposure
from tsplug.store import engines
from tsplug.testing import FakeContext, ManualClock, first_catalogue, recording_devices

EVENING = datetime(2026, 1, 15, 20, tzinfo=UTC)
OWNER, CONTRIBUTOR = "Refractor", "Newton"
SECONDS = 10


def document(desired: int) -> dict[str, Any]:
    """Return the catalogue of one project with one plan of short exposures, graded at once."""
    whole = first_catalogue()
    project = whole["projects"][0] | {"flats_handling": 0}
    plan = {"template": "L", "desired": desired, "exposure_s": SECONDS}
    project["targets"] = [project["targets"][0] | {"plans": [plan]}]
    profile = whole["profile"] | {"grader": {"delay_percent": 0}}
    return whole | {"profile": profile, "projects": [project]}


def add_contributor(unit: Unit, **fields: Any) -> Profile:
    """Store a second rig, like the first but for its optics, that contributes to the first project."""
    owner = unit.list(Profile)[0]
    changed = {"id": None, "guid": str(uuid4()), "name": CONTRIBUTOR, "focal_length_mm": 1000.0} | fields
    rig = unit.add(Profile.model_validate(owner.model_dump() | changed))
    unit.add(Contribution(project_id=unit.list(Project)[0].id or 0, profile_id=rig.id or 0))
    return rig


def stock(store: Store, desired: int) -> None:
    """Fill a store with a project of one rig to which another contributes."""
    load_catalogue(document(desired), store, clock=ManualClock(EVENING))
    with store.write() as unit:
        add_contributor(unit)


def saved(decision: TakeExposure, context: Context, *, number: int) -> ExposureSaved:
    """Return what a host tells of an exposure that was decided; every seventh has stars twice as large."""
    started = context.clock.now()
    guid = str(uuid4())
    return ExposureSaved(
        guid=guid,
        profile_guid=decision.profile_guid,
        plan_guid=decision.plan_guid,
        file=Path(f"{guid}.fits"),
        filter_name=decision.filter_name,
        started=started,
        ended=started + timedelta(seconds=SECONDS),
        exposure_s=SECONDS,
        metrics={"hfr": 2.0 + number % 3 / 10 + (2.0 if number % 7 == 6 else 0.0), "star_count": 300},
        host=decision.host,
    )


def take(context: FakeContext, profile: Profile, *, number: int) -> str:
    """Ask once what to take, and do so; return what was decided."""
    decision = decide(DecisionRequest(profile_guid=profile.guid), context)
    if isinstance(decision, TakeExposure):
        record_exposure(saved(decision, context, number=number), context)
        apply_grades(judge_plan(GradePlan(plan_guid=decision.plan_guid), context), context)
        context.clock.sleep(1)
    return decision.kind


def work(context: FakeContext, profile: Profile, *, number: int) -> int:
    """Take what is decided until there is nothing but waiting for the other rig; return how many were taken."""
    patience = 200
    while patience:
        kind = take(context, profile, number=number)
        if kind == "exposure":
            number += 1
        elif kind == "wait":
            patience -= 1
        else:
            break
    return number


def main(url: str, name: str) -> None:
    """Be one rig on the store."""
    engines.LOCK_TIMEOUT_S = 300  # a busy machine is no reason to give up
    clock = ManualClock(EVENING)
    store = open_store(url, clock)
    with store.read() as unit:
        profile = unit.find(Profile, name=name)
    assert profile is not None
    context = FakeContext(store, clock, recording_devices(clock, Path()))
    assert take(context, profile, number=0) == "exposure"
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(f"{work(context, profile, number=1)}\n")
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
