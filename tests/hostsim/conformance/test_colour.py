"""A camera that sends colour planes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import requests

from hostsim.alpaca.server import AlpacaServer
from hostsim.conformance.rule import Status
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.observatory import Observatory
from hostsim.sky.conditions import Conditions
from hostsim.sky.scene import ExposureSettings, LightPath, Sensor, SkySite

Check = Callable[..., Any]
RULES = ("camera.", "image.")


class SlopingSky:
    """A sky whose pixels tell their place."""

    conditions = Conditions(0, SkySite())

    def render(self, path: LightPath, exposure: ExposureSettings) -> np.ndarray:
        x, y = np.indices((exposure.num_x, exposure.num_y))
        return (x * 7 + y).astype(np.uint16)

    def temperature_c(self, moment: Any) -> float:
        return 10.0


@pytest.fixture
def colour(ticking: Callable[[float], Any]) -> Iterator[str]:
    """The address of a colour camera that makes planes of its mosaic."""
    camera = CameraConfig(sensor=Sensor(width=40, height=30, bayer=True), max_bin=2, colour_planes=True)
    config = ObservatoryConfig(devices=standard_devices(camera))
    with AlpacaServer(Observatory(SlopingSky(), ticking(0.05), config=config)) as server:
        yield server.address


def test_our_colour_camera_passes(colour: str, check: Check) -> None:
    """Both formats carry three planes, alike, in the strict profile."""
    verdicts = check(colour, "Camera", rules=RULES)
    assert verdicts.failed == set()
    assert set(verdicts.status("image.rank")) == set(verdicts.status("image.same")) == {Status.PASS}
    requests.put(f"http://{colour}/api/v1/camera/0/connected", data={"Connected": "True"}, timeout=60)
    assert requests.get(f"http://{colour}/api/v1/camera/0/sensortype", timeout=60).json()["Value"] == 1
    sent = requests.get(f"http://{colour}/api/v1/camera/0/imagearray", timeout=60).json()
    assert (sent["Rank"], np.array(sent["Value"]).shape[2]) == (3, 3)


def _first_plane(asked: Any, forward: Any) -> Any:
    answered = forward(asked)
    content = json.loads(answered.body) if answered.kind == "application/json" else {}
    if asked.member == "imagearray" and isinstance(content.get("Value"), list):
        return answered.json(Rank=2, Value=[[pixel[0] for pixel in column] for column in content["Value"]])
    return answered


def _says_monochrome(asked: Any, forward: Any) -> Any:
    return forward(asked).json(Value=0) if asked.member == "sensortype" else forward(asked)


@pytest.mark.parametrize("how", [_first_plane, _says_monochrome])
def test_planes_that_do_not_fit_the_sensor_are_found(colour: str, spoiling: Any, check: Check, how: Any) -> None:
    """A colour camera without planes fails, and so do planes of one that says it is monochrome."""
    with spoiling(colour, how) as address:
        assert check(address, "Camera", rules=("image.rank",)).failed == {"image.rank"}
