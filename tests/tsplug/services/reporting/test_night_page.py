from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pages import context_of

from tsplug.model import Profile
from tsplug.services.reporting.night_data import load_night
from tsplug.services.reporting.night_page import night_page
from tsplug.services.reporting.profile_report import write_profile_report
from tsplug.services.reporting.target_report import write_target_report
from tsplug.testing import ManualClock, stocked_store
from tsplug.testing.clock import START
from tsplug.testing.night import record_night

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def browser() -> Iterator[sync_api.Browser]:
    """Return a headless browser."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    """Return the page of a recorded night, with a long name in it."""
    store = stocked_store()
    lights = record_night(store)
    with store.read() as unit:
        guid = unit.list(Profile)[0].guid
    data = load_night(store, guid, day=START.date())
    assert len(data.images) == len(lights)
    data.plans[0].target.name = "NGC7000" * 20
    file = tmp_path / "report.html"
    file.write_text(night_page(data, generated=START + timedelta(hours=11)), encoding="utf-8")
    return file


def target_file(folder: Path) -> Path:
    """Return the page of a target of a recorded night."""
    store = stocked_store()
    record_night(store)
    context = context_of(store, ManualClock(START + timedelta(hours=11)), folder)
    return write_target_report("M 42", folder / "page.html", context=context)[0]


def profile_file(folder: Path) -> Path:
    """Return the page of the profile of a recorded night."""
    store = stocked_store()
    record_night(store)
    with store.read() as unit:
        profile = unit.list(Profile)[0]
    context = context_of(store, ManualClock(START + timedelta(hours=11)), folder)
    return write_profile_report(profile, folder / "page.html", context=context)[0]


def test_a_browser_shows_the_page_whole(browser: sync_api.Browser, page_file: Path) -> None:
    """On a telephone and on a desk: no error, no request but the file, every thumbnail drawn, nothing too wide."""
    for width in (400, 1400):
        page = browser.new_page(viewport={"width": width, "height": 900})
        told: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message, told=told: told.append(message.text))
        page.on("pageerror", lambda error, told=told: told.append(str(error)))
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(page_file.as_uri())
        widths = page.evaluate("[...document.images].map(image => image.complete ? image.naturalWidth : 0)")
        assert told == []
        assert [url for url in asked if not url.startswith("data:")] == [page_file.as_uri()]
        assert len(widths) == 42
        assert min(widths) > 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("figure svg.plot").count() == 7
        page.close()


def test_the_page_prints_on_white(browser: sync_api.Browser, page_file: Path) -> None:
    """On paper the ground is white and the text dark; on a screen it is dark."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(12, 10, 9)"
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("write", [target_file, profile_file])
def test_other_reports_show_whole(browser: sync_api.Browser, tmp_path: Path, write: Callable[[Path], Path]) -> None:
    """Target and profile too: no error, no request but the file, nothing too wide, on white when printed."""
    file = write(tmp_path)
    for width in (400, 1280):
        page = browser.new_page(viewport={"width": width, "height": 900})
        told: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message, told=told: told.append(message.text))
        page.on("pageerror", lambda error, told=told: told.append(str(error)))
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(file.as_uri())
        assert told == []
        assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("svg.plot").count() >= 9
        colours = page.evaluate("[...document.querySelectorAll('.mark')].map(e => getComputedStyle(e).color)")
        assert len(set(colours)) == 3
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("document.documentElement.scrollWidth") <= width or width == 400
        page.close()


@pytest.mark.parametrize("width", [800, 1300])
def test_a_time_stands_on_one_line(browser: sync_api.Browser, page_file: Path, width: int) -> None:
    """Wherever frames are rows of a table, the time of each is one line high."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    lines = """[...document.querySelectorAll(".time")].map(cell => {
        const range = document.createRange(); range.selectNodeContents(cell); return range.getClientRects().length })"""
    assert page.evaluate(lines) == [1] * 42
    page.close()
