"""One of several hosts on one store: makes the store if it is the first, then records and grades on shared plans.

Run as ``python rig.py URL NUMBER ROUNDS``.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from tsplug.app import open_store
from tsplug.model import ExposurePlan, ExposureSaved, GradePlan
from tsplug.services.catalogue import load_catalogue
from tsplug.services.grading import apply_grades, judge_plan
from tsplug.services.recording import record_exposure
from tsplug.store import engines
from tsplug.testing import FakeContext, ManualClock, first_catalogue, recording_devices

SHARED_PLANS = 2


def main(url: str, number: int, rounds: int) -> None:
    """Record a frame of its own and one that all others record too, and grade what is pending, in every round."""
    engines.LOCK_TIMEOUT_S = 300  # seven others write, and a busy machine is no reason to give up
    clock = ManualClock()
    store = open_store(url, clock)
    profile = load_catalogue(first_catalogue(), store, clock=clock)
    with store.read() as unit:
        plans = unit.list(ExposurePlan)[:SHARED_PLANS]
    context = FakeContext(store, clock, recording_devices(clock, Path()))
    for step in range(rounds):
        plan = plans[(step + number) % SHARED_PLANS]
        for guid, counted in ((f"rig {number}, frame {step}", plan), (f"frame {step} of all", plans[0])):
            started = clock.now() + timedelta(minutes=step * 100 + number)
            event = ExposureSaved(
                guid=guid,
                profile_guid=profile.guid,
                plan_guid=counted.guid,
                file=Path(f"{guid}.fits"),
                filter_name="L",
                started=started,
                ended=started + timedelta(seconds=60),
                exposure_s=60,
                metrics={"hfr": 2.0 + (number * rounds + step) % 7 / 10, "star_count": 300},
            )
            record_exposure(event, context)
        apply_grades(judge_plan(GradePlan(plan_guid=plan.guid, force=True), context), context)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
