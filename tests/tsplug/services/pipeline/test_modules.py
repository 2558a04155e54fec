"""What the modules make of real frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image
from pipeline_frames import star_frame

from tsplug.app import pipeline_modules, pipeline_tools
from tsplug.model import AcquiredImage, ModuleState, Thumbnail
from tsplug.services.pipeline.frame import frame_at_work
from tsplug.services.pipeline.running import ModuleReport, run_modules
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START


def process(file: Path, store: object = None) -> dict[str, ModuleReport]:
    """Run every module over a file."""
    frame = frame_at_work(file, pipeline_tools(store))
    return {report.module: report for report in run_modules(frame, pipeline_modules(), clock=ManualClock())}


def test_a_frame_of_nobody_gets_picture_and_numbers(tmp_path: Path) -> None:
    """Without a store the picture lies beside the frame and the numbers stand in the report."""
    found = process(star_frame(tmp_path / "a.fits"))
    assert found["quality_analysis"].message.startswith("stars 12, HFR 1.79 px")
    with Image.open(tmp_path / "previews" / "a.fits.jpg") as picture:
        assert picture.size == (400, 300)


@pytest.mark.both_databases
def test_a_record_gets_its_numbers_and_its_thumbnail_once(tmp_path: Path) -> None:
    """Processing again changes neither record nor picture."""
    store = stocked_store(ManualClock())
    image = store_light(store, "M 42", filter_name="L", started=START, file=str(star_frame(tmp_path / "a.fits")))
    kept = []
    for _ in range(2):
        process(Path(image.file), store)
        with store.read() as unit:
            record, small = unit.get(AcquiredImage, image.id), unit.find(Thumbnail, image_id=image.id)
        kept.append((record, small, (tmp_path / "previews" / "a.fits.jpg").stat().st_mtime_ns))
    assert kept[0][0].metrics["star_count"] == 12
    assert kept[0][1].height_px == 192
    assert kept[0] == kept[1]


def test_a_picture_needs_no_measurement(tmp_path: Path) -> None:
    """A frame too small to be measured fails there, and has its picture."""
    fits.PrimaryHDU(np.arange(1200, dtype=np.uint16).reshape(30, 40)).writeto(tmp_path / "a.fits")
    found = process(tmp_path / "a.fits")
    assert found["preview"].state is ModuleState.COMPLETED
    assert "at least 64 pixels a side" in found["quality_analysis"].message


def test_a_missing_file_fails_in_every_module_that_reads_it(tmp_path: Path) -> None:
    """The reason stands in each of them."""
    found = process(tmp_path / "gone.fits")
    assert {name: report.message for name, report in found.items() if name in ("preview", "quality_analysis")} == {
        "preview": f"{tmp_path}/gone.fits: missing",
        "quality_analysis": f"{tmp_path}/gone.fits: missing",
    }


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """Where a file has the folder's name the message names picture and reason."""
    (tmp_path / "previews").write_text("in the way")
    message = process(star_frame(tmp_path / "a.fits"))["preview"].message
    assert "a.fits.jpg: the picture cannot be written" in message
