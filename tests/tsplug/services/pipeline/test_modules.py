"""What the modules make of real frames."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image
from pipeline_frames import star_frame

from tsplug.app import pipeline_modules, pipeline_tools
from tsplug.errors import NotFoundError
from tsplug.imaging.keywords import QUALITY_KEYWORDS, RECORD_KEYWORDS, SOLUTION_KEYWORDS
from tsplug.model import (
    AcquiredImage,
    GradingStatus,
    ModuleState,
    PipelinePreferences,
    Profile,
    StatusChange,
    Thumbnail,
)
from tsplug.model.preferences import WRITTEN_VALUES
from tsplug.ports import Store
from tsplug.services.kept_headers import restore_header
from tsplug.services.pipeline.frame import frame_at_work
from tsplug.services.pipeline.running import ModuleReport, run_modules
from tsplug.testing import ManualClock, memory_store, stocked_store, store_light
from tsplug.testing.clock import START


def process(file: Path, store: object = None) -> dict[str, ModuleReport]:
    """Run every module over a file."""
    frame = frame_at_work(file, pipeline_tools(store))
    return {report.module: report for report in run_modules(frame, pipeline_modules(), clock=ManualClock())}


def test_a_frame_of_nobody_gets_picture_and_numbers(tmp_path: Path) -> None:
    """Without a store the picture lies beside the frame and the numbers stand in the report."""
    found = process(star_frame(tmp_path / "a.fits"))
    assert found["quality_analysis"].message.startswith("stars 12, HFR 1.76 px")
    with Image.open(tmp_path / "previews" / "a.fits.jpg") as picture:
        assert picture.size == (400, 300)


def test_a_frame_without_a_record_is_processed_as_one_of_a_rig(tmp_path: Path) -> None:
    """By its optics, with the binning of the header, and by its preferences."""
    store = stocked_store(ManualClock())
    with store.write() as unit:
        (rig,) = unit.list(Profile)
        wishes = rig.pipeline.model_copy(update={"preview_folder": "pictures"})
        unit.update(rig.model_copy(update={"pipeline": wishes}))
    file = star_frame(tmp_path / "a.fits", XBINNING=2)
    frames = [frame_at_work(file, pipeline_tools(store), profile_id=key) for key in (None, rig.id)]
    assert [frame.preferences.preview_folder for frame in frames] == ["previews", "pictures"]
    assert [frame.scale_arcsec() for frame in frames] == [None, rig.frame_scale_arcsec(2)]


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


def test_a_copy_tells_where_its_record_has_the_frame(tmp_path: Path) -> None:
    """One frame that is found under two names is on record once, and the job of the other name says where."""
    store, file = stocked_store(ManualClock()), star_frame(tmp_path / "a.fits")
    image = store_light(store, "M 42", filter_name="L", started=START, file=str(file))
    process(file, store)
    copy = tmp_path / "copy.fits"
    copy.write_bytes(file.read_bytes())
    told = {name: process(each, store)["header_update"].message for name, each in (("a", file), ("copy", copy))}
    as_it_should_be = "the header is as it should be"
    assert told == {"a": as_it_should_be, "copy": f"on record as image {image.id} at {file}; {as_it_should_be}"}


def test_no_module_changes_what_others_see(tmp_path: Path) -> None:
    """Pixels are read once for all modules; one that writes into them fails alone."""
    frame = frame_at_work(star_frame(tmp_path / "a.fits"), pipeline_tools())
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels().pixels[:] = 0
    assert frame.measurement().metrics["star_count"] == 12


def test_a_frame_too_small_for_stars_has_picture_and_levels(tmp_path: Path) -> None:
    """As crops of guiders and planets: nothing is said of stars, and nothing fails; not even of one pixel."""
    for name, shape in (("a", (30, 40)), ("b", (1, 1))):
        pixels = np.arange(shape[0] * shape[1], dtype=np.uint16).reshape(shape)
        fits.PrimaryHDU(pixels).writeto(tmp_path / f"{name}.fits")
        found = process(tmp_path / f"{name}.fits", memory_store())
        assert {str(each.state) for each in found.values()} == {"completed", "skipped"}
        assert "at least 64 pixels a side" in found["quality_analysis"].message
        header = fits.getheader(tmp_path / f"{name}.fits")
        assert (header["IMGMEAN"], "NSTARS" in header) == (pixels.mean(), False)


def test_frames_on_a_read_only_disk_lose_headers_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found of them is kept all the same."""
    file, real = star_frame(tmp_path / "a.fits"), os.open

    def refused(path: str, flags: int, *more: int, **named: int) -> int:
        if flags & os.O_RDWR and str(path).endswith("a.fits"):
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refused)
    found = process(file, memory_store())
    assert found["quality_analysis"].state is ModuleState.COMPLETED
    assert found["quality_headers"].state is ModuleState.SKIPPED
    assert "on a file system that is read-only" in found["quality_headers"].message


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


