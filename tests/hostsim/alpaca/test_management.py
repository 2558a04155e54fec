"""The management API and the set-up pages."""

from __future__ import annotations

import httpx

import tsplug
from hostsim.alpaca.server import AlpacaServer
from hostsim.devices.observatory import Observatory


def test_the_server_says_what_it_is(http: httpx.Client) -> None:
    """Versions and description are as the protocol spells them."""
    versions = http.get("/management/apiversions?ClientTransactionID=12").json()
    assert (versions["Value"], versions["ClientTransactionID"]) == ([1], 12)
    description = http.get("/management/v1/description").json()["Value"]
    assert set(description) == {"ServerName", "Manufacturer", "ManufacturerVersion", "Location"}
    assert description["ManufacturerVersion"] == tsplug.__version__


def test_devices_keep_their_unique_ids(http: httpx.Client, observatory: Observatory) -> None:
    """One device of each kind is listed; another server over the same observatory gives them the same ids."""
    listed = http.get("/management/v1/configureddevices").json()["Value"]
    kinds = [(device.device_type, 0) for device in observatory.devices]
    assert [(item["DeviceType"], item["DeviceNumber"]) for item in listed] == kinds
    assert len({item["UniqueID"] for item in listed}) == len(kinds) == 10
    with AlpacaServer(observatory) as other:
        address = f"http://{other.address}/management/v1/configureddevices"
        assert httpx.get(address, trust_env=False).json()["Value"] == listed


def test_a_malformed_id_is_a_bad_request(http: httpx.Client) -> None:
    """Ids are checked as in the device API."""
    assert http.get("/management/apiversions?ClientID=x").status_code == 400
