"""Measuring saved frames into their records."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tsplug.errors import Cancelled, FileError, NotFoundError
from tsplug.model import AcquiredImage, ExposurePlan, GradePlan, Profile, Thumbnail
from tsplug.ports import FramePixels, FrameStatus, Store
from tsplug.services.measuring import measure_before_grading, measure_image, measure_images, unmeasured_images
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.clock import START, ManualClock
from tsplug.testing.context import CountingCancellation, FakeContext
from tsplug.testing.devices import recording_devices

pytestmark = pytest.mark.both_databases


@dataclass
class FramesInMemory:
    """Files that exist only here; what is not given is missing, an exception given is raised."""

    frames: dict[str, np.ndarray | Exception]
    header: dict[str, Any] = field(default_factory=dict)
    read_names: list[str] = field(default_factory=list)

    def read(self, file: Path, *, to_measure: bool = False) -> FramePixels:
        """Return a frame."""
        self.read_names.append(file.name)
        found = self.frames.get(file.name, FileError(f"{file}: no such file"))
        if isinstance(found, Exception):
            raise found
        return FramePixels(found, self.header)

    def status(self, file: Path) -> FrameStatus:
        """Say whether a frame is here."""
        return FrameStatus(exists=file.name in self.frames)


def stars(sigma: float = 1.5) -> np.ndarray:
    """Draw twelve round Gaussian stars over a noisy sky."""
    y, x = np.mgrid[:300, :400]
    frame = np.random.default_rng(1).normal(500, 5, (300, 400))
    for number in range(12):
        dx, dy = x - 55 - (number % 4) * 95 - 0.08 * number, y - 50 - (number // 4) * 95
        frame += 9000 * np.exp(-(dx**2 + dy**2) / (2 * sigma**2))
    return np.rint(frame).astype(np.uint16)


class Night:
    """A stored catalogue and frames in memory."""

    def __init__(self, frames: dict[str, np.ndarray | Exception]) -> None:
        clock = ManualClock()
        self.files = FramesInMemory(frames)
        self.context = FakeContext(stocked_store(clock), clock, recording_devices(clock, Path("unused")), self.files)
        self.store: Store = self.context.store
        with self.store.read() as unit:
            plan, profile = unit.list(ExposurePlan)[0], unit.list(Profile)[0]
        self.plan, self.profile = plan, profile

    def record(self, name: str, **changes: Any) -> AcquiredImage:
        """Store the record of a frame."""
        fields: dict[str, Any] = {
            "profile_id": self.profile.id,
            "profile_name": "rig",
            "project_name": "p",
            "target_name": "t",
            "plan_id": self.plan.id,
            "filter_name": "L",
            "file": name,
            "started": START,
            "acquired": START,
            "exposure_s": 60,
        }
        with self.store.write() as unit:
            return unit.add_image(AcquiredImage(**{**fields, **changes}))

    def measure(self) -> None:
        """Measure as the hook does."""
        measure_before_grading(GradePlan(plan_guid=self.plan.guid), self.context)

    def stored(self, image: AcquiredImage) -> AcquiredImage:
        """Return an image as it is now."""
        assert image.id is not None
        with self.store.read() as unit:
            return unit.get(AcquiredImage, image.id)


def test_a_frame_gets_its_numbers_its_detector_and_a_thumbnail() -> None:
    """What the host did not report is measured; arcseconds follow from optics and binning."""
    night = Night({"a.fits": stars()})
    image = night.record("a.fits", binning=2, metrics={"altitude": 61.0})
    night.measure()
    now = night.stored(image)
    assert now.metrics["altitude"] == 61.0
    assert now.metrics["star_count"] == 12
    assert now.metrics["fwhm"] == pytest.approx(1.5 * 2.3548, rel=0.06)
    scale = 2 * night.profile.pixel_scale_arcsec
    assert now.metrics["fwhm_arcsec"] == pytest.approx(now.metrics["fwhm"] * scale)
    assert now.detector is not None
    assert now.detector.startswith("tsplug-stars 12")
    with night.store.read() as unit:
        [thumbnail] = unit.list(Thumbnail, image_id=image.id)
    assert Image.open(io.BytesIO(thumbnail.data)).size == (thumbnail.width_px, thumbnail.height_px) == (256, 192)


def test_values_of_the_host_win_and_make_a_detector_of_their_own() -> None:
    """A set that is partly the host's is never compared with one that is all ours."""
    night = Night({"a.fits": stars()})
    image = night.record("a.fits", metrics={"hfr": 9.0, "fwhm": 4.0, "star_count": math.nan})
    night.measure()
    now = night.stored(image)
    assert (now.metrics["hfr"], now.metrics["fwhm"], now.metrics["star_count"]) == (9.0, 4.0, 12)
    assert now.metrics["fwhm_arcsec"] == pytest.approx(4.0 * night.profile.pixel_scale_arcsec)
    assert now.detector is not None
    assert now.detector.startswith("host fwhm,hfr + tsplug-stars 12")