def header(file: Path) -> fits.Header:
    """Return the header of a sound frame."""
    with fits.open(file, checksum=True) as opened:
        opened.verify("exception")
        return opened[0].header


@pytest.mark.both_databases
def test_record_and_numbers_stand_in_the_header_and_processing_again_changes_no_byte(tmp_path: Path) -> None:
    """Who, what and how good it is; grades come once there are some, and go when they are taken back."""
    store = stocked_store(ManualClock())
    file = star_frame(tmp_path / "a.fits", blocks=2, OBSERVER="Ann", XPIXSZ=3.76, FOCALLEN=530.0)
    start, pixels = file.read_bytes(), fits.getdata(file)
    image = store_light(store, "M 42", filter_name="L", started=START, file=str(file), session_id=3)
    process(file, store)
    once, told = file.read_bytes(), header(file)
    assert (told["OBJECT"], told["TSUID"], told["TSSESSID"], "GRADE" in told) == ("M 42", image.guid, "0003", False)
    assert (told["NSTARS"], told["FWHM"], told["PXSCALE"]) == (12, 3.5247, 1.4101)
    assert told.comments["FWHM"].startswith("[px] tsplug-stars")
    assert told["FWHMARC"] == pytest.approx(told["FWHM"] * told["PXSCALE"], abs=1e-3)
    process(file, store)
    assert file.read_bytes() == once
    assert (fits.getdata(file) == pixels).all()
    grade(store, image, GradingStatus.REJECTED, "FWHM 3.5 px")
    process(file, store)
    assert (header(file)["GRADE"], header(file)["GRADERSN"]) == ("rejected", "FWHM 3.5 px")
    grade(store, image, GradingStatus.PENDING, "")
    process(file, store)
    assert not {"GRADE", "GRADERSN"} & set(header(file))
    restore_header(file, pipeline_tools(store), image=image, store=store)
    assert file.read_bytes() == start


def grade(store: Store, image: AcquiredImage, status: GradingStatus, reason: str) -> None:
    """Give an image a status."""
    with store.write() as unit:
        now = unit.get(AcquiredImage, image.id)
        change = StatusChange(image_id=now.id, from_status=now.status, to_status=status, by="test", at=START)
        unit.set_status(now, change, reason=reason)


def test_a_rig_has_keywords_of_its_own(tmp_path: Path) -> None:
    """The other dialect, a keyword of one's own, and a value that is left out."""
    store = stocked_store(ManualClock())
    file = star_frame(tmp_path / "a.fits", blocks=2, XPIXSZ=3.76, FOCALLEN=530.0)
    image = store_light(store, "M 42", filter_name="L", started=START, file=str(file))
    with store.write() as unit:
        rig = unit.get(Profile, image.profile_id)
        own = PipelinePreferences(keywords="banzai", keyword_names={"hfr": "MYHFR", "snr": ""})
        unit.update(rig.model_copy(update={"pipeline": own}))
    process(file, store)
    told = header(file)
    assert {"L1FWHM", "L1MEAN", "L1MEDIAN", "L1SIGMA", "MYHFR", "NSTARS"} <= set(told)
    assert not {"FWHMARC", "IMGMEAN", "HFR", "IMGSNR"} & set(told)
    with store.write() as unit:
        own = PipelinePreferences(keyword_names={"hfr": "OURHFR"})
        unit.update(unit.get(Profile, image.profile_id).model_copy(update={"pipeline": own}))
    process(file, store)
    told = header(file)
    assert {"FWHMARC", "IMGMEAN", "OURHFR", "NSTARS"} <= set(told)
    assert not {"L1FWHM", "L1MEAN", "L1MEDIAN", "L1SIGMA", "MYHFR", "HFR"} & set(told)


