"""Acquired images as CSV."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tsplug.errors import FileError
from tsplug.metrics import METRICS
from tsplug.model import GradingStatus, PierSide
from tsplug.ports import ImageQuery, Store
from tsplug.services.image_csv import COLUMNS, write_csv
from tsplug.testing import ManualClock, stocked_store, store_light

STARTED = datetime(2026, 1, 15, 23, 30, 5, tzinfo=UTC)
# spec/target-scheduler-domain 4 and peers TS-Q5.
ORDER = (
    "AcquiredDate,FilePath,ProjectName,TargetName,ProfileName,FilterName,GradingStatus,RejectReason,Duration,Binning,"
    "CameraTemp,CameraTargetTemp,Gain,Offset,ADUStDev,ADUMean,ADUMedian,ADUMin,ADUMax,DetectedStars,HFR,HFRStDev,FWHM,"
    "Eccentricity,GuidingRMS,GuidingRMSArcSec,GuidingRMSRA,GuidingRMSRAArcSec,GuidingRMSDEC,GuidingRMSDECArcSec,"
    "FocuserPosition,FocuserTemp,RotatorPosition,PierSide,Airmass"
)


@pytest.fixture
def store() -> Store:
    return stocked_store(ManualClock(STARTED))


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def full_light(store: Store) -> None:
    store_light(
        store,
        "M 42",
        filter_name="L",
        started=STARTED,
        status=GradingStatus.REJECTED,
        reject_reason="Star Count",
        file='lights/M 42, "test".fits',
        camera_temperature_c=-9.95,
        camera_set_temperature_c=-10.0,
        position_angle_deg=255.0,
        focuser_position=25_099,
        focuser_temperature_c=6.59342794,
        pier_side=PierSide.WEST,
        metrics={
            "adu_stdev": 4098.943803,
            "adu_mean": 2617.15209,
            "adu_median": 1459.0,
            "adu_min": 479.0,
            "adu_max": 65535.0,
            "star_count": 36.0,
            "hfr": 1.252984179,
            "hfr_stdev": 0.06440223315,
            "fwhm": 2.5,
            "eccentricity": 0.00001,
            "guiding_rms_px": 0.234170147,
            "guiding_rms": 0.4683402941,
            "guiding_rms_ra_px": 0.18,
            "guiding_rms_ra": 0.36,
            "guiding_rms_dec_px": 0.15,
            "guiding_rms_dec": 0.3,
            "airmass": 2.684327916,
        },
    )


def test_the_35_columns_stand_in_their_order(store: Store, tmp_path: Path) -> None:
    """Exactly these, with the site's own time, up to four decimals, quotes only where needed, LF and UTF-8."""
    full_light(store)
    assert write_csv(tmp_path / "a.csv", ImageQuery(), store=store) == 1
    header, row, end = (tmp_path / "a.csv").read_bytes().decode().split("\n")
    assert (header, end) == (ORDER, "")
    assert row == (
        '01/16/2026 00:30:05,"lights/M 42, ""test"".fits",Nebulae,M 42,Refractor,L,Rejected,Star Count,120,1x1,'
        "-9.95,-10,100,30,4098.9438,2617.1521,1459,479,65535,36,1.253,0.0644,2.5,"
        "0,0.2342,0.4683,0.18,0.36,0.15,0.3,"
        "25099,6.5934,255,West,2.6843"
    )


def test_what_is_not_known_is_empty(store: Store, tmp_path: Path) -> None:
    """A light of which nothing was measured has empty cells, no zeros and no words."""
    store_light(store, "M 42", filter_name="L", started=STARTED)
    write_csv(tmp_path / "a.csv", ImageQuery(), store=store)
    (row,) = rows(tmp_path / "a.csv")
    empty = [key for key, value in row.items() if value == ""]
    assert len(empty) == 23
    assert {"HFR", "FWHM", "Airmass", "CameraTemp", "FocuserPosition", "RotatorPosition", "RejectReason"} < set(empty)


def test_the_extension_has_every_metric_behind_the_35(store: Store, tmp_path: Path) -> None:
    """The 35 stay in front; identity, times in UTC and every metric by its key follow."""
    full_light(store)
    write_csv(tmp_path / "a.csv", ImageQuery(), store=store, extended=True)
    (row,) = rows(tmp_path / "a.csv")
    assert ",".join(list(row)[:35]) == ORDER
    assert set(METRICS) < set(row)
    assert (row["StartedUTC"], row["TemplateName"], row["Manual"], row["hfr"]) == (
        "2026-01-15T23:30:05+00:00",
        "L",
        "no",
        "1.253",
    )


def test_rows_stand_in_the_order_of_the_query(store: Store, tmp_path: Path) -> None:
    """Newest first over several pages, or as far as a limit goes, or sorted where the query says so."""
    for number in range(1203):
        gain = number % 7
        if number < 3 or number > 1199:
            store_light(store, "M 42", filter_name="L", started=STARTED + timedelta(minutes=number), gain=gain)
    many = [store_light(store, "M 42", filter_name="Ha", started=STARTED + timedelta(seconds=n)) for n in range(3)]
    assert write_csv(tmp_path / "a.csv", ImageQuery(), store=store) == 9
    dates = [row["AcquiredDate"] for row in rows(tmp_path / "a.csv")]
    assert dates == sorted(dates, reverse=True)
    assert write_csv(tmp_path / "b.csv", ImageQuery(limit=2, filter_name="Ha"), store=store) == 2
    assert [row["FilePath"] for row in rows(tmp_path / "b.csv")] == [many[2].file, many[1].file]
    write_csv(tmp_path / "c.csv", ImageQuery(sort="gain", newest_first=False, filter_name="L"), store=store)
    gains = [int(row["Gain"]) for row in rows(tmp_path / "c.csv")]
    assert gains == sorted(gains)


def test_a_file_that_cannot_be_written_is_said(store: Store, tmp_path: Path) -> None:
    """One error names the file, and nothing half written is left."""
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileError, match=r"folder\.csv cannot be written"):
        write_csv(tmp_path / "folder.csv", ImageQuery(), store=store)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]
    assert len(COLUMNS) == 35
