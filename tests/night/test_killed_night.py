"""A night that is killed goes on where it was: nothing lost, nothing doubled, nothing claimed that is not on disk."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from nights import SHORT_NIGHT, Night

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("short night")]

KILLS = 12


def steps_of(state: Path) -> int:
    """Return the moment the state was written last, in nanoseconds; 0 before the first time."""
    try:
        return state.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def kill_after(night: Night, *, writes: int, delay_s: float) -> bool:
    """Start the night and kill it so long after so many writes of its state; return whether it was still running."""
    process = night.start(SHORT_NIGHT)
    state, seen, last = night.out / "state.json", 0, steps_of(night.out / "state.json")
    while seen < writes and process.poll() is None:
        now = steps_of(state)
        seen, last = seen + (now != last), now
        time.sleep(0.0005)
    time.sleep(delay_s)
    running = process.poll() is None
    process.kill()
    text, _ = process.communicate(timeout=60)
    assert running or process.returncode == 0, text
    return running


def check_invariants(night: Night) -> None:
    """Hold records against files, whatever state the night is in."""
    examined = night.tsplug("doctor")
    assert examined["problems"] == []
    flats = [Path(entry["file"]) for each in night.tsplug("flats", "history") for entry in each["files"]]
    assert all(file.exists() for file in flats)
    assert len(set(flats)) == len(flats)
    records = [record["file"] for record in night.tsplug("images", "list")]
    assert len(set(records)) == len(records)
    assert all(Path(file).exists() for file in records)


def names(night: Night, folder: str) -> list[Path]:
    """Return the frames below a folder, as they lie in the night's folder."""
    return [file.relative_to(night.out) for file in night.frames(folder)]


@pytest.mark.parametrize("seed", [11, 29])
def test_a_night_killed_at_a_dozen_moments_ends_as_an_undisturbed_one(
    seed: int, night: Night, short_night: Night
) -> None:
    """After each kill the invariants hold; what comes out has the same lights, as many flats, a record of each."""
    moments = random.Random(seed)
    kills = 0
    while kills < KILLS // 2 and kill_after(night, writes=moments.randint(0, 9), delay_s=moments.random() * 0.03):
        kills += 1
        if (night.out / "store.sqlite").exists() and (night.out / "state.json").exists():
            check_invariants(night)
    night.run(SHORT_NIGHT)
    check_invariants(night)
    assert kills == KILLS // 2
    assert names(night, "lights") == names(short_night, "lights")
    assert len(night.frames("flats")) == len(short_night.frames("flats")) == 8
    assert {Path(record["file"]) for record in night.tsplug("images", "list")} == {
        file.resolve() for file in night.frames("lights")
    }
    kept = [Path(entry["file"]) for each in night.tsplug("flats", "history") for entry in each["files"]]
    assert sorted(kept) == [file.resolve() for file in night.frames("flats")]
    assert not list(night.out.rglob("*.part"))
    panel = night.state()["simulators"]["devices"]["covercalibrator/0"]
    assert (panel["lit"], panel["brightness"]) == (False, 0)
