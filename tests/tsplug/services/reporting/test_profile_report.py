from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from pages import Page, context_of

from tsplug.model import GradingStatus, Profile
from tsplug.ports import ImageQuery, Store
from tsplug.services.reporting.profile_report import write_profile_report
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START
from tsplug.testing.night import record_night


def reported(store: Store, folder: Path) -> tuple[Page, dict[str, Any]]:
    """Return the page of the one profile as parsed, and its document."""
    with store.read() as unit:
        profile = unit.list(Profile)[0]
    context = context_of(store, ManualClock(START + timedelta(days=5)), folder)
    file, document = write_profile_report(profile, folder, context=context)
    assert file.name == "Refractor_report.html"
    return Page(file.read_text(encoding="utf-8")), document


def test_sums_of_the_database_are_those_of_its_rows(tmp_path: Path) -> None:
    """In whole and per target, exposures and seconds equal what adding up the images gives."""
    store = stocked_store()
    record_night(store)
    store_light(store, "M 81", filter_name="L", started=START + timedelta(days=2), exposure_s=10.9)
    page, document = reported(store, tmp_path)
    with store.read() as unit:
        images = unit.images(ImageQuery())
    for row in [document, *document["targets"]]:
        own = [image for image in images if row.get("target") in (None, image.target_name)]
        accepted = [int(image.exposure_s) for image in own if image.status is GradingStatus.ACCEPTED]
        assert (row["total"]["exposures"], row["total"]["accepted_s"]) == (len(own), sum(accepted))
        assert sum(each["exposures"] for each in row["filters"]) == len(own)
    assert [row["filter"] for row in document["filters"]] == ["Ha", "L", "R", "G", "B"]
    assert [str(row["night"]) for row in document["nights"]] == ["2026-01-15", "2026-01-17"]
    assert page.tables["sums"][-1][:2] == ["Total", "43"]
    assert [row[0] for row in page.tables["targets"][1:]] == ["M 42 Nebulae", "Rosette Nebulae", "M 81 Galaxies"]


def test_lights_of_deleted_targets_still_count(tmp_path: Path) -> None:
    """What was imaged of a target that is gone stays in the sums, under a row that says so."""
    store = stocked_store()
    record_night(store)
    with store.write() as unit:
        for light in unit.images(ImageQuery()):
            if light.target_name == "Rosette":
                unit.update(light.model_copy(update={"target_id": None, "plan_id": None}))
    page, document = reported(store, tmp_path)
    assert document["total"]["exposures"] == 42
    assert page.tables["targets"][-1][0] == "targets that are no longer stored"
    assert page.tables["targets"][-1][2] == "5"


def test_an_empty_profile_has_a_page(tmp_path: Path) -> None:
    """Before the first night there are targets and plans, and no plots."""
    page, document = reported(stocked_store(), tmp_path)
    assert document["filters"] == []
    assert len(page.tables["targets"]) == 4
    assert page.tags.get("figure", 0) == 0
