from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tsplug.astrobin.copies import without_copies
from tsplug.astrobin.frames import FrameKind

# Names of one moment, and the names that are kept of them.
CASES = {
    "a chain of processing": (["a_0001.fits", "w/a_0001_c.xisf", "w/a_0001_c_cc.xisf", "r/a_0001_c_cc_r.xisf"], [0]),
    "only processed ones": (["a_0001_c_cc.xisf", "a_0001_c.xisf"], [1]),
    "two containers": (["a_0001.xisf", "a_0001.fits"], [1]),
    "compressed beside plain": (["a_0001.fits.fz", "a_0001.fits"], [1]),
    "names that hold _c inside": (
        ["L_CandidateDolphin_calibrated_1.fits", "L_CandidateDolphin_calibrated_2.fits"],
        [0, 1],
    ),
    "a temperature that ends in c": (["a_-10.00c_0001.fits", "a_-10.00c_0002.fits"], [0, 1]),
    "letters within a name": (["a_c_0001.fits", "a_d_0001.fits"], [0, 1]),
    "other names": (["a_0001.fits", "b_0001.fits"], [0, 1]),
}


@pytest.mark.parametrize("case", CASES)
def test_one_exposure_is_one_frame(make_frame: Any, case: str) -> None:
    """Of copies that differ in what processing adds at the end, the least processed one is kept."""
    names, kept = CASES[case]
    moment = datetime(2026, 1, 15, 20, 0, 5, tzinfo=UTC)
    found, copies = without_copies([make_frame(name=name, started=moment) for name in names])
    assert [frame.name for frame in found] == [names[place] for place in kept]
    assert len(copies) == len(names) - len(kept)


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"started": datetime(2026, 1, 15, 20, 0, 5, 123_456, tzinfo=UTC)}, 1),
        ({"started": datetime(2026, 1, 15, 20, 0, 6, tzinfo=UTC)}, 2),
        ({"exposure_s": 60.0}, 2),
        ({"filter_name": "R"}, 2),
        ({"kind": FrameKind.DARK}, 2),
        ({"started": None}, 2),
    ],
)
def test_equal_names_alone_are_no_copies(make_frame: Any, changes: dict[str, Any], count: int) -> None:
    """Moment (to the second), exposure, filter and kind must agree too; frames without a moment are no copies."""
    base = {"started": datetime(2026, 1, 15, 20, 0, 5, tzinfo=UTC)}
    kind = changes.get("kind", FrameKind.LIGHT)
    frames = [
        make_frame(name="x/a.fits", **base),
        make_frame(
            kind, **(base | {"name": "y/a_c.fits"} | {key: value for key, value in changes.items() if key != "kind"})
        ),
    ]
    assert len(without_copies(frames)[0]) == count
