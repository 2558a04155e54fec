"""Several servers of one process."""

from __future__ import annotations

import uuid

import httpx
import pytest

from hostsim.alpaca.configuration import ServerConfig, ServiceConfig
from hostsim.alpaca.errors import AlpacaServerError
from hostsim.alpaca.server import AlpacaServer
from hostsim.alpaca.service import Service
from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.focuser import FocuserConfig
from hostsim.devices.switch import SwitchConfig

FOCUSERS = (FocuserConfig(name="A"), FocuserConfig(name="B", max_step=1000, start_step=7))


def described(*servers: ServerConfig) -> ServiceConfig:
    """Return a description of servers on free ports that nobody looks for."""
    quiet = {"port": 0, "discovery_port": 0}
    return ServiceConfig(servers=tuple(server.model_copy(update=quiet) for server in servers))


def test_each_server_has_its_own_devices(clock: SimulatedClock) -> None:
    """Two servers list what each was given, under its own name and place, with several devices of a kind."""
    config = described(
        ServerConfig(name="one", location="here", devices=FOCUSERS), ServerConfig(name="two", devices=(SwitchConfig(),))
    )
    with Service(config, clock) as service:
        first, second = (f"http://{server.address}" for server in service.servers)
        listed = httpx.get(f"{first}/management/v1/configureddevices", trust_env=False).json()["Value"]
        assert [(item["DeviceName"], item["DeviceNumber"]) for item in listed] == [("A", 0), ("B", 1)]
        said = httpx.get(f"{first}/management/v1/description", trust_env=False).json()["Value"]
        assert (said["ServerName"], said["Location"]) == ("one", "here")
        httpx.put(f"{first}/api/v1/focuser/1/connected", data={"Connected": "True"}, trust_env=False)
        answer = httpx.get(f"{first}/api/v1/focuser/1/position", trust_env=False)
        assert answer.json()["Value"] == 7
        assert httpx.get(f"{second}/api/v1/focuser/0/position", trust_env=False).status_code == 400


def test_images_travel_as_configured(clock: SimulatedClock) -> None:
    """A server told to send Int32 does so for a frame that would fit less."""
    camera = CameraConfig.model_validate({"sensor": {"width": 40, "height": 30}})
    config = described(ServerConfig(image_element="int32", devices=(camera,)))
    with Service(config, clock) as service, httpx.Client(trust_env=False) as http:
        base = f"http://{service.servers[0].address}/api/v1/camera/0"
        http.put(f"{base}/connected", data={"Connected": "True"})
        http.put(f"{base}/startexposure", data={"Duration": "0.1", "Light": "False"})
        clock.sleep(5)
        body = http.get(f"{base}/imagearray", headers={"Accept": "application/imagebytes"}).content
    assert len(body) == 44 + 4 * 40 * 30
    assert int.from_bytes(body[24:28], "little") == 2


def test_one_server_that_cannot_start_stops_the_others(clock: SimulatedClock, server: AlpacaServer) -> None:
    """When the second address is taken, nothing is left running."""
    config = ServiceConfig(
        servers=(
            ServerConfig(name="one", port=0, discovery_port=0),
            ServerConfig(name="two", port=server.port, discovery_port=0),
        )
    )
    service = Service(config, clock)
    with pytest.raises(AlpacaServerError, match=f"127.0.0.1:{server.port}"), service:
        pass
    with pytest.raises(AlpacaServerError, match="before it is started"):
        assert service.servers[0].address


def test_devices_are_the_same_after_a_restart(clock: SimulatedClock) -> None:
    """The same servers on the same machine have the same devices again, elsewhere other ones, and no two share one."""

    def ids(machine: uuid.UUID | None) -> list[str]:
        config = ServiceConfig(
            servers=(
                ServerConfig(name="one", port=1, devices=FOCUSERS),
                ServerConfig(name="two", port=2, devices=FOCUSERS),
            )
        )
        served = Service(config, clock, machine=machine).servers
        return [device.config.unique_id for server in served for device in server.observatory.devices]

    machine = uuid.uuid4()
    assert ids(machine) == ids(machine)
    assert len({*ids(machine), *ids(uuid.uuid4()), *ids(None)}) == 12
