"""Which frame a record is of, where another one says its identifier."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits
from pipeline_frames import star_frame

from tsplug.app import frame_files, frame_headers
from tsplug.services.record_claims import Witnesses, is_of_record
from tsplug.testing import ManualClock, stocked_store, store_light

LIGHT = {"OBJECT": "M 42", "IMAGETYP": "LIGHT", "FILTER": "L", "EXPTIME": 60.0, "DATE_OBS": "2026-01-15T20:00:01"}


@pytest.mark.parametrize(
    ("cards", "is_here", "claims"),
    [
        ({}, False, True),
        ({"EXPTIME": 3600.0}, False, False),
        ({"DATE_OBS": "2026-01-16T03:00:00"}, False, False),
        ({"FILTER": "Ha"}, False, False),
        ({"IMAGETYP": "FLAT"}, False, False),
        (None, False, False),
        ({"BITPIX": -32}, False, False),
        ({}, True, True),
        ({"DATE_OBS": "2026-01-15T23:00:00"}, True, True),
        ({"EXPTIME": 3600.0}, True, False),
        ({"FILTER": "Ha"}, True, True),
        ({"IMAGETYP": "Master Light"}, True, False),
        ({"STACKCNT": 12}, True, False),
        ({"BITPIX": -32}, True, False),
        (None, True, False),
    ],
)
def test_a_record_whose_disk_is_elsewhere_goes_to_its_own_light_only(
    tmp_path: Path, cards: dict[str, Any] | None, is_here: bool, claims: bool
) -> None:
    """A folder that is here and has the frame no more says that it is gone; copies and stacks are none of it."""
    folder = tmp_path / "lights"
    if is_here:
        folder.mkdir()
    image = store_light(
        stocked_store(ManualClock()),
        "M 42",
        filter_name="L",
        started=datetime(2026, 1, 15, 20, tzinfo=UTC),
        file=str(folder / "a.fits"),
    )
    image = image.model_copy(update={"exposure_s": 60.0})
    sent = tmp_path / "sent.fits"
    if cards is None:
        sent.write_text("no frame")
    else:
        wanted = {**LIGHT, **cards}
        as_floats = wanted.pop("BITPIX", 16) < 0
        star_frame(sent, **wanted)
        if as_floats:
            pixels, header = fits.getdata(sent, header=True)
            fits.PrimaryHDU(pixels.astype("f4"), header).writeto(sent, overwrite=True)
    assert is_of_record(sent, image, known=Witnesses(frame_files(), frame_headers())) is claims
