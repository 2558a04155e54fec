"""The set-up pages."""

from __future__ import annotations

import re

import httpx

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.configuration import ObservatoryConfig
from hostsim.devices.focuser import FocuserConfig
from hostsim.devices.observatory import Observatory, make_observatory


def test_the_server_lists_its_devices(http: httpx.Client, observatory: Observatory) -> None:
    """Every device is listed with a link to its page, and the page is there."""
    page = http.get("/setup")
    assert page.headers["content-type"].startswith("text/html")
    links = re.findall(r'href="(/setup/v1/[^"]+)"', page.text)
    assert len(links) == len(observatory.devices)
    assert {http.get(link).status_code for link in links} == {200}


def test_a_device_shows_configuration_and_state(http: httpx.Client, connected: Observatory) -> None:
    """A page holds what the device is configured as and what it does now."""
    page = http.get("/setup/v1/camera/0/setup").text
    assert "sensor.pixel_um" in page
    assert "3.76" in page
    connected.focuser.move(30_000)
    assert "motion" in http.get("/setup/v1/focuser/0/setup").text


def test_there_is_no_page_for_other_devices(http: httpx.Client) -> None:
    """A number or kind that is not served is a bad request."""
    assert http.get("/setup/v1/camera/7/setup").status_code == 400
    assert http.get("/setup/v1/toaster/0/setup").status_code == 400


def test_names_cannot_carry_markup(sky: object, clock: SimulatedClock) -> None:
    """A name with markup in it is shown, not interpreted."""
    config = ObservatoryConfig(name="<b>", devices=(FocuserConfig(name="<script>alert(1)</script>"),))
    with AlpacaServer(Observatory(sky, clock, config=config)) as server:  # type: ignore[arg-type]
        for path in ("/setup", "/setup/v1/focuser/0/setup", "/setup/reference"):
            page = httpx.get(f"http://{server.address}{path}", trust_env=False).text
            assert "<script>" not in page
            assert "<b>" not in page


def test_pages_need_nothing_from_elsewhere(http: httpx.Client) -> None:
    """No page loads a script, style or picture."""
    for path in ("/setup", "/setup/v1/camera/0/setup", "/setup/reference"):
        assert re.findall(r"(?:src|href)=\"(?!/|#)[^\"]*\"", http.get(path).text) == []


def test_the_interface_version_shown_is_the_one_told(clock: SimulatedClock) -> None:
    """A device configured as an older one is shown as such."""
    config = ObservatoryConfig(devices=(FocuserConfig(interface_version=2),))
    with AlpacaServer(make_observatory(config, clock, seed=1)) as server:
        base = f"http://{server.address}"
        told = httpx.get(f"{base}/api/v1/focuser/0/interfaceversion", trust_env=False).json()["Value"]
        assert told == 2
        assert "interface version 2" in httpx.get(f"{base}/setup/v1/focuser/0/setup", trust_env=False).text
