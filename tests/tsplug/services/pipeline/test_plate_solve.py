"""The module that finds where a frame looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from astropy.io import fits
from pipeline_frames import star_frame
from sky_frames import DEC_DEG, HEIGHT, RA_HOURS, WIDTH, SimulatedCatalogue, scale_arcsec, sky_frame

from tsplug.app import pipeline_modules, pipeline_tools
from tsplug.errors import FileError
from tsplug.imaging.astrometry.sky_plane import separation_deg
from tsplug.model import AcquiredImage, FrameSolution, ModuleState, PipelinePreferences, Profile, SkyStars, Target
from tsplug.ports import PlateSolver, SolveOutcome, SolveRequest, SolveState, Store
from tsplug.services.image_list import image_details
from tsplug.services.pipeline.frame import frame_at_work
from tsplug.services.pipeline.running import ModuleReport, run_modules
from tsplug.services.plate_solving import CatalogueMatcher
from tsplug.testing import ManualClock, memory_store, stocked_store, store_light
from tsplug.testing.clock import START

MATCHER = CatalogueMatcher(SimulatedCatalogue())


@dataclass(frozen=True)
class Says:
    """A solver that always says the same."""

    name: str
    state: SolveState
    message: str = "so it is"

    def longest_s(self, request: SolveRequest) -> float:
        """Take as long as programs may."""
        return request.preferences.solve_timeout_s

    def solve(self, request: SolveRequest) -> SolveOutcome:
        """Say it."""
        return SolveOutcome(self.name, self.state, self.message)


class Unreadable:
    """A catalogue that cannot be read."""

    def near(self, ra_deg: float, dec_deg: float, *, radius_deg: float) -> SkyStars:
        """Fail."""
        raise FileError("stars: the star catalogue cannot be read")


def process(file: Path, store: Store, *solvers: PlateSolver) -> Mapping[str, ModuleReport]:
    """Run all modules over a file with the solvers given."""
    tools = replace(pipeline_tools(store), solvers={solver.name: solver for solver in solvers}, clock=ManualClock())
    reports = run_modules(frame_at_work(file, tools), pipeline_modules(), clock=ManualClock())
    return {report.module: report for report in reports}


def light_of(store: Store, file: Path, **preferences: object) -> AcquiredImage:
    """Return a record of the file, whose target is a tenth of a degree off in declination, of a rig that likes this."""
    image = store_light(store, "M 42", filter_name="L", started=START, file=str(file))
    with store.write() as unit:
        target = unit.get(Target, image.target_id)
        wished = {"ra_hours": RA_HOURS, "dec_deg": DEC_DEG - 0.1, "rotation_deg": 204.0}
        unit.update(target.model_copy(update=wished))
        rig = unit.get(Profile, image.profile_id)
        optics = {"focal_length_mm": 540.0, "pixel_size_um": 3.76, "has_rotator": True}
        unit.update(rig.model_copy(update=optics | {"pipeline": PipelinePreferences(**preferences)}))
    return image


@pytest.mark.both_databases
def test_a_solved_frame_has_coordinates_in_header_and_record(tmp_path: Path) -> None:
    """Within a pixel, in the standard way, with how far it is from its target; again changes nothing."""
    store = stocked_store(ManualClock())
    file = sky_frame(tmp_path / "a.fits")
    image = light_of(store, file, on_target_arcsec=600.0)
    pixels = fits.getdata(file)
    report = process(file, store, MATCHER)["plate_solve"]
    assert report.message.startswith("solved by matcher: ")
    assert "360 arcsec off, off target; header written" in report.message
    with fits.open(file, checksum=True) as opened:
        opened.verify("exception")
        header = opened[0].header
        assert (opened[0].data == pixels).all()
    assert (header["CTYPE1"], header["CTYPE2"], header["PLTSOLVD"]) == ("RA---TAN", "DEC--TAN", True)
    assert not {"CROTA1", "CDELT1"} & set(header)
    assert header["PNTOFST"] == pytest.approx(360.0, abs=2.0)
    assert header["PXSCALE"] == pytest.approx(scale_arcsec(), rel=1e-3)
    assert separation_deg((header["CRVAL1"], header["CRVAL2"]), (RA_HOURS * 15.0, DEC_DEG)) * 3600 < scale_arcsec()
    assert (header["CRPIX1"], header["CRPIX2"]) == ((WIDTH + 1) / 2, (HEIGHT + 1) / 2)
    with store.read() as unit:
        kept = unit.find(FrameSolution, image_id=image.id)
    assert kept is not None
    assert (kept.solved, kept.on_target, kept.mirrored) == (True, False, False)
    assert kept.offset_dec_arcsec == pytest.approx(360.0, abs=2.0)
    assert kept.offset_ra_arcsec == pytest.approx(0.0, abs=2.0)
    assert kept.rotation_error_deg == pytest.approx(1.0, abs=0.05)
    shown = image_details(store, str(image.id))["solution"]
    assert (shown["solver"], shown["offset_arcsec"]) == ("matcher", kept.offset_arcsec)
    assert kept.scale_error_percent == pytest.approx(0.0, abs=0.05)
    once = file.read_bytes()
    process(file, store, MATCHER)
    assert file.read_bytes() == once
    with store.read() as unit:
        assert unit.list(FrameSolution) == [kept]


@pytest.mark.parametrize("keyword", ["", "PIXSCALE", "SECPIX"])
def test_a_frame_of_no_record_is_solved_by_its_header(tmp_path: Path, keyword: str) -> None:
    """The scale comes from pixel size and focal length there, or is told; without a wish there is no offset."""
    cards = dict.fromkeys(("FOCALLEN", "XPIXSZ"), 0) | {keyword: scale_arcsec()} if keyword else {}
    report = process(sky_frame(tmp_path / "a.fits", **cards), memory_store(), MATCHER)["plate_solve"]
    assert report.state is ModuleState.COMPLETED
    assert "arcsec off" not in report.message
    assert "PNTOFST" not in fits.getheader(tmp_path / "a.fits")


def test_the_object_of_a_header_is_the_wish_of_a_frame_without_a_target(tmp_path: Path) -> None:
    """As planning programs write it; it is looked there too where the mount was wrong."""
    file = sky_frame(
        tmp_path / "a.fits", OBJCTRA="20 30 00.00", OBJCTDEC="+40 06 00.0", OBJCTROT=25.0, RA=310.0, DEC=40.0
    )
    assert "360 arcsec off, off target" in process(file, memory_store(), MATCHER)["plate_solve"].message


def test_a_frame_without_a_solution_is_as_good_as_any(tmp_path: Path) -> None:
    """That is told, kept, and costs no other module anything; a solution that was there before stays."""
    store, file = stocked_store(ManualClock()), star_frame(tmp_path / "a.fits", RA=307.5, DEC=40.0)
    image = light_of(store, file)
    found = process(file, store, MATCHER)
    assert found["plate_solve"].state is ModuleState.COMPLETED
    assert found["plate_solve"].message.startswith("not solved: matcher: 12 stars fit nowhere within 1 deg of 20")
    assert "at 1.436 arcsec/px" in found["plate_solve"].message
    assert found["quality_headers"].state is ModuleState.COMPLETED
    with store.read() as unit:
        kept = unit.find(FrameSolution, image_id=image.id)
    assert kept is not None
    assert (kept.solved, kept.on_target) == (False, None)
    assert "CRVAL1" not in fits.getheader(file)


def test_a_solution_outlives_an_attempt_that_finds_nothing(tmp_path: Path) -> None:
    """As when the catalogue is gone when the frame is processed again."""
    store, file = stocked_store(ManualClock()), sky_frame(tmp_path / "a.fits")
    image = light_of(store, file)
    process(file, store, MATCHER)
    process(file, store, CatalogueMatcher(None))
    with store.read() as unit:
        kept = unit.find(FrameSolution, image_id=image.id)
    assert kept is not None
    assert kept.solved
    assert "CRVAL1" in fits.getheader(file)


@pytest.mark.parametrize(
    ("said", "state", "message"),
    [
        ([SolveState.UNAVAILABLE], ModuleState.SKIPPED, "one: so it is"),
        ([SolveState.FAILED], ModuleState.FAILED, "one: so it is"),
        (
            [SolveState.UNAVAILABLE, SolveState.NOT_SOLVED],
            ModuleState.COMPLETED,
            "not solved: one: so it is; two: so it is",
        ),
        ([SolveState.NOT_SOLVED, SolveState.FAILED], ModuleState.FAILED, "one: so it is; two: so it is"),
        ([], ModuleState.SKIPPED, "one: there is no solver 'one'; known: none; two: there is no solver 'two'"),
    ],
    ids=["none usable", "fails", "second finds nothing", "second fails", "unknown"],
)
def test_what_solvers_say_decides(tmp_path: Path, said: list[SolveState], state: ModuleState, message: str) -> None:
    """A solver that is lacking is no failure, one that breaks down is."""
    store, file = stocked_store(ManualClock()), star_frame(tmp_path / "a.fits")
    names = ("one", "two")[: len(said) or 2]
    light_of(store, file, solvers=list(names))
    solvers = [Says(name, each) for name, each in zip(names, said, strict=False)]
    report = process(file, store, *solvers)["plate_solve"]
    assert (report.state, message in report.message) == (state, True), report.message


@pytest.mark.parametrize(
    ("solver", "cards", "told"),
    [
        (CatalogueMatcher(None), {}, "no star catalogue is installed: tsplug catalogue install FILE"),
        (MATCHER, {"XPIXSZ": 3.76, "FOCALLEN": 540.0}, "neither header nor record says where the frame looks"),
        (MATCHER, {"RA": 1.0, "DEC": 2.0}, "neither rig nor header says how large a pixel is"),
        (CatalogueMatcher(Unreadable()), {"RA": 1.0, "DEC": 2.0, "XPIXSZ": 3.76, "FOCALLEN": 540.0}, "cannot be read"),
        (MATCHER, {"RA": 1.0, "DEC": 200.0, "XPIXSZ": 3.76, "FOCALLEN": 540.0}, "says where the frame looks"),
        (MATCHER, {"RA": 1.0, "DEC": 2.0, "IMAGETYP": "FLAT"}, "no light"),
        (MATCHER, {"OBJCTRA": "soon", "OBJCTDEC": "later", "XPIXSZ": 3.76, "FOCALLEN": 540.0}, "says where the frame"),
    ],
    ids=["no catalogue", "no place", "no scale", "bad catalogue", "nonsense", "flat", "words"],
)
def test_what_is_lacking_is_told(tmp_path: Path, solver: PlateSolver, cards: dict[str, object], told: str) -> None:
    """With what to do about it."""
    report = process(star_frame(tmp_path / "a.fits", **cards), memory_store(), solver)["plate_solve"]
    assert told in report.message
    assert report.state in (ModuleState.SKIPPED, ModuleState.FAILED)


def test_a_rig_without_solvers_solves_nothing(tmp_path: Path) -> None:
    """Nor does it fail."""
    store, file = stocked_store(ManualClock()), star_frame(tmp_path / "a.fits")
    light_of(store, file, solvers=[])
    assert process(file, store, MATCHER)["plate_solve"].message == "no solver is named for this rig"