def test_a_frame_that_cannot_be_read_or_measured_says_so_and_stops_nobody() -> None:
    """The problem is stored with the image; the others are measured; nobody tries for ever."""
    night = Night({"line.fits": np.zeros(50, dtype=np.uint16), "good.fits": stars()})
    missing, line, good = (night.record(name) for name in ("missing.fits", "line.fits", "good.fits"))
    night.measure()
    assert night.stored(missing).measure_error == "missing.fits: no such file"
    assert night.stored(line).measure_error.startswith("line.fits: ")
    assert night.stored(missing).detector is None
    assert night.stored(good).metrics["star_count"] == 12
    assert unmeasured_images(night.plan.guid, night.store) == ()
    night.measure()
    assert night.files.read_names == ["missing.fits", "line.fits", "good.fits"]


def test_an_image_that_is_deleted_meanwhile_stops_nobody() -> None:
    """The others are measured."""
    night = Night({"a.fits": stars(), "b.fits": stars()})
    first, second = night.record("a.fits"), night.record("b.fits")
    with night.store.write() as unit:
        unit.delete(first)
    measure_images((first, second), night.context)
    assert night.stored(second).metrics["star_count"] == 12


def test_what_was_measured_before_a_stop_is_kept() -> None:
    """Each image is stored before the next is read, so a stop costs only the rest."""
    night = Night({"a.fits": stars(), "b.fits": stars()})
    first, second = night.record("a.fits"), night.record("b.fits")
    night.context.cancellation = CountingCancellation(after=1)
    with pytest.raises(Cancelled):
        night.measure()
    assert night.stored(first).detector is not None
    assert unmeasured_images(night.plan.guid, night.store) == (night.stored(second),)
    assert night.context.progress.reports == [("measuring a.fits", 0, 2)]


def test_the_cameras_gain_weighs_the_noise_of_the_stars() -> None:
    """EGAIN in the header gives electrons; nonsense there is passed over."""
    night = Night({"a.fits": stars()})
    image = night.record("a.fits")
    found = []
    for gain in (4.0, 1.0, "unknown", -1, math.nan):
        night.files.header = {"EGAIN": gain}
        measurement = measure_image(image, night.files).measurement
        assert measurement is not None
        found.append(measurement.metrics["snr"])
    assert found[0] > 1.5 * found[1]
    assert found[1:] == [found[1]] * 4


def test_an_unknown_plan_is_named() -> None:
    """The message says which guid is unknown."""
    with pytest.raises(NotFoundError, match="'nowhere'"):
        unmeasured_images("nowhere", Night({}).store)


def test_a_file_that_could_not_be_read_is_tried_again_when_someone_asks() -> None:
    """After an exposure it is left alone; a manual grading, or one after an interruption, reads it anew."""
    night = Night({})
    image = night.record("a.fits")
    night.measure()
    assert "no such file" in night.stored(image).measure_error
    night.files.frames["a.fits"] = stars()
    night.measure()
    assert night.stored(image).measure_error
    measure_before_grading(GradePlan(plan_guid=night.plan.guid, trigger="resume"), night.context)
    assert (night.stored(image).measure_error, night.stored(image).metrics["star_count"]) == ("", 12)
