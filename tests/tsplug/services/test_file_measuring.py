"""Frames on disk, measured, and what becomes of the records of those that have some."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dialects import nina
from drawn_frames import SCENES, draw, small
from frame_files import write
from pixel_files import Xisf, fits_bytes
from shots import Shot, utc

from tsplug.app import frame_files, frame_headers
from tsplug.grading.population import Choice, population_of
from tsplug.model import AcquiredImage, ExposurePlan, GraderMode, Profile, Thumbnail
from tsplug.services.file_measuring import MeasuredFile, MeasureRequest, measure_places, measure_records
from tsplug.services.measuring import MeasuredImage, measure_image, store_measured
from tsplug.testing.catalogue import stocked_store
from tsplug.testing.clock import START, ManualClock

LIGHT = Shot("LIGHT", utc("2023-07-05 22:20"), 600.0, 100, "Ha", "Sh2 101")
HEADERS = frame_headers()


def stars(sigma: float = 1.6) -> np.ndarray:
    """Draw twenty round stars over a noisy sky."""
    y, x = np.mgrid[:220, :300]
    frame = np.random.default_rng(1).normal(500, 5, (220, 300))
    for number in range(20):
        dx, dy = x - 30 - (number % 5) * 58.3, y - 28 - (number // 5) * 53.7
        frame += 6000 * np.exp(-(dx**2 + dy**2) / (2 * sigma**2))
    return np.rint(frame).astype(np.uint16)


STARS = stars()


def measured(*places: Path, **more: Any) -> list[MeasuredFile]:
    store, request = more.pop("store", None), MeasureRequest(**more)
    files = frame_files(keep_memory=True)
    return list(measure_places(places, files, headers=HEADERS, store=store, request=request))


class Recorded:
    """A store with one light on record, whose frame is on disk."""

    def __init__(self, folder: Path, **fields: Any) -> None:
        self.store = stocked_store(ManualClock())
        self.file = write(folder / "light.fits", fits_bytes(STARS, **nina(LIGHT)))
        with self.store.read() as unit:
            plan, rig = unit.list(ExposurePlan)[0], unit.list(Profile)[0]
        self.rig = rig
        with self.store.write() as unit:
            self.image = unit.add_image(
                AcquiredImage(
                    **{
                        "profile_id": rig.id,
                        "profile_name": rig.name,
                        "project_name": "p",
                        "target_name": "t",
                        "plan_id": plan.id,
                        "filter_name": "L",
                        "file": str(self.file),
                        "started": START,
                        "acquired": START,
                        "exposure_s": 60,
                        **fields,
                    }
                )
            )

    @property
    def now(self) -> AcquiredImage:
        with self.store.read() as unit:
            return unit.get(AcquiredImage, self.image.id or 0)

    def measure(self, **request: Any) -> MeasuredFile:
        (found,) = measured(self.file, store=self.store, **request)
        return found


def test_a_folder_of_frames(tmp_path: Path) -> None:
    """Frames of both kinds are measured in order of path; what is none, or cannot be measured, comes in its place."""
    write(tmp_path / "a.fits", fits_bytes(STARS, **nina(LIGHT)))
    write(tmp_path / "b.fits", b"rubbish")
    write(tmp_path / "c.fits", fits_bytes(np.zeros((9, 9), np.uint16), **nina(LIGHT)))
    write(tmp_path / "d.xisf", Xisf("lz4", shuffled=True).file(STARS))
    write(tmp_path / "e.fits", fits_bytes(STARS, **nina(LIGHT))[:9000])
    found = measured(tmp_path)
    assert [each.file.name for each in found] == ["a.fits", "b.fits", "c.fits", "d.xisf", "e.fits"]
    good, rubbish, small, xisf, cut = found
    assert (good.metrics["star_count"], xisf.metrics["star_count"]) == (20, 20)
    assert good.metrics["hfr"] == pytest.approx(1.6 * 1.1774, rel=0.04)
    assert good.metrics["fwhm_arcsec"] > 0
    assert (good.kind, xisf.kind) == ("light", "")
    assert [each.problem.startswith(f"{each.file}: ") for each in (rubbish, cut)] == [True] * 2
    assert (small.problem, small.metrics["adu_max"]) == ("", 0.0)
    assert "truncated" in cut.problem
    assert all("\n" not in each.problem for each in found)


def test_a_row_as_json_has_it(tmp_path: Path) -> None:
    """A frame's row has the promised keys, a map of three rows of three cells, and notes what the header lacks."""
    (frame,) = measured(write(tmp_path / "a.fits", fits_bytes(STARS)))
    row = frame.row()
    assert {"file", "detector", "metrics", "field", "warnings"} <= set(row)
    assert [len(cells) for cells in row["field"]] == [3, 3, 3]
    assert sum(cell["stars"] for cells in row["field"] for cell in cells) == 20
    assert [words.split(":")[0] for words in row["warnings"]][1:] == [
        "no pixel size and focal length in the header",
        "no EGAIN in the header",
        "19 stars measured",
    ]
    (bad,) = measured(write(tmp_path / "b.fits", b"rubbish"))
    assert (bad.row()["metrics"], bad.row()["detector"]) == ({}, None)
    assert bad.row()["problem"].endswith("is no FITS file")


