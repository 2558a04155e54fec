from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pages import Page, context_of

from tsplug.errors import AmbiguousNameError, FileError, NotFoundError
from tsplug.model import AcquiredImage, Band, ExposurePlan, Profile, Target
from tsplug.ports import ImageQuery, Store
from tsplug.services.reporting.target_report import write_target_report
from tsplug.testing import ManualClock, stocked_store, store_light
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

NASTY = "<script>alert(\"ü\")</script> 'Ω' 🔭"


def reported(store: Store, folder: Path, name: str = "M 42", **options: Any) -> tuple[Page, dict[str, Any], str]:
    """Return the page of a target as parsed, its document, and the page's text."""
    context = context_of(store, ManualClock(START + timedelta(days=40)), folder)
    file, document = write_target_report(name, folder / "page.html", context=context, **options)
    text = file.read_text(encoding="utf-8")
    return Page(text), document, text


def test_numbers_are_those_of_the_store(tmp_path: Path) -> None:
    """Per filter in order of first appearance and in total: exposures and truncated seconds of every status."""
    store = stocked_store()
    record_night(store)
    for day, seconds in ((30, 59.9), (31, 0.9)):
        store_light(store, "M 42", filter_name="L", started=START + timedelta(days=day), exposure_s=seconds)
    page, document, _ = reported(store, tmp_path)
    keys = (
        "filter",
        "exposures",
        "accepted",
        "rejected",
        "pending",
        "total_s",
        "accepted_s",
        "rejected_s",
        "pending_s",
    )
    rows = [tuple(row[key] for key in keys) for row in [*document["filters"], document["total"]]]
    assert rows == [
        ("Ha", 6, 5, 1, 0, 1800, 1500, 300, 0),
        ("L", 6, 3, 0, 3, 480 + 59, 360, 0, 120 + 59),
        (None, 12, 8, 1, 3, 2339, 1860, 300, 179),
    ]
    assert page.tables["sums"][1:] == [
        ["Ha", "6", "5", "1", "0", "30 min", "25 min", "5 min", "0 s"],
        ["L", "6", "3", "0", "3", "8 min 59 s", "6 min", "0 s", "2 min 59 s"],
        ["Total", "12", "8", "1", "3", "38 min 59 s", "31 min", "5 min", "2 min 59 s"],
    ]


def test_ranges_nights_progress_and_flats_are_told(tmp_path: Path) -> None:
    """Ranges of metrics by filter, accepted time by night, progress as the planner counts it, and coverage."""
    store = stocked_store()
    lights = record_night(store)
    store_light(store, "M 42", filter_name="L", started=START + timedelta(days=20))
    page, document, _ = reported(store, tmp_path)
    sizes = [light.metrics["hfr"] for light in lights if light.target_name == "M 42"]
    found = document["total"]["metrics"]["hfr"]
    assert (found["min"], found["max"], found["count"]) == (min(sizes), max(sizes), 10)
    assert [night["accepted_s_by_filter"] for night in document["nights"]] == [{"Ha": 1500, "L": 360}, {"L": 0}]
    assert [row[0] for row in page.tables["integration"]] == ["Night", "2026-02-04", "2026-01-15", "Total"]
    with store.read() as unit:
        target = unit.find(Target, name="M 42")
        assert target is not None
        plans = {plan.guid: plan for plan in unit.list(ExposurePlan, target_id=target.id)}
    told = {(row["acquired"], row["accepted"], row["desired"]) for row in document["plans"]}
    assert told == {(plan.acquired, plan.accepted, plan.desired) for plan in plans.values()}
    assert [row[-1] for row in page.tables["plans"][1:]] == [
        f"{row['progress_percent']} %" for row in document["plans"]
    ]
    assert [row["state"] for row in document["coverage"]] == ["covered", "covered", "missing"]
    assert [row[7] for row in page.tables["coverage"][1:]] == ["no flats", "flats", "flats"]


def test_scores_and_bands_are_shown_where_they_exist(tmp_path: Path) -> None:
    """Without criteria there is no such column; with them each light has its score and band, each filter its bands."""
    store = stocked_store()
    record_night(store)
    page, _, _ = reported(store, tmp_path)
    assert "Score" not in page.tables["frames"][0]
    with store.write() as unit:
        for light in unit.list(AcquiredImage, filter_name="Ha"):
            light.score, light.band = 91.25, Band.A
            unit.update(light)
    page, document, _ = reported(store, tmp_path)
    place = page.tables["frames"][0].index("Score")
    assert page.tables["frames"][1][place : place + 2] == ["91.2", "A"]
    assert page.tables["ranges"][-1][-1] == "6 A"
    assert document["total"]["bands"] == {"A": 6}


