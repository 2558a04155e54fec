from __future__ import annotations

import json
from typing import Any

import pytest
from scheduler_databases import NO_ROTATOR, metadata

from tsplug.model import PierSide
from tsplug.nina.database.metadata import Metadata, read_metadata


def read(**changes: Any) -> Metadata:
    """Return what metadata with some changes says, which complains of nothing."""
    complaints: list[str] = []
    found = read_metadata(metadata(**changes), "L", complain=lambda what, why: complaints.append(f"{what}: {why}"))
    assert complaints == []
    return found


@pytest.mark.parametrize("unknown", ["NaN", None, float("nan"), "Infinity"])
def test_what_nobody_knew_is_left_out(unknown: Any) -> None:
    """NaN as text, as number, and null mean that a value is not known."""
    found = read(HFR=unknown, CameraTemp=unknown, Airmass=unknown)
    assert found.metrics.keys().isdisjoint({"hfr", "airmass"})
    assert found.fields["camera_temperature_c"] is None


@pytest.mark.parametrize("key", ["HFR", "CameraTemp", "Gain", "GuidingRMSArcSec", "background"])
def test_a_number_with_more_digits_than_any_number_has_is_told_and_kept(key: str) -> None:
    """Whole numbers of JSON have no end; one that nothing can hold costs its key alone, and is told in short."""
    complaints: list[str] = []
    text = metadata(**{key: 10**400})
    found = read_metadata(text, "L", complain=lambda what, why: complaints.append(f"{what}: {why}"))
    assert (found.extra[key], "star_count" in found.metrics) == (10**400, True)
    assert all(len(each) < 120 and each.startswith(f"metadata {key} 1000") for each in complaints)
    assert len(complaints) == (key != "background")


@pytest.mark.parametrize(
    ("mechanical", "sky", "angles"),
    [
        (121.0, 31.0, (121.0, 31.0)),
        (NO_ROTATOR, 0.0, (None, None)),
        (NO_ROTATOR, 31.0, (None, 31.0)),
        (0.0, 0.0, (0.0, 0.0)),
    ],
)
def test_the_sentinel_is_no_rotator(mechanical: float, sky: float, angles: tuple[float | None, float | None]) -> None:
    """The most negative number says that there is no rotator; 0 is an angle."""
    found = read(RotatorMechanicalPosition=mechanical, RotatorPosition=sky)
    assert (found.fields["rotation_deg"], found.fields["position_angle_deg"]) == angles


def test_zeros_of_guiding_say_that_nothing_guided() -> None:
    """Without guiding there are no metrics of it; arcseconds follow from pixels where they are missing."""
    zeros = dict.fromkeys([key for key in json.loads(metadata()) if key.startswith("Guiding")], 0.0)
    assert not [key for key in read(**zeros).metrics if key.startswith("guiding")]
    assert read(GuidingRMSArcSec=None).metrics["guiding_rms"] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("written", "binning", "kept"), [("2x2", 2, False), ("2x1", 2, True), ("10x10", 10, False), ("odd", 1, True)]
)
def test_binning_is_the_first_number(written: str, binning: int, kept: bool) -> None:
    """A binning that is not square keeps its text."""
    found = read(Binning=written)
    assert (found.fields["binning"], "Binning" in found.extra) == (binning, kept)


def test_what_no_field_holds_is_kept() -> None:
    """Unknown keys, another filter's name and an unknown pier side stay in extra."""
    found = read(PierSide="pierSomewhere", FilterName="Lum", New=[1])
    assert found.fields["pier_side"] is PierSide.UNKNOWN
    assert {"PierSide": "pierSomewhere", "FilterName": "Lum", "New": [1]}.items() <= found.extra.items()


def test_wrong_values_are_told_and_kept() -> None:
    """What is no number is complained of and stays under its key."""
    told: list[str] = []
    found = read_metadata(metadata(HFR="sharp", Gain=1.5), "L", complain=lambda what, why: told.append(what))
    assert told == ["metadata Gain 1.5", "metadata HFR 'sharp'"]
    assert (found.extra["HFR"], found.extra["Gain"]) == ("sharp", 1.5)
