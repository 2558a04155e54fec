"""What recording an exposure costs beside a bare write that reaches the disk."""

from __future__ import annotations

import os
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from front_queries import catalogue
from large_store import fill, last_start
from stopwatch import line, sorted_in_turn_s

from tsplug import ExposurePlan, ExposureSaved, Profile, load_catalogue, open_store
from tsplug.hookspecs import notify_exposure_saved, plugin_manager
from tsplug.testing import FakeContext, ManualClock, recording_devices

RUNS = 200


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("stored", [1_000, 1_000_000])
def test_recording_beside_a_bare_fsync(tmp_path: Path, stored: int) -> None:
    """The median and the 99th percentile of on_exposure_saved, as ratios to writing and syncing 4 KiB."""
    clock = ManualClock(last_start(stored) + timedelta(days=1))
    store = open_store(str(tmp_path / "store.sqlite"), clock)
    profile = load_catalogue(catalogue(), store, clock=clock)
    fill(store, stored)
    with store.read() as unit:
        plan = unit.list(ExposurePlan)[0]
    context = FakeContext(store=store, clock=clock, devices=recording_devices(clock, tmp_path))
    manager, numbers = plugin_manager(), count()

    def record() -> None:
        event = _event(next(numbers), profile=profile, plan=plan, clock=clock)
        _, failures = notify_exposure_saved(manager, event, context=context)
        assert not failures

    with (tmp_path / "bare").open("wb") as bare:
        ours, floor = sorted_in_turn_s(record, lambda: _write_through(bare.fileno()), runs=RUNS)
    for name, place in (("median", RUNS // 2), ("99th percentile", RUNS * 99 // 100)):
        subject = f"record an exposure, {stored:,} stored, {name}"
        print(line(subject, ours_s=ours[place], peer="4 KiB write + fsync", peer_s=floor[place]))
    store.close()


def _write_through(descriptor: int) -> None:
    os.write(descriptor, bytes(4096))
    os.fsync(descriptor)


def _event(number: int, *, profile: Profile, plan: ExposurePlan, clock: ManualClock) -> ExposureSaved:
    started = clock.now() + timedelta(minutes=number)
    return ExposureSaved(
        guid=f"frame-{number}",
        profile_guid=profile.guid,
        plan_guid=plan.guid,
        file=Path(f"{number}.fits"),
        filter_name="L",
        started=started,
        ended=started + timedelta(seconds=60),
        exposure_s=60,
        metrics={"hfr": 2.1, "star_count": 350, "guiding_rms": 0.6},
    )