def test_names_cannot_break_the_page(tmp_path: Path) -> None:
    """Names with quotes, tags, umlauts and emoji, of target and filter, are shown as text everywhere."""
    store = stocked_store()
    record_night(store)
    with store.write() as unit:
        target = unit.find(Target, name="M 42")
        assert target is not None
        target.name = NASTY
        unit.update(target)
        for light in unit.list(AcquiredImage, target_id=target.id):
            light.target_name, light.filter_name, light.reject_reason = NASTY, NASTY, NASTY
            unit.update(light)
    page, document, text = reported(store, tmp_path, NASTY)
    assert "script" not in page.tags
    assert page.texts.count(NASTY) >= 10
    assert document["target"] == NASTY
    assert text.count("<script") == 0
    assert all(link.startswith("data:") for link in page.links)


def test_a_page_stays_small_with_thousands_of_lights(tmp_path: Path) -> None:
    """Five thousand lights give a page of bounded size that says how many it shows; numbers are of all."""
    store = stocked_store()
    light = store_light(store, "M 42", filter_name="L", started=START, metrics={"hfr": 2.0, "star_count": 900.0})
    fields = light.model_dump(exclude={"id", "guid", "session_date"})
    moments = [START + timedelta(days=number // 500, minutes=number % 500) for number in range(1, 5000)]
    with store.write() as unit:
        unit.add_many([AcquiredImage(**(fields | {"started": each, "acquired": each})) for each in moments])
    page, document, text = reported(store, tmp_path, most_frames=100)
    assert len(text) < 3_000_000
    assert {"The newest 100 of 5000 lights are listed.", "Of 5000 lights each plot draws 1000, evenly chosen."} <= set(
        page.texts
    )
    assert len(page.tables["frames"]) == 1 + 100
    assert document["lights_total"] == document["total"]["exposures"] == 5000
    assert len(document["lights"]) == 100


def test_pictures_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures that weigh too much together are left out of older lights, and the page says how many there are."""
    monkeypatch.setattr("tsplug.services.reporting.frames.MOST_PICTURE_BYTES", 20_000)
    store = stocked_store()
    record_night(store)
    page, _, text = reported(store, tmp_path)
    assert 0 < page.tags["img"] < 10
    assert f"{page.tags['img']} of them have a picture here." in text


def test_a_target_without_lights_has_a_page(tmp_path: Path) -> None:
    """Before its first light a target has plans, a place in the sky, and nothing else."""
    page, document, _ = reported(stocked_store(), tmp_path)
    assert document["total"]["exposures"] == 0
    assert [row[-1] for row in page.tables["plans"][1:]] == ["0 %", "0 %"]
    assert "No light was taken." in page.texts


def test_a_profile_without_a_site_is_reported_in_utc(tmp_path: Path) -> None:
    """Where nobody said where the telescope stands, nights and times are UTC, and the page says so."""
    store = stocked_store()
    record_night(store)
    with store.write() as unit:
        profile = unit.list(Profile)[0]
        profile.site_id = None
        unit.update(profile)
    page, document, _ = reported(store, tmp_path)
    assert document["total"]["exposures"] == 10
    assert any("Times are those of UTC." in text for text in page.texts)


def test_what_cannot_be_reported_is_said(tmp_path: Path) -> None:
    """An unknown target, a name that two have, and a file that is no report are errors that say what to do."""
    store = stocked_store()
    with pytest.raises(NotFoundError, match=r"no target 'M 99' is stored; there are: M 42, Rosette, M 81"):
        reported(store, tmp_path, "M 99")
    (tmp_path / "page.html").write_text("my diary", encoding="utf-8")
    with pytest.raises(FileError, match=r"is no report of tsplug; choose another with --out"):
        reported(store, tmp_path)
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "my diary"
    with store.write() as unit:
        for target in unit.list(Target):
            target.name = "M 42"
            unit.update(target)
    with pytest.raises(AmbiguousNameError, match="3 targets are named 'M 42'"):
        reported(store, tmp_path)


def test_an_earlier_report_is_replaced(tmp_path: Path) -> None:
    """A page of ours is written anew without asking, and lights that came since are in it."""
    store = stocked_store()
    assert reported(store, tmp_path)[1]["total"]["exposures"] == 0
    record_night(store)
    with store.read() as unit:
        count = len([each for each in unit.images(ImageQuery()) if each.target_name == "M 42"])
    assert reported(store, tmp_path)[1]["total"]["exposures"] == count
