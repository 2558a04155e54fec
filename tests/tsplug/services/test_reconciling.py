"""Records made from the headers of lights on disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from tsplug.app import frame_headers
from tsplug.errors import InputError
from tsplug.model import (
    AcquiredImage,
    ExposurePlan,
    FileMove,
    GradingStatus,
    Job,
    MoveState,
    PierSide,
    Profile,
    StatusChange,
)
from tsplug.ports import FrameStatus
from tsplug.services.doctor import examine
from tsplug.services.purging import Scope, purge_images
from tsplug.services.reconciling import Reconciliation, reconcile
from tsplug.services.rejected_files import RejectedFiles
from tsplug.testing import FakeContext, ManualClock, PresentFiles, recording_devices, stocked_store, store_light

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
# A header of N.I.N.A. 3 (spec/peers d-1).
LIGHT = {
    "IMAGETYP": "LIGHT",
    "EXPOSURE": 120.0,
    "EXPTIME": 120.0,
    "DATE-LOC": "2026-01-15T22:10:05.500",
    "DATE-OBS": "2026-01-15T21:10:05.500",
    "XBINNING": 1,
    "GAIN": 100,
    "OFFSET": 30,
    "INSTRUME": "Sim 1600",
    "SET-TEMP": -10.0,
    "CCD-TEMP": -9.9,
    "READOUTM": "Low Noise",
    "CENTALT": 41.5,
    "AIRMASS": 1.508,
    "PIERSIDE": "West",
    "FILTER": "L",
    "OBJECT": "M 42",
    "FOCPOS": 25078,
    "FOCTEMP": 3.5,
    "ROTATANG": 31.5,
    "MPSAS": 21.2,
    "WINDSPD": 9.0,
    "HUMIDITY": 55.0,
    "AMBTEMP": -2.0,
    "DEWPOINT": -9.0,
}


class AllPresent(PresentFiles):
    def status(self, file: Path) -> FrameStatus:
        return FrameStatus(exists=True)


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    clock = ManualClock(NOW)
    return FakeContext(stocked_store(clock), clock, recording_devices(clock, tmp_path))


def frame(folder: Path, name: str, **cards: Any) -> Path:
    """Write a frame of four pixels; None leaves a card out."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    header = fits.Header([(key, value) for key, value in {**LIGHT, **cards}.items() if value is not None])
    fits.PrimaryHDU(np.zeros((2, 2), np.uint16), header).writeto(file)
    return file


def run(context: FakeContext, folder: Path, **options: Any) -> Reconciliation:
    return reconcile(folder, context, headers=frame_headers(), **options)


def images(context: FakeContext) -> list[AcquiredImage]:
    with context.store.read() as unit:
        return unit.list(AcquiredImage)


def counters(context: FakeContext, plan_id: int) -> tuple[int, int]:
    with context.store.read() as unit:
        plan = unit.get(ExposurePlan, plan_id)
    return plan.acquired, plan.accepted


def test_the_number_of_a_readout_mode_is_found_again(context: FakeContext, tmp_path: Path) -> None:
    """The header's own number comes first, then the rig's; a mode that the rig does not list, its records may know."""
    fast = {"READOUTM": "Very Fast"}
    odd = {"READOUTM": "Odd"}
    taken = {"unknown": odd, "own": {**fast, "TSRDMODE": 3}, "rig": {}, "known": fast, "senseless": {"TSRDMODE": -1}}
    for minute, (name, cards) in enumerate(taken.items()):
        frame(tmp_path / name, f"{name}.fits", TSUID=name, **{"DATE-OBS": f"2026-01-15T21:{minute:02}:00"}, **cards)
        run(context, tmp_path / name)
    numbers = {image.guid: image.readout_mode for image in images(context)}
    assert numbers == {"unknown": 0, "own": 3, "rig": 0, "known": 3, "senseless": 0}


