"""A week of mornings in hostsim: its camera, wheel, rotator and panel take the sets of the golden table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from flat_week import WEEK, Week, catalogue, evening, morning
from nights import Night

from tsplug.app import open_store
from tsplug.hookspecs import plugin_manager
from tsplug.services.catalogue import load_catalogue
from tsplug.testing import FakeContext, ManualClock, recording_devices

pytestmark = pytest.mark.timeout(900)

LIGHT = {"L": (25, 2.0), "R": (110, 2.0), "G": (100, 2.0), "B": (140, 2.0), "Ha": (130, 8.0)}
"""Brightness and seconds at which hostsim's panel gives good flats."""

MORNINGS = (14, 16, 19)
"""The mornings on which the simulators run: on those between nothing is due."""

(CASE,) = (case for case in WEEK["rules"] if (case["rule"], case["cadence"]) == ("document", 3))


def rig() -> dict[str, Any]:
    """Return the rig of the week with a tiny sensor and the panel of the simulators."""
    document = catalogue(CASE["rule"], CASE["cadence"])
    document["profile"] |= {"sensor_width_px": 64, "sensor_height_px": 48}
    document["trained_flats"] = [
        {name: value for name, value in trained.items() if name != "target_adu"}
        | dict(zip(("brightness", "exposure_s"), LIGHT[trained["filter_name"]], strict=True))
        for trained in document["trained_flats"]
    ]
    return document


def sequence(folder: Path, day: int) -> Path:
    """Write the sequence of a morning: connect, take the flats."""
    document = {
        "name": f"Morning of the {day}th",
        "start": morning(day).isoformat(),
        "seed": day,
        "catalogue": rig(),
        "run": [{"type": "connect_equipment"}, {"type": "scheduler_flats"}],
    }
    file = folder / f"{day}.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return file


def test_the_simulators_take_the_sets_of_the_table(tmp_path: Path) -> None:
    """With lights recorded night by night, each morning's run takes just its sets, at their angles, as FITS files."""
    db = tmp_path / "store.sqlite"
    clock = ManualClock(evening(WEEK["created"].day))
    store = open_store(str(db), clock)
    load_catalogue(rig(), store, clock=clock)
    week = Week(plugin_manager(), FakeContext(store, clock, recording_devices(clock, tmp_path / "unused")))
    done, keys = {}, set()
    for day in range(12, 20):
        if day in MORNINGS:
            night = Night(tmp_path / f"out {day}", db=str(db))
            night.run(sequence(tmp_path, day))
            sets = [row for row in night.tsplug("flats", "history") if row["key"] not in keys]
            keys |= {row["key"] for row in sets}
            assert {row["state"] for row in sets} <= {"complete"}
            assert sorted(map(str, night.frames("flats"))) == sorted(f["file"] for row in sets for f in row["files"])
            if sets:
                done[day] = [told(row) for row in reversed(sets)]
        week.image(day)
    store.close()
    assert done == {day: sets for day, sets in CASE["taken"].items() if day < 20}


def told(row: dict[str, Any]) -> str:
    """Return a set of the history as the golden table has it."""
    served = ", ".join(f"{each['target']} {int(each['session_date'][-2:])}" for each in row["sessions"])
    return f"{row['filter']} at {int(row['rotation_deg'])}, mode {row['readout_mode']}: {served}"
