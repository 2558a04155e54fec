"""A flat run that is killed like a process that loses power: the panel goes dark at the next start, the set goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulty import FAULTY_NIGHT
from nights import Death, Night

from hostsim.clock import SystemClock
from tsplug import open_store
from tsplug.model import ChangedReadoutMode, LitPanel

pytestmark = pytest.mark.timeout(600)

FRAMES = 6


def promises(night: Night) -> tuple[int, list[int]]:
    """Return how many panels the store says are lit, and the readout modes that it says are to be restored."""
    store = open_store(str(night.out / "store.sqlite"), SystemClock())
    try:
        with store.read() as unit:
            return unit.count(LitPanel), [row.mode_before for row in unit.list(ChangedReadoutMode)]
    finally:
        store.close()


def camera(night: Night) -> dict[str, object]:
    """Return the state of the simulated camera."""
    state: dict[str, object] = night.state()["simulators"]["devices"]["camera/0"]
    return state


def test_the_panel_goes_dark_and_the_set_goes_on(tmp_path: Path) -> None:
    """Killed amid a set, the panel shines; the same command switches it off first, and takes exactly the rest."""
    sequence, night = tmp_path / "night.yaml", Night(tmp_path / "out")
    text = FAULTY_NIGHT.read_text(encoding="utf-8").replace("flats: {count: 3}", f"flats: {{count: {FRAMES}}}")
    # The flats begin in the mode of the first set, the lights end in that of the last.
    for name, mode in (("L", 1), ("Ha", 0)):
        text = text.replace(f"filter_name: {name}, default", f"filter_name: {name}, readout_mode: {mode}, default")
    sequence.write_text(text.replace("desired: 2", "desired: 1"), encoding="utf-8")
    night.run_until_killed(sequence, Death(of="/flats/", writes=3))
    # The signal may come before the third frame has its name.
    assert 2 <= len(night.frames("flats")) < 2 * FRAMES
    assert night.state()["simulators"]["devices"]["covercalibrator/0"]["lit"]
    assert promises(night) == (1, [0])
    assert camera(night)["readout_mode"] == 1
    text = night.run(sequence)
    assert "the panel was lit by an earlier run and is off now" in text
    assert "an earlier run had changed the camera's readout mode, mode 0 is restored" in text
    assert promises(night) == (0, [])
    assert camera(night)["readout_mode"] == 0
    assert not night.state()["simulators"]["devices"]["covercalibrator/0"]["lit"]
    history = night.tsplug("flats", "history")
    assert sorted((row["state"], row["on_disk"]) for row in history) == [("complete", FRAMES)] * 2
    assert len(night.frames("flats")) == 2 * FRAMES
    assert night.tsplug("doctor")["problems"] == []
