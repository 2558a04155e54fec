"""A week of mornings in hostsim by every due rule: its camera, wheel, rotator and panel take the sets of the table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits
from flat_bench import FlatBench, flat_bench, records, stocked, wrong_books
from flat_week import LAST_NIGHT, WEEK, Week, catalogue, evening, morning

from tsplug.model import FlatSet, FlatSetFile
from tsplug.ports import Store

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("flats week")]

LIGHT = {"L": (25, 2.0), "R": (110, 2.0), "G": (100, 2.0), "B": (140, 2.0), "Ha": (130, 8.0)}
"""Brightness and seconds at which hostsim's panel gives good flats."""


def rig(rule: str, handling: int) -> dict[str, Any]:
    """Return the rig of the week with a tiny sensor and the panel of the simulators."""
    document = catalogue(rule, handling)
    document["profile"] |= {"sensor_width_px": 48, "sensor_height_px": 32}
    document["trained_flats"] = [
        {name: value for name, value in trained.items() if name != "target_adu"}
        | dict(zip(("brightness", "exposure_s"), LIGHT[trained["filter_name"]], strict=True))
        for trained in document["trained_flats"]
    ]
    return document


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlatBench]:
    """The week's observatory behind its server."""
    with flat_bench(tmp_path_factory.mktemp("week"), rig("document", 3), moment=evening(12)) as made:
        yield made


@pytest.mark.parametrize("case", WEEK["rules"], ids=[f"{case['rule']} {case['cadence']}" for case in WEEK["rules"]])
def test_the_simulators_take_the_sets_of_the_table(bench: FlatBench, case: dict[str, Any]) -> None:
    """With lights recorded night by night, each morning's run takes just its sets, at their angles, as FITS files."""
    out = bench.begin_anew(evening(WEEK["created"].day))
    store = stocked(bench.clock, rig(case["rule"], case["cadence"]))
    host = bench.host(store, out)
    week = Week(host.manager, host.context)
    for day in range(min(WEEK["nights"]), LAST_NIGHT + 5):
        if day in WEEK["mornings"]:
            bench.clock.set(morning(day))
            assert week.take_flats(day).failed == ()
        bench.clock.set(evening(day) + timedelta(hours=2))
        week.image(day)
    assert week.taken == case["taken"]
    assert list(wrong_books(store, out)) == []
    assert frames_tell_their_sets(store) == 2 * sum(map(len, case["taken"].values()))
    store.close()


def frames_tell_their_sets(store: Store) -> int:
    """Hold what every frame says of filter and angle against its set; return how many frames there are."""
    sets = {item.id: item for item in records(store, FlatSet)}
    frames = records(store, FlatSetFile)
    for frame in frames:
        header, flat_set = fits.getheader(Path(frame.file)), sets[frame.flat_set_id]
        assert header["FILTER"] == flat_set.filter_name
        assert header["ROTATANG"] == pytest.approx(flat_set.rotation_deg, abs=0.02)
        assert header["IMAGETYP"] == "FLAT"
    return len(frames)