def test_a_light_is_recorded_whole_and_counted(context: FakeContext, tmp_path: Path) -> None:
    """Settings, temperatures, weather in our units, names and plan come from the header; the plan counts it."""
    file = frame(tmp_path / "lights", "a.fits", TSUID="our-guid", TSSESSID="0007")
    found = run(context, tmp_path / "lights")
    (image,) = images(context)
    assert [(each.file, each.plan_id, each.why_not) for each in found.recorded] == [(str(file), image.plan_id, "")]
    assert (image.guid, image.session_id, image.status) == ("our-guid", 7, GradingStatus.PENDING)
    assert (image.profile_name, image.project_name, image.target_name) == ("Refractor", "Nebulae", "M 42")
    assert image.started == datetime(2026, 1, 15, 21, 10, 5, 500_000, tzinfo=UTC)
    assert image.acquired - image.started == timedelta(seconds=120)
    assert (image.exposure_s, image.gain, image.offset, image.binning, image.rotation_deg) == (120, 100, 30, 1, 31.5)
    assert (image.camera_temperature_c, image.camera_set_temperature_c) == (-9.9, -10.0)
    assert (image.focuser_position, image.focuser_temperature_c, image.pier_side) == (25_078, 3.5, PierSide.WEST)
    assert (image.readout_mode, image.readout_mode_name, image.template_name) == (0, "Low Noise", "L")
    assert image.metrics == pytest.approx(
        {
            **{"altitude": 41.5, "airmass": 1.508, "sky_quality": 21.2, "wind_speed": 2.5},
            **{"humidity": 55.0, "temperature": -2.0, "dew_point": -9.0},
        }
    )
    assert counters(context, image.plan_id or 0) == (1, 0)
    with context.store.read() as unit:
        assert [(line.by, line.why) for line in unit.list(StatusChange)] == [("reconcile", "found on disk")]
    assert examine(context.store, AllPresent()).problems == ()


def test_each_light_is_recorded_once(context: FakeContext, tmp_path: Path) -> None:
    """Again, under another name with the same guid, moved without one, or linked twice: it stays one record."""
    lights = tmp_path / "lights"
    frame(lights, "a.fits", TSUID="our-guid")
    frame(lights, "copy.fits", TSUID="our-guid")
    moved = frame(lights, "b.fits", **{"DATE-OBS": "2026-01-15T21:13:00"})
    (lights / "link.fits").symlink_to(moved)
    assert (len(run(context, lights).recorded), len(images(context))) == (2, 2)
    (lights / "sub").mkdir()
    moved.rename(lights / "sub" / "b.fits")
    again = run(context, lights)
    assert (again.recorded, again.known) == ((), 3)
    assert len(images(context)) == 2


@pytest.mark.parametrize("rigs", [(), ("Sim 1600",), ("Sim 1600", "Sim 2600"), ("Sim 1600", "Sim 2600", "by host")])
def test_two_cameras_may_name_their_files_alike(context: FakeContext, tmp_path: Path, rigs: tuple[str, ...]) -> None:
    """Frames of one name and second are two where their cameras are, whichever rigs are known, and stay two."""
    with context.store.write() as unit:
        first = unit.list(Profile)[0]
        unit.update(first.model_copy(update={"camera": rigs[0] if rigs else ""}))
        if len(rigs) > 1:
            unit.add(Profile(name="Second", camera=rigs[1]))
    lights = tmp_path / "lights"
    one = frame(lights / "one", "x.fits")
    frame(lights / "named", "y.fits", TSUID="our-guid")
    run(context, lights / "named")
    frame(lights / "two", "y.fits")
    if "by host" in rigs:
        started = datetime(2026, 1, 15, 21, 10, 5, 500_000, tzinfo=UTC)
        store_light(context.store, "M 42", filter_name="L", started=started, file="elsewhere/x.fits")
    frame(lights / "two", "x.fits", INSTRUME="Sim 2600")
    assert len(run(context, lights).recorded) + ("by host" in rigs) == len(images(context)) - 1 == 2
    one.rename(lights / "x.fits")
    frame(lights / "saved again", "x.fits", **{"DATE-OBS": "2026-01-15T21:10:06.1"})
    frame(lights / "bare", "x.fits", INSTRUME=None)
    assert (run(context, lights).recorded, len(images(context))) == ((), 3)


