from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from imports import import_file
from nina_profiles import GUID, filter_info, profile_xml, trained, write_profile
from scheduler_databases import PROFILE, make_database, small_rows

from tsplug.files.nina_profile import read_nina_profile
from tsplug.model import Profile, Record, Site, TrainedFlat
from tsplug.ports import Store
from tsplug.services.nina_profile_import import ProfileImport, import_profile
from tsplug.services.nina_profile_site import SiteHints
from tsplug.testing import ManualClock, memory_store
from tsplug.testing.clock import START

HINTS = SiteHints(file="rig.profile", now=START, system_zone="America/Denver")
HORIZON = [(0.0, 10.0), (180.0, 20.0)]


@pytest.fixture
def store() -> Store:
    """Return an empty store."""
    return memory_store()


@pytest.fixture
def bring(tmp_path: Path, store: Store) -> Any:
    """Return what imports a profile's XML."""

    def brings(text: str | None = None, *, dry_run: bool = False, **hints: Any) -> ProfileImport:
        found = read_nina_profile(write_profile(tmp_path, text))
        return import_profile(found, store, clock=ManualClock(), hints=replace(HINTS, **hints), dry_run=dry_run)

    return brings


def all_of(store: Store, kind: type[Record]) -> list[Any]:
    """Return all records of a kind."""
    with store.read() as unit:
        return unit.list(kind)


def everything(store: Store) -> list[list[Any]]:
    """Return what an import can write."""
    return [all_of(store, kind) for kind in (Profile, Site, TrainedFlat)]


def test_a_rig_comes_with_site_and_flats(bring: Any, store: Store) -> None:
    """Profile, site and trained flats are what the file says; a flat without a filter is said to be left out."""
    report = bring(horizon=HORIZON)
    (profile,), (site,), flats = everything(store)
    assert (profile.guid, profile.name, profile.site_id) == (GUID, "Rig Süd", site.id)
    assert (profile.filters, profile.filter_offsets) == (["L", "Ha"], [0, 9])
    assert (profile.telescope, profile.focal_length_mm, profile.aperture_mm) == ("GT81 & reducer", 382, 80.9)
    assert (profile.camera, profile.pixel_size_um, profile.has_rotator) == ("ZWO ASI2600MM Pro", 3.76, True)
    assert (profile.sensor_width_px, profile.sensor_height_px) == (6248, 4176)
    assert profile.flat_pattern == "FLATS/$$FILTER$$/$$FRAMENR$$"
    assert (profile.flats.count, profile.flats.adu_tolerance_percent) == (30, 10)
    assert (site.latitude_deg, site.longitude_deg, site.elevation_m) == (39.0777297, -108.6651261, 1456)
    assert (site.time_zone, site.horizon) == ("America/Denver", HORIZON)
    assert [(each.filter_name, each.gain, each.target_adu) for each in flats] == [
        ("Ha", None, 19_660.8),
        ("L", 100, 32_768),
    ]
    assert (report.made, report.flats_added) == (True, 2)
    assert any("without a filter" in note for note in report.notes)
    assert any("America/Denver is that of this machine" in note for note in report.notes)


def test_the_second_time_nothing_changes(bring: Any, store: Store) -> None:
    """Importing the same file again changes nothing and says so."""
    bring(horizon=HORIZON)
    before = everything(store)
    report = bring(horizon=HORIZON)
    assert report.unchanged
    assert everything(store) == before


def test_what_changed_in_nina_changes_here(bring: Any, store: Store) -> None:
    """A new filter, another site and newly trained flats update what is stored; what only we know stays."""
    bring()
    with store.write() as unit:
        unit.update(unit.list(Profile)[0].model_copy(update={"observer": "A. Observer", "panel_max_brightness": 99}))
        for flat in unit.list(TrainedFlat):
            unit.update(flat.model_copy(update={"bias_adu": 512.0}))
    report = bring(
        profile_xml(
            filters=filter_info("L", 0) + filter_info("OIII", 1), flats=trained(0, gain=100, brightness=5), name="New"
        ).replace("39.0777297", "40"),
        time_zone="Europe/Zurich",
    )
    (profile,), (site,), flats = everything(store)
    assert (profile.name, profile.filters, profile.observer, profile.panel_max_brightness) == (
        "New",
        ["L", "OIII"],
        "A. Observer",
        99,
    )
    assert (site.latitude_deg, site.time_zone) == (40, "Europe/Zurich")
    assert [(each.filter_name, each.brightness, each.bias_adu) for each in flats] == [("Ha", 62, 512), ("L", 5, 512)]
    assert (report.made, report.flats_updated) == (False, 1)
    changed = {each.field: each.after for each in report.changes}
    assert changed == {
        "name": "New",
        "filters": ["L", "OIII"],
        "filter_offsets": [0, 0],
        "site.latitude_deg": 40,
        "site.time_zone": "Europe/Zurich",
    }


def test_what_the_file_leaves_out_stays(bring: Any, store: Store) -> None:
    """A profile without its parts changes none of them."""
    bring()
    before = everything(store)
    assert bring(f"<Profile><Id>{GUID}</Id><Name>Rig Süd</Name></Profile>").unchanged
    assert everything(store) == before


def test_a_dry_run_changes_nothing(bring: Any, store: Store) -> None:
    """A dry run tells what would change and leaves the store empty."""
    assert bring(dry_run=True).made
    assert everything(store) == [[], [], []]


def test_rigs_of_one_place_share_their_site(bring: Any, store: Store) -> None:
    """A second profile a few metres away stands at the same site; another horizon or place makes another one."""
    bring(horizon=HORIZON)
    other = profile_xml().replace(GUID, GUID.replace("3b0f", "4c1f")).replace("39.0777297", "39.0777")
    report = bring(other)
    assert [each.site_id for each in all_of(store, Profile)] == [1, 1]
    assert report.profile == "Rig Süd (1)"
    assert all_of(store, Site)[0].latitude_deg == 39.0777297
    bring(other, horizon=[(0.0, 1.0), (90.0, 2.0)])
    assert [each.site_id for each in all_of(store, Profile)] == [1, 2]
    bring(profile_xml().replace("39.0777297", "10"))
    assert len(all_of(store, Site)) == 2
    assert bring(other, horizon=[(0.0, 1.0), (90.0, 2.0)]).unchanged


def test_the_rig_of_a_database_is_found(bring: Any, tmp_path: Path, store: Store) -> None:
    """A profile that a Target Scheduler database named is completed by its N.I.N.A. profile."""
    import_file(make_database(tmp_path / "db.sqlite", 23, small_rows(23)), store)
    before = len(all_of(store, Profile))
    report = bring(profile_xml().replace(GUID, PROFILE))
    assert (report.made, len(all_of(store, Profile))) == (False, before)
    with store.read() as unit:
        found = unit.find(Profile, guid=PROFILE)
    assert found is not None
    assert (found.name, found.focal_length_mm) == ("Rig Süd", 382)


def test_a_site_at_nowhere_is_none(bring: Any, store: Store) -> None:
    """Latitude and longitude of zero are N.I.N.A.'s way to know no site."""
    report = bring(profile_xml(AstrometrySettings="<Latitude>0</Latitude><Longitude>0</Longitude>"))
    assert (report.site, all_of(store, Site)) == ("", [])
    assert any("names no site" in note for note in report.notes)
