"""Where the time of a night at full speed goes: rendering, Alpaca, and what is done with the frames."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hostsim.equipment.image import FrameReader
from hostsim.equipment.session import BoundedSession
from hostsim.night import NightOptions, run_night
from hostsim.sky.sky import Sky

ALL_NIGHT = Path(__file__).parents[1] / "night" / "all_night.yaml"
LIGHTS = 2

pytestmark = pytest.mark.timeout(600)


class Spent:
    """How long calls of some methods took, added up by a name."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.seconds: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self._patch = patch

    def watch(self, owner: type, method: str, *, called: str) -> None:
        """Add up what ``method`` takes from now on."""
        timed = getattr(owner, method)

        def measured(*args: Any, **kwargs: Any) -> Any:
            begun = time.perf_counter()
            try:
                return timed(*args, **kwargs)
            finally:
                self.seconds[called] += time.perf_counter() - begun
                self.calls[called] += 1

        self._patch.setattr(owner, method, measured)


@pytest.mark.parametrize("size", [(480, 360), (1600, 1200), (6248, 4176)], ids=["0.2 MP", "2 MP", "26 MP"])
def test_where_the_time_of_a_night_goes(size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few lights and the frames that focus them: seconds for each frame, by what they were spent on."""
    text = ALL_NIGHT.read_text(encoding="utf-8").replace("desired: 200", f"desired: {LIGHTS}")
    text = text.replace("sensor_width_px: 480", f"sensor_width_px: {size[0]}")
    text = text.replace("sensor_height_px: 360", f"sensor_height_px: {size[1]}")
    night = tmp_path / "night.yaml"
    night.write_text(text, encoding="utf-8")
    spent = Spent(monkeypatch)
    spent.watch(Sky, "render", called="render")
    spent.watch(FrameReader, "read", called="fetch")
    spent.watch(BoundedSession, "send", called="ask")
    begun = time.perf_counter()
    run_night(NightOptions(night, tmp_path / "out"))
    whole_s, frames = time.perf_counter() - begun, spent.calls["render"]
    # A frame is rendered while its first reader waits for it.
    transfer_s = spent.seconds["fetch"] - spent.seconds["render"]
    other_s = whole_s - spent.seconds["fetch"] - spent.seconds["ask"]
    print(
        f"\na night of {frames} frames of {size[0] * size[1] / 1e6:.1f} megapixels took {whole_s:.1f} s; a frame took"
    )
    for what, seconds in {
        "to render": spent.seconds["render"],
        f"in {spent.calls['ask'] / frames:.0f} Alpaca requests": spent.seconds["ask"],
        "to transfer": transfer_s,
        "to decide, write, measure, grade, record": other_s,
    }.items():
        print(f"  {what:<42} {seconds / frames * 1e3:9.1f} ms = {100.0 * seconds / whole_s:3.0f} %")