def test_records_follow_frames_that_were_moved(context: FakeContext, tmp_path: Path) -> None:
    """By guid, or by name and start: the path is the new one, counters stay; a dry run tells, a copy moves none."""
    lights = tmp_path / "lights"
    frame(lights, "a.fits", TSUID="our-guid")
    frame(lights, "b.fits", **{"DATE-OBS": "2026-01-15T21:13:00"})
    run(context, lights)
    before = counters(context, images(context)[0].plan_id or 0)
    frame(tmp_path / "copies", "a.fits", TSUID="our-guid")
    assert run(context, tmp_path / "copies").moved == 0
    with context.store.write() as unit:
        unit.add(Job(file=str(lights / "a.fits"), created_at=NOW))
    lights.rename(tmp_path / "archive")
    left = lights / "previews" / "a.fits.jpg"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"picture")
    assert (run(context, tmp_path / "archive", dry_run=True).moved, images(context)[0].file) == (
        2,
        str(lights / "a.fits"),
    )
    stacked = {"TSUID": "our-guid", "EXPOSURE": 2400.0, "EXPTIME": 2400.0}
    frame(tmp_path / "archive", "Stacked of a.fits", **stacked)
    followed = run(context, tmp_path / "archive")
    assert (followed.recorded, followed.known, followed.moved) == ((), 3, 2)
    assert [image.file for image in images(context)] == [
        str(tmp_path / "archive" / name) for name in ("a.fits", "b.fits")
    ]
    assert (tmp_path / "archive" / "previews" / "a.fits.jpg").read_bytes() == b"picture"
    with context.store.read() as unit:
        assert unit.list(Job)[0].file == str(tmp_path / "archive" / "a.fits")
    assert counters(context, images(context)[0].plan_id or 0) == before
    assert examine(context.store, AllPresent()).problems == ()
    assert run(context, tmp_path / "archive").moved == 0


def test_a_rejected_frame_that_was_moved_aside_comes_back_from_where_it_went(
    context: FakeContext, tmp_path: Path
) -> None:
    """The journal of moves follows too, so that undoing finds the file; one under way is left to who settles it."""
    lights = tmp_path / "lights"
    frame(lights, "a.fits", TSUID="our-guid")
    run(context, lights)
    (image,) = images(context)
    went = frame(tmp_path / "bin", "a.fits", TSUID="our-guid")
    (lights / "a.fits").unlink()
    with context.store.write() as unit:
        unit.update(image.model_copy(update={"file": str(lights / "rejected" / "a.fits")}))
        move = unit.add(
            FileMove(
                image_id=image.id or 0,
                image_guid=image.guid,
                from_file=str(lights / "a.fits"),
                to_file=str(lights / "rejected" / "a.fits"),
                moved_at=NOW,
            )
        )
    assert run(context, tmp_path / "bin").moved == 0
    with context.store.write() as unit:
        unit.update(move.model_copy(update={"state": MoveState.MOVED}))
    assert run(context, tmp_path / "bin").moved == 1
    (undone,) = RejectedFiles(context.store, context.files, clock=context.clock).undo()
    assert (undone.problem, went.exists(), (lights / "a.fits").exists()) == ("", False, True)
    assert images(context)[0].file == str(lights / "a.fits")


def test_a_record_of_another_system_is_found_by_name_and_start(context: FakeContext, tmp_path: Path) -> None:
    """An imported record with a path of Windows and whole seconds is the frame of that name that began then."""
    store_light(
        context.store,
        "M 42",
        filter_name="L",
        started=datetime(2026, 1, 15, 21, 10, 5, tzinfo=UTC),
        file=r"C:\Astro\M 42\a.fits",
    )
    frame(tmp_path / "lights", "a.fits")
    assert (run(context, tmp_path / "lights").known, len(images(context))) == (1, 1)


@pytest.mark.parametrize(
    ("cards", "why"),
    [
        ({"OBJECT": "NGC 7000"}, "no target 'NGC 7000' is stored"),
        ({"OBJECT": None}, "it names no object"),
        ({"EXPOSURE": 60.0, "EXPTIME": 60.0}, "no plans of 'M 42' fit L, 60 s"),
        ({"GAIN": 200}, "no plans of 'M 42' fit"),
        ({"FILTER": "SII"}, "no plans of 'M 42' fit SII"),
    ],
)
def test_what_fits_no_plan_is_recorded_without(
    context: FakeContext, tmp_path: Path, cards: dict[str, Any], why: str
) -> None:
    """The reason is told; nothing is counted."""
    frame(tmp_path / "lights", "a.fits", **cards)
    (found,) = run(context, tmp_path / "lights").recorded
    (image,) = images(context)
    assert (image.plan_id, found.plan_id) == (None, None)
    assert why in found.why_not
    with context.store.read() as unit:
        assert sum(plan.acquired for plan in unit.list(ExposurePlan)) == 0


