"""The management API and the set-up pages."""

from __future__ import annotations

import httpx

from hostsim.alpaca.server import AlpacaServer
from hostsim.devices.observatory import Observatory


def test_the_server_says_what_it_is(http: httpx.Client) -> None:
    """Versions and description are as the protocol spells them."""
    versions = http.get("/management/apiversions?ClientTransactionID=12").json()
    assert (versions["Value"], versions["ClientTransactionID"]) == ([1], 12)
    description = http.get("/management/v1/description").json()["Value"]
    assert set(description) == {"ServerName", "Manufacturer", "ManufacturerVersion", "Location"}


def test_devices_keep_their_unique_ids(http: httpx.Client, observatory: Observatory) -> None:
    """Six devices are listed; another server over the same observatory gives them the same ids."""
    listed = http.get("/management/v1/configureddevices").json()["Value"]
    assert {(item["DeviceType"], item["DeviceNumber"]) for item in listed} == {
        ("Telescope", 0),
        ("Camera", 0),
        ("FilterWheel", 0),
        ("Focuser", 0),
        ("Rotator", 0),
        ("CoverCalibrator", 0),
    }
    assert len({item["UniqueID"] for item in listed}) == 6
    with AlpacaServer(observatory) as other:
        address = f"http://{other.address}/management/v1/configureddevices"
        assert httpx.get(address, trust_env=False).json()["Value"] == listed


def test_a_malformed_id_is_a_bad_request(http: httpx.Client) -> None:
    """Ids are checked as in the device API."""
    assert http.get("/management/apiversions?ClientID=x").status_code == 400


def test_set_up_pages_exist(http: httpx.Client) -> None:
    """The server and each device have a page; there is none for other devices."""
    page = http.get("/setup")
    assert page.headers["content-type"].startswith("text/html")
    assert "/setup/v1/camera/0/setup" in page.text
    assert "sensor_name" in http.get("/setup/v1/camera/0/setup").text
    assert http.get("/setup/v1/camera/7/setup").status_code == 400
