"""Of frames without a record, headers tell what the pipeline made of them."""

from __future__ import annotations

import pytest

from tsplug.imaging.astrometry.wcs import Wcs, wcs_cards
from tsplug.model import CardValue
from tsplug.services.header_results import metrics_in_header, solution_in_header

SCALE_DEG = 1.0 / 3600.0
SOLVED: dict[str, CardValue] = {
    "NAXIS1": 201,
    "NAXIS2": 101,
    "PNTOFST": 12.5,
    **{
        card.keyword: card.value
        for card in wcs_cards(
            Wcs(83.8, -5.4, 100.0, 50.0, ((-SCALE_DEG, 0.0), (0.0, -SCALE_DEG))), solver="tsplug matcher"
        )
    },
}


def test_numbers_have_their_names() -> None:
    """Keywords of metrics are read; what is no number, or no metric, is left out."""
    cards: dict[str, CardValue] = {"HFR": 2.5, "NSTARS": 140, "FWHM": "wide", "PXSCALE": 1.1, "SNR": True}
    assert metrics_in_header(cards) == {"hfr": 2.5, "star_count": 140.0}


def test_coordinates_have_the_fields_of_a_solution() -> None:
    """The middle of the frame, scale and offset come out of what the pipeline wrote."""
    row = solution_in_header(SOLVED)
    assert row is not None
    assert (row["solved"], row["solver"], row["offset_arcsec"]) == (True, "matcher", 12.5)
    assert (row["ra_deg"], row["dec_deg"]) == pytest.approx((83.8, -5.4))
    assert (row["scale_arcsec"], row["position_angle_deg"]) == pytest.approx((1.0, 0.0), abs=1e-6)


@pytest.mark.parametrize(
    ("other", "solved"),
    [({"CTYPE1": "RA---ZEA"}, True), ({"CD1_1": 0.0}, True), ({"NAXIS2": "no"}, True), ({"PLTSOLVD": False}, False)],
)
def test_what_is_written_otherwise_is_only_solved_or_not(other: dict[str, CardValue], solved: bool) -> None:
    """Coordinates of another kind, and a frame that was not solved, have no centre; a silent header says nothing."""
    row = solution_in_header({**SOLVED, **other})
    assert row is not None
    assert (row["solved"], row["ra_deg"]) == (solved, None)
    assert solution_in_header({"CRVAL1": 1.0}) is None
