from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pages import Page

from tsplug.errors import NotFoundError
from tsplug.model import AcquiredImage, ExposurePlan, Profile, Project, Target
from tsplug.ports import Store
from tsplug.services.reporting.night_data import latest_night
from tsplug.services.reporting.night_report import write_night_report
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START
from tsplug.testing.context import FakeContext
from tsplug.testing.devices import recording_devices
from tsplug.testing.night import record_night


def context_of(store: Store, folder: Path) -> FakeContext:
    """Return a context in the morning after the night."""
    clock = ManualClock(START + timedelta(hours=11))
    return FakeContext(store, clock, recording_devices(clock, folder))


def guid_of(store: Store) -> str:
    """Return the guid of the one profile."""
    with store.read() as unit:
        return unit.list(Profile)[0].guid


def test_the_page_shows_progress_as_the_planner_counts_it(tmp_path: Path) -> None:
    """Without grading a plan is measured against its throttled limit: 4 of 5 for 4 wanted at 125 %."""
    store = stocked_store()
    with store.write() as unit:
        for plan in unit.list(ExposurePlan):
            plan.desired = 4
            unit.update(plan)
    for minute in range(4):
        store_light(store, "M 81", filter_name="L", started=START + timedelta(minutes=minute))
    *_, page = write_night_report(guid_of(store), tmp_path, context=context_of(store, tmp_path))
    assert 'title="80 %"' in page.read_text(encoding="utf-8")


def test_a_night_becomes_files(tmp_path: Path) -> None:
    """CSV and summary of each target imaged, and the page, which holds every light and refers to nothing outside."""
    store = stocked_store()
    record_night(store)
    files = write_night_report(guid_of(store), tmp_path / "out", context=context_of(store, tmp_path))
    assert [file.name for file in files] == [
        "M_42_acquisition.csv",
        "M_42_session_summary.txt",
        "Rosette_acquisition.csv",
        "Rosette_session_summary.txt",
        "M_81_acquisition.csv",
        "M_81_session_summary.txt",
        "report.html",
    ]
    page = Page(files[-1].read_text())
    assert page.tags["img"] == 42
    assert all(link.startswith("data:") for link in page.links)
    plots = page.tags["figure"]
    assert plots == 7  # all but the background, which nobody measured
    assert page.texts.count("rejected") == 2 + 1 + plots  # frames, fact, legends
    assert page.tables["sums"][-1] == ["Total", "42", "39", "2", "1", *page.tables["sums"][-1][5:]]
    assert {"HFR: hfr 3.68 px against 1.45 to 2.70 px", "10 of 10", "Night of Thursday, 15 January 2026"} <= set(
        page.texts
    )


def test_unknown_metrics_are_left_out(tmp_path: Path) -> None:
    """Without altitudes there is no altitude plot and no altitude column; without thumbnails no picture."""
    store = stocked_store()
    for image in record_night(store)[:3]:
        with store.write() as unit:
            fresh = unit.get(AcquiredImage, image.id or 0)
            fresh.metrics = {"hfr": 2.0}
            unit.update(fresh)
    with store.write() as unit:
        for fresh in unit.list(AcquiredImage):
            fresh.metrics = {key: value for key, value in fresh.metrics.items() if key != "altitude"}
            unit.update(fresh)
    text = write_night_report(guid_of(store), tmp_path, context=context_of(store, tmp_path))[-1].read_text()
    assert "HFR over time" in text
    assert "Altitude" not in text
    assert "Alt.°" not in text


def test_a_night_without_lights_has_a_page(tmp_path: Path) -> None:
    """A clouded night gives a page that says so, and no other file."""
    store = stocked_store()
    files = write_night_report(guid_of(store), tmp_path, context=context_of(store, tmp_path))
    assert [file.name for file in files] == ["report.html"]
    assert "No light was taken." in files[0].read_text()
    assert latest_night(store, guid_of(store)) is None


@pytest.mark.parametrize(("hours", "told"), [(11, True), (20, True), (44, False)])
def test_a_report_written_after_noon_is_of_the_night_before(tmp_path: Path, hours: int, told: bool) -> None:
    """A host that reports in the afternoon still means the last night, but not one that is longer past."""
    store = stocked_store()
    store_light(store, "M 81", filter_name="L", started=START)
    context = context_of(store, tmp_path)
    context.clock.set(START + timedelta(hours=hours))
    files = write_night_report(guid_of(store), tmp_path / "out", context=context)
    assert ("M_81_session_summary.txt" in {file.name for file in files}) == told


def test_names_cannot_break_the_page(tmp_path: Path) -> None:
    """Whatever a target is called, its name is shown as text."""
    store = stocked_store()
    lights = record_night(store)
    with store.write() as unit:
        target = unit.get(Target, lights[0].target_id or 0)
        target.name = "<script>alert(1)</script>"
        unit.update(target)
    text = write_night_report(guid_of(store), tmp_path, context=context_of(store, tmp_path))[-1].read_text()
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_targets_of_one_name_keep_their_own_files(tmp_path: Path) -> None:
    """Two targets of one name in two projects write files told apart by their project."""
    store = stocked_store()
    lights = record_night(store)
    with store.write() as unit:
        target = unit.get(Target, lights[-1].target_id or 0)
        target.name = "m 42"
        unit.update(target)
        assert unit.get(Project, target.project_id).name == "Galaxies"
    files = write_night_report(guid_of(store), tmp_path, context=context_of(store, tmp_path))
    assert {"M_42_Nebulae_acquisition.csv", "m_42_Galaxies_acquisition.csv"} <= {file.name for file in files}
    assert len(set(files)) == 7


def test_an_unknown_profile_is_told(tmp_path: Path) -> None:
    """A profile that is not stored is an error and writes nothing."""
    store = stocked_store()
    with pytest.raises(NotFoundError, match="no profile has the id nobody"):
        write_night_report("nobody", tmp_path / "out", context=context_of(store, tmp_path))
    assert not (tmp_path / "out").exists()
