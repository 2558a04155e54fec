"""Names and identifiers that another frame has by now: a record keeps its numbers, and its header as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from pipeline_frames import star_frame

from tsplug.app import frame_files, frame_headers, pipeline_modules, pipeline_tools
from tsplug.model import AcquiredImage, KeptHeader
from tsplug.ports import Store
from tsplug.services.file_measuring import MeasureRequest, measure_records
from tsplug.services.kept_headers import restore_file
from tsplug.services.pipeline.frame import frame_at_work
from tsplug.services.pipeline.running import run_modules
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START


def process(file: Path, store: Store) -> dict[str, str]:
    """Run every module over a file and return what they say."""
    frame = frame_at_work(file, pipeline_tools(store))
    return {each.module: each.message for each in run_modules(frame, pipeline_modules(), clock=ManualClock())}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give a store with a light that was processed, of a program that says neither identifier nor moment."""
    store = stocked_store(ManualClock())
    store_light(store, "M 42", filter_name="L", started=START, file=str(star_frame(tmp_path / "a.fits")))
    process(tmp_path / "a.fits", store)
    return store


def recorded(store: Store) -> tuple[AcquiredImage, bytes]:
    """Return the record, and the header that is kept of it."""
    with store.read() as unit:
        return unit.get(AcquiredImage, 1), unit.list(KeptHeader, image_id=1)[0].header


def test_a_frame_that_takes_a_name_takes_no_record(tmp_path: Path, store: Store) -> None:
    """It is told apart by its pixels, is processed as one of nobody, and gets its own header back."""
    before, file = recorded(store), tmp_path / "a.fits"
    file.unlink()
    other = star_frame(file, seed=2).read_bytes()
    said = process(file, store)
    told = "it has the name or the identifier of image 1, and is another frame"
    assert said["header_update"] == f"no record of the frame: {told}; there is nothing to say of it"
    (measured,) = measure_records(
        [before[0]], frame_files(), headers=frame_headers(), store=store, request=MeasureRequest(again=True)
    )
    assert (measured.record, measured.updated) == (None, False)
    assert (recorded(store), "TSUID" in fits.getheader(file), "HFR" in fits.getheader(file)) == (before, False, True)
    assert restore_file(file, pipeline_tools(store), store=store).changed
    assert file.read_bytes() == other


def test_a_calibrated_copy_in_whole_numbers_takes_no_record(tmp_path: Path, store: Store) -> None:
    """Nor its place, where the light itself is gone: what the pipeline kept of that tells other pixels."""
    copy = tmp_path / "calibrated.fits"
    with fits.open(tmp_path / "a.fits") as parts:
        parts[0].data = np.rint(parts[0].data * 0.9).astype(np.uint16)
        parts.writeto(copy, checksum=True)
    (tmp_path / "a.fits").unlink()
    before = recorded(store)
    assert fits.getheader(copy)["TSUID"] == before[0].guid
    assert process(copy, store)["header_update"].startswith("no record of the frame: it has")
    assert recorded(store) == before


def test_a_frame_that_was_moved_by_hand_keeps_its_record(tmp_path: Path, store: Store) -> None:
    """Its pixels are those that were kept, whatever has been written into its header since."""
    moved = (tmp_path / "a.fits").rename(tmp_path / "moved.fits")
    with fits.open(moved, mode="update") as parts:
        parts[0].header["NOTE"] = "mine"
    assert process(moved, store)["header_update"].startswith("on record as image 1 at ")