def test_two_plans_that_fit_are_ambiguous(context: FakeContext, tmp_path: Path) -> None:
    """Which of them counts it nobody can tell: it is recorded for the target alone."""
    with context.store.write() as unit:
        plan = unit.list(ExposurePlan)[1]
        unit.add(plan.model_copy(update={"id": None, "guid": "twin"}))
    frame(tmp_path / "lights", "a.fits")
    (found,) = run(context, tmp_path / "lights").recorded
    assert found.why_not.startswith("2 plans of 'M 42' fit L, 120 s")


def test_other_frames_are_passed_over_and_bad_ones_told(context: FakeContext, tmp_path: Path) -> None:
    """Calibration and masters are counted by kind; what cannot be read is one line each; the rest goes on."""
    lights = tmp_path / "lights"
    frame(lights, "flat.fits", IMAGETYP="FLAT")
    frame(lights, "dark.fits", IMAGETYP="DARK")
    frame(lights, "master.fits", IMAGETYP="MASTERLIGHT")
    (lights / "torn.fits").write_bytes(b"SIMPLE  =  tor")
    frame(lights, "timeless.fits", **{"DATE-OBS": None, "DATE-LOC": None})
    frame(lights, "good.fits")
    found = run(context, lights)
    assert [Path(each.file).name for each in found.recorded] == ["good.fits"]
    assert {Path(each.file).name for each in found.bad} == {"torn.fits", "timeless.fits"}
    assert sum(found.others.values()) == 3
    assert "does not say when it began (DATE-OBS)" in [each.reason for each in found.bad]


def test_a_dry_run_tells_the_same_and_records_nothing(context: FakeContext, tmp_path: Path) -> None:
    """Also what comes twice within the folder."""
    lights = tmp_path / "lights"
    frame(lights, "a.fits", TSUID="our-guid")
    frame(lights, "copy.fits", TSUID="our-guid")
    dry = run(context, lights, dry_run=True)
    assert (len(dry.recorded), dry.known, images(context)) == (1, 1, [])
    assert run(context, lights).model_copy(update={"dry_run": True}) == dry


def test_purged_records_stay_away(context: FakeContext, tmp_path: Path) -> None:
    """What was purged still counts; a record that came back would count twice."""
    lights = tmp_path / "lights"
    frame(lights, "a.fits")
    run(context, lights)
    plan_id = images(context)[0].plan_id or 0
    purge_images(Scope(older_than=NOW), context.store, clock=context.clock)
    found = run(context, lights)
    assert (found.recorded, found.purged, counters(context, plan_id)) == ((), 1, (1, 0))


def test_the_rig_follows_from_its_camera(context: FakeContext, tmp_path: Path) -> None:
    """With several rigs the camera's name decides; a rig that does not contribute counts nowhere."""
    with context.store.write() as unit:
        rig = unit.list(Profile)[0]
        changes = {"id": None, "guid": "second", "name": "Second", "camera": "Other", "telescope": ""}
        unit.add(rig.model_copy(update=changes))
    frame(tmp_path / "lights", "a.fits")
    frame(tmp_path / "lights", "b.fits", INSTRUME="Other", **{"DATE-OBS": "2026-01-15T21:20:00"})
    found = run(context, tmp_path / "lights")
    assert {image.profile_name for image in images(context)} == {"Refractor", "Second"}
    assert [each.why_not for each in found.recorded] == ["", "its rig does not contribute to the project"]


def test_weather_that_was_off_is_none(context: FakeContext, tmp_path: Path) -> None:
    """A source that writes zeros everywhere told nothing."""
    weather = dict.fromkeys(("MPSAS", "WINDSPD", "HUMIDITY", "AMBTEMP", "DEWPOINT"), 0.0)
    frame(tmp_path / "lights", "a.fits", **weather)
    run(context, tmp_path / "lights")
    assert set(images(context)[0].metrics) == {"altitude", "airmass"}


def test_a_folder_that_is_not_there_is_said(context: FakeContext, tmp_path: Path) -> None:
    """Before anything is read."""
    with pytest.raises(InputError, match="nowhere"):
        run(context, tmp_path / "nowhere")
