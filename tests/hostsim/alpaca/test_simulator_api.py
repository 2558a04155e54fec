"""The private routes of the OmniSim."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest

from hostsim.alpaca.app import Presentation
from hostsim.alpaca.configuration import ServerConfig
from hostsim.alpaca.presets import Preset, preset_server
from hostsim.alpaca.server import AlpacaServer
from hostsim.alpaca.simulator_settings import SETTINGS
from hostsim.clock import SimulatedClock
from hostsim.devices.observatory import Observatory, make_observatory
from hostsim.devices.parts.device import Device


@pytest.fixture
def observatory(clock: SimulatedClock) -> Observatory:
    config = preset_server(ServerConfig(port=0), Preset.OMNISIM).observatory()
    made = make_observatory(config, clock, seed=1)
    for device in made.devices:
        device.set_connected(True)
    return made


@pytest.fixture
def server(observatory: Observatory) -> Iterator[AlpacaServer]:
    with AlpacaServer(observatory, presentation=Presentation(simulator_routes=True)) as running:
        yield running


def profile_of(http: httpx.Client, device: Device) -> dict[str, str]:
    """Return the settings of a device as a client reads them."""
    path = f"/simulator/v1/{device.device_type.lower()}/0/xmlprofile"
    root = ElementTree.fromstring(http.get(path).json()["Value"])
    return {pair.findtext("Key", ""): pair.findtext("Value", "") for pair in root.iter("SettingsPair")}


def test_every_device_has_a_profile_that_is_true(http: httpx.Client, observatory: Observatory) -> None:
    """Settings named like a member say what the member reads."""
    seen = 0
    for device in observatory.devices:
        for name, text in profile_of(http, device).items():
            member = device.members.gets.get(name.lower())
            if member is None or member.parameters or member.returns not in (bool, int, float, str):
                continue
            shown = http.get(f"/api/v1/{device.device_type.lower()}/0/{name.lower()}").json()["Value"]
            assert str(shown) == text or float(shown) == float(text), (device.device_type, name)
            seen += 1
    assert seen >= 50


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            "Camera",
            ("CameraXSize", "MaxExposure", "MinExposure", "GainMode", "OffsetMode", "HasCooler", "ReadoutModes"),
        ),
        ("Telescope", ("AlignMode", "Aperture", "CanSetEquRates", "Refraction", "Elevation", "HomeAzimuth")),
        ("FilterWheel", ("Slots", "FilterNames 0", "FocusOffsets 0", "ImplementsNames", "ImplementsOffsets")),
        ("Focuser", ("TempProbe", "Synchronous", "CanHalt", "Absolute", "MaxStep", "TempCompAvailable")),
        ("Rotator", ("CanReverse", "Reverse")),
        ("CoverCalibrator", ("Cover Initialisation State", "Calibrator Initialisation State", "Maximum Brightness")),
        (
            "ObservingConditions",
            ("Average Period", "CloudCoverOverride", "WindSpeedOverride Value", "Sensor Read Period"),
        ),
        ("SafetyMonitor", ("SafetyMonitor",)),
        ("Switch", ("NumSwitches", "CanAsync Switch0", "Duration Switch3")),
        ("Dome", ("CanFindHome", "CanSetShutter", "CanSyncAzimuth")),
    ],
)
def test_a_profile_has_the_names_suites_ask_for(
    http: httpx.Client, observatory: Observatory, kind: str, names: tuple[str, ...]
) -> None:
    """What a test suite for the OmniSim looks up is there."""
    device = next(device for device in observatory.devices if device.device_type == kind)
    assert set(names) <= set(profile_of(http, device))


def test_a_monitor_can_be_made_unsafe(http: httpx.Client) -> None:
    """The setting is seen at once in the device API, and a reset takes it back."""
    base = "/simulator/v1/safetymonitor/0"
    answer = http.put(f"{base}/issafesetting", data={"IsSafeSetting": "False", "ClientTransactionID": "8"}).json()
    assert (answer["ErrorNumber"], answer["ClientTransactionID"]) == (0, 8)
    assert http.get(f"{base}/issafesetting").json()["Value"] is False
    assert http.get("/api/v1/safetymonitor/0/issafe").json()["Value"] is False
    assert http.put(f"{base}/reset").json()["ErrorNumber"] == 0
    assert http.get("/api/v1/safetymonitor/0/issafe").json()["Value"] is True


def test_a_restart_keeps_settings_and_a_reset_does_not(http: httpx.Client, observatory: Observatory) -> None:
    """After a restart the device starts as configured now, after a reset as configured first."""
    base = "/simulator/v1/dome/0"
    first = http.get(f"{base}/azimuthrate").json()["Value"]
    http.put(f"{base}/azimuthrate", data={"AzimuthRate": "2.5"})
    http.put("/api/v1/dome/0/slewtoazimuth", data={"Azimuth": "100"})
    http.put(f"{base}/restart")
    assert http.get("/api/v1/dome/0/slewing").json()["Value"] is False
    assert http.get(f"{base}/azimuthrate").json()["Value"] == 2.5
    http.put(f"{base}/reset")
    assert http.get(f"{base}/azimuthrate").json()["Value"] == first


def test_every_setting_can_be_read(http: httpx.Client) -> None:
    """Each route of the five kinds answers with a value of its type."""
    seen = 0
    for kind, table in SETTINGS.items():
        for name, setting in table.items():
            answer = http.get(f"/simulator/v1/{kind.lower()}/0/{name}").json()
            assert isinstance(answer["Value"], setting.type), (kind, name)
            seen += 1
    assert seen >= 30


def test_settings_are_checked(http: httpx.Client) -> None:
    """Junk, unknown names and unknown devices are bad requests; impossible values and fixed settings are refused."""
    assert http.put("/simulator/v1/dome/0/azimuthrate", data={"AzimuthRate": "fast"}).status_code == 400
    assert http.put("/simulator/v1/dome/0/azimuthrate", data={"azimuthrate": "3"}).status_code == 400
    assert http.get("/simulator/v1/dome/0/colour").status_code == 400
    assert http.get("/simulator/v1/dome/7/azimuthrate").status_code == 400
    assert http.put("/simulator/v1/dome/0/azimuthrate", data={"AzimuthRate": "-3"}).json()["ErrorNumber"] == 0x401
    fixed = http.put("/simulator/v1/filterwheel/0/preemptmoves", data={"PreemptMoves": "True"}).json()
    assert fixed["ErrorNumber"] == 0x400
    late = http.put("/simulator/v1/focuser/0/connectdelay", data={"ConnectDelay": "9000000"}).json()
    assert (late["ErrorNumber"], late["ErrorMessage"]) == (
        0x401,
        "ConnectDelay: connect_s must be from 0 to 3600, not 9000.0",
    )


def test_a_shorter_focuser_brings_what_depends_on_it_along(http: httpx.Client, observatory: Observatory) -> None:
    """MaxStep may be below the start and the position: both go to the end, also after a restart."""
    base = "/simulator/v1/focuser/0"
    assert http.put(f"{base}/maxincrement", data={"MaxIncrement": "30000"}).json()["ErrorNumber"] == 0
    assert http.put(f"{base}/maxstep", data={"MaxStep": "4000"}).json()["ErrorNumber"] == 0
    for _ in range(2):
        read = [
            http.get(f"/api/v1/focuser/0/{name}").json()["Value"] for name in ("maxstep", "maxincrement", "position")
        ]
        assert read == [4000, 4000, 4000]
        http.put(f"{base}/restart")
    assert http.put(f"{base}/maxincrement", data={"MaxIncrement": "4001"}).json()["ErrorNumber"] == 0x401
    assert http.put(f"{base}/maxstep", data={"MaxStep": "0"}).json()["ErrorNumber"] == 0x401
    http.put(f"{base}/reset")
    assert http.get("/api/v1/focuser/0/position").json()["Value"] == 25_000


def test_a_wheel_can_be_given_other_slots(http: httpx.Client, observatory: Observatory) -> None:
    """Fewer slots take filters away, more bring nameless ones without offset; the wheel stands at one it has."""
    base = "/simulator/v1/filterwheel/0"
    observatory.filterwheel.state.slot = 5
    assert http.put(f"{base}/slots", data={"Slots": "2"}).json()["ErrorNumber"] == 0
    assert http.get("/api/v1/filterwheel/0/position").json()["Value"] == 1
    assert http.put(f"{base}/slots", data={"Slots": "4"}).json()["ErrorNumber"] == 0
    assert http.get("/api/v1/filterwheel/0/names").json()["Value"] == ["Red", "Green", "Filter 3", "Filter 4"]
    assert http.get("/api/v1/filterwheel/0/focusoffsets").json()["Value"] == [1200, 1100, 0, 0]
    assert http.put(f"{base}/slots", data={"Slots": "0"}).json()["ErrorNumber"] == 0x401


def test_states_can_be_set_like_settings(http: httpx.Client) -> None:
    """Reverse and temperature compensation are those of the device API; a start angle is taken at a restart."""
    http.put("/simulator/v1/rotator/0/reverse", data={"Reverse": "True"})
    assert http.get("/api/v1/rotator/0/reverse").json()["Value"] is True
    http.put("/simulator/v1/focuser/0/tempcomp", data={"TempComp": "True"})
    assert http.get("/api/v1/focuser/0/tempcomp").json()["Value"] is True
    http.put("/simulator/v1/rotator/0/position", data={"Position": "12.5"})
    http.put("/simulator/v1/rotator/0/restart")
    assert http.get("/api/v1/rotator/0/position").json()["Value"] == 12.5


def test_every_route_is_in_the_reference(http: httpx.Client) -> None:
    """Document and page have each setting, with PUT where it can be changed, and the routes of every device."""
    paths = http.get("/api/v1/openapi.json").json()["paths"]
    page = http.get("/setup/reference").text
    for kind, table in SETTINGS.items():
        for name, setting in table.items():
            entry = paths[f"/simulator/v1/{kind.lower()}/{{device_number}}/{name}"]
            assert "get" in entry
            assert ("put" in entry) == (setting.write is not None)
            assert f"/simulator/v1/{kind.lower()}/N/{name}<" in page
    base = "/simulator/v1/camera/{device_number}"
    assert "get" in paths[f"{base}/xmlprofile"]
    assert "put" in paths[f"{base}/restart"]
    assert "put" in paths[f"{base}/reset"]
    assert "/simulator/v1/KIND/N/restart" in page


def test_a_changed_setting_changes_the_device(http: httpx.Client) -> None:
    """A dome that can no longer park says so; a monitor of interface 2 has no Connect."""
    assert http.put("/simulator/v1/dome/0/canpark", data={"CanPark": "False"}).json()["ErrorNumber"] == 0
    assert http.get("/api/v1/dome/0/canpark").json()["Value"] is False
    http.put("/simulator/v1/safetymonitor/0/interfaceversion", data={"InterfaceVersion": "2"})
    assert http.get("/api/v1/safetymonitor/0/interfaceversion").json()["Value"] == 2


def test_the_routes_are_there_only_for_the_preset(observatory: Observatory) -> None:
    """Any other server does not know them."""
    with AlpacaServer(observatory) as plain:
        address = f"http://{plain.address}/simulator/v1/safetymonitor/0/xmlprofile"
        assert httpx.get(address, trust_env=False).status_code == 400
        for page in ("setup/reference", "api/v1/openapi.json"):
            assert "simulator/v1/safetymonitor" not in httpx.get(f"http://{plain.address}/{page}", trust_env=False).text
