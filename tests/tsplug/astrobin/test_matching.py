from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tsplug.astrobin.configuration import Choices, Configuration, MasterCounts, Matching
from tsplug.astrobin.export import Exported, exported
from tsplug.astrobin.frames import Frame, FrameKind, Gear, Place

DARK, BIAS, FLAT, FLAT_DARK = FrameKind.DARK, FrameKind.BIAS, FrameKind.FLAT, FrameKind.FLAT_DARK
COLUMNS = {DARK: "darks", BIAS: "bias", FLAT: "flats", FLAT_DARK: "flat_darks"}
# What differs from frames that fit a light of 120 s, gain 100, offset 30, -10 C, filter L: and does it still fit?
FITS: list[tuple[FrameKind, dict[str, Any], bool]] = [
    (DARK, {}, True),
    (DARK, {"exposure_s": 120.6}, True),
    (DARK, {"exposure_s": 120.61}, False),
    (DARK, {"set_point_c": -12.0}, True),
    (DARK, {"set_point_c": -12.1}, False),
    (DARK, {"set_point_c": None, "sensor_c": -11.5}, True),
    (DARK, {"set_point_c": None, "sensor_c": None}, True),
    (DARK, {"gain": 0}, False),
    (DARK, {"gain": None, "egain": None}, True),
    (DARK, {"gain": None, "egain": 0.25}, True),
    (DARK, {"gain": None, "egain": 0.77}, False),
    (DARK, {"offset": 50}, False),
    (DARK, {"offset": None}, True),
    (DARK, {"binning": 2}, False),
    (DARK, {"readout_mode": "high gain"}, False),
    (DARK, {"readout_mode": "LOW NOISE"}, True),
    (DARK, {"gear": Gear(camera="Other")}, False),
    (DARK, {"gear": Gear()}, True),
    (DARK, {"place": None}, True),
    (DARK, {"place": Place(name="Elsewhere")}, False),
    (BIAS, {"set_point_c": -20.0}, True),
    (BIAS, {"gain": 0}, False),
    (BIAS, {"offset": 50}, False),
    (BIAS, {"binning": 2}, False),
    (FLAT, {}, True),
    (FLAT, {"filter_name": "l "}, True),
    (FLAT, {"filter_name": "R"}, False),
    (FLAT, {"rotation_deg": 31.0}, True),
    (FLAT, {"rotation_deg": 31.2}, False),
    (FLAT, {"rotation_deg": None}, True),
    (FLAT, {"roi_percent": 50.0}, False),
    (FLAT, {"gain": 0}, False),
]


def light(make_frame: Any, **changes: Any) -> Frame:
    base = {"egain": 0.25, "readout_mode": "Low Noise", "rotation_deg": 30.0, "roi_percent": 100.0}
    return make_frame(**(base | changes))


def export(frames: list[Frame], **settings: Any) -> Exported:
    return exported(frames, Configuration(**settings), choices=Choices())


@pytest.mark.parametrize(("kind", "changes", "fits"), FITS)
def test_calibration_counts_where_it_fits(
    make_frame: Any, kind: FrameKind, changes: dict[str, Any], fits: bool
) -> None:
    """Each setting decides at its tolerance; what one side does not tell excludes nothing."""
    found = export([light(make_frame), *(make_frame(kind, **changes) for _ in range(3))])
    assert getattr(found.rows[0], COLUMNS[kind]) == (3 if fits else None)
    assert len(found.unused) == (0 if fits else 3)


def test_darks_of_two_exposures_do_not_mix(make_frame: Any) -> None:
    """Lights of 300 and 600 s with 20 and 30 darks have 20 and 30 (spec astrobin 13: the reference says 50 each)."""
    lights = [light(make_frame, exposure_s=seconds) for seconds in (300.0, 600.0)]
    darks = [
        make_frame(DARK, exposure_s=seconds) for seconds, count in ((300.0, 20), (600.0, 30)) for _ in range(count)
    ]
    assert [row.darks for row in export(lights + darks).rows] == [20, 30]


@pytest.mark.parametrize(
    ("nights", "pool", "flats"),
    [
        ((14, 17), False, 2),  # the 14th is one day away, the 17th two
        ((13, 17), False, 3),  # both two days away: the later one
        ((10, 12), False, 3),
        ((14, 17), True, 5),
    ],
)
def test_flats_are_those_of_the_nearest_night(make_frame: Any, nights: tuple[int, int], pool: bool, flats: int) -> None:
    """Flats of several nights do not add up unless they are to be pooled."""
    taken = [date(2026, 1, day) for day, count in zip(nights, (2, 3), strict=True) for _ in range(count)]
    frames = [light(make_frame), *(make_frame(FLAT, night=night) for night in taken)]
    assert export(frames, matching=Matching(pool_flats=pool)).rows[0].flats == flats


def test_flat_darks_are_those_of_the_flats(make_frame: Any) -> None:
    """Flat-darks count by the exposure of the flats that count, and not at all without flats."""
    darks = [make_frame(FLAT_DARK, exposure_s=seconds) for seconds in (1.5, 1.54, 2.0)]
    assert export([light(make_frame), make_frame(FLAT), *darks]).rows[0].flat_darks == 2
    assert export([light(make_frame), *darks]).rows[0].flat_darks is None


def test_a_master_wins_over_raws_it_fits_with(make_frame: Any) -> None:
    """One master dark at gain 0 leaves lights at gain 100 their raw darks; the newest of two masters counts."""
    when = datetime(2025, 1, 1, tzinfo=UTC)
    old = make_frame(DARK, is_master=True, count=50, gain=0, started=when)
    new = make_frame(DARK, is_master=True, count=64, gain=0, started=when.replace(year=2026))
    raws = [make_frame(DARK, gain=gain) for gain in (0, 100, 100)]
    rows = export([light(make_frame, gain=0), light(make_frame), new, old, *raws]).rows
    assert [row.darks for row in rows] == [64, 2]
    assert rows[0].sources["darks"] == f"history of {new.name}"


@pytest.mark.parametrize(
    ("masters", "flats"), [({}, None), ({"flats": {"L": 40, "*": 30}}, 40), ({"flats": {"R": 40, "*": 30}}, 30)]
)
def test_a_silent_master_counts_what_settings_say(make_frame: Any, masters: dict[str, Any], flats: int | None) -> None:
    """Without a history the settings tell; without them the cell is empty, never 1, and that is told."""
    frames = [light(make_frame), make_frame(FLAT, is_master=True, count=None, name="masterFlat.xisf")]
    found = export(frames, masters=MasterCounts(**masters))
    assert found.rows[0].flats == flats
    assert ("masterFlat.xisf does not tell" in "\n".join(found.notes)) == (flats is None)


def test_linked_flats_go_before_matched_ones(make_frame: Any) -> None:
    """Where the store knows which flats belong to a light, no other flats are counted; none linked is none."""
    flats = [make_frame(FLAT, name=name) for name in "abc"]
    assert export([light(make_frame, flats=("a", "b")), *flats]).rows[0].flats == 2
    assert export([light(make_frame, flats=()), *flats]).rows[0].flats is None
