"""Frames on disk that a store has records of: what it adds to them, and what it leaves to their headers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from dialects import nina
from frame_files import fits_file, write
from shots import Shot

from tsplug.app import frame_headers
from tsplug.astrobin.acquisitions import AcquisitionRow
from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.astrobin.export import exported
from tsplug.model import AcquiredImage, FlatSet, FlatSetFile, Target
from tsplug.ports import Store
from tsplug.services.astrobin_export import acquisition_rows
from tsplug.services.astrobin_files import Scan, scan_frames
from tsplug.testing import stocked_store, store_light
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

CHOICES = Choices(include_pending=True)


@pytest.fixture
def store() -> Store:
    """Return a store with a recorded night."""
    store = stocked_store()
    record_night(store)
    return store


def target(store: Store) -> Target:
    with store.read() as unit:
        found = unit.find(Target, name="M 81")
    assert found is not None
    return found


def write_lights(folder: Path, store: Store) -> list[AcquiredImage]:
    """Write the recorded lights of M 81 as frames with the identifiers of their records."""
    with store.read() as unit:
        lights = unit.list(AcquiredImage, target_name="M 81")
    for light in lights:
        shot = Shot("LIGHT", light.started, light.exposure_s, int(light.gain or 0), light.filter_name, "M 81")
        write(folder / f"{light.guid}.fits", fits_file({**nina(shot), "TSUID": light.guid}))
    return lights


def write_flats(folder: Path, flats: Iterable[tuple[FlatSet, FlatSetFile]]) -> None:
    """Write recorded flats, with their identifiers, where they were not recorded."""
    for flat_set, file in flats:
        shot = Shot("FLAT", file.taken_at, flat_set.exposure_s, int(flat_set.gain or 0), flat_set.filter_name)
        write(folder / f"{file.guid}.fits", fits_file({**nina(shot), "TSUID": file.guid}))


def flats_of(store: Store) -> list[tuple[FlatSet, FlatSetFile]]:
    with store.read() as unit:
        sets = {each.id: each for each in unit.list(FlatSet)}
        return [(sets[file.flat_set_id], file) for file in unit.list(FlatSetFile)]


def rows_of(folder: Path, store: Store) -> tuple[AcquisitionRow, ...]:
    """Return the rows of a folder whose frames the store may know."""
    found = scan_frames(Scan([folder], Configuration(), CHOICES), frame_headers(), store=store)
    assert found.problems == []
    return exported(found.frames, Configuration(), choices=CHOICES).rows


def test_recorded_frames_count_as_their_records_do(store: Store, tmp_path: Path) -> None:
    """Grades, filter numbers, site and linked flats come from the records, wherever the files lie now."""
    write_lights(tmp_path / "lights", store)
    write_flats(tmp_path / "flats", flats_of(store))
    known = acquisition_rows(target(store), store, choices=CHOICES)
    told = {"date", "filter_name", "filter", "number", "flats", "mean_fwhm", "bortle", "site"}
    assert [row.model_dump(include=told) for row in rows_of(tmp_path, store)] == [
        row.model_dump(include=told) for row in known
    ]
    assert {row.filter_name: row.flats for row in known} == {"B": None, "G": 10, "L": 10, "R": 10}


def test_flats_that_no_record_knows_are_matched(store: Store, tmp_path: Path) -> None:
    """Where no flats are linked to a light, and those on disk are of another program, headers tell which fit."""
    blue = next(light for light in write_lights(tmp_path / "lights", store) if light.filter_name == "B")
    for number in range(3):
        taken = blue.started + timedelta(hours=10, seconds=number)
        flat = Shot("FLAT", taken, 1.2, int(blue.gain or 0), "B")
        write(tmp_path / "flats" / f"{number}.fits", fits_file(nina(flat)))
    assert {row.filter_name: row.flats for row in rows_of(tmp_path, store)} == {"B": 3, "G": 10, "L": 10, "R": 10}


def test_frames_without_an_identifier_are_known_by_their_place(store: Store, tmp_path: Path) -> None:
    """Lights of another program that were recorded from their files have their grades and their flats all the same."""
    store_light(store, "M 81", filter_name="R", started=START, file=str(tmp_path / "rejected.fits"), status="rejected")
    write(tmp_path / "rejected.fits", fits_file(nina(Shot("LIGHT", START, 120.0, 100, "R", "M 81"))))
    assert rows_of(tmp_path, store) == ()