@pytest.mark.parametrize("keyword", ["NAXIS1", "DATE-OBS", "lower", "MUCHTOOLONG"])
def test_a_keyword_that_cannot_be_used_is_refused(keyword: str) -> None:
    """What says how pixels are stored, and what is none."""
    with pytest.raises(ValueError, match="hfr: "):
        PipelinePreferences(keyword_names={"hfr": keyword})


def test_a_keyword_for_what_is_not_written_is_refused() -> None:
    """The message lists what is; a name that was mistyped would change nothing, and nobody would know."""
    with pytest.raises(ValueError, match=r"'hrf' is written into no header; what is: .* hfr, "):
        PipelinePreferences(keyword_names={"hrf": "MYHFR"})
    names = {name: f"KEY{number}" for number, name in enumerate(sorted(WRITTEN_VALUES))}
    assert set(names) == {*QUALITY_KEYWORDS, *RECORD_KEYWORDS, *SOLUTION_KEYWORDS}
    assert PipelinePreferences(keyword_names=names).keyword_names == names


def test_without_a_store_no_header_is_written(tmp_path: Path) -> None:
    """It could not be put back."""
    file = star_frame(tmp_path / "a.fits")
    before = file.read_bytes()
    found = process(file)
    assert found["quality_headers"].message == "no store keeps the header as it was, so it is not written"
    assert file.read_bytes() == before


def test_packed_frames_get_picture_and_numbers_but_no_header(tmp_path: Path) -> None:
    """The reason stands in the report, and nothing failed."""
    plain = star_frame(tmp_path / "a.fits")
    image = fits.CompImageHDU(fits.getdata(plain), compression_type="RICE_1")
    fits.HDUList([fits.PrimaryHDU(), image]).writeto(tmp_path / "a.fits.fz")
    found = process(tmp_path / "a.fits.fz", memory_store())
    assert found["quality_headers"].state is ModuleState.SKIPPED
    assert "packed in tiles (.fz)" in found["quality_headers"].message
    assert {str(each.state) for each in found.values()} == {"completed", "skipped"}


def test_a_frame_that_was_never_written_has_no_header_to_put_back(tmp_path: Path) -> None:
    """The message says so."""
    store = memory_store()
    with pytest.raises(NotFoundError, match="the pipeline wrote nothing into it"):
        restore_header(star_frame(tmp_path / "a.fits"), pipeline_tools(store), image=None, store=store)


def test_a_place_that_another_frame_takes_keeps_that_one_s_header(tmp_path: Path) -> None:
    """What is put back is the header of the frame that lies there now."""
    store, file = memory_store(), tmp_path / "a.fits"
    process(star_frame(file), store)
    file.unlink()
    start = star_frame(file, seed=2).read_bytes()
    process(file, store)
    assert file.read_bytes() != start
    restore_header(file, pipeline_tools(store), image=None, store=store)
    assert file.read_bytes() == start


def test_numbers_of_a_frame_go_into_no_other_that_took_its_name(tmp_path: Path) -> None:
    """As where a camera program saves each frame as latest.fits: the second keeps its header, and the job says why."""
    store = stocked_store(ManualClock())
    file = star_frame(tmp_path / "latest.fits", DATE_OBS="2026-01-15T20:00:00")
    other = star_frame(tmp_path / "next.fits", DATE_OBS="2026-01-15T20:01:00")
    frame = frame_at_work(file, pipeline_tools(store))
    frame.measurement()
    content = other.read_bytes()
    other.replace(file)
    found = {each.module: each for each in run_modules(frame, pipeline_modules(), clock=ManualClock())}
    written = found["quality_headers"]
    assert (written.state, "another frame has taken the name" in written.message) == (ModuleState.FAILED, True)
    assert file.read_bytes() == content