@pytest.mark.parametrize("kind", ["DARK", "FLAT", "BIAS"])
def test_calibration_has_no_stars(tmp_path: Path, kind: str) -> None:
    """Darks, flats and biases are measured as what they are: levels and noise, and never a star."""
    file = write(tmp_path / "a.fits", fits_bytes(STARS, **nina(replace(LIGHT, kind=kind))))
    (frame,) = measured(file)
    assert frame.kind == kind.lower()
    assert frame.metrics["adu_median"] == np.median(STARS)
    assert not {"star_count", "hfr", "fwhm"} & set(frame.metrics)


@pytest.mark.parametrize("kind", ["DARK", "FLAT", "BIAS"])
def test_calibration_that_tells_no_exposure_has_no_stars_either(tmp_path: Path, kind: str) -> None:
    """What a frame is, is told all the same; that it does not count is noted where it is so."""
    (frame,) = measured(write(tmp_path / "a.fits", fits_bytes(STARS, IMAGETYP=kind)))
    assert frame.kind == kind.lower()
    assert not {"star_count", "stars_measured", "trail_count"} & set(frame.metrics)
    noted = () if kind == "BIAS" else (f"measured as a {kind.lower()}",)
    assert tuple(each.split("; ")[-1] for each in frame.warnings) == noted


@pytest.mark.parametrize(
    ("stars", "note"),
    [
        ((12, 15.0), "hfr and fwhm are uncertain, eccentricity open"),
        ((45, 25.0), "how round they are, no eccentricity"),
    ],
    ids=str,
)
def test_a_few_faint_stars_leave_their_shape_open(tmp_path: Path, stars: tuple[int, float], note: str) -> None:
    """Through cloud a frame has sizes, and a note instead of an eccentricity that would be noise."""
    faint = draw(small(SCENES["cloud"], exactly=stars), width=600, height=500).pixels
    (frame,) = measured(write(tmp_path / "a.fits", fits_bytes(faint, **nina(LIGHT))))
    assert {"hfr", "fwhm"} <= set(frame.metrics)
    assert not {"eccentricity", "ellipticity", "orientation_coherence"} & set(frame.metrics)
    assert any(each.endswith(note) for each in frame.warnings)


