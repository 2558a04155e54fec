"""Frames held against the clearest one of their plan."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from drawn_frames import SCENES, Drawn, draw, small

from tsplug.errors import FileError
from tsplug.imaging.settings import StarSettings
from tsplug.model import AcquiredImage, ExposurePlan, GradePlan, GradingStatus
from tsplug.ports import FramePixels, FrameStatus, ImageQuery
from tsplug.services.measuring import measure_before_grading, measure_images
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.clock import START, ManualClock
from tsplug.testing.context import FakeContext
from tsplug.testing.devices import recording_devices


def field(share: float, *, sky_adu: float = 0.0) -> np.ndarray:
    """Return one field of stars of which a share of the light arrives, with more sky."""
    drawn: Drawn = draw(small(SCENES["rich"], hot_per_mp=0.0, stars=250.0), width=600, height=500, seed=8)
    light = drawn.pixels.astype(np.float64) - 1000.0
    return np.clip(np.rint(light * share + 1000.0 + sky_adu), 0, 65_535).astype(np.uint16)


FIELD = field(1.0)


def noisy(seed: int) -> np.ndarray:
    """Return the field as clear as ever, with noise of its own."""
    noise = np.random.default_rng(seed).normal(0.0, 15.0, FIELD.shape)
    return np.clip(np.rint(FIELD + noise), 0, 65_535).astype(np.uint16)


class Files:
    """Frames that can be taken away."""

    def __init__(self) -> None:
        self.frames: dict[str, np.ndarray] = {}
        self.read_names: list[str] = []

    def read(self, file: Path, *, to_measure: bool = False) -> FramePixels:
        """Return a frame."""
        self.read_names.append(file.name)
        if file.name not in self.frames:
            raise FileError(f"{file}: no such file")
        return FramePixels(self.frames[file.name], {})

    def status(self, file: Path) -> FrameStatus:
        """Say whether a frame is here."""
        return FrameStatus(exists=file.name in self.frames)


class Night:
    """A plan whose frames come one by one."""

    def __init__(self) -> None:
        clock = ManualClock()
        self.files = Files()
        self.context = FakeContext(stocked_store(clock), clock, recording_devices(clock, Path("unused")), self.files)
        with self.context.store.read() as unit:
            self.plan = unit.list(ExposurePlan)[0]

    def take(self, name: str, pixels: np.ndarray, **changes: object) -> None:
        """Save a frame and record it."""
        self.files.frames[name] = pixels
        started = START + timedelta(minutes=len(self.files.frames))
        fields: dict[str, object] = {"project_name": "p", "target_name": "t", "profile_name": "rig", "filter_name": "L"}
        fields |= {"plan_id": self.plan.id, "file": name, "started": started, "acquired": started, "exposure_s": 60}
        with self.context.store.write() as unit:
            unit.add_image(AcquiredImage(**{**fields, **changes}))

    def replaced_elsewhere(self, name: str, pixels: np.ndarray | None) -> None:
        """Let another program put another frame in the place of one, or none, and measure that."""
        if pixels is None:
            del self.files.frames[name]
        else:
            self.files.frames[name] = pixels
        with self.context.store.write() as unit:
            image = next(image for image in unit.list(AcquiredImage) if image.file == name)
            image.metrics = image.metrics | {"adu_mean": 1002.5}
            unit.update(image)

    def measured(self) -> dict[str, dict[str, float]]:
        """Measure what is not measured, and return the metrics of all frames."""
        measure_before_grading(GradePlan(plan_guid=self.plan.guid), self.context)
        with self.context.store.read() as unit:
            return {image.file: dict(image.metrics) for image in unit.list(AcquiredImage)}


@pytest.mark.parametrize("together", [True, False], ids=["measured at once", "measured as they come"])
def test_transparency_follows_the_plan(together: bool) -> None:
    """The first frame is 100 %; haze and clearer air show on that scale, whichever frame is the reference by then.

    No frame is read but to be measured itself: the stars of the clearest one are kept.
    """
    night = Night()
    for name, share, sky in (("a", 0.8, 0.0), ("b", 0.4, 150.0), ("c", 1.0, 100.0), ("d", 0.5, 50.0)):
        night.take(name, field(share, sky_adu=sky))
        if not together:
            night.measured()
    found = night.measured()
    told = [found[name]["transparency"] for name in "abcd"]
    assert told == pytest.approx([100.0, 50.0, 125.0, 62.5], rel=0.02)
    assert night.files.read_names == list("abcd")
    assert found["a"]["background_rise"] == 0.0
    assert [found[name]["background_rise"] for name in "bcd"] == pytest.approx([150.0, 100.0, 50.0], abs=5.0)


def test_a_night_as_clear_as_ever_clears_no_further() -> None:
    """Frames are held against a first one, not whichever noise favours; measured again they tell the same."""
    night = Night()
    for number in range(12):
        night.take(f"{number}", noisy(number))
        night.measured()
    found = night.measured()
    told = [metrics["transparency"] for metrics in found.values()]
    assert told[0] == 100.0
    assert sum(told[6:]) / 6 == pytest.approx(sum(told[:6]) / 6, abs=0.5)
    for _ in range(2):
        with night.context.store.read() as unit:
            images = unit.images(ImageQuery(newest_first=False))
        measure_images(images, night.context)
        assert night.measured() == found


@pytest.mark.parametrize("left", [None, field(0.0)], ids=["gone", "starless"])
def test_a_reference_that_cannot_be_read_again_is_replaced_by_the_next(left: np.ndarray | None) -> None:
    """A moved or damaged file stops nothing, and the scale stays."""
    night = Night()
    night.take("a", field(0.8))
    night.take("b", field(1.0))
    night.measured()
    night.replaced_elsewhere("b", left)
    night.take("c", field(0.4))
    assert night.measured()["c"]["transparency"] == pytest.approx(50.0, rel=0.02)


@pytest.mark.parametrize(
    "other", [{"detector": "tsplug-stars 3 abcd"}, {"gain": 1}, {"status": GradingStatus.REJECTED}], ids=str
)
def test_many_clearer_frames_of_another_kind_are_no_reference(other: dict[str, object]) -> None:
    """Another detector, another gain or a rejection: however many there are, a frame of this kind is found."""
    night = Night()
    told = {"detector": StarSettings().detector, "metrics": {"transparency": 140.0}, **other}
    for number in range(40):
        night.take(f"{number}", FIELD, **told)
    night.take("a", FIELD, detector=f"NINA hfr + {StarSettings().detector}", metrics={"transparency": 100.0})
    night.take("b", field(0.5, sky_adu=100.0))
    found = night.measured()["b"]
    assert found["transparency"] == pytest.approx(50.0, rel=0.02)
    assert found["background_rise"] == pytest.approx(100.0, abs=5.0)
    assert night.files.read_names == ["b", "a"]


def test_a_reference_that_was_measured_anew_elsewhere_is_read_again() -> None:
    """What is kept is of a frame as it was: another program may have replaced the file and its numbers."""
    night = Night()
    night.take("a", field(1.0))
    night.measured()
    night.replaced_elsewhere("a", field(0.5))
    night.take("b", field(0.5))
    assert night.measured()["b"]["transparency"] == pytest.approx(100.0, rel=0.02)
    assert night.files.read_names == list("aba")


def test_only_so_many_references_are_kept() -> None:
    """The one that was not asked for the longest goes first; it is read again when it is wanted."""
    night = Night()
    for gain in range(20):
        night.take(f"{gain}", FIELD, gain=gain)
    night.measured()
    night.files.read_names.clear()
    night.take("last", FIELD, gain=19)
    night.take("first", FIELD, gain=0)
    night.measured()
    assert night.files.read_names == ["last", "first", "0"]


def test_other_gains_and_cameras_have_scales_of_their_own() -> None:
    """What was taken otherwise begins anew."""
    night = Night()
    night.take("a", field(1.0), gain=100)
    night.take("b", field(0.5), gain=200)
    assert [metrics["transparency"] for metrics in night.measured().values()] == [100.0, 100.0]
