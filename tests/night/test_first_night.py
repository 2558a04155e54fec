"""The first night, end to end: what a newcomer's one command leaves on disk."""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from nights import FIRST_NIGHT, Night

pytestmark = [pytest.mark.timeout(1200), pytest.mark.xdist_group("first night")]

KNOWN = {
    *("altitude", "airmass", "moon_distance", "moon_illumination"),
    *(f"guiding_rms{axis}{unit}" for axis in ("", "_ra", "_dec") for unit in ("", "_px")),
    *("cloud_cover", "dew_point", "humidity", "pressure", "sky_quality", "temperature", "wind_speed"),
}
MEASURED = {
    *("hfr", "hfr_stdev", "fwhm", "fwhm_arcsec", "eccentricity", "star_count", "snr", "background", "noise"),
    *("adu_mean", "adu_median", "adu_stdev", "adu_min", "adu_max"),
}


def verified_header(file: Path) -> dict[str, Any]:
    """Return the header of a frame that astropy finds without fault, checksums included."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with fits.open(file, checksum=True) as hdus:
            hdus.verify("exception")
            assert "CHECKSUM" in hdus[0].header
            assert "DATASUM" in hdus[0].header
            assert hdus[0].data.dtype == np.uint16
            return dict(hdus[0].header)


def test_every_frame_is_whole_and_its_checksums_hold(first_night: Night) -> None:
    """Lights and flats alike pass astropy's strict check and say what they are."""
    kinds = Counter(
        verified_header(file)["IMAGETYP"] for folder in ("lights", "flats") for file in first_night.frames(folder)
    )
    assert kinds["FLAT"] == 50
    assert 75 <= kinds["LIGHT"] <= 95
    assert set(kinds) == {"FLAT", "LIGHT"}


def test_records_and_lights_on_disk_agree(first_night: Night) -> None:
    """Each light has one record, each record one light, and the record repeats the header."""
    records = first_night.tsplug("images", "list")
    assert {Path(record["file"]) for record in records} == {file.resolve() for file in first_night.frames("lights")}
    for record in records:
        header = fits.getheader(record["file"])
        assert (header["TSUID"], header["OBJECT"], header["FILTER"]) == (
            record["guid"],
            record["target"],
            record["filter"],
        )
        assert header["EXPOSURE"] == record["exposure_s"]
        assert header["ROTATANG"] == pytest.approx(record["rotation_deg"], abs=0.01)
    assert [record["started"] for record in records] == sorted((r["started"] for r in records), reverse=True)


def test_three_targets_five_filters_and_a_meridian_flip(first_night: Night) -> None:
    """The night images all that it promises, on both sides of the pier."""
    records = first_night.tsplug("images", "list")
    assert {record["target"] for record in records} == {"M 45", "M 81", "Rosette Nebula"}
    assert {record["filter"] for record in records} == {"L", "R", "G", "B", "Ha"}
    sides = {record["pier_side"] for record in records if record["target"] == "Rosette Nebula"}
    assert sides == {"East", "West"}


def test_every_light_is_measured_and_graded_with_a_reason_where_it_is_rejected(first_night: Night) -> None:
    """No light stays pending in complete plans; rejected ones say why."""
    records = first_night.tsplug("images", "list")
    for record in records:
        assert record["metrics"].keys() >= MEASURED | KNOWN
        assert record["guide_scale_arcsec"] == 2.0
        assert (record["status"] == "rejected") == bool(record["reject_reason"])
    statuses = Counter(record["status"] for record in records)
    assert statuses["accepted"] > 70
    assert statuses["pending"] < 10


def test_flats_history_names_exactly_the_flats_on_disk(first_night: Night) -> None:
    """Five sets of ten, one per filter and angle, each linked to the sessions it serves."""
    sets = first_night.tsplug("flats", "history")
    files = [Path(entry["file"]) for each in sets for entry in each["files"]]
    assert sorted(files) == sorted(file.resolve() for file in first_night.frames("flats"))
    assert sorted(each["filter"] for each in sets) == ["B", "G", "Ha", "L", "R"]
    assert all(len(each["files"]) == 10 for each in sets)
    assert all(each["sessions"] for each in sets)
    due = first_night.tsplug("flats", "due", "--at", first_night.state()["moment"])
    assert [session for session in due if session["due"]] == []


def test_a_flat_fits_its_lights(first_night: Night) -> None:
    """Filter, gain, offset, binning and mechanical angle of a set's frames are those of the lights it serves."""
    spec = ("FILTER", "GAIN", "OFFSET", "XBINNING")
    lights = {tuple(fits.getheader(file)[key] for key in spec) for file in first_night.frames("lights")}
    flats = {tuple(fits.getheader(file)[key] for key in spec) for file in first_night.frames("flats")}
    assert flats == lights


def test_the_equipment_is_left_safe(first_night: Night) -> None:
    """Panel dark, cover closed, telescope parked."""
    devices = first_night.state()["simulators"]["devices"]
    panel = devices["covercalibrator/0"]
    assert (panel["lit"], panel["brightness"], panel["cover"]) == (False, 0, 1)
    assert devices["telescope/0"]["mount"]["at_park"]
    assert not devices["camera/0"]["cooler"]["on"]


def test_the_store_keeps_every_invariant(first_night: Night) -> None:
    """The doctor finds nothing."""
    examined = first_night.tsplug("doctor")
    assert examined["problems"] == []
    assert examined["checked"] > 100


def test_each_target_has_a_summary_and_a_csv_whose_numbers_are_the_accepted_lights(first_night: Night) -> None:
    """The rows add up to what counts, and only columns AstroBin knows occur."""
    accepted = Counter(r["target"] for r in first_night.tsplug("images", "list") if r["status"] == "accepted")
    for target, count in accepted.items():
        name = target.replace(" ", "_")
        with (first_night.out / f"{name}_acquisition.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert sum(int(row["number"]) for row in rows) == count
        assert all(row["flats"] == "10" for row in rows)
        summary = (first_night.out / f"{name}_session_summary.txt").read_text(encoding="utf-8")
        assert f"Target: {target}" in summary
    assert len(list(first_night.out.glob("*_acquisition.csv"))) == 3
    assert len(list(first_night.out.glob("*_session_summary.txt"))) == 3
    assert (first_night.out / "report.html").stat().st_size > 100_000
    assert (first_night.out / "night.log").read_text(encoding="utf-8").count("\n") > 80


def test_running_it_again_says_that_it_is_done(first_night: Night) -> None:
    """The same command after the end changes nothing and exits 0."""
    before = first_night.frames("lights")
    assert "finished already" in first_night.run(FIRST_NIGHT)
    assert first_night.frames("lights") == before