def test_colour_is_measured_by_its_green(tmp_path: Path) -> None:
    """Three planes give the numbers of the green one, and say so."""
    planes = np.stack([STARS // 2, STARS, STARS // 3]).astype(np.uint16)
    (frame,) = measured(write(tmp_path / "a.fits", fits_bytes(planes, **nina(LIGHT))))
    assert frame.metrics["adu_median"] == np.median(STARS)
    assert "colour planes: the green one is measured" in frame.warnings


def test_a_light_on_record_gets_its_numbers_once(tmp_path: Path) -> None:
    """What was not measured is; what was stays, unless it is asked for again."""
    recorded = Recorded(tmp_path)
    first = recorded.measure()
    assert (first.updated, first.record) == (True, recorded.now)
    assert recorded.now.metrics["star_count"] == 20
    scale = recorded.rig.frame_scale_arcsec(1)
    assert recorded.now.metrics["fwhm_arcsec"] == pytest.approx(recorded.now.metrics["fwhm"] * scale)
    with recorded.store.read() as unit:
        assert unit.count(Thumbnail, image_id=recorded.image.id) == 1
    old = recorded.now
    with recorded.store.write() as unit:
        old.metrics, old.detector = {**old.metrics, "hfr": 9.0, "altitude": 55.0}, "tsplug-sep 1"
        unit.update(old)
    assert not recorded.measure().updated
    assert (recorded.now.metrics["hfr"], recorded.now.detector) == (9.0, "tsplug-sep 1")
    assert recorded.measure(again=True).updated
    assert recorded.now.metrics["hfr"] == pytest.approx(1.6 * 1.1774, rel=0.04)
    assert recorded.now.metrics["altitude"] == 55.0
    assert recorded.now.detector == first.detector


def test_a_light_that_tells_no_exposure_is_known_by_its_identifier(tmp_path: Path) -> None:
    """It does not count in a summary, and has its record all the same, wherever it lies now."""
    recorded = Recorded(tmp_path / "night")
    cards = {**nina(LIGHT), "EXPOSURE": None, "EXPTIME": None, "TSUID": recorded.image.guid}
    moved = write(tmp_path / "moved" / "light.fits", fits_bytes(STARS, **cards))
    recorded.file.unlink()
    (found,) = measured(moved, store=recorded.store)
    assert found.record is not None
    assert found.record.id == recorded.image.id
    assert recorded.now.metrics["star_count"] == 20


def test_a_calibrated_copy_has_numbers_of_its_own(tmp_path: Path) -> None:
    """It says its light's identifier; the record stays that of the light, and the copy is a frame without one."""
    recorded = Recorded(tmp_path)
    copy = write(tmp_path / "calibrated.fits", fits_bytes(STARS // 2, **nina(LIGHT), TSUID=recorded.image.guid))
    (found,) = measured(copy, store=recorded.store)
    assert (found.record, found.updated, recorded.now.detector) == (None, False, None)
    assert found.metrics["star_count"] > 0


def test_what_the_host_reported_stays_through_every_measuring(tmp_path: Path) -> None:
    """Again and again the host's stars win and are told in who measured; only who asks for it puts ours in place."""
    recorded = Recorded(tmp_path, metrics={"hfr": 3.3, "star_count": 77.0}, host_detector="NINA 3.2")
    for _ in range(3):
        measured_now = recorded.measure(again=True)
        assert (recorded.now.metrics["hfr"], recorded.now.metrics["star_count"]) == (3.3, 77.0)
        assert recorded.now.metrics["fwhm"] > 0
        assert recorded.now.detector == f"NINA 3.2 hfr,star_count + {measured_now.detector}"
    ours = recorded.measure(again=True, over_host=True)
    assert recorded.now.metrics["star_count"] == 20
    assert recorded.now.detector == ours.detector


def test_measuring_again_replaces_what_was_measured_and_only_that(tmp_path: Path) -> None:
    """Levels that the host reported stay, those that were measured follow the frame, as those of old records do."""
    recorded = Recorded(tmp_path, metrics={"adu_mean": 1.0, "altitude": 55.0})
    truth = recorded.measure().metrics
    for noted in (["adu_mean", "altitude"], None):
        stale = recorded.now
        assert stale.host_metrics == ["adu_mean", "altitude"]
        with recorded.store.write() as unit:
            stale.metrics, stale.host_metrics = {**stale.metrics, "adu_median": 1.0, "saturated_share": 99.0}, noted
            unit.update(stale)
        recorded.measure(again=True)
        assert recorded.now.metrics["adu_median"] == truth["adu_median"]
        assert recorded.now.metrics["saturated_share"] == truth["saturated_share"]
        assert recorded.now.metrics["altitude"] == 55.0
        if noted:
            assert recorded.now.metrics["adu_mean"] == 1.0
    recorded.measure(again=True, over_host=True)
    assert recorded.now.metrics["adu_mean"] == truth["adu_mean"]


def test_a_second_frame_of_a_plan_is_held_against_the_first(tmp_path: Path) -> None:
    """Frames on record tell how clear the air was beside the clearest one of their plan; others cannot."""
    recorded = Recorded(tmp_path)
    assert recorded.measure().metrics["transparency"] == 100.0
    hazy = np.rint(500 + (STARS.astype(float) - 500) * 0.6).astype(np.uint16)
    file = write(tmp_path / "hazy.fits", fits_bytes(hazy, **nina(LIGHT)))
    assert "transparency" not in measured(file)[0].metrics
    fields = recorded.image.model_dump(exclude={"id", "guid", "file"})
    with recorded.store.write() as unit:
        unit.add_image(AcquiredImage(**fields, file=str(file)))
    (second,) = measured(file, store=recorded.store)
    assert second.metrics["transparency"] == pytest.approx(60.0, abs=3.0)
    assert second.record is not None
    assert second.record.metrics["transparency"] == second.metrics["transparency"]


def test_records_are_measured_where_their_files_lie(tmp_path: Path) -> None:
    """A record's file that is gone is a problem of that record, and noted with it if it was never measured."""
    recorded = Recorded(tmp_path)
    request = MeasureRequest(again=True)

    def run() -> MeasuredFile:
        images = [recorded.now]
        (found,) = measure_records(images, frame_files(), headers=HEADERS, store=recorded.store, request=request)
        return found

    recorded.file.rename(tmp_path / "moved.fits")
    assert "light.fits" in run().problem
    assert "light.fits" in recorded.now.measure_error
    (tmp_path / "moved.fits").rename(recorded.file)
    assert run().updated
    assert (recorded.now.measure_error, recorded.now.metrics["star_count"]) == ("", 20)


def test_a_record_that_is_deleted_meanwhile_stops_nothing(tmp_path: Path) -> None:
    """Its frame is a problem of its own, told in a line, whether it could be measured or not; the next one follows."""
    recorded = Recorded(tmp_path)
    gone = recorded.now
    bad = gone.model_copy(update={"file": str(write(tmp_path / "bad.fits", b"rubbish"))})
    with recorded.store.write() as unit:
        unit.delete(gone)
    request = MeasureRequest(again=True)
    found = measure_records([gone, bad], frame_files(), headers=HEADERS, store=recorded.store, request=request)
    problems = [each.problem for each in found]
    assert "record was deleted" in problems[0]
    assert "is no FITS file" in problems[1]


def test_numbers_of_two_detectors_are_never_in_one_population(tmp_path: Path) -> None:
    """A frame is held against those that the same detector measured with the same settings, host's part included."""
    recorded = Recorded(tmp_path)
    taken = measure_image(recorded.image, frame_files())
    frames = []
    for number, detector in enumerate([None, None, None, "tsplug-sep 1", "NINA 3.2 hfr + tsplug-sep 1"]):
        fields = recorded.image.model_dump(exclude={"id", "guid", "detector"}) | {"metrics": {"hfr": 2.0 + number}}
        with recorded.store.write() as unit:
            image = unit.add_image(AcquiredImage(**fields, detector=detector))
        if detector is None:
            image = store_measured(MeasuredImage(image, taken.measurement), recorded.store, over_host=True)
        frames.append(image)
    choice = Choice(mode=GraderMode.ROBUST)
    peers = [set(population_of(frame, frames, choice=choice).ids) for frame in frames]
    ids = [frame.id for frame in frames]
    assert peers == [{ids[1], ids[2]}, {ids[0], ids[2]}, {ids[0], ids[1]}, set(), set()]
