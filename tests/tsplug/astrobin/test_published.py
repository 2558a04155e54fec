"""The published rules, with the defects that its tables show and without those that they do not."""

from __future__ import annotations

from typing import Any

import pytest

from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.astrobin.export import exported
from tsplug.astrobin.frames import Frame, FrameKind, Place
from tsplug.astrobin.published_values import published_fwhm

DARK, BIAS, FLAT, FLAT_DARK = FrameKind.DARK, FrameKind.BIAS, FrameKind.FLAT, FrameKind.FLAT_DARK
COUNTS = ("darks", "flats", "flat_darks", "bias")
# Calibration beside one light of 120 s, gain 100, filter L, and what its row counts (spec astrobin 7, 13).
CASES: dict[str, tuple[list[tuple[FrameKind, dict[str, Any]]], tuple[int, int, int, int]]] = {
    "nothing is 0": ([], (0, 0, 0, 0)),
    "gain alone": ([(DARK, {"offset": 9, "binning": 2, "set_point_c": 20.0}), (DARK, {"gain": 0})], (1, 0, 0, 0)),
    "an exposure that no light has": ([(DARK, {"exposure_s": 60.0}), (FLAT_DARK, {})], (0, 0, 0, 0)),
    "flat-darks as long as a light": ([(FLAT_DARK, {"exposure_s": 120.0})], (0, 0, 1, 0)),
    "filter alone": ([(FLAT, {"gain": 0}), (FLAT, {"night": None}), (FLAT, {"filter_name": "R"})], (0, 2, 0, 0)),
    "a master removes all raws": (
        [(DARK, {"is_master": True, "count": 50, "gain": 0}), (DARK, {}), (DARK, {})],
        (50, 0, 0, 0),
    ),
    "the first master is added": (
        [(BIAS, {"is_master": True, "count": n, "name": f"{n}.xisf"}) for n in (30, 20)],
        (0, 0, 0, 20),
    ),
    "a master flat removes raws of its filter": (
        [(FLAT, {"is_master": True, "count": 25}), (FLAT, {})],
        (0, 25, 0, 0),
    ),
    "a silent master counts 1": ([(BIAS, {"is_master": True, "count": None})], (0, 0, 0, 1)),
    "another site": ([(BIAS, {"place": Place(name="Elsewhere")}), (BIAS, {"place": None})], (0, 0, 0, 1)),
}


def rows(frames: list[Frame]) -> Any:
    return exported(frames, Configuration(), choices=Choices(compatible=True)).rows


@pytest.mark.parametrize("case", CASES)
def test_calibration_counts_as_published(case: str, make_frame: Any) -> None:
    """Darks and bias by gain, flats by filter, masters added, zeros where nothing is found."""
    calibration, counts = CASES[case]
    (row,) = rows([make_frame(), *(make_frame(kind, **changes) for kind, changes in calibration)])
    assert tuple(getattr(row, name) for name in COUNTS) == counts


@pytest.mark.parametrize(
    ("changes", "fwhm"),
    [
        # spec/peers f: 3.76 um at 540 mm, HFR 1.64 gives 4.71.
        ({"hfr_px": 1.64, "focal_length_mm": 540.0}, 4.71),
        ({"hfr_px": 1.64, "focal_length_mm": 540.9}, 4.71),
        ({"hfr_px": None}, 0.0),
        ({"hfr_px": 1.64, "focal_length_mm": 0.5}, 0.0),
        ({"hfr_px": 1.64, "pixel_um": None}, 0.0),
    ],
)
def test_fwhm_is_twice_the_hfr(make_frame: Any, changes: dict[str, Any], fwhm: float) -> None:
    """The focal length counts in whole millimetres; what is not known is 0, and is averaged in."""
    assert published_fwhm(make_frame(**changes)) == fwhm
    (row,) = rows([make_frame(**changes), make_frame(hfr_px=None)])
    assert row.mean_fwhm == pytest.approx(fwhm / 2, abs=0.006)


def test_other_cells_as_published(make_frame: Any) -> None:
    """The focuser's temperature, the site's sky, no ISO, and durations to a hundredth of a second."""
    (row,) = rows([make_frame(exposure_s=1.2345, focuser_c=7.126, sky_quality=21.3, iso=800)])
    told = (row.duration, row.temperature, row.mean_sqm, row.bortle, row.iso)
    assert told == (1.23, 7.13, 20.52, 4.5, None)
