"""Headers as they were before the pipeline wrote into them."""

from __future__ import annotations

from pathlib import Path

import pytest
from astropy.io import fits
from pipeline_frames import star_frame

from tsplug.app import pipeline_modules, pipeline_tools
from tsplug.services.kept_headers import restore_file
from tsplug.services.pipeline.frame import frame_at_work
from tsplug.services.pipeline.running import run_modules
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START


def test_a_calibrated_copy_gets_its_own_header_back(tmp_path: Path) -> None:
    """It says the identifier of its light, which gets its own back too."""
    store = stocked_store(ManualClock())
    light, copy = star_frame(tmp_path / "a.fits", DATE_OBS="2026-01-15T20:00:00"), tmp_path / "calibrated.fits"
    image = store_light(store, "M 42", filter_name="L", started=START, file=str(light))
    with fits.open(light) as parts:
        parts[0].data = parts[0].data // 2
        parts[0].header["TSUID"] = image.guid
        parts.writeto(copy, checksum=True)
    before = {file: file.read_bytes() for file in (light, copy)}
    tools = pipeline_tools(store)
    for file in (light, copy):
        run_modules(frame_at_work(file, tools), pipeline_modules(), clock=ManualClock())
        assert "HFR" in fits.getheader(file)
    for file in (light, copy):
        assert restore_file(file, tools, store=store).changed
        assert (file.read_bytes() == before[file]) is True


@pytest.mark.parametrize("light_is_there", [True, False])
def test_a_copy_never_takes_the_header_that_is_kept_of_a_light(tmp_path: Path, light_is_there: bool) -> None:
    """Also where the light was moved away by hand, and the copy has whole numbers: each gets its own back."""
    store, file, copy = stocked_store(ManualClock()), tmp_path / "a.fits", tmp_path / "calibrated.fits"
    light = star_frame(file, DATE_OBS="2026-01-15T20:00:00")
    image = store_light(store, "M 42", filter_name="L", started=START, file=str(light))
    tools = pipeline_tools(store)
    before = {light: light.read_bytes()}
    run_modules(frame_at_work(light, tools), pipeline_modules(), clock=ManualClock())
    with fits.open(light) as parts:
        parts[0].data = parts[0].data // 2
        parts.writeto(copy, checksum=True)
    assert fits.getheader(copy)["TSUID"] == image.guid
    if not light_is_there:
        light = light.rename(tmp_path / "archive.fits")
        before = {light: before[file]}
    before[copy] = copy.read_bytes()
    run_modules(frame_at_work(copy, tools), pipeline_modules(), clock=ManualClock())
    for each, content in before.items():
        restore_file(each, tools, store=store)
        assert each.read_bytes() == content
