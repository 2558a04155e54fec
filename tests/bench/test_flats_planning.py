"""What planning flats costs: it follows the lights of the window, and not those of the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from front_queries import LargeStore, catalogue
from large_store import fill
from stopwatch import best_s

from tsplug.model import FlatInstruction, Profile
from tsplug.services.catalogue import load_catalogue
from tsplug.services.flats_coverage import Reach, flats_coverage
from tsplug.services.flats_due import flats_due
from tsplug.services.flats_plan import plan_run
from tsplug.store.opening import open_sql_store
from tsplug.testing import ManualClock

SIZES = (1_000, 1_000_000)
WINDOWS_DAYS = (5, 10, 45)
ACTIONS: dict[str, Callable[[LargeStore], object]] = {
    "flats due": lambda at: flats_due(at.profile.guid, at.context),
    "flats plan": lambda at: plan_run(FlatInstruction(profile_guid=at.profile.guid), at.context),
    "flats coverage": lambda at: flats_coverage(at.profile, at.context, reach=Reach()),
}


@pytest.mark.timeout(1200)
def test_cost_of_planning_flats_by_window_and_by_store(tmp_path: Path) -> None:
    """A ratio of 1 to the small store, where its window holds as many lights, says that the table costs nothing."""
    stores = [_filled(tmp_path / f"{size}.sqlite", size) for size in SIZES]
    lights = f"{48} lights a night"
    print(f"\n{lights:<28}{'1,000 images':>16}{'1,000,000 images':>20}{'ratio':>8}")
    for days in WINDOWS_DAYS:
        for at in stores:
            _set_window(at, days)
        for name, action in ACTIONS.items():
            # The small store has lights of twenty nights: beyond that there is nothing to compare with.
            times_s = [best_s(lambda at=at, action=action: action(at), runs=3) for at in stores]  # type: ignore[misc]
            ratio = f"{times_s[1] / times_s[0]:8.2f}" if days <= 10 else "        "
            cells = f"{times_s[0] * 1e3:13.1f} ms{times_s[1] * 1e3:17.1f} ms{ratio}"
            print(f"{name + f', {days} days':<28}{cells}")
    for at in stores:
        at.store.close()


def _filled(file: Path, size: int) -> LargeStore:
    begun = time.perf_counter()
    store = open_sql_store(str(file), ManualClock())
    load_catalogue(catalogue(), store, clock=ManualClock())
    fill(store, size)
    print(f"\n{size:,} images stored in {time.perf_counter() - begun:.1f} s", end="")
    return LargeStore(store, size)


def _set_window(at: LargeStore, days: int) -> None:
    with at.store.write() as unit:
        profile = unit.list(Profile)[0]
        profile.flats = profile.flats.model_copy(update={"window_days": days})
        unit.update(profile)
        at.profile = profile
