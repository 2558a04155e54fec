from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tsplug.astrobin.configuration import Choices, Configuration
from tsplug.model import FlatSet, FlatSetState, Profile, Target
from tsplug.ports import Store
from tsplug.services.astrobin_export import acquisition_rows, export_target, write_export
from tsplug.testing import stocked_store
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

MORNING = START + timedelta(hours=12)


@pytest.fixture
def store() -> Store:
    """Return a store with a recorded night."""
    store = stocked_store()
    record_night(store)
    return store


def target(store: Store, name: str) -> Target:
    """Return a target by its name."""
    with store.read() as unit:
        found = unit.find(Target, name=name)
    assert found is not None
    return found


def numbers(store: Store, name: str, **choices: bool) -> dict[str, int]:
    """Return frames by filter."""
    rows = acquisition_rows(target(store, name), store, choices=Choices(**choices))
    return {row.filter_name: row.number for row in rows}


def test_only_accepted_lights_count(store: Store) -> None:
    """Pending and rejected lights are left out unless they are asked for."""
    assert numbers(store, "M 42") == {"Ha": 5, "L": 3}
    assert numbers(store, "M 42", include_rejected=True) == {"Ha": 6, "L": 3}
    assert numbers(store, "M 42", include_pending=True) == {"Ha": 5, "L": 4}


def test_flats_are_those_of_the_lights_sessions(store: Store) -> None:
    """The flats cell holds the frames linked to the session; without a link it stays empty."""
    rows = acquisition_rows(target(store, "M 81"), store)
    assert {row.filter_name: row.flats for row in rows} == {"B": None, "G": 10, "L": 10, "R": 10}


def test_revoked_flats_do_not_count(store: Store) -> None:
    """Flats whose set was revoked are no longer in the row."""
    with store.write() as unit:
        for flat_set in unit.list(FlatSet, filter_name="R"):
            flat_set.state = FlatSetState.REVOKED
            unit.update(flat_set)
    rows = acquisition_rows(target(store, "M 81"), store)
    assert {row.filter_name: row.flats for row in rows}["R"] is None


def test_the_files_are_named_after_the_target(store: Store, tmp_path: Path) -> None:
    """CSV and summary lie in the folder, blanks as underscores, and state the same rows."""
    export = export_target(target(store, "M 42"), store, now=MORNING)
    files = write_export(export, tmp_path / "out")
    assert [file.name for file in files] == ["M_42_acquisition.csv", "M_42_session_summary.txt"]
    assert files[0].read_text().splitlines() == [
        "date,filter,number,duration,binning,gain,sensorCooling,fNumber,flats,bortle,meanSqm,meanFwhm,temperature",
        "2026-01-15,4657,5,300,1,200,-10,5.5,10,5,20.5,4.38,2.76",
        "2026-01-15,2906,3,120,1,100,-10,5.5,10,5,20.5,4.66,2.23",
    ]
    assert "rejected lights: 1" in files[1].read_text()
    assert export.notes == ()


def test_a_date_after_today_at_the_site_is_refused(store: Store, tmp_path: Path) -> None:
    """Rows from the future are not written; the reason is told, the summary is written all the same."""
    export = export_target(target(store, "M 42"), store, now=START - timedelta(days=1))
    assert "date 2026-01-15 is in the future" in export.notes[0]
    assert [file.name for file in write_export(export, tmp_path)] == ["M_42_session_summary.txt"]


def test_an_unmapped_filter_leaves_its_cell_empty(store: Store) -> None:
    """A filter without an AstroBin id is told, and its row keeps everything else."""
    with store.write() as unit:
        profile = unit.list(Profile)[0]
        profile.astrobin_filters = {"L": 2906}
        unit.update(profile)
    export = export_target(target(store, "M 42"), store, now=MORNING)
    assert [row.filter for row in export.rows.rows] == [None, 2906]
    assert "filter 'Ha' has no AstroBin id" in export.notes[0]


def test_settings_know_filters_that_the_profile_does_not(store: Store) -> None:
    """A filter's number comes from the profile, else from the settings, and a close name is suggested."""
    with store.write() as unit:
        profile = unit.list(Profile)[0]
        profile.astrobin_filters = {"L": 2906}
        unit.update(profile)
    known = Configuration(filters={"HA": 4663, "L": 1})
    export = export_target(target(store, "M 42"), store, now=MORNING, configuration=known)
    assert [row.filter for row in export.rows.rows] == [4663, 2906]
    close = Configuration(filters={"H-alpha": 4663})
    export = export_target(target(store, "M 42"), store, now=MORNING, configuration=close)
    assert "is it 'H-alpha', number 4663?" in export.notes[0]


def test_provenance_and_page_are_written_where_asked_for(store: Store, tmp_path: Path) -> None:
    """A second CSV names the source of each cell; the page holds the summary's tables and nothing from outside."""
    export = export_target(target(store, "M 42"), store, now=MORNING)
    files = write_export(export, tmp_path, page=True, provenance=True)
    assert [file.name.removeprefix("M_42_") for file in files] == [
        *("acquisition.csv", "session_summary.txt", "session_summary.html", "provenance.csv"),
    ]
    told = files[3].read_text().splitlines()
    assert "1,2026-01-15,Ha,M 42,Sternwarte,meanFwhm,4.38,store: metrics fwhm_arcsec" in told
    assert "1,2026-01-15,Ha,M 42,Sternwarte,flats,10,linked to the session" in told
    page = files[2].read_text()
    assert "<td>Ha</td><td>5</td><td>200</td>" in page
    assert "http" not in page
