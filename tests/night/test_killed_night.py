"""A night that is killed goes on where it was: nothing lost, nothing doubled, nothing claimed that is not on disk."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from nights import SHORT_NIGHT, Death, Night

pytestmark = [pytest.mark.timeout(1200), pytest.mark.xdist_group("short night")]

KILLS, WRITES, CPU_S = 6, 9, 0.2


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


@pytest.mark.parametrize(("seed", "first"), [(11, []), (29, [Death(of="/bias/")])])
def test_a_night_killed_at_a_dozen_moments_ends_as_an_undisturbed_one(
    seed: int, first: list[Death], night: Night, short_night: Night
) -> None:
    """After each kill, one amid a list of events, the invariants hold; it ends with the same lights and flats."""
    moments = random.Random(seed)
    deaths = [Death(writes=moments.randint(1, WRITES), cpu_s=moments.random() * CPU_S) for _ in range(KILLS)]
    for death in [*first, *deaths[len(first) :]]:
        night.run_until_killed(SHORT_NIGHT, death)
        check_invariants(night)
    night.run(SHORT_NIGHT)
    check_invariants(night)
    assert names(night, "lights") == names(short_night, "lights")
    assert names(night, "bias") == names(short_night, "bias")
    assert len(night.frames("bias")) == 2
    assert len(night.frames("flats")) == len(short_night.frames("flats")) == 8
    assert {Path(record["file"]) for record in night.tsplug("images", "list")} == {
        file.resolve() for file in night.frames("lights")
    }
    kept = [Path(entry["file"]) for each in night.tsplug("flats", "history") for entry in each["files"]]
    assert sorted(kept) == [file.resolve() for file in night.frames("flats")]
    assert not list(night.out.rglob("*.part"))
    panel = night.state()["simulators"]["devices"]["covercalibrator/0"]
    assert (panel["lit"], panel["brightness"]) == (False, 0)
